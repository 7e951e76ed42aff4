"""BANT: budget, authority, need, timeframe; what of it is known, by whom, since when."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import clock
from core.money import MoneyField
from deals.models import Deal
from deals.models.changes import BOTH, changes_beside
from tenancy.models import Membership, TenantForeignKey, TenantModel


class Part(models.TextChoices):
    BUDGET = "budget", _("Budget")
    AUTHORITY = "authority", _("Authority")
    NEED = "need", _("Need")
    TIMEFRAME = "timeframe", _("Timeframe")


class Certainty(models.TextChoices):
    UNKNOWN = "unknown", pgettext_lazy("what is known of a deal", "Unknown")
    ASSUMED = "assumed", _("Assumed")
    CONFIRMED = "confirmed", _("Confirmed")


class BantAnswer(TenantModel):
    """What is known of one part on one deal; no row: unknown.

    `amount` (of the budget, in the deal's currency) and `day` (of the decision) belong to those two parts alone.
    `source`: who of the buyer said it, or where it was read. `by` and `at`: who of us wrote it last, and when.
    """

    deal = TenantForeignKey(Deal, on_delete=models.CASCADE, related_name="bant")
    part = models.CharField(max_length=10, choices=Part)
    certainty = models.CharField(max_length=10, choices=Certainty, default=Certainty.ASSUMED)
    text = models.CharField(max_length=1000, blank=True)
    source = models.CharField(max_length=200, blank=True)
    amount = MoneyField(null=True, blank=True)
    day = models.DateField(null=True, blank=True)
    by = TenantForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=clock.now)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "deal", "part"], name="strategy_bantanswer_key"),
            models.CheckConstraint(
                condition=models.Q(amount=None) | models.Q(part=Part.BUDGET, amount__gte=0),
                name="strategy_bantanswer_amount",
            ),
            models.CheckConstraint(
                condition=models.Q(day=None) | models.Q(part=Part.TIMEFRAME), name="strategy_bantanswer_day"
            ),
        ]
        triggers = [*changes_beside("'strategy'", *BOTH)]

    def __str__(self) -> str:
        return f"{self.part} {self.certainty}"
