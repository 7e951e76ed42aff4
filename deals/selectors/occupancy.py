"""What the designer asks of deals: how many lie in a stage, and which fields a criterion may ask for."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.db.models import Count
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from deals.facts import known_facts
from deals.models import Deal
from deals.models.deal import ON_BOARD
from deals.selectors.criteria import CRITERION_FIELDS
from fields.models import Subject
from fields.selectors.definitions import fields_of

FIELD_LABELS = {
    "amount": _("Amount"),
    "expected_close_date": _("Expected close date"),
    "company": _("Company"),
    "owner": _("Owner"),
    "source": _("Source"),
}


def open_deals_by_stage(stage_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Stage → its open deals; empty ones left out. One query. Everybody's: a stage is empty for all or for nobody."""
    rows = Deal.objects.filter(ON_BOARD, stage_id__in=stage_ids).order_by().values("stage_id")
    return {row["stage_id"]: row["count"] for row in rows.annotate(count=Count("pk"))}


def criterion_fields() -> list[tuple[str, str | Promise]]:
    """The deal's own, and those that the workspace has added. Two queries at most."""
    own: list[tuple[str, str | Promise]] = [(field, FIELD_LABELS[field]) for field in CRITERION_FIELDS]
    return own + [(field.column, field.name) for field in fields_of(Subject.DEAL)]


def criterion_facts() -> list[tuple[str, str | Promise]]:
    return [(fact.name, fact.label) for fact in known_facts().values()]
