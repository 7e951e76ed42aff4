"""What hangs on one company or person, given to another and given back: set-based, for duplicates that are merged."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import F, Model

from contacts.models import Company, Contact
from core import clock, outbox
from core.ids import uuid7
from deals.models import ActivityParticipant, Deal, DealContact, DealEvent, EventKind
from tenancy.permissions import Actor, Permission
from tenancy.scope import current_workspace_id

# Which of the buyer's people stand where, and beside what each stands once only.
LINKS: tuple[tuple[type[Model], str], ...] = ((DealContact, "deal_id"), (ActivityParticipant, "activity_id"))


def hold_deals(*, company_id: uuid.UUID, ids: Collection[uuid.UUID] | None = None) -> list[uuid.UUID]:
    """The company's deals (those of `ids`, if given), deleted ones too, locked in the order of ids."""
    deals = Deal.objects.filter(company_id=company_id)
    if ids is not None:
        deals = deals.filter(pk__in=ids)
    return list(deals.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))


def give_deals(*, ids: Sequence[uuid.UUID], giver: Company, taker: Company, actor: Actor) -> None:
    """Each deal gets what an ordinary change of company gives it: a new version and an event. Two statements."""
    actor.require(Permission.EDIT_DEALS)
    if not ids:
        return
    Deal.objects.filter(pk__in=ids).update(company=taker, version=F("version") + 1)
    now = clock.now()
    changed = {"company": {"from": str(giver.pk), "to": str(taker.pk)}}
    DealEvent.objects.bulk_create(
        (
            DealEvent(
                id=uuid7(),
                deal_id=deal_id,
                kind=EventKind.EDITED,
                actor_id=actor.member_id,
                at=now,
                data={"fields": changed},
            )
            for deal_id in ids
        ),
        batch_size=2000,
    )
    outbox.announce(current_workspace_id())


def give_links(*, giver: Contact, taker: Contact, actor: Actor) -> dict[str, Any]:
    """Put `taker` on the deals and activities of `giver`; what was done, as JSON, for `give_links_back`.

    Where both stand, the giver's line goes, and its role is the taker's if that had none.
    """
    actor.require(Permission.EDIT_DEALS)
    done: dict[str, Any] = {}
    for model, place in LINKS:
        rows: Any = model._default_manager
        there = {getattr(link, place): link for link in rows.filter(contact=taker).select_for_update()}
        mine = list(rows.filter(contact=giver).select_for_update().order_by("pk"))
        twice = [link for link in mine if getattr(link, place) in there]
        moved = [link.pk for link in mine if getattr(link, place) not in there]
        rows.filter(pk__in=moved).update(contact=taker)
        roles = _take_roles(twice, there, place)
        rows.filter(pk__in=[link.pk for link in twice]).delete()
        done[model._meta.label_lower] = {
            "moved": [str(pk) for pk in moved],
            "removed": [_as_json(link) for link in twice],
            "roles": roles,
        }
    return done


def _take_roles(twice: Sequence[Any], there: dict[uuid.UUID, Any], place: str) -> dict[str, str]:
    taken = {}
    for link in twice:
        mine = there[getattr(link, place)]
        if getattr(link, "role", "") and not mine.role:
            mine.role = link.role
            mine.save(update_fields=["role"])
            taken[str(mine.pk)] = mine.role
    return taken


def give_links_back(*, done: dict[str, Any], giver: Contact, taker: Contact, actor: Actor) -> None:
    """Undo of `give_links`. A line that somebody has since taken away or given a role stays as it is."""
    actor.require(Permission.EDIT_DEALS)
    for model, place in LINKS:
        rows: Any = model._default_manager
        what = done.get(model._meta.label_lower, {"moved": [], "removed": [], "roles": {}})
        rows.filter(pk__in=what["moved"], contact=taker).update(contact=giver)
        for pk, role in what["roles"].items():
            rows.filter(pk=pk, role=role).update(role="")
        taken = set(rows.filter(contact=giver).values_list(place, flat=True))
        again = [_from_json(model, values) for values in what["removed"]]
        rows.bulk_create([link for link in again if getattr(link, place) not in taken])


def _as_json(link: Model) -> dict[str, Any]:
    encoder = DjangoJSONEncoder()
    values = {field.attname: getattr(link, field.attname) for field in _columns(type(link))}
    return {
        name: value
        if value is None or isinstance(value, str | int | bool | list | dict)
        else encoder.default(value)
        for name, value in values.items()
    }


def _from_json(model: type[Model], values: dict[str, Any]) -> Any:
    columns = {field.attname: field for field in _columns(model)}
    return model(
        **{name: columns[name].to_python(value) for name, value in values.items() if name in columns}
    )


def _columns(model: type[Model]) -> list[Any]:
    return [field for field in model._meta.concrete_fields if not field.generated]
