"""Signs of life of worker and beat: the time of a file, set while they really reach the broker.

A health check reads it in a few hundredths of a second (runner/vitals.py); asking a worker through the broker starts a
whole Celery for each question, and beat answers no questions at all.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from celery.signals import after_task_publish, beat_init, heartbeat_sent
from django.conf import settings


def connect() -> None:
    """The worker's main loop gives a sign every two seconds, and only while it holds a connection to the broker."""
    heartbeat_sent.connect(_give_sign, dispatch_uid="sign-of-life")
    beat_init.connect(_watch_publishing, dispatch_uid="watch-publishing")


def _watch_publishing(**_kwargs: Any) -> None:
    """Beat publishes something every two seconds, or is not at work."""
    after_task_publish.connect(_give_sign, dispatch_uid="sign-of-life")


def _give_sign(**_kwargs: Any) -> None:
    if settings.ALIVE_FILE:
        Path(settings.ALIVE_FILE).touch()
