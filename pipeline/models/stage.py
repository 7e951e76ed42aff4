"""A step that the buyer has reached."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pgtrigger
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core import clock
from pipeline.models.pipeline import Pipeline
from pipeline.naming import Tense
from tenancy.history import track
from tenancy.models import TenantForeignKey, TenantModel
from tenancy.models.change import DESIGN, change_trigger, touched

# What an open board shows of a stage.
ON_BOARDS = ("name", "kind", "position", "win_rate", "stall_days", "archived_at")
TOUCHED = touched("new_rows", repr(DESIGN), pipeline="new_rows.pipeline_id", stage="new_rows.id")


class StageKind(models.TextChoices):
    """Won and lost are outcomes of a deal, not stages."""

    LEAD = "lead", _("Lead stage")
    OPEN = "open", _("Deal stage")


class Category(models.TextChoices):
    """How sure a leader may be of the stage's deals: the forecast is shown in these three layers."""

    PIPELINE = "pipeline", _("Pipeline")
    BEST_CASE = "best_case", _("Best case")
    COMMIT = "commit", _("Commit")


class Stage(TenantModel):
    """`win_rate` in percent, two decimals; `stall_days` in days, 0 = never stalled.

    `version` changes with everything that an admin edits on the stage itself, so that two do not overwrite each other.
    Never deleted: retired stages are archived, and history goes on pointing at them.
    """

    pipeline = TenantForeignKey(Pipeline, on_delete=models.PROTECT, related_name="stages")
    kind = models.CharField(max_length=4, choices=StageKind, default=StageKind.OPEN)
    name = models.CharField(max_length=80)
    position = models.PositiveIntegerField()
    win_rate = models.DecimalField(
        max_digits=5,
        decimal_places=2,
        default=Decimal(0),
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    stall_days = models.PositiveIntegerField(default=0, validators=[MaxValueValidator(3650)])
    category = models.CharField(max_length=10, choices=Category, default=Category.PIPELINE)
    # The stage review: is the step essential, fact-based, verifiable, buyer-centric? Unanswered is null.
    is_essential = models.BooleanField(null=True, blank=True)
    is_fact_based = models.BooleanField(null=True, blank=True)
    is_verifiable = models.BooleanField(null=True, blank=True)
    is_buyer_centric = models.BooleanField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    # What the name says of its tense; unanswered is "".
    tense = models.CharField(max_length=11, choices=Tense, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "pipeline", "position"],
                condition=Q(archived_at=None),
                name="pipeline_stage_position_key",
            ),
            models.UniqueConstraint(
                fields=["workspace", "pipeline", "name"],
                condition=Q(archived_at=None),
                name="pipeline_stage_name_key",
            ),
            models.CheckConstraint(
                condition=Q(win_rate__gte=0, win_rate__lte=100), name="pipeline_stage_win_rate"
            ),
        ]
        triggers = [
            change_trigger(pgtrigger.Insert, f"SELECT {TOUCHED} FROM new_rows"),  # noqa: S608 - names of our own
            change_trigger(
                pgtrigger.Update,
                f"SELECT {TOUCHED} FROM new_rows JOIN old_rows USING (id)",  # noqa: S608
                when_changed=ON_BOARDS,
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_lead(self) -> bool:
        return self.kind == StageKind.LEAD


TRACKED = ["pipeline", "kind", "position", "win_rate", "stall_days", "category", "archived_at"]
if TYPE_CHECKING:
    from tenancy.history import Version as _StageVersion
else:
    _StageVersion = track(Stage, TRACKED)


class StageVersion(_StageVersion):
    """What the stage counted for, when: for forecasts of a past day."""

    class Meta:
        indexes = [
            models.Index(
                fields=["workspace", "pgh_obj", "pgh_created_at", "pgh_id"], name="pipeline_stage_version"
            )
        ]
