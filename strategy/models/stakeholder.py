"""The stakeholder map: where each of the buyer's people on a deal stands by rank and by influence."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contacts.models import Contact
from core import clock
from deals.models import Deal
from deals.models.changes import BOTH, changes_beside
from tenancy.models import Membership, TenantForeignKey, TenantModel

HIGHEST = 100


class Stance(models.TextChoices):
    UNKNOWN = "unknown", _("Unknown")
    FAVOUR = "for", _("In favour")
    NEUTRAL = "neutral", _("Neutral")
    AGAINST = "against", _("Against")


class DecisionRole(models.TextChoices):
    APPROVER = "approver", pgettext_lazy("part in a decision", "Approver")
    SIGNER = "signer", pgettext_lazy("part in a decision", "Signer")
    USER = "user", pgettext_lazy("part in a decision", "User")
    DRAFTER = "drafter", pgettext_lazy("part in a decision", "Drafter")
    OTHER = "other", pgettext_lazy("part in a decision", "Other")


class Sign(models.TextChoices):
    """What was seen of a person in meetings, and speaks for influence whatever the rank."""

    SPEAKS_UP = "speaks_up", _("Speaks up before executives")
    LED_PROJECTS = "led_projects", _("Has led important projects")
    KNOWS_HOW = "knows_how", _("Answers exactly how decisions are made")
    AWAITED = "awaited", _("Others wait for their word")
    BRINGS_OTHERS = "brings_others", _("Brings superiors or other departments along")


class Stakeholder(TenantModel):
    """What is thought of one person in one deal. No row: nothing yet. It stays when the person is taken off the deal, and
    holds again when they come back.

    `rank` and `influence`: 0 to 100 each, both or neither given; `signs`: of Sign; `roles`: of DecisionRole.
    """

    deal = TenantForeignKey(Deal, on_delete=models.CASCADE, related_name="stakeholders")
    contact = TenantForeignKey(Contact, on_delete=models.PROTECT, related_name="+")
    rank = models.PositiveSmallIntegerField(null=True, blank=True)
    influence = models.PositiveSmallIntegerField(null=True, blank=True)
    stance = models.CharField(max_length=8, choices=Stance, default=Stance.UNKNOWN)
    roles = ArrayField(models.CharField(max_length=10, choices=DecisionRole), default=list, blank=True)
    signs = ArrayField(models.CharField(max_length=16, choices=Sign), default=list, blank=True)
    by = TenantForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=clock.now)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "deal", "contact"], name="strategy_stakeholder_key"),
            models.CheckConstraint(
                condition=models.Q(rank=None, influence=None)
                | models.Q(rank__lte=HIGHEST, influence__lte=HIGHEST),
                name="strategy_stakeholder_place",
            ),
        ]
        # Merging two people looks for theirs.
        indexes = [models.Index(fields=["workspace", "contact"], name="strategy_stakeholder_contact")]
        triggers = [*changes_beside("'strategy'", *BOTH)]

    def __str__(self) -> str:
        return f"{self.contact_id} on {self.deal_id}"
