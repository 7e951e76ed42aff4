"""What hangs on deals, as plain lists: stays, events, tasks, notes, people…"""

from __future__ import annotations

import uuid

from django.db.models import QuerySet

from core.errors import NotFound
from deals.models import Activity, Deal, DealContact, DealEvent, DealFile, Note, StageStay, Tag, Task
from deals.selectors.visible import visible_to
from tenancy.models import Membership
from tenancy.permissions import Actor


def stays_of(deal: Deal) -> QuerySet[StageStay]:
    """The deal's way through the stages; what was undone is not part of it."""
    return StageStay.objects.filter(deal=deal, voided_at=None).select_related("stage")


def events_of(deal: Deal) -> QuerySet[DealEvent]:
    return DealEvent.objects.filter(deal=deal).select_related("actor")


def notes_of(deal: Deal) -> QuerySet[Note]:
    return Note.objects.filter(deal=deal, deleted_at=None)


def activities_of(deal: Deal) -> QuerySet[Activity]:
    return Activity.objects.filter(deal=deal, deleted_at=None).prefetch_related("participants")


def people_links(deal: Deal) -> QuerySet[DealContact]:
    return DealContact.objects.filter(deal=deal, contact__deleted_at=None).select_related("contact")


def tags_on(deal: Deal) -> QuerySet[Tag]:
    return Tag.objects.filter(deal_tags__deal=deal)


def files_on(deal: Deal) -> QuerySet[DealFile]:
    return DealFile.objects.filter(deal=deal, deleted_at=None)


def task_list(
    *,
    actor: Actor,
    deal: Deal | None = None,
    assignee: Membership | None = None,
    done: bool | None = None,
) -> QuerySet[Task]:
    """Tasks of visible deals, those voided by an undo left out."""
    rows = Task.objects.filter(voided_at=None, deal__in=visible_to(actor))
    if deal is not None:
        rows = rows.filter(deal=deal)
    if assignee is not None:
        rows = rows.filter(assignee=assignee)
    if done is not None:
        rows = rows.filter(done_at__isnull=not done)
    return rows


def get_task(task_id: uuid.UUID, *, actor: Actor) -> Task:
    found = task_list(actor=actor).filter(pk=task_id).first()
    if found is None:
        raise NotFound
    return found
