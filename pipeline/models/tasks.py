"""The tasks that a stage asks for when a deal enters it."""

from __future__ import annotations

from django.core.validators import MaxValueValidator
from django.db import models

from pipeline.models.stage import Stage
from tenancy.models import TenantForeignKey, TenantModel


class EntryTask(TenantModel):
    """`due_days` after entry, counted in the workspace's days."""

    stage = TenantForeignKey(Stage, on_delete=models.PROTECT, related_name="entry_tasks")
    name = models.CharField(max_length=200)
    due_days = models.PositiveIntegerField(default=0, validators=[MaxValueValidator(3650)])
    position = models.PositiveIntegerField(default=0)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["workspace", "stage", "position"], name="pipeline_entrytask_stage")]

    def __str__(self) -> str:
        return self.name
