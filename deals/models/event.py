"""What happened to a deal: written in the transaction of the change, read as the timeline and by the dispatcher."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core import clock
from deals.models.changes import changes_beside
from deals.models.deal import Deal
from deals.models.stay import StageStay
from tenancy.models import Membership, TenantForeignKey, TenantModel


class EventKind(models.TextChoices):
    CREATED = "created", _("Deal created")
    STAGE_CHANGED = "stage_changed", _("Stage changed")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")
    REOPENED = "reopened", _("Reopened")
    UNDONE = "undone", _("Move undone")
    EDITED = "edited", _("Edited")
    CRITERION_CHECKED = "criterion_checked", _("Criterion checked")
    TASKS_MADE = "tasks_made", _("Tasks made on stage entry")
    TASK_ADDED = "task_added", _("Task added")
    TASK_DONE = "task_done", _("Task done")
    TASK_REOPENED = "task_reopened", _("Task reopened")
    NOTE_ADDED = "note_added", _("Note added")
    NOTE_EDITED = "note_edited", _("Note edited")
    NOTE_DELETED = "note_deleted", _("Note deleted")
    NOTE_RESTORED = "note_restored", _("Note restored")
    ACTIVITY_LOGGED = "activity_logged", _("Contact with the buyer logged")
    ACTIVITY_EDITED = "activity_edited", _("Logged contact edited")
    ACTIVITY_DELETED = "activity_deleted", _("Logged contact deleted")
    ACTIVITY_RESTORED = "activity_restored", _("Logged contact restored")
    PERSON_ADDED = "person_added", _("Person added")
    PERSON_REMOVED = "person_removed", _("Person removed")
    PERSON_ROLE = "person_role", _("Role changed")
    TAG_ADDED = "tag_added", _("Tag added")
    TAG_REMOVED = "tag_removed", _("Tag removed")
    FILE_ADDED = "file_added", _("File added")
    FILE_DELETED = "file_deleted", _("File deleted")
    FILE_RESTORED = "file_restored", _("File restored")
    STALLED = "stalled", _("Stalled")
    DELETED = "deleted", _("Deleted")
    RESTORED = "restored", _("Restored")
    STRATEGY = "strategy", _("Strategy tools")


class DealEvent(TenantModel):
    """`data` holds ids and from/to values; texts stay in their own rows, so that erasure is possible.

    `dispatched_at` is set in the transaction in which every consumer has made its rows. `quiet` events (imports
    without --automate) are born dispatched.
    """

    deal = TenantForeignKey(Deal, on_delete=models.CASCADE, related_name="events")
    stay = TenantForeignKey(StageStay, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=20, choices=EventKind)
    actor = TenantForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=clock.now)
    data = models.JSONField(default=dict)
    dispatched_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["workspace", "deal", "-at", "-id"], name="deals_dealevent_timeline"),
            models.Index(
                fields=["workspace", "id"], condition=Q(dispatched_at=None), name="deals_dealevent_waiting"
            ),
        ]
        triggers = [
            # A database trigger, so that no path that writes an event can forget to leave word of it. Statement-level:
            # one row for each workspace, however many events a bulk insert writes.
            pgtrigger.Trigger(
                name="due_work",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="new_events"),
                func="""
                    INSERT INTO tenancy_duework (id, workspace_id, kind, due_at)
                    SELECT gen_random_uuid(), waiting.workspace_id, 'events', clock_timestamp()
                    FROM (SELECT DISTINCT workspace_id FROM new_events WHERE dispatched_at IS NULL) AS waiting;
                    RETURN NULL;
                """,
            ),
            *changes_beside("new_rows.kind", pgtrigger.Insert, actor="new_rows.actor_id"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.deal_id}"
