"""The comparison: with whom we are compared on a deal, by which criteria of this buyer, and who is stronger in their eyes."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contacts.keys import PlainKey, key_of
from contacts.models import Contact
from core import clock
from deals.models import Deal
from deals.models.changes import BOTH, changes_beside
from tenancy.models import Membership, TenantForeignKey, TenantModel


class Matters(models.IntegerChoices):
    """How much a criterion matters to this buyer. From MUCH on it lies in the upper half."""

    NOT = 0, _("does not matter")
    LITTLE = 1, _("a little")
    SOMEWHAT = 2, _("somewhat")
    MUCH = 3, _("much")
    DECIDES = 4, _("decides")


class Standing(models.IntegerChoices):
    """Who is stronger in the buyer's eyes. From WE on it lies in the right half."""

    FAR_BEHIND = -2, _("they, clearly")
    BEHIND = -1, _("they")
    LEVEL = 0, _("level")
    WE = 1, _("we")
    FAR_AHEAD = 2, _("we, clearly")


UPPER = Matters.MUCH
RIGHT = Standing.WE


class Competitor(TenantModel):
    """Whom the workspace meets: one list, so that the deals add up. The key folds case, blanks and width."""

    name = models.CharField(max_length=80)
    name_key = key_of(PlainKey, "name")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "name_key"], name="strategy_competitor_key"),
        ]

    def __str__(self) -> str:
        return self.name


class Rival(TenantModel):
    """A competitor on a deal."""

    deal = TenantForeignKey(Deal, on_delete=models.CASCADE, related_name="rivals")
    competitor = TenantForeignKey(Competitor, on_delete=models.PROTECT, related_name="rivals")
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "deal", "competitor"], name="strategy_rival_key"),
        ]
        indexes = [models.Index(fields=["workspace", "competitor", "deal"], name="strategy_rival_competitor")]
        triggers = [*changes_beside("'strategy'", *BOTH)]

    def __str__(self) -> str:
        return f"{self.competitor_id} on {self.deal_id}"


class BuyerCriterion(TenantModel):
    """By what this buyer chooses. `contact` (on the deal) or `role`: whose criterion it is. `matters`: null until asked."""

    deal = TenantForeignKey(Deal, on_delete=models.CASCADE, related_name="buyer_criteria")
    text = models.CharField(max_length=200)
    text_key = key_of(PlainKey, "text")
    contact = TenantForeignKey(
        Contact, on_delete=models.PROTECT, null=True, blank=True, related_name="criteria"
    )
    role = models.CharField(max_length=80, blank=True)
    matters = models.SmallIntegerField(choices=Matters, null=True, blank=True)
    by = TenantForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=clock.now)
    version = models.PositiveIntegerField(default=1)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(matters=None) | Q(matters__gte=0, matters__lte=4),
                name="strategy_buyercriterion_matters",
            ),
        ]
        indexes = [
            models.Index(
                fields=["workspace", "deal"],
                condition=Q(removed_at=None),
                name="strategy_buyercriterion_deal",
            ),
            models.Index(fields=["workspace", "contact"], name="strategy_buyercriterion_person"),
        ]
        triggers = [*changes_beside("'strategy'", *BOTH)]

    def __str__(self) -> str:
        return self.text


class CriterionRating(TenantModel):
    """Who is stronger by one criterion, we or one rival, in the buyer's eyes."""

    deal = TenantForeignKey(Deal, on_delete=models.CASCADE, related_name="criterion_ratings")
    criterion = TenantForeignKey(BuyerCriterion, on_delete=models.CASCADE, related_name="ratings")
    rival = TenantForeignKey(Rival, on_delete=models.CASCADE, related_name="ratings")
    standing = models.SmallIntegerField(choices=Standing)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "criterion", "rival"], name="strategy_criterionrating_key"
            ),
            models.CheckConstraint(
                condition=Q(standing__gte=-2, standing__lte=2), name="strategy_criterionrating_standing"
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "deal"], name="strategy_criterionrating_deal"),
            models.Index(fields=["workspace", "rival"], name="strategy_criterionrating_rival"),
        ]
        triggers = [*changes_beside("'strategy'", *BOTH)]

    def __str__(self) -> str:
        return str(self.standing)


class Selection(TenantModel):
    """That the buyer has chosen us: who said it, on which day. Taken back: `removed_at`."""

    deal = TenantForeignKey(Deal, on_delete=models.CASCADE, related_name="selections")
    said_by = models.CharField(max_length=120)
    on = models.DateField()
    by = TenantForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=clock.now)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "deal"],
                condition=Q(removed_at=None),
                name="strategy_selection_key",
            ),
        ]
        triggers = [*changes_beside("'strategy'", *BOTH)]

    def __str__(self) -> str:
        return f"{self.said_by} {self.on}"
