"""BANT of one deal, and for whom all of it is confirmed."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deals.models import Deal
from strategy.models import BantAnswer, Certainty, Part
from strategy.registry import State

# What to ask the buyer while a part is unknown or only assumed.
QUESTIONS: dict[str, tuple[Promise, ...]] = {
    Part.BUDGET: (
        gettext_lazy("Is there a budget for this, and for which period?"),
        gettext_lazy("From whose budget is it paid?"),
    ),
    Part.AUTHORITY: (
        gettext_lazy("Who decides in the end, and who do they listen to?"),
        gettext_lazy("Who signs, and from which amount on does somebody else sign?"),
    ),
    Part.NEED: (
        gettext_lazy("What happens if nothing is done about it?"),
        gettext_lazy("Which goal of the company does it stand in the way of?"),
    ),
    Part.TIMEFRAME: (
        gettext_lazy("By when must it be in use, and what depends on that day?"),
        gettext_lazy("Which meetings and approvals lie before it?"),
    ),
}


@dataclass(frozen=True, slots=True)
class BantRow:
    """One part, with what is known of it (None: nothing) and what is left to ask."""

    part: Part
    answer: BantAnswer | None

    @property
    def certainty(self) -> str:
        return self.answer.certainty if self.answer else Certainty.UNKNOWN

    @property
    def questions(self) -> tuple[Promise, ...]:
        return () if self.certainty == Certainty.CONFIRMED else QUESTIONS[self.part]

    @property
    def version(self) -> int:
        """What a form sends back, to be told of somebody else's change: 0 before the first answer."""
        return self.answer.version if self.answer else 0


def bant_of(deal: Deal) -> list[BantRow]:
    """The four parts in their order. One query."""
    answers = {row.part: row for row in BantAnswer.objects.filter(deal=deal).select_related("by")}
    return [BantRow(part, answers.get(part.value)) for part in Part]


def bant_row(deal: Deal, part: str) -> BantRow:
    return BantRow(Part(part), BantAnswer.objects.filter(deal=deal, part=part).select_related("by").first())


def bant_state(deal: Deal) -> State:
    certain = dict(BantAnswer.objects.filter(deal=deal).values_list("part", "certainty"))
    confirmed = sum(1 for certainty in certain.values() if certainty == Certainty.CONFIRMED)
    if confirmed == len(Part):
        return State(_("confirmed"), "won")
    missing = [
        str(part.label) for part in Part if certain.get(part.value, Certainty.UNKNOWN) == Certainty.UNKNOWN
    ]
    if len(missing) == 1:
        return State(_("%(part)s unknown") % {"part": missing[0]}, "due")
    return State(_("%(count)s of 4 confirmed") % {"count": confirmed}, "due" if missing else "")


def bant_confirmed(deal_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """The deals of which all four parts are confirmed. One query."""
    rows = BantAnswer.objects.filter(deal__in=deal_ids, certainty=Certainty.CONFIRMED).order_by()
    counted = rows.values("deal_id").annotate(parts=Count("part")).filter(parts=len(Part))
    return set(counted.values_list("deal_id", flat=True))
