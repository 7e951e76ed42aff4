"""One sales opportunity, in exactly one stage."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contacts.keys import PlainKey, key_of
from contacts.models import Company
from core import clock
from core.money import MoneyField
from deals.models.changes import deal_changes
from deals.models.total import total_triggers
from pipeline.models import LossReason, Pipeline, Stage
from tenancy.history import track
from tenancy.models import Membership, TenantForeignKey, TenantModel


class Outcome(models.TextChoices):
    OPEN = "open", _("Open")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")


class RevenueType(models.TextChoices):
    """What the amount means."""

    ONE_OFF = "one_off", _("One-off")
    PER_YEAR = "per_year", _("Per year")


# On a board and in its totals: the condition of the partial indexes that serve both.
ON_BOARD = Q(outcome=Outcome.OPEN, deleted_at=None)
LIVE = Q(deleted_at=None)
# Expected close dates lie in here, the latter left out.
EARLIEST = date(1990, 1, 1)
LATEST = date(2200, 1, 1)


class Deal(TenantModel):
    """`amount` in major units of `currency`, tax excluded; null where unknown.

    `version` changes with fields that a person edits, with stage and outcome; never with rank or what a worker
    writes. `closed_on` is the local date by which months are counted. `expected_close_date` is never defaulted.
    """

    pipeline = TenantForeignKey(Pipeline, on_delete=models.PROTECT, related_name="deals")
    stage = TenantForeignKey(Stage, on_delete=models.PROTECT, related_name="deals")
    name = models.CharField(max_length=200)
    company = TenantForeignKey(Company, on_delete=models.PROTECT, null=True, blank=True, related_name="deals")
    owner = TenantForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="deals"
    )
    amount = MoneyField(null=True, blank=True)
    currency = models.CharField(max_length=3)
    revenue_type = models.CharField(max_length=8, choices=RevenueType, default=RevenueType.ONE_OFF)
    expected_close_date = models.DateField(null=True, blank=True)
    outcome = models.CharField(max_length=4, choices=Outcome, default=Outcome.OPEN)
    loss_reason = TenantForeignKey(
        LossReason, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    loss_note = models.TextField(blank=True, max_length=2000)
    source = models.CharField(max_length=120, blank=True)
    rank = models.CharField(max_length=200, db_collation="C")
    version = models.PositiveIntegerField(default=1)
    stage_entered_at = models.DateTimeField(default=clock.now)
    qualified_at = models.DateTimeField(null=True, blank=True)
    snoozed_until = models.DateField(null=True, blank=True)
    last_heard_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    external_source = models.CharField(max_length=60, blank=True)
    external_id = models.CharField(max_length=200, null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    name_key = key_of(PlainKey, "name")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "stage", "rank"], condition=ON_BOARD, name="deals_deal_rank_key"
            ),
            models.UniqueConstraint(
                fields=["workspace", "external_source", "external_id"],
                condition=Q(external_id__isnull=False),
                name="deals_deal_external_key",
            ),
            models.CheckConstraint(
                condition=Q(outcome=Outcome.OPEN, closed_at=None, closed_on=None)
                | Q(
                    outcome__in=[Outcome.WON, Outcome.LOST], closed_at__isnull=False, closed_on__isnull=False
                ),
                name="deals_deal_outcome_closed",
            ),
            models.CheckConstraint(condition=Q(amount__gte=0) | Q(amount=None), name="deals_deal_amount"),
        ]
        indexes = [
            # The board's totals and cards, stalled deals, "needs a date".
            models.Index(
                fields=["workspace", "pipeline", "stage"],
                include=["amount", "currency", "owner", "expected_close_date", "stage_entered_at"],
                condition=ON_BOARD,
                name="deals_deal_board",
            ),
            models.Index(
                fields=["workspace", "stage", "stage_entered_at"], condition=ON_BOARD, name="deals_deal_stall"
            ),
            # The forecast's two halves.
            models.Index(
                fields=["workspace", "expected_close_date"],
                include=["pipeline", "stage", "owner", "amount", "currency"],
                condition=ON_BOARD,
                name="deals_deal_forecast_open",
            ),
            models.Index(
                fields=["workspace", "closed_on"],
                include=["pipeline", "stage", "owner", "amount", "currency", "outcome"],
                condition=Q(closed_on__isnull=False, deleted_at=None),
                name="deals_deal_forecast_won",
            ),
            # One index for each ordering that the API offers, with its tie-break; nulls last both ways.
            models.Index(
                F("workspace"),
                F("created_at").desc(),
                F("id").desc(),
                condition=LIVE,
                name="deals_deal_created",
            ),
            models.Index(F("workspace"), F("name"), F("id"), condition=LIVE, name="deals_deal_name"),
            models.Index(
                F("workspace"),
                F("amount").desc(nulls_last=True),
                F("id").desc(),
                condition=LIVE,
                name="deals_deal_amount_desc",
            ),
            models.Index(F("workspace"), F("amount"), F("id"), condition=LIVE, name="deals_deal_amount_asc"),
            models.Index(
                F("workspace"), F("expected_close_date"), F("id"), condition=LIVE, name="deals_deal_close_asc"
            ),
            models.Index(
                F("workspace"),
                F("expected_close_date").desc(nulls_last=True),
                F("id").desc(),
                condition=LIVE,
                name="deals_deal_close_desc",
            ),
            models.Index(
                F("workspace"), F("stage_entered_at"), F("id"), condition=LIVE, name="deals_deal_entered"
            ),
            models.Index(
                F("workspace"),
                F("stage"),
                F("owner"),
                F("amount").desc(nulls_last=True),
                F("id").desc(),
                condition=LIVE,
                name="deals_deal_stage_owner",
            ),
            models.Index(
                F("workspace"), F("owner"), F("outcome"), F("id"), condition=LIVE, name="deals_deal_owner"
            ),
            models.Index(fields=["workspace", "company"], name="deals_deal_company"),
            # The list's, beside those above.
            models.Index(
                F("workspace"), F("last_heard_at"), F("id"), condition=LIVE, name="deals_deal_heard"
            ),
            models.Index(
                F("workspace"),
                F("closed_on"),
                F("id"),
                condition=Q(closed_on__isnull=False, deleted_at=None),
                name="deals_deal_closed",
            ),
            # Found by name while somebody types: open ones first, one's own first.
            models.Index(
                fields=["workspace", "name_key", "id"],
                include=["outcome", "owner"],
                condition=LIVE,
                name="deals_deal_find",
            ),
        ]
        triggers = [*total_triggers(), *deal_changes()]

    # In memory only: the stage from which `move_deal` has just taken the deal.
    moved_from: Stage | None = None

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return self.outcome == Outcome.OPEN

    def days_in_stage(self, *, today: date, zone: ZoneInfo) -> int:
        """Whole local days since the deal entered its stage; a closed deal's count ends on the day it closed."""
        until = self.closed_on or today
        return max((until - clock.local_date(self.stage_entered_at, zone)).days, 0)

    def is_stalled(self, *, today: date, zone: ZoneInfo) -> bool:
        """Open, not snoozed, and in the stage for its stall days or longer."""
        limit = self.stage.stall_days
        if not limit or not self.is_open or (self.snoozed_until and self.snoozed_until > today):
            return False
        return self.days_in_stage(today=today, zone=zone) >= limit


TRACKED = [
    "pipeline",
    "stage",
    "owner",
    "amount",
    "currency",
    "expected_close_date",
    "outcome",
    "closed_on",
    "deleted_at",
]
if TYPE_CHECKING:
    from tenancy.history import Version as _DealVersion
else:
    _DealVersion = track(Deal, TRACKED)


class DealVersion(_DealVersion):
    """What the deal counted for, when. No free text, so that erasure stays possible."""

    class Meta:
        indexes = [
            models.Index(
                fields=["workspace", "pgh_obj", "pgh_created_at", "pgh_id"], name="deals_deal_version"
            )
        ]
