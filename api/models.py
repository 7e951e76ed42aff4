"""Stored replies, so that a retried POST does its work once."""

from __future__ import annotations

from django.db import models

from core import clock
from tenancy.models import TenantModel


class IdempotencyKey(TenantModel):
    """Written in the transaction of the effect that it guards; kept 24 hours."""

    token_id = models.UUIDField()
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=500)
    key = models.CharField(max_length=255)
    body_digest = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField()
    reply = models.JSONField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "token_id", "method", "path", "key"], name="api_idempotencykey_key"
            )
        ]
        indexes = [models.Index(fields=["workspace", "created_at"], name="api_idempotencykey_age")]

    def __str__(self) -> str:
        return self.key
