"""The earliest possible signature: examples one can count by hand, and what holds for every approval there may be."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategy.signature import Gap, Held, Known, Reason, earliest, work_after

MONDAY = date(2026, 11, 23)

days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
counts = st.integers(0, 30)
ways = st.sampled_from(["", "electronic", "paper", "verbal"])


@st.composite
def meetings(draw: st.DrawFn) -> Held:
    on = draw(days)
    due = draw(st.none() | st.integers(0, 20))
    return Held(
        "회의",
        on,
        papers_due=None if due is None else on - timedelta(days=due),
        if_missed=draw(st.sampled_from(["", "next", "extraordinary", "briefing"])),
        next_on=draw(st.none() | st.integers(1, 60).map(lambda later: on + timedelta(days=later))),
        missed_days=draw(counts),
    )


@st.composite
def approvals(draw: st.DrawFn) -> Known:
    away = draw(st.none() | st.tuples(days, counts))
    return Known(
        today=draw(days),
        drafting_days=draw(counts),
        signing_days=draw(counts),
        begun_on=draw(st.none() | days),
        submitted_on=draw(st.none() | days),
        departments=tuple(("법무", each) for each in draw(st.lists(counts, max_size=3))),
        meetings=tuple(draw(st.lists(meetings(), max_size=3))),
        way=draw(ways),
        absent_from=away and away[0],
        absent_to=away and away[0] + timedelta(days=away[1]),
    )


class TestEveryApproval:
    @given(approvals())
    def test_is_signed_on_a_working_day_not_before_today(self, known: Known) -> None:
        plan = earliest(known)
        assert plan.signed_on >= known.today
        assert plan.signed_on.weekday() < 5

    @given(approvals())
    def test_each_step_begins_where_the_one_before_ended_or_later(self, known: Known) -> None:
        steps = earliest(known).steps
        assert all(step.starts <= step.ends for step in steps if step.reason is not Reason.SUBMITTED)
        assert all(before.ends <= after.ends for before, after in pairwise(steps))
        assert steps[-1].ends == earliest(known).signed_on

    @given(approvals(), st.sampled_from(["drafting_days", "signing_days"]), counts)
    def test_more_days_never_make_it_earlier(self, known: Known, name: str, more: int) -> None:
        longer = replace(known, **{name: getattr(known, name) + more})
        assert earliest(longer).signed_on >= earliest(known).signed_on

    @given(approvals(), st.sampled_from(["today", "begun_on", "submitted_on", "absent_to"]), counts)
    def test_a_later_day_never_makes_it_earlier(self, known: Known, name: str, more: int) -> None:
        was = getattr(known, name)
        if was is not None:
            later = replace(known, **{name: was + timedelta(days=more)})
            assert earliest(later).signed_on >= earliest(known).signed_on

    @given(approvals(), counts)
    def test_leaving_earlier_on_a_trip_never_makes_it_earlier(self, known: Known, more: int) -> None:
        if known.absent_from is not None:
            longer = replace(known, absent_from=known.absent_from - timedelta(days=more))
            assert earliest(longer).signed_on >= earliest(known).signed_on

    @given(approvals(), counts, st.integers(0, 3))
    def test_one_more_department_never_makes_it_earlier(self, known: Known, takes: int, at: int) -> None:
        more = (*known.departments[:at], ("보안", takes), *known.departments[at:])
        assert earliest(replace(known, departments=more)).signed_on >= earliest(known).signed_on

    @given(approvals(), meetings())
    def test_one_more_meeting_never_makes_it_earlier(self, known: Known, held: Held) -> None:
        more = replace(known, meetings=(*known.meetings, held))
        assert earliest(more).signed_on >= earliest(known).signed_on

    @given(approvals(), meetings(), counts)
    def test_papers_due_earlier_or_a_later_next_one_never_make_it_earlier(
        self, known: Known, held: Held, more: int
    ) -> None:
        with_it = earliest(replace(known, meetings=(held,))).signed_on
        due = (held.papers_due or held.on) - timedelta(days=more)
        stricter = replace(held, papers_due=due, missed_days=held.missed_days + more)
        assert earliest(replace(known, meetings=(stricter,))).signed_on >= with_it
        if held.next_on is not None:
            later = replace(held, next_on=held.next_on + timedelta(days=more))
            assert earliest(replace(known, meetings=(later,))).signed_on >= with_it

    @given(approvals(), meetings(), counts)
    def test_a_meeting_held_later_never_makes_it_earlier(self, known: Known, held: Held, more: int) -> None:
        """With the same day for the papers."""
        held = replace(held, papers_due=held.papers_due or held.on)
        later = replace(held, on=held.on + timedelta(days=more))
        first, second = (earliest(replace(known, meetings=(each,))) for each in (held, later))
        assert second.signed_on >= first.signed_on

    @given(approvals())
    def test_electronic_is_never_slower(self, known: Known) -> None:
        paper = earliest(replace(known, way="paper")).signed_on
        assert earliest(replace(known, way="electronic")).signed_on <= paper


class TestExamples:
    @pytest.mark.parametrize(
        ("day", "count", "then"),
        [
            (MONDAY, 0, MONDAY),
            (MONDAY, 1, date(2026, 11, 24)),
            (MONDAY, 5, date(2026, 11, 30)),
            (date(2026, 11, 27), 1, date(2026, 11, 30)),
            (date(2026, 11, 28), 0, date(2026, 11, 30)),
            (date(2026, 11, 28), 1, date(2026, 11, 30)),
        ],
    )
    def test_working_days(self, day: date, count: int, then: date) -> None:
        assert work_after(day, count) == then

    def test_the_whole_walk(self) -> None:
        known = Known(
            MONDAY,
            drafting_days=3,
            signing_days=1,
            departments=(("법무", 2), ("보안", 3)),
            meetings=(Held("경영 회의", date(2026, 12, 8), papers_due=date(2026, 12, 4)),),
            way="paper",
            absent_from=date(2026, 12, 7),
            absent_to=date(2026, 12, 11),
        )
        plan = earliest(known)
        assert [(step.kind.value, step.ends.isoformat()) for step in plan.steps] == [
            ("drafting", "2026-11-26"),
            ("department", "2026-11-30"),
            ("department", "2026-12-03"),
            ("meeting", "2026-12-08"),
            ("absence", "2026-12-14"),
            ("signing", "2026-12-15"),
        ]
        assert not plan.gaps
        electronic = earliest(replace(known, way="electronic"))
        assert electronic.signed_on == date(2026, 12, 9)

    @pytest.mark.parametrize(
        ("missed", "signed", "reason", "is_open"),
        [
            (Held("이사회", MONDAY + timedelta(4), MONDAY), "2026-11-27", Reason.NOBODY_KNOWS, True),
            (
                Held("이사회", MONDAY + timedelta(4), MONDAY, "next", date(2026, 12, 31)),
                "2026-12-31",
                Reason.NEXT_ONE,
                False,
            ),
            (
                Held("이사회", MONDAY + timedelta(4), MONDAY, "extraordinary", None, 10),
                "2026-12-08",
                Reason.EXTRAORDINARY,
                False,
            ),
            (
                Held("이사회", MONDAY + timedelta(4), MONDAY, "briefing", None, 1),
                "2026-11-27",
                Reason.BRIEFING,
                False,
            ),
        ],
    )
    def test_papers_that_come_too_late(
        self, missed: Held, signed: str, reason: Reason, is_open: bool
    ) -> None:
        plan = earliest(Known(MONDAY, drafting_days=1, meetings=(missed,)))
        assert (plan.signed_on.isoformat(), plan.steps[1].reason) == (signed, reason)
        assert plan.gaps == ({Gap.NEXT_MEETING} if is_open else set())

    def test_papers_that_are_in_catch_a_meeting_whose_day_for_papers_is_past(self) -> None:
        held = Held("이사회", MONDAY + timedelta(4), MONDAY - timedelta(3))
        known = Known(MONDAY, drafting_days=9, submitted_on=MONDAY - timedelta(4), meetings=(held,))
        assert earliest(known).signed_on == MONDAY + timedelta(4)

    def test_a_trip_matters_until_the_way_is_known_to_be_electronic(self) -> None:
        known = Known(MONDAY, absent_from=MONDAY, absent_to=MONDAY + timedelta(2))
        assert earliest(known).gaps == {Gap.WAY}
        assert earliest(known).signed_on == MONDAY + timedelta(3)
        assert earliest(replace(known, way="electronic")).signed_on == MONDAY
