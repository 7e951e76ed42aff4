"""Celery carries wake-ups only: the database holds the work, so a lost message costs a sweep's delay."""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("stagecraft")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@beat_init.connect
def send_first_heartbeat(**_kwargs: Any) -> None:
    """At once, not after the first interval: /readyz then knows within a second that both processes have started."""
    from automation.tasks import heartbeat
    from core import clock
    from core.wake import wake

    wake(heartbeat, clock.now())
