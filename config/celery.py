"""Celery carries wake-ups only: the database holds the work, so a lost message costs a sweep's delay."""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init

from config import vitals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("stagecraft")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
vitals.connect()


@beat_init.connect
def begin_at_once(**_kwargs: Any) -> None:
    """The first heartbeat and the first look for stalled deals, without waiting for an interval to pass."""
    from automation.tasks import heartbeat, sweep_stalled
    from core import clock
    from core.wake import wake

    wake(heartbeat, clock.now())
    wake(sweep_stalled)
