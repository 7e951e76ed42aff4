"""What the map of a deal warns of, each with what to do about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from strategy.models import Stance
from strategy.selectors.stakeholders import Placed

# From the second stage that counts on, an executive should have been met and the person of influence be known.
LATE_STAGE = 2


@dataclass(frozen=True, slots=True)
class Warned:
    """`code` is stable; `text` says what is wrong, `advice` what to do."""

    code: str
    text: str
    advice: str


def map_warnings(people: Sequence[Placed], stage: int) -> list[Warned]:
    """`stage`: the how-manieth of the stages that count, 0 for a lead."""
    return [*_of_all(people, stage), *_of_each(people)]


def _of_all(people: Sequence[Placed], stage: int) -> Iterator[Warned]:
    met = [each for each in people if each.is_met]
    if met and all(each.is_low for each in met):
        yield Warned(
            "only_low",
            _("We talk only with people of low rank and low influence."),
            _("Ask them whom they report to, and to bring that person to the next meeting."),
        )
    if stage >= LATE_STAGE and not any(each.is_met and each.is_executive for each in people):
        yield Warned(
            "no_executive",
            _("No executive has been met yet."),
            _("Meet one now, not at the end: propose a short meeting about the business issue."),
        )
    if stage >= LATE_STAGE and not any(each.is_influential for each in people):
        yield Warned(
            "no_influence",
            _("Nobody of influence is named."),
            _("Think of the last meeting: whose word did the others wait for? Place that person."),
        )


def _of_each(people: Sequence[Placed]) -> Iterator[Warned]:
    for each in people:
        if not each.is_influential:
            continue
        name = each.contact.name
        if each.person.silent_days is None:
            text = _("%(name)s has influence and was never heard from.") % {"name": name}
            yield Warned("influence_silent", text, _("Ask for an introduction, or log the contact you had."))
        elif each.is_silent:
            text = _("%(name)s has influence and has been silent for %(days)s days.")
            told = text % {"name": name, "days": each.person.silent_days}
            yield Warned("influence_silent", told, _("Find a reason to talk this week."))
        if each.stance == Stance.AGAINST:
            text = _("%(name)s has influence and is against it.") % {"name": name}
            yield Warned("influence_against", text, _("Hear out why, alone, before the next meeting."))
