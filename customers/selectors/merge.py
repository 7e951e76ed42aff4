"""What merging two would do, before it is done."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from contacts.models import Company, Contact
from contacts.models.contact import Consent
from contacts.selectors.custom_values import STORES, record_values
from core.errors import NotFound
from core.formats import day_brief
from deals.models import Activity, ActivityParticipant, DealContact
from deals.selectors.visible import visible_to
from fields.models import CustomField
from fields.selectors.definitions import fields_of
from fields.selectors.values import words
from tenancy.permissions import Actor


@dataclass(frozen=True, slots=True)
class Choice:
    """A fact that is one's or the other's; `columns` go together."""

    name: str
    label: str | Promise
    columns: tuple[str, ...]


CHOICES: dict[type[models.Model], tuple[Choice, ...]] = {
    Company: (
        Choice("name", _("Name"), ("name",)),
        Choice("domain", _("Domain"), ("domain",)),
        Choice("industry", _("Industry"), ("industry",)),
        Choice("owner", _("Owner"), ("owner_id",)),
    ),
    Contact: (
        Choice("name", _("Name"), ("name",)),
        Choice("title", _("Job title"), ("title",)),
        Choice("company", _("Company"), ("company_id",)),
        Choice("email", _("E-mail"), ("email",)),
        Choice("phone", _("Phone"), ("phone",)),
        Choice("owner", _("Owner"), ("owner_id",)),
        # Never one's state with the other's day.
        Choice("ad_consent", _("Advertising mail"), ("ad_consent", "ad_consent_at")),
    ),
}


@dataclass(frozen=True, slots=True)
class Both:
    """An added field with what stands in it on either side. Several choices are one fact: one's or the other's."""

    field: CustomField
    kept: Any
    gone: Any

    @property
    def by_default(self) -> bool:
        """Whether the one that stays gets the other's."""
        return self.kept is None and self.gone is not None


@dataclass(frozen=True, slots=True)
class Line:
    """One fact of both, as it reads. `theirs_chosen`: the default takes the merged one's."""

    name: str
    label: str | Promise
    kept: str
    gone: str
    theirs_chosen: bool

    @property
    def differs(self) -> bool:
        return self.kept != self.gone


@dataclass(frozen=True, slots=True)
class Preview:
    kept: Any
    gone: Any
    lines: Sequence[Line]
    deals: int
    people: int
    activities: int


def default_take(kept: Any, gone: Any) -> set[str]:
    """What the one that stays lacks; of two consents the one that was said last."""
    found = {
        choice.name
        for choice in CHOICES[type(kept)]
        if choice.name != "ad_consent"
        and not getattr(kept, choice.columns[0])
        and getattr(gone, choice.columns[0])
    }
    if isinstance(kept, Contact) and said_later(gone, kept):
        found.add("ad_consent")
    return found


def custom_of_both(kept: Any, gone: Any) -> list[Both]:
    """Every added field in use. Three queries, one where there is no field."""
    fields = fields_of(STORES[type(kept)][2])
    had = record_values(type(kept), [kept.pk, gone.pk], fields)
    return [Both(field, had[kept.pk].get(field.pk), had[gone.pk].get(field.pk)) for field in fields]


def said_later(one: Contact, other: Contact) -> bool:
    """Whether `one` gave or withdrew consent, and `other` did not do so since."""
    if one.ad_consent == Consent.UNKNOWN or one.ad_consent_at is None:
        return False
    return other.ad_consent_at is None or one.ad_consent_at > other.ad_consent_at


def merge_preview(*, model: Any, kept_id: uuid.UUID, gone_id: uuid.UUID, actor: Actor) -> Preview:
    """Raises NotFound. Seven queries at most."""
    related = ("owner",) if model is Company else ("owner", "company")
    rows = model.objects.filter(pk__in=[kept_id, gone_id], deleted_at=None).select_related(*related)
    by_id = {row.pk: row for row in rows}
    if kept_id == gone_id or len(by_id) != 2:
        raise NotFound
    kept, gone = by_id[kept_id], by_id[gone_id]
    take = default_take(kept, gone)
    lines = [
        Line(
            choice.name, choice.label, shown(kept, choice.name), shown(gone, choice.name), choice.name in take
        )
        for choice in CHOICES[model]
    ]
    for both in custom_of_both(kept, gone):
        said = words(both.field, both.kept), words(both.field, both.gone)
        lines.append(Line(both.field.column, both.field.name, *said, both.by_default))
    return Preview(kept, gone, lines, *merge_counts(gone, actor))


def merge_counts(gone: Any, actor: Actor) -> tuple[int, int, int]:
    """(deals, people, activities) that hang on it: what would change hands."""
    deals = visible_to(actor)
    if isinstance(gone, Company):
        there = deals.filter(company=gone)
        return (
            there.count(),
            Contact.objects.filter(company=gone, deleted_at=None).count(),
            Activity.objects.filter(deal__in=there, deleted_at=None).count(),
        )
    return (
        DealContact.objects.filter(contact=gone, deal__in=deals).count(),
        0,
        ActivityParticipant.objects.filter(contact=gone, activity__deleted_at=None).count(),
    )


def shown(record: Any, name: str) -> str:
    """A fact as it reads; "" for none."""
    if name == "owner":
        return record.owner.display_name if record.owner else ""
    if name == "company":
        return record.company.name if record.company else ""
    if name == "ad_consent":
        return consent_words(record)
    return str(getattr(record, name) or "")


def consent_words(contact: Contact) -> str:
    state = str(contact.get_ad_consent_display())
    return f"{state} · {day_brief(contact.ad_consent_at)}" if contact.ad_consent_at else state
