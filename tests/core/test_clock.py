from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core import clock
from core.ids import parse_uuid, uuid7

SEOUL = ZoneInfo("Asia/Seoul")
BERLIN = ZoneInfo("Europe/Berlin")
CAIRO = ZoneInfo("Africa/Cairo")


def test_the_clock_runs_and_can_be_held() -> None:
    moment = datetime(2026, 11, 23, 12, tzinfo=SEOUL)
    before = clock.now()
    with clock.frozen_at(moment):
        assert clock.now() == clock.frozen_moment() == moment
        assert clock.now().tzinfo is UTC
        with clock.frozen_at(moment + timedelta(days=1)):
            assert clock.now() == moment + timedelta(days=1)
        assert clock.now() == moment
    assert clock.frozen_moment() is None
    assert before <= clock.now() < before + timedelta(minutes=1)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"), clock.frozen_at(datetime(2026, 1, 1)):  # noqa: DTZ001
        pass


def test_days_are_local() -> None:
    late = datetime(2026, 11, 30, 15, 30, tzinfo=UTC)
    assert clock.local_date(late, SEOUL) == date(2026, 12, 1)
    assert clock.local_date(late, BERLIN) == date(2026, 11, 30)
    assert clock.start_of_day(date(2026, 12, 1), SEOUL) == datetime(2026, 11, 30, 15, tzinfo=UTC)
    assert clock.end_of_day(date(2026, 11, 30), SEOUL) == datetime(2026, 11, 30, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [
        (date(2026, 3, 29), BERLIN, 23),
        (date(2026, 10, 25), BERLIN, 25),
        (date(2026, 4, 24), CAIRO, 23),  # begins at one o'clock: midnight does not exist
        (date(2026, 4, 24), SEOUL, 24),
    ],
)
def test_days_may_be_longer_or_shorter(day: date, zone: ZoneInfo, hours: int) -> None:
    length = clock.end_of_day(day, zone).astimezone(UTC) - clock.start_of_day(day, zone).astimezone(UTC)
    assert length == timedelta(hours=hours)
    assert clock.local_date(clock.start_of_day(day, zone).astimezone(UTC), zone) == day


def test_months() -> None:
    assert clock.month_start(date(2026, 11, 23)) == date(2026, 11, 1)
    assert [clock.add_months(date(2026, 11, 30), count) for count in (-11, 0, 1, 2, 14)] == [
        date(2025, 12, 1),
        date(2026, 11, 1),
        date(2026, 12, 1),
        date(2027, 1, 1),
        date(2028, 1, 1),
    ]


def test_ids_ascend_and_bad_ones_are_none() -> None:
    made = [uuid7() for _number in range(1000)]
    assert made == sorted(made)
    assert len(set(made)) == 1000
    assert parse_uuid(str(made[0])) == made[0]
    for text in ("", "x", "123", None, 5):
        assert parse_uuid(text) is None
