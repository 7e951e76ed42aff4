"""Ticks of manual exit criteria."""

from __future__ import annotations

from django.db import models

from deals.models.changes import BOTH, changes_beside
from deals.models.deal import Deal
from pipeline.models import ExitCriterion
from tenancy.models import Membership, TenantForeignKey, TenantModel


class CriterionCheck(TenantModel):
    """A row for each criterion that somebody has answered; no row reads as not met."""

    deal = TenantForeignKey(Deal, on_delete=models.CASCADE, related_name="criterion_checks")
    criterion = TenantForeignKey(ExitCriterion, on_delete=models.PROTECT, related_name="+")
    met = models.BooleanField()
    checked_by = TenantForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    checked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "deal", "criterion"], name="deals_criterioncheck_key"
            )
        ]
        triggers = changes_beside("'criterion'", *BOTH)

    def __str__(self) -> str:
        return f"{self.criterion_id}: {self.met}"
