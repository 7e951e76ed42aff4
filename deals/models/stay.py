"""A deal's stay in a stage: the clock behind stalls, the key of everything that happens once per stage entry."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from deals.models.deal import Deal
from pipeline.models import Stage
from tenancy.models import Membership, TenantForeignKey, TenantModel


class StageStay(TenantModel):
    """One open stay per open deal. Undo voids a stay and lets the one before go on: out of every statistic."""

    deal = TenantForeignKey(Deal, on_delete=models.CASCADE, related_name="stays")
    stage = TenantForeignKey(Stage, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)
    entered_by = TenantForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    override_reason = models.CharField(max_length=500, blank=True)
    alerted_at = models.DateTimeField(null=True, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "deal"],
                condition=Q(left_at=None, voided_at=None),
                name="deals_stagestay_open_key",
            ),
            models.CheckConstraint(
                condition=Q(left_at=None) | Q(left_at__gte=models.F("entered_at")),
                name="deals_stagestay_order",
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "deal", "entered_at"], name="deals_stagestay_deal"),
            models.Index(
                fields=["workspace", "stage", "entered_at"],
                condition=Q(left_at=None, voided_at=None, alerted_at=None),
                name="deals_stagestay_sweep",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deal_id} in {self.stage_id}"
