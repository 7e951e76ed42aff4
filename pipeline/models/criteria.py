"""What must hold before a deal goes on from a stage."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from pipeline.models.stage import Stage
from tenancy.models import TenantForeignKey, TenantModel
from tenancy.models.change import DESIGN, change_trigger, touched

TOUCHED = f"""SELECT {touched("new_rows", repr(DESIGN), pipeline="stage.pipeline_id", stage="stage.id")} FROM new_rows
    JOIN pipeline_stage AS stage ON stage.workspace_id = new_rows.workspace_id AND stage.id = new_rows.stage_id"""  # noqa: S608


class CriterionKind(models.TextChoices):
    """Who answers: a person's tick, a filled field of the deal, a done task, or a fact that the system knows."""

    MANUAL = "manual", _("Ticked by hand")
    FIELD = "field", _("A field is filled")
    TASK = "task", _("A stage task is done")
    FACT = "fact", _("A fact in Stagecraft")


class Question(models.TextChoices):
    """The four questions from which criteria come."""

    WE_DO = "we_do", _("What must we do to help the buyer move on?")
    WE_KNOW = "we_know", _("How do we know that it is done?")
    WE_LEARN = "we_learn", _("What must we have learnt from the buyer?")
    WE_GET = "we_get", _("Which promise must we have got?")


class ExitCriterion(TenantModel):
    """`subject` is what a computed kind looks at: a field's name, an entry task's id, a fact's name."""

    stage = TenantForeignKey(Stage, on_delete=models.PROTECT, related_name="exit_criteria")
    name = models.CharField(max_length=200)
    question = models.CharField(max_length=8, choices=Question, default=Question.WE_KNOW)
    kind = models.CharField(max_length=6, choices=CriterionKind, default=CriterionKind.MANUAL)
    subject = models.CharField(max_length=80, blank=True)
    required = models.BooleanField(default=True)
    position = models.PositiveIntegerField(default=0)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["workspace", "stage", "position"], name="pipeline_criterion_stage")]
        triggers = [change_trigger(operation, TOUCHED) for operation in (pgtrigger.Insert, pgtrigger.Update)]

    def __str__(self) -> str:
        return self.name
