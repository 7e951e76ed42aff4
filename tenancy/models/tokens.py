"""API tokens: hashed, prefixed, scoped, revocable."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from core import clock
from tenancy.models.base import TenantForeignKey, TenantModel
from tenancy.models.members import Membership


class TokenScope(models.TextChoices):
    """The most that a token may do; the member's role may allow less."""

    READ = "read", _("Read")
    WRITE = "write", _("Read and write")
    ADMIN = "admin", _("Everything the member may do")


class ApiToken(TenantModel):
    """The secret itself is shown once and kept nowhere: `tenancy.Credential` has its SHA-256."""

    member = TenantForeignKey(Membership, on_delete=models.PROTECT, related_name="api_tokens")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12)
    scope = models.CharField(max_length=8, choices=TokenScope, default=TokenScope.WRITE)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_on = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["workspace", "member"], name="tenancy_apitoken_member")]

    def __str__(self) -> str:
        return f"{self.prefix}… {self.name}"

    @property
    def has_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= clock.now()
