from __future__ import annotations

from django.db import models

from core import clock
from deals.models import Deal, StageStay
from pipeline.models import Stage
from tenancy.models import TenantForeignKey, TenantModel


class StallAlert(TenantModel):
    """A deal has stalled: one row for its stay in the stage. `stalled_since` is the local day the limit was reached."""

    deal = TenantForeignKey(Deal, on_delete=models.CASCADE, related_name="stall_alerts")
    stage = TenantForeignKey(Stage, on_delete=models.PROTECT, related_name="+")
    stay = TenantForeignKey(StageStay, on_delete=models.CASCADE, related_name="+")
    stalled_since = models.DateField()
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "stay"], name="automation_stallalert_once_per_stay")
        ]
        indexes = [
            models.Index(fields=["workspace", "-created_at", "-id"], name="automation_stallalert_created"),
            models.Index(fields=["workspace", "deal"], name="automation_stallalert_deal"),
        ]

    def __str__(self) -> str:
        return f"{self.deal_id} stalled since {self.stalled_since}"
