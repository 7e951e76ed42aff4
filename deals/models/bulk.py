"""What one act did to many deals at once: enough to take it back."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from core import clock
from tenancy.models import Membership, TenantForeignKey, TenantModel


class BulkKind(models.TextChoices):
    MOVE = "move", _("Move")
    OWNER = "owner", _("Change the owner")
    CLOSE_DATE = "close_date", _("Change the expected close date")
    SOURCE = "source", _("Change the source")
    TAG = "tag", _("Add a tag")
    UNTAG = "untag", _("Remove a tag")
    WIN = "win", _("Won")
    LOSE = "lose", _("Lost")
    DELETE = "delete", _("Delete")


class BulkChange(TenantModel):
    """`rows`: for each deal that changed its id, the version that it then had, and under `was` what it had before.

    No texts in it but former sources, which name channels, so that erasing a person's data is possible.
    """

    kind = models.CharField(max_length=10, choices=BulkKind)
    actor = TenantForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(default=clock.now)
    rows = models.JSONField(default=list)
    undone_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.kind} of {len(self.rows)} deals"
