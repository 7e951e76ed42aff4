"""When the buyer can sign at the earliest: the steps of an approval walked over working days.

Pure arithmetic. Working days are Monday to Friday; public holidays are not known. Departments agree one after the other. Never
earlier than today, and never earlier for anything that takes longer or begins later (tests/strategy/test_signature.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

DAY = timedelta(days=1)
SATURDAY = 5


class Kind(StrEnum):
    DRAFTING = "drafting"
    DEPARTMENT = "department"
    MEETING = "meeting"
    ABSENCE = "absence"
    SIGNING = "signing"


class Reason(StrEnum):
    """Why a step takes until it ends."""

    TAKES_DAYS = "takes_days"
    SUBMITTED = "submitted"
    IN_TIME = "in_time"
    NEXT_ONE = "next_one"
    EXTRAORDINARY = "extraordinary"
    BRIEFING = "briefing"
    NOBODY_KNOWS = "nobody_knows"
    TRAVELS = "travels"


class Gap(StrEnum):
    """What is not known, so that the day is only a "not before"."""

    NEXT_MEETING = "next_meeting"
    WAY = "way"


@dataclass(frozen=True, slots=True)
class Held:
    """A meeting that must decide. `papers_due`: None where they may be handed in on the day itself. `if_missed`: "next",
    "extraordinary", "briefing" or "" (not known); `next_on`: of the regular one after it; `missed_days`: what the two
    other ways take, in working days."""

    name: str
    on: date
    papers_due: date | None = None
    if_missed: str = ""
    next_on: date | None = None
    missed_days: int = 0


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an approval. Days are working days. `way`: "electronic", "paper", "verbal" or "" (not known)."""

    today: date
    drafting_days: int = 0
    signing_days: int = 0
    begun_on: date | None = None
    submitted_on: date | None = None
    departments: tuple[tuple[str, int], ...] = ()
    meetings: tuple[Held, ...] = ()
    way: str = ""
    absent_from: date | None = None
    absent_to: date | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """`starts` … `ends`: the days between which one waits for it. `days`: how many working days it was given."""

    kind: Kind
    reason: Reason
    starts: date
    ends: date
    name: str = ""
    days: int = 0
    due: date | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """`signed_on`: the earliest day; with `gaps` only "not before"."""

    today: date
    signed_on: date
    steps: tuple[Step, ...] = ()
    gaps: frozenset[Gap] = field(default_factory=frozenset)


def work_after(day: date, days: int) -> date:
    """The `days`-th working day after `day`; for 0 the day itself, or the first working day that follows it."""
    while days > 0:
        day += DAY
        days -= day.weekday() < SATURDAY
    while day.weekday() >= SATURDAY:
        day += DAY
    return day


def earliest(known: Known) -> Plan:
    steps: list[Step] = []
    gaps: set[Gap] = set()
    ready = _drafted(known, steps)
    for name, days in known.departments:
        then = work_after(ready, days)
        steps.append(Step(Kind.DEPARTMENT, Reason.TAKES_DAYS, ready, then, name, days))
        ready = then
    for held in sorted(known.meetings, key=lambda each: each.on):
        ready = _decided(held, ready, steps, gaps)
    approved = _approved(known, work_after(max(ready, known.today), 0), steps, gaps)
    signed = work_after(approved, known.signing_days)
    steps.append(Step(Kind.SIGNING, Reason.TAKES_DAYS, approved, signed, days=known.signing_days))
    return Plan(known.today, signed, tuple(steps), frozenset(gaps))


def _drafted(known: Known, steps: list[Step]) -> date:
    """The day on which the papers are in. It lies in the past only where they were handed in."""
    if known.submitted_on:
        day = known.submitted_on
        steps.append(Step(Kind.DRAFTING, Reason.SUBMITTED, known.begun_on or day, day))
        return day
    start = known.begun_on or known.today
    day = max(work_after(start, known.drafting_days), work_after(known.today, 0))
    steps.append(Step(Kind.DRAFTING, Reason.TAKES_DAYS, start, day, days=known.drafting_days))
    return day


def _decided(held: Held, ready: date, steps: list[Step], gaps: set[Gap]) -> date:
    """The day of the decision, never before that of the meeting itself: missing it cannot be quicker than attending."""
    due = min(held.papers_due or held.on, held.on)
    if ready <= due:
        day, reason = held.on, Reason.IN_TIME
    elif held.if_missed in ("extraordinary", "briefing"):
        day = max(held.on, work_after(ready, held.missed_days))
        reason = Reason(held.if_missed)
    elif held.if_missed == "next" and held.next_on:
        later = max(held.on, held.next_on)
        # Papers for the next one are due as many days before it.
        is_caught = ready <= later - (held.on - due)
        day, reason = (later, Reason.NEXT_ONE) if is_caught else (max(ready, later), Reason.NOBODY_KNOWS)
    else:
        day, reason = max(ready, held.on), Reason.NOBODY_KNOWS
    if reason is Reason.NOBODY_KNOWS:
        gaps.add(Gap.NEXT_MEETING)
    steps.append(Step(Kind.MEETING, reason, min(ready, day), day, held.name, held.missed_days, due))
    return day


def _approved(known: Known, day: date, steps: list[Step], gaps: set[Gap]) -> date:
    """The first working day on which the approver can approve; away, only electronically."""
    if known.way == "electronic" or not (known.absent_from and known.absent_to):
        return day
    if not known.absent_from <= day <= known.absent_to:
        return day
    if not known.way:
        gaps.add(Gap.WAY)
    back = work_after(known.absent_to, 1)
    steps.append(Step(Kind.ABSENCE, Reason.TRAVELS, day, back, due=known.absent_to))
    return back
