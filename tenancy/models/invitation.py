"""Who was asked to join, and by whom."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q

from core import clock
from tenancy.models.base import TenantForeignKey, TenantModel
from tenancy.models.members import Membership, Role, Team

PENDING = Q(accepted_at=None, revoked_at=None)


class Invitation(TenantModel):
    """A way in for one address, once, until `expires_at`. The link's secret is kept nowhere: `tenancy.Credential` has
    its SHA-256.

    `member`: the person known only from an import who gets this login; after acceptance, whoever joined.
    """

    email = models.EmailField(max_length=254)
    display_name = models.CharField(max_length=120, blank=True)
    role = models.CharField(max_length=8, choices=Role, default=Role.REP)
    team = TenantForeignKey(Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    member = TenantForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="invitations"
    )
    invited_by = TenantForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "email"], condition=PENDING, name="tenancy_invitation_pending_key"
            )
        ]
        indexes = [
            models.Index(
                fields=["workspace", "-created_at", "id"], condition=PENDING, name="tenancy_invitation_open"
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)

    def is_open(self, *, as_of: datetime) -> bool:
        """Whether it still lets somebody in."""
        return self.accepted_at is None and self.revoked_at is None and self.expires_at > as_of

    @property
    def has_expired(self) -> bool:
        return self.expires_at <= clock.now()
