"""What one unit of another currency was worth, from which day on."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from core import clock
from tenancy.models.base import TenantForeignKey, TenantModel
from tenancy.models.members import Membership


class ExchangeRate(TenantModel):
    """`rate`: units of `base`, the workspace's currency, for one unit of `currency`; it holds until the next day given."""

    base = models.CharField(max_length=3)
    currency = models.CharField(max_length=3)
    valid_on = models.DateField()
    rate = models.DecimalField(max_digits=20, decimal_places=10)
    entered_by = TenantForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    entered_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "base", "currency", "valid_on"], name="tenancy_exchangerate_key"
            ),
            models.CheckConstraint(condition=Q(rate__gt=0), name="tenancy_exchangerate_rate"),
        ]

    def __str__(self) -> str:
        return f"1 {self.currency} = {self.rate} {self.base} ({self.valid_on})"
