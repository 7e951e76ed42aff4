"""Make one of two: a company or person that is here twice. One transaction, set-based, and with a way back."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contacts.models import Change, ChangeKind, Company, Contact
from contacts.services.changes import (
    facts_of,
    from_json,
    lock_change,
    log,
    mark_undone,
    put_custom,
    set_back,
)
from core import clock
from core.errors import Conflict, InvalidInput, NotFound
from customers.selectors.merge import CHOICES, custom_of_both, default_take
from deals.services.customers import give_deals, give_links, give_links_back, hold_deals
from fields.selectors.values import as_json
from tenancy.permissions import Actor, Permission
from tenancy.services import audit

UNDO_DAYS = 30


@transaction.atomic
def merge_companies(
    *, kept_id: uuid.UUID, gone_id: uuid.UUID, actor: Actor, take: Collection[str] | None = None
) -> Company:
    """Give the deals and people of one company to the other, which stays.

    `take`: which facts are the merged one's (names of CHOICES, and of added fields: "cf_…"); by default those that the other lacks. The merged
    row keeps its name and external id, by which imports find the one that stayed. Raises InvalidInput, NotFound.
    """
    actor.require(Permission.EDIT_DEALS)
    held = hold_deals(company_id=gone_id)
    kept, gone = _both(Company, kept_id, gone_id)
    # Those that came until the company was locked; from now on none can.
    deals = sorted({*held, *hold_deals(company_id=gone_id)})
    people = list(Contact.objects.filter(company=gone).order_by("pk").values_list("pk", flat=True))
    fields = _take(kept, gone, take)
    _put_away(gone, into=kept)
    give_deals(ids=deals, giver=gone, taker=kept, actor=actor)
    Contact.objects.filter(pk__in=people).update(company=kept)
    moved = {"deals": [str(pk) for pk in deals], "people": [str(pk) for pk in people]}
    counts = {"deals": len(deals), "people": len(people)}
    kept.last_change = _write_down(kept, gone, fields=fields, counts=counts, moved=moved, actor=actor)
    return kept


@transaction.atomic
def merge_contacts(
    *, kept_id: uuid.UUID, gone_id: uuid.UUID, actor: Actor, take: Collection[str] | None = None
) -> Contact:
    """Put one person in the place of another on deals and activities. As `merge_companies`."""
    actor.require(Permission.EDIT_DEALS)
    kept, gone = _both(Contact, kept_id, gone_id)
    fields = _take(kept, gone, take)
    _put_away(gone, into=kept)
    moved = give_links(giver=gone, taker=kept, actor=actor)
    counts = {
        name: len(moved[label]["moved"]) + len(moved[label]["removed"])
        for name, label in (("deals", "deals.dealcontact"), ("activities", "deals.activityparticipant"))
    }
    kept.last_change = _write_down(kept, gone, fields=fields, counts=counts, moved=moved, actor=actor)
    return kept


def _both[M: (Company, Contact)](model: type[M], kept_id: uuid.UUID, gone_id: uuid.UUID) -> tuple[M, M]:
    """Both, locked in the order of ids: the one that goes against every new reference, the one that stays not."""
    if kept_id == gone_id:
        raise InvalidInput.of("other", _("Choose another one: nothing can be merged with itself."))
    found: dict[uuid.UUID, M] = {}
    for pk in sorted((kept_id, gone_id)):
        rows: Any = model._default_manager.select_for_update(no_key=pk == kept_id)
        row = rows.filter(pk=pk, deleted_at=None).first()
        if row is None:
            raise NotFound
        found[pk] = row
    return found[kept_id], found[gone_id]


def _take(kept: Any, gone: Any, take: Collection[str] | None) -> dict[str, dict[str, Any]]:
    """Give `kept` the chosen facts of `gone`; from → to of those that differ."""
    offered = {choice.name: choice.columns for choice in CHOICES[type(kept)]}
    own = {both.field.column: both for both in custom_of_both(kept, gone)}
    chosen = default_take(kept, gone) if take is None else set(take)
    if take is None:
        chosen |= {name for name, both in own.items() if both.by_default}
    if unknown := chosen - offered.keys() - own.keys():
        raise InvalidInput.of("take", _("There is no fact called “%(name)s”.") % {"name": min(unknown)})
    was, theirs = facts_of(kept), facts_of(gone)
    fields = {
        column: {"from": was[column], "to": theirs[column]}
        for name in sorted(chosen & offered.keys())
        for column in offered[name]
        if was[column] != theirs[column]
    }
    for column, change in fields.items():
        setattr(kept, column, from_json(kept, column, change["to"]))
    if fields:
        kept.save()
    taken = {name: own[name] for name in sorted(chosen & own.keys()) if own[name].kept != own[name].gone}
    put_custom(kept, {both.field: both.gone for both in taken.values()})
    return fields | {
        name: {"from": as_json(both.kept), "to": as_json(both.gone)} for name, both in taken.items()
    }


def _put_away(gone: Company | Contact, *, into: Any) -> None:
    gone.deleted_at, gone.merged_into = clock.now(), into
    gone.save(update_fields=["deleted_at", "merged_into"])


def _write_down(
    kept: Company | Contact,
    gone: Company | Contact,
    *,
    fields: Mapping[str, Any],
    counts: Mapping[str, int],
    moved: Mapping[str, Any],
    actor: Actor,
) -> Change:
    too_late = clock.now() - timedelta(days=UNDO_DAYS)
    Change.objects.filter(kind=ChangeKind.MERGED, at__lt=too_late).exclude(moved={}).update(moved={})
    data = {"gone": str(gone.pk), "fields": dict(fields), "counts": dict(counts)}
    change = log(ChangeKind.MERGED, kept, actor=actor, data=data, moved=dict(moved))
    _audit(change, kept, "merged", counts, actor)
    return change


def _audit(change: Change, kept: Any, what: str, counts: Mapping[str, int], actor: Actor) -> None:
    kind = "companies" if isinstance(kept, Company) else "people"
    detail = {"gone": change.data["gone"], "counts": dict(counts)}
    audit.record(actor=actor, action=f"customer.{kind}_{what}", target_id=kept.pk, detail=detail)


@transaction.atomic
def undo_merge(*, change_id: uuid.UUID, actor: Actor) -> Change:
    """Make two of one again: everything that changed hands goes back, and what came since stays.

    Raises Conflict with the reason where something was built on the merge, or after UNDO_DAYS.
    """
    actor.require(Permission.EDIT_DEALS)
    # Read before anything is locked: deals come first, as everywhere.
    seen = Change.objects.filter(pk=change_id, kind=ChangeKind.MERGED).first()
    if seen is None:
        raise NotFound
    gone_id = uuid.UUID(seen.data["gone"])
    if seen.company_id:
        hold_deals(company_id=seen.company_id, ids=[uuid.UUID(pk) for pk in seen.moved.get("deals", [])])
    model: Any = Company if seen.company_id else Contact
    rows = model.objects.filter(pk__in=[seen.company_id or seen.contact_id, gone_id])
    by_id = {row.pk: row for row in rows.select_for_update(no_key=True).order_by("pk")}
    change = lock_change(change_id)
    kept, gone = by_id[seen.company_id or seen.contact_id], by_id[gone_id]
    _check_undoable(change, kept, gone)
    set_back(kept, change.data["fields"])
    gone.deleted_at = gone.merged_into = None
    gone.save(update_fields=["deleted_at", "merged_into"])
    if change.company_id:
        _give_company_back(change.moved, kept=kept, gone=gone, actor=actor)
    else:
        give_links_back(done=change.moved, giver=gone, taker=kept, actor=actor)
    mark_undone(change, actor=actor)
    _audit(change, kept, "unmerged", change.data["counts"], actor)
    return change


def _check_undoable(change: Change, kept: Any, gone: Any) -> None:
    if change.at < clock.now() - timedelta(days=UNDO_DAYS):
        days = ngettext(
            "A merge can be undone for %(days)s day. That time has passed.",
            "A merge can be undone for %(days)s days. That time has passed.",
            UNDO_DAYS,
        )
        raise Conflict(days % {"days": UNDO_DAYS})
    if kept.deleted_at is not None:
        raise Conflict(
            _("“%(name)s” was itself deleted or merged since. Undo that first.") % {"name": kept.name}
        )
    if gone.merged_into_id != kept.pk:
        raise Conflict(_("This was undone already."))


def _give_company_back(moved: Mapping[str, Any], *, kept: Company, gone: Company, actor: Actor) -> None:
    deals = hold_deals(company_id=kept.pk, ids=[uuid.UUID(pk) for pk in moved["deals"]])
    people = Contact.objects.filter(pk__in=moved["people"], company=kept)
    left = len(moved["deals"]) - len(deals) + len(moved["people"]) - people.count()
    if left:
        said = ngettext(
            "%(count)s deal or person has since been given to another company. Give it back first.",
            "%(count)s deals or people have since been given to another company. Give them back first.",
            left,
        )
        raise Conflict(said % {"count": left})
    give_deals(ids=deals, giver=kept, taker=gone, actor=actor)
    people.update(company=gone)
