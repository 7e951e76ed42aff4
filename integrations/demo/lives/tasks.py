"""What was to be done for a deal, by its stages' own tasks and by hand, and what of it is still to do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from core import clock
from integrations.demo.calendar import working_day
from integrations.demo.happenings import Happening, TaskAdded, TaskDone, entry_task_key
from integrations.demo.lives.frame import Frame
from integrations.demo.lives.path import Stay, phase_of
from integrations.demo.plan import Mood

BY_HAND = 0.3  # of the stays that have ended
DONE_EARLY = 0.3
PLANNED, STALLED_PLANNED = 0.93, 0.45  # of the open deals whose stage asks for nothing more


def tasks_of(frame: Frame) -> Iterator[Happening]:
    for visit, stay in enumerate(frame.stays):
        yield from _behind(frame, visit, stay) if stay.left is not None else _ahead(frame, visit, stay)


def _behind(frame: Frame, visit: int, stay: Stay) -> Iterator[Happening]:
    """Of a stay that has ended: all done."""
    for position in range(len(stay.stage.entry_tasks.all())):
        yield _done(frame, stay, entry_task_key(visit, position))
    if frame.chance(BY_HAND):
        added, done = frame.calendar.spread(stay.entered, stay.end, 2, frame.random)
        due_on = frame.calendar.day(done) + timedelta(days=frame.random.randint(0, 3))
        key = f"hand {visit}"
        yield _added(frame, stay, key, added, due_on)
        yield TaskDone(at=max(done, added + timedelta(minutes=1)), by=frame.by, key=key)


def _ahead(frame: Frame, visit: int, stay: Stay) -> Iterator[Happening]:
    """Of the stay that goes on: what fell due is done, unless the deal's mood says otherwise."""
    mood, today = frame.sketch.mood, frame.calendar.today
    is_pending = False
    for position, rule in enumerate(stay.stage.entry_tasks.all()):
        due = frame.calendar.day(stay.entered) + timedelta(days=rule.due_days)
        if due < today or mood is Mood.NO_TASK or frame.chance(DONE_EARLY):
            yield _done(frame, stay, entry_task_key(visit, position))
        else:
            is_pending = True
    due_on = _next_due(frame, stay, is_pending=is_pending)
    if due_on is not None:
        # Nobody plans for a day that has passed.
        until = min(stay.end, clock.end_of_day(due_on, frame.calendar.zone))
        added = frame.calendar.within(stay.entered, until, frame.random)
        yield _added(frame, stay, "next", added, due_on)


def _next_due(frame: Frame, stay: Stay, *, is_pending: bool) -> date | None:
    """When the task planned by hand is due; None where there is none. `is_pending`: the stage's own wait already."""
    mood, today = frame.sketch.mood, frame.calendar.today
    if mood is Mood.TASK_TODAY:
        return today
    if mood is Mood.TASK_LATE:
        return max(today - timedelta(days=frame.random.randint(1, 6)), frame.calendar.day(stay.entered))
    if mood in (Mood.NO_TASK, Mood.SNOOZED) or is_pending:
        return None
    if not frame.chance(STALLED_PLANNED if mood is Mood.STALLED else PLANNED):
        return None
    return working_day(today + timedelta(days=frame.random.randint(1, 12)), later=True)


def _added(frame: Frame, stay: Stay, key: str, at: datetime, due_on: date) -> TaskAdded:
    name = frame.word(f"task_{phase_of(stay)}")
    return TaskAdded(at=at, by=frame.by, key=key, name=name, due_on=due_on, assignee=frame.by)


def _done(frame: Frame, stay: Stay, key: str) -> TaskDone:
    return TaskDone(at=frame.calendar.within(stay.entered, stay.end, frame.random), by=frame.by, key=key)
