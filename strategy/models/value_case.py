"""The value case: what the buyer wants to reach, what stands in its way, what people feel of it, what of ours removes that,
and what they have of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core import clock
from core.money import MoneyField
from deals.models import Deal
from deals.models.changes import BOTH, changes_beside
from tenancy.models import Membership, TenantForeignKey, TenantModel


class Box(models.TextChoices):
    """In the order of the chain: each is linked to its neighbours."""

    ISSUE = "issue", _("Business issue")
    PROBLEM = "problem", _("Problem")
    SOLUTION = "solution", _("Solution")
    BENEFIT = "benefit", _("Benefit")


class Period(models.TextChoices):
    """How often a benefit in money comes."""

    PER_YEAR = "per_year", _("a year")
    ONCE = "once", _("once")


class ValueGoal(TenantModel):
    """What the buyer's company wants to reach, in a sentence: sales doubled in three years."""

    deal = TenantForeignKey(Deal, on_delete=models.CASCADE, related_name="value_goals")
    text = models.CharField(max_length=300, blank=True)
    by = TenantForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=clock.now)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "deal"], name="strategy_valuegoal_key"),
        ]
        triggers = [*changes_beside("'strategy'", *BOTH)]

    def __str__(self) -> str:
        return self.text


class ValueEntry(TenantModel):
    """One line in one box.

    Benefits may have a figure: `amount` in the deal's currency with its `period`, or `measure` in words with its unit
    ("2.5 hours a week for each person"); `source`: where it comes from. They stay when the line goes to another box, and
    count again when it comes back.
    """

    deal = TenantForeignKey(Deal, on_delete=models.CASCADE, related_name="value_entries")
    box = models.CharField(max_length=8, choices=Box)
    text = models.CharField(max_length=300)
    rank = models.CharField(max_length=200, db_collation="C")
    amount = MoneyField(null=True, blank=True)
    period = models.CharField(max_length=8, choices=Period, default=Period.PER_YEAR)
    measure = models.CharField(max_length=120, blank=True)
    source = models.CharField(max_length=200, blank=True)
    by = TenantForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=clock.now)
    version = models.PositiveIntegerField(default=1)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount=None) | Q(amount__gte=0), name="strategy_valueentry_amount"
            ),
        ]
        indexes = [
            models.Index(
                fields=["workspace", "deal", "box"],
                condition=Q(removed_at=None),
                name="strategy_valueentry_deal",
            ),
        ]
        triggers = [*changes_beside("'strategy'", *BOTH)]

    def __str__(self) -> str:
        return self.text


class ValueLink(TenantModel):
    """That `then` follows from `first`, a line of the box before it: the problem from the issue, the solution from the
    problem. It counts while the two lie in neighbouring boxes, and again when they come back there."""

    deal = TenantForeignKey(Deal, on_delete=models.CASCADE, related_name="value_links")
    first = TenantForeignKey(ValueEntry, on_delete=models.CASCADE, related_name="links_on")
    then = TenantForeignKey(ValueEntry, on_delete=models.CASCADE, related_name="links_back")
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "then", "first"], name="strategy_valuelink_key"),
        ]
        indexes = [
            models.Index(fields=["workspace", "first"], name="strategy_valuelink_first"),
            models.Index(fields=["workspace", "deal"], name="strategy_valuelink_deal"),
        ]
        triggers = [*changes_beside("'strategy'", *BOTH)]

    def __str__(self) -> str:
        return f"{self.first_id} → {self.then_id}"
