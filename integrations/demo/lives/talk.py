"""Calls, meetings, mails and notes: how long ago the buyer was heard from depends on how the deal goes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from integrations.demo.calendar import working_day
from integrations.demo.happenings import Edited, Happening, Noted, Talked
from integrations.demo.lives.frame import Frame
from integrations.demo.lives.path import Stay, phase_of
from integrations.demo.plan import Mood

# Kind and direction, and how often.
WAYS = {
    ("call", "in"): 8,
    ("call", "out"): 14,
    ("call", "both"): 16,
    ("meeting", "both"): 18,
    ("email", "in"): 18,
    ("email", "out"): 20,
    ("message", "in"): 3,
    ("message", "out"): 3,
}
TO_BUYER = {way: weight for way, weight in WAYS.items() if way[1] == "out"}
DAYS_APART, MOST = 7, 6
NOTED_BEHIND, NOTED_NOW = 0.2, 0.45  # of the stays that have ended, and of those that go on


def talk_of(frame: Frame) -> Iterator[Happening]:
    is_silent = frame.sketch.mood in (Mood.STALLED, Mood.SNOOZED)
    for stay in frame.stays:
        yield from _silence(frame, stay) if is_silent and stay.left is None else _talks(frame, stay, stay.end)
        if frame.chance(NOTED_NOW if stay.left is None else NOTED_BEHIND):
            moment = frame.calendar.within(stay.entered, stay.end, frame.random)
            yield Noted(at=moment, by=frame.by, body=frame.word(f"note_{phase_of(stay)}"))
    if frame.sketch.mood is Mood.SNOOZED:
        yield from _snooze(frame, frame.stays[-1])


def _talks(frame: Frame, stay: Stay, until: datetime) -> Iterator[Talked]:
    days = (until - stay.entered).days
    count = min(1 + round(days / DAYS_APART * frame.random.uniform(0.6, 1.4)), MOST)
    for moment in frame.calendar.spread(stay.entered, until, count, frame.random):
        yield _talk(frame, moment, WAYS)


def _silence(frame: Frame, stay: Stay) -> Iterator[Talked]:
    """The buyer was last heard from in the first third of the stay; what came behind it is our own trying."""
    turn = stay.entered + (stay.end - stay.entered) / 3
    yield from _talks(frame, stay, turn)
    for moment in frame.calendar.spread(turn, stay.end, frame.random.randint(1, 3), frame.random):
        yield _talk(frame, moment, TO_BUYER)


def _talk(frame: Frame, moment: datetime, ways: Mapping[tuple[str, str], int]) -> Talked:
    kind, direction = frame.random.choices(list(ways), list(ways.values()))[0]
    return Talked(
        at=moment,
        by=frame.by,
        kind=kind,
        direction=direction,
        subject=frame.word(f"{kind}_{direction}"),
        contact=frame.random.choice(frame.contacts),
    )


def _snooze(frame: Frame, stay: Stay) -> Iterator[Happening]:
    """Once the deal had stalled, the leader put it aside for a reason."""
    stalled = stay.entered + timedelta(days=stay.stage.stall_days)
    moment = frame.calendar.within(stalled, stay.end, frame.random)
    until = working_day(frame.calendar.today + timedelta(days=frame.random.randint(5, 40)), later=True)
    yield Noted(at=moment, by=frame.leader, body=frame.word("snooze"))
    yield Edited(at=moment, by=frame.leader, changes={"snoozed_until": until})
