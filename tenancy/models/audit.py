"""What people did to the workspace itself. The application's role can add and read entries, not change them."""

from __future__ import annotations

from django.db import models

from core import clock
from tenancy.models.base import AppendOnly, TenantForeignKey
from tenancy.models.members import Membership


class AuditEntry(AppendOnly):
    """`action` is a dotted name such as "token.created"; `detail` holds ids and values, no personal text.

    How an action reads: `tenancy.audit_words`.
    """

    actor = TenantForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    action = models.CharField(max_length=64)
    target_id = models.UUIDField(null=True, blank=True)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        indexes = [models.Index(fields=["workspace", "-at", "-id"], name="tenancy_auditentry_at")]

    def __str__(self) -> str:
        return self.action
