"""What is not known of an approval and should be found out."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from strategy.models import PassedBefore, Way
from strategy.selectors.approval import Sheet
from strategy.signature import Gap, Plan


@dataclass(frozen=True, slots=True)
class Doubt:
    """What should be found out, with what to do."""

    code: str
    text: str
    advice: str


def doubts_of(sheet: Sheet, plan: Plan) -> list[Doubt]:
    row = sheet.row
    found: list[Doubt] = []
    if sheet.person("approver_in_truth") is None:
        found.append(
            Doubt(
                "no_approver",
                _("Nobody knows who approves in truth."),
                _("Ask whose judgement the official approver follows."),
            )
        )
    if sheet.person("signer") is None:
        found.append(
            Doubt(
                "no_signer",
                _("Nobody knows who signs the order."),
                _(
                    "It may be somebody else than the approver: ask now, or the order waits after the approval."
                ),
            )
        )
    if row.passed_before == PassedBefore.NO:
        found.append(
            Doubt(
                "inexperienced",
                _("The drafter has not passed one of this size before."),
                _("Offer to go through the papers together, and ask who has."),
            )
        )
    if Gap.WAY in plan.gaps:
        found.append(
            Doubt(
                "way",
                _("The approver travels, and the way of approval is not known."),
                _("Electronically it goes on while they travel; ask which way it is."),
            )
        )
    if Gap.NEXT_MEETING in plan.gaps:
        found.append(
            Doubt(
                "next_meeting",
                _("The papers come too late for a meeting, and nobody knows what then."),
                _("Ask for the next day, or whether the members can be briefed one by one."),
            )
        )
    if row.way == Way.VERBAL:
        found.append(
            Doubt(
                "verbal",
                _("The approval is given by word of mouth."),
                _("Have it confirmed in writing the same day."),
            )
        )
    return found
