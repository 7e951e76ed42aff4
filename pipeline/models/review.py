"""The stage review: the buyer's journey as it was written down, and why a stage was answered for as it was."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core import clock
from pipeline.models.pipeline import Pipeline
from pipeline.models.stage import Stage
from tenancy.models import Membership, TenantForeignKey, TenantModel


class ReviewQuestion(models.TextChoices):
    """The four that a step must pass to be a stage, and the one that its name must pass."""

    ESSENTIAL = "essential", _("Is it essential?")
    FACT_BASED = "fact_based", _("Is it based on facts?")
    VERIFIABLE = "verifiable", _("Can it be verified?")
    BUYER_CENTRIC = "buyer_centric", _("Is it centred on the buyer?")
    TENSE = "tense", _("Is the tense of the name plain?")


class StageAnswer(TenantModel):
    """Who answered a question about a stage, when, and what they wrote down with it.

    The answer itself stands on the stage (`is_essential` … `tense`): it is read with every stage, this with the review alone.
    """

    stage = TenantForeignKey(Stage, on_delete=models.PROTECT, related_name="review_answers")
    question = models.CharField(max_length=13, choices=ReviewQuestion)
    note = models.CharField(max_length=500, blank=True)
    answered_by = TenantForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "stage", "question"], name="pipeline_stageanswer_question_key"
            )
        ]

    def __str__(self) -> str:
        return f"{self.stage_id} {self.question}"


class JourneyStep(TenantModel):
    """A step from first contact to signature. Without a stage it is lead work, or something to automate.

    `begins_deal` marks the step with which a lead becomes a deal; at most one of a pipeline does.
    """

    pipeline = TenantForeignKey(Pipeline, on_delete=models.PROTECT, related_name="journey_steps")
    stage = TenantForeignKey(
        Stage, on_delete=models.PROTECT, null=True, blank=True, related_name="journey_steps"
    )
    buyer_does = models.CharField(max_length=300, blank=True)
    we_do = models.CharField(max_length=300, blank=True)
    begins_deal = models.BooleanField(default=False)
    position = models.PositiveIntegerField()
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "pipeline"],
                condition=Q(begins_deal=True, archived_at=None),
                name="pipeline_journeystep_begins_key",
            ),
            models.CheckConstraint(
                condition=~Q(buyer_does="") | ~Q(we_do=""), name="pipeline_journeystep_says_something"
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "pipeline", "position"], name="pipeline_journeystep_order")
        ]

    def __str__(self) -> str:
        return self.buyer_does or self.we_do
