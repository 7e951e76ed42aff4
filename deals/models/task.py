"""What somebody is to do for a deal."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core import clock
from deals.models.changes import BOTH, changes_beside
from deals.models.deal import Deal
from deals.models.stay import StageStay
from pipeline.models import EntryTask, Stage
from tenancy.models import Membership, TenantForeignKey, TenantModel


class TaskSource(models.TextChoices):
    MANUAL = "manual", _("Made by hand")
    STAGE_ENTRY = "stage_entry", _("Made on stage entry")


PENDING = Q(done_at=None, voided_at=None)


class Task(TenantModel):
    """Made by hand or by a stage entry. (stay, entry_task) is unique: made once per stay, whatever crashes."""

    deal = TenantForeignKey(Deal, on_delete=models.CASCADE, related_name="tasks")
    name = models.CharField(max_length=200)
    due_on = models.DateField(null=True, blank=True)
    assignee = TenantForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="tasks"
    )
    source = models.CharField(max_length=12, choices=TaskSource, default=TaskSource.MANUAL)
    stage = TenantForeignKey(Stage, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    stay = TenantForeignKey(StageStay, on_delete=models.CASCADE, null=True, blank=True, related_name="tasks")
    entry_task = TenantForeignKey(
        EntryTask, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_by = TenantForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = TenantForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    voided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "stay", "entry_task"],
                condition=Q(stay__isnull=False, entry_task__isnull=False),
                name="deals_task_once_per_stay",
            )
        ]
        indexes = [
            models.Index(
                F("workspace"), F("deal"), F("due_on"), F("id"), condition=PENDING, name="deals_task_next"
            ),
            models.Index(
                F("workspace"),
                F("assignee"),
                F("due_on"),
                F("id"),
                condition=PENDING,
                name="deals_task_assignee",
            ),
            models.Index(F("workspace"), F("due_on"), F("id"), name="deals_task_due"),
            models.Index(fields=["workspace", "deal"], name="deals_task_deal"),
        ]
        triggers = changes_beside("'task'", *BOTH)

    def __str__(self) -> str:
        return self.name
