"""Which of The Model's tools the deals of a pipeline have, and from which stage on each is needed."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from pipeline.models import Pipeline, Stage
from tenancy.models import TenantForeignKey, TenantModel


class Tool(models.TextChoices):
    """In the order in which a deal needs them."""

    BANT = "bant", _("BANT")
    VALUE_CASE = "value_case", _("Value case")
    COMPARISON = "comparison", _("Comparison")
    STAKEHOLDERS = "stakeholders", _("Stakeholder map")
    CLOSE_PLAN = "close_plan", _("Mutual close plan")
    APPROVAL = "approval", _("Approval")


class PipelineTool(TenantModel):
    """A tool that the pipeline's deals have. `opens_at`: the stage from which on it is asked for; null: from the first.

    Before that stage it can be opened all the same: a tool is never locked, it only keeps quiet.
    """

    pipeline = TenantForeignKey(Pipeline, on_delete=models.CASCADE, related_name="tools")
    tool = models.CharField(max_length=16, choices=Tool)
    opens_at = TenantForeignKey(Stage, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "pipeline", "tool"], name="strategy_pipelinetool_key"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tool} of {self.pipeline_id}"
