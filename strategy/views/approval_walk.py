"""The walk to the signature in words and bars."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.formats import day_brief
from strategy.signature import Kind, Plan, Reason, Step


@dataclass(frozen=True, slots=True)
class WalkStep:
    """`start`, `width`: of its bar, in percent of the whole walk; `why`: what one waits for."""

    step: Step
    title: str
    why: str
    start: float
    width: float

    @property
    def is_open(self) -> bool:
        return self.step.reason is Reason.NOBODY_KNOWS


def walk_of(plan: Plan) -> list[WalkStep]:
    begin = min([plan.today, *(step.starts for step in plan.steps)])
    span = max((plan.signed_on - begin).days, 1)
    return [_drawn(step, begin, span) for step in plan.steps]


def _drawn(step: Step, begin: date, span: int) -> WalkStep:
    start = (step.starts - begin).days / span * 100
    width = max((step.ends - step.starts).days / span * 100, 1.5)
    return WalkStep(step, title_of(step), why(step), min(start, 98.5), min(width, 100 - min(start, 98.5)))


def title_of(step: Step) -> str:
    titles = {
        Kind.DRAFTING: _("Drafting"),
        Kind.ABSENCE: _("Approver travels"),
        Kind.SIGNING: _("Signature"),
    }
    return titles.get(step.kind) or step.name


def why(step: Step) -> str:
    if step.reason is Reason.TAKES_DAYS:
        if not step.days:
            return _("on the same day")
        text = ngettext("takes %(count)s working day", "takes %(count)s working days", step.days)
        return text % {"count": step.days}
    due = day_brief(step.due) if step.due else ""
    if step.reason is Reason.SUBMITTED:
        return _("the papers are in")
    if step.reason is Reason.IN_TIME:
        return _("papers due %(day)s: in time") % {"day": due}
    if step.reason is Reason.NEXT_ONE:
        return _("papers due %(day)s: missed, so the next regular one") % {"day": due}
    if step.reason is Reason.EXTRAORDINARY:
        text = _("papers due %(day)s: missed, so an extraordinary one (%(count)s working days)")
        return text % {"day": due, "count": step.days}
    if step.reason is Reason.BRIEFING:
        text = _("papers due %(day)s: missed, so the members are briefed (%(count)s working days)")
        return text % {"day": due, "count": step.days}
    if step.reason is Reason.TRAVELS:
        return _("away until %(day)s, and not approved electronically") % {"day": due}
    return _("papers due %(day)s: missed, and nobody knows what then") % {"day": due}
