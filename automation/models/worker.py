from __future__ import annotations

from django.db import models


class Heartbeat(models.Model):
    """When a background process last said that it is alive. Global: it holds no customer data."""

    name = models.CharField(max_length=32, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.at}"
