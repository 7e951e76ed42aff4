"""The project: settings, URL roots, Celery, and the ASGI application."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
