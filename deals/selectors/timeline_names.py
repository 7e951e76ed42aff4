"""What the ids in a deal's events are called: gathered once for a page of the timeline."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from contacts.models import Company, Contact
from deals import telling
from deals.models import DealEvent, DealFile, Note, Tag, Task
from deals.selectors.mentions import names_of
from fields.models import CustomField, FieldKind, Subject
from fields.selectors.definitions import field_names
from pipeline.models import ExitCriterion, LossReason, Stage
from tenancy.models import Membership

# Kind → whose rows, which column.
KINDS: dict[str, tuple[Any, str]] = {
    "stages": (Stage, "name"),
    "criteria": (ExitCriterion, "name"),
    "tasks": (Task, "name"),
    "members": (Membership, "display_name"),
    "companies": (Company, "name"),
    "contacts": (Contact, "name"),
    "reasons": (LossReason, "name"),
    "tags": (Tag, "name"),
    "files": (DealFile, "name"),
}
# Where in an event's data which kind stands.
PLACES = {
    "stage": "stages",
    "criterion": "criteria",
    "task": "tasks",
    "tasks": "tasks",
    "contact": "contacts",
    "reason": "reasons",
    "tag": "tags",
    "file": "files",
}
FIELDS = {"owner": "members", "company": "companies"}


@dataclass(frozen=True, slots=True)
class Names:
    """Names by kind and id; `called`: those of members whom notes mention."""

    by_kind: Mapping[str, Mapping[str, str]]
    called: Mapping[str, str]
    currency: str
    custom: Mapping[str, CustomField] = MappingProxyType({})
    told: Mapping[uuid.UUID, telling.Told] = MappingProxyType({})

    def of(self, kind: str, ident: Any) -> str:
        return self.by_kind.get(kind, {}).get(str(ident), "")


def names_for(
    rows: Sequence[Any], currency: str, known: Mapping[str, Mapping[str, str]] | None = None
) -> Names:
    """One query for each kind that is named and not known yet."""
    wanted: dict[str, set[str]] = defaultdict(set)
    bodies: list[str] = []
    events = [row for row in rows if isinstance(row, DealEvent)]
    # The added fields of which the events speak, by name: no query where they speak of none.
    custom = field_names(Subject.DEAL, {name for event in events for name in event.data.get("fields", {})})
    people = [name for name, field in custom.items() if field.kind == FieldKind.MEMBER]
    for row in rows:
        if isinstance(row, DealEvent):
            _collect(row, wanted, people)
        elif isinstance(row, Note):
            bodies.append(row.body)
    found = {kind: dict((known or {}).get(kind, {})) for kind in KINDS}
    for kind, ids in wanted.items():
        found[kind].update(_look_up(kind, ids - found[kind].keys()))
    return Names(found, names_of(bodies), currency, custom, telling.told_of(events))


def _collect(event: DealEvent, wanted: dict[str, set[str]], people: Sequence[str]) -> None:
    """`people`: added fields that hold a member."""
    for place, kind in PLACES.items():
        value = event.data.get(place)
        wanted[kind].update(value if isinstance(value, list) else [value] if value else [])
    if "fields" not in event.data:
        wanted["stages"].update(value for value in (event.data.get("from"), event.data.get("to")) if value)
        return
    for field, kind in (*FIELDS.items(), *((name, "members") for name in people)):
        change = event.data["fields"].get(field, {})
        wanted[kind].update(value for value in (change.get("from"), change.get("to")) if value)


def _look_up(kind: str, ids: set[str]) -> dict[str, str]:
    if not ids:
        return {}
    model, column = KINDS[kind]
    rows = model.objects.filter(pk__in=[uuid.UUID(text) for text in ids]).values_list("pk", column)
    return {str(pk): name for pk, name in rows}
