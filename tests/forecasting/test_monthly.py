"""The arithmetic of the forecast."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import clock
from core.clock import frozen_at
from core.errors import InvalidInput
from core.money import round_to_currency
from deals.models import Deal
from deals.selectors.visible import visible_to
from deals.services.close_deal import lose_deal
from deals.services.create_deal import Past
from deals.services.edit_deal import delete_deal, edit_deal
from forecasting.selectors.counting import counted_rows
from forecasting.selectors.cycle import median_cycle_days
from forecasting.selectors.monthly import Forecast, ForecastMonth, monthly_forecast, months_between
from pipeline.models import LossReason, Stage, StageKind
from pipeline.services.create_from_template import create_pipeline_from_template
from tenancy.scope import workspace_scope
from tenancy.services.rates import set_rate
from tests.factories import Cast, make_deal

SEOUL = ZoneInfo("Asia/Seoul")
NOW = datetime(2026, 11, 23, 10, tzinfo=SEOUL)
FIRST, LAST = date(2026, 10, 1), date(2027, 2, 1)


@pytest.fixture(autouse=True)
def frozen() -> Any:
    with frozen_at(NOW):
        yield


def forecast(cast: Cast, *, first: date = FIRST, last: date = LAST, **asked: Any) -> Forecast:
    return monthly_forecast(actor=cast.actor(), first=first, last=last, **asked)


def month(found: Forecast, year: int, number: int) -> ForecastMonth:
    return next(each for each in found.months if each.month == date(year, number, 1))


def won_deal(cast: Cast, moment: datetime, amount: int = 10_000_000, **fields: Any) -> Deal:
    past = Past(created_at=datetime(2026, 1, 1, tzinfo=UTC), outcome="won", closed_at=moment)
    return make_deal(actor=cast.actor("owner"), amount=amount, past=past, **fields)


def test_the_articles_example(acme: Cast) -> None:
    """A stage at 70 %, 10,000,000 KRW, expected in November 2023: the forecast shows 7,000,000."""
    with frozen_at(datetime(2023, 10, 4, tzinfo=SEOUL)):
        make_deal(actor=acme.actor(), stage="온보딩 교육 중", expected_close_date=date(2023, 11, 15))
        found = forecast(acme, first=date(2023, 11, 1), last=date(2023, 11, 30))
    (november,) = found.months
    assert november == ForecastMonth(
        month=date(2023, 11, 1),
        won=Decimal(0),
        weighted=Decimal(7_000_000),
        open_amount=Decimal(10_000_000),
        deals=1,
        by_category={"pipeline": Decimal(0), "best_case": Decimal(7_000_000), "commit": Decimal(0)},
    )
    assert (november.total, found.currency, found.needs_date_deals) == (Decimal(7_000_000), "KRW", 0)


def test_every_month_from_first_to_last_is_there(acme: Cast) -> None:
    found = forecast(acme)
    assert [each.month.month for each in found.months] == [10, 11, 12, 1, 2]
    assert {each.total for each in found.months} == {Decimal(0)}


def test_a_range_that_ends_before_it_begins_is_refused(acme: Cast) -> None:
    with pytest.raises(InvalidInput):
        forecast(acme, first=LAST, last=FIRST)


def test_won_counts_in_full_in_its_local_month(acme: Cast) -> None:
    won_deal(acme, datetime(2026, 10, 31, 23, 30, tzinfo=SEOUL), 1_000_000)
    won_deal(acme, datetime(2026, 11, 1, 0, 30, tzinfo=SEOUL), 20_000_000)  # still October in London
    found = forecast(acme)
    assert (month(found, 2026, 10).won, month(found, 2026, 11).won) == (1_000_000, 20_000_000)
    assert (month(found, 2026, 11).deals, month(found, 2026, 11).weighted) == (0, 0)


def test_won_half_an_hour_into_december_counts_in_december(acme: Cast) -> None:
    moment = datetime(2026, 12, 1, 0, 30, tzinfo=SEOUL)
    with frozen_at(moment):
        won_deal(acme, moment, 3_000_000)
        found = forecast(acme)
    assert (month(found, 2026, 11).won, month(found, 2026, 12).won) == (0, 3_000_000)


def test_the_last_day_of_a_month_counts_in_it(acme: Cast) -> None:
    for day in (date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 31), date(2027, 3, 1)):
        make_deal(actor=acme.actor(), expected_close_date=day)
    found = forecast(acme)
    assert [each.deals for each in found.months] == [0, 1, 2, 0, 0]


def test_lost_deleted_and_lead_deals_contribute_nothing(acme: Cast) -> None:
    create_pipeline_from_template(template="the-model", language="ko", name="리드부터")
    lead = Stage.objects.get(kind=StageKind.LEAD)
    reason = LossReason.objects.first()
    kept = {"actor": acme.actor(), "expected_close_date": date(2026, 12, 5)}
    lose_deal(deal_id=make_deal(**kept).pk, reason=reason, actor=acme.actor())
    delete_deal(deal_id=make_deal(**kept).pk, actor=acme.actor())
    for day in (date(2026, 12, 5), None, date(2026, 11, 1)):
        make_deal(actor=acme.actor(), pipeline=lead.pipeline, stage=lead.name, expected_close_date=day)
    found = forecast(acme)
    assert {(each.total, each.open_amount, each.deals) for each in found.months} == {(0, 0, 0)}
    assert (found.needs_date_deals, found.needs_date_amount) == (0, 0)


@pytest.mark.parametrize("day", [None, date(2026, 11, 22), date(2026, 10, 5), date(2020, 1, 1)])
def test_a_deal_without_a_date_to_come_needs_one(acme: Cast, day: date | None) -> None:
    """Also when its month is within the range: it is neither counted nor dropped."""
    make_deal(actor=acme.actor(), expected_close_date=day)
    found = forecast(acme)
    assert {(each.weighted, each.open_amount, each.deals) for each in found.months} == {(0, 0, 0)}
    assert (found.needs_date_deals, found.needs_date_amount) == (1, 10_000_000)


def test_today_is_still_to_come_until_local_midnight(acme: Cast) -> None:
    make_deal(actor=acme.actor(), expected_close_date=date(2026, 11, 23))
    with frozen_at(datetime(2026, 11, 23, 23, 59, tzinfo=SEOUL)):
        assert month(forecast(acme), 2026, 11).deals == 1
    with frozen_at(datetime(2026, 11, 24, 0, 0, tzinfo=SEOUL)):  # the 23rd, 15:00 in London
        assert (month(forecast(acme), 2026, 11).deals, forecast(acme).needs_date_deals) == (0, 1)


@pytest.mark.parametrize(
    ("first", "last", "deals"),
    [
        (date(2027, 1, 1), date(2027, 2, 1), [1, 0]),  # a gap between today and the first month
        (date(2026, 6, 1), date(2026, 7, 1), [0, 0]),  # all past
        (date(2026, 11, 1), date(2026, 11, 1), [1]),
    ],
)
def test_a_range_beside_today(acme: Cast, first: date, last: date, deals: list[int]) -> None:
    for day in (date(2026, 11, 30), date(2026, 12, 24), date(2027, 1, 5), date(2026, 6, 9), None):
        make_deal(actor=acme.actor(), expected_close_date=day)
    found = forecast(acme, first=first, last=last)
    assert ([each.deals for each in found.months], found.needs_date_deals) == (deals, 2)


def test_another_currency_is_converted_and_what_was_won_at_its_month_s_rate(acme: Cast) -> None:
    def give(currency: str, rate: int, day: date) -> None:
        set_rate(currency=currency, rate=Decimal(rate), valid_on=day, actor=acme.actor("admin"))

    give("USD", 1300, date(2026, 10, 15))
    give("USD", 1400, date(2026, 11, 2))
    with clock.frozen_at(NOW - timedelta(days=30)):
        won_deal(acme, NOW - timedelta(days=30), 1000, currency="USD")
    make_deal(actor=acme.actor(), amount=500, currency="USD", expected_close_date=date(2026, 12, 5))
    make_deal(actor=acme.actor(), amount=500, currency="USD")
    make_deal(actor=acme.actor(), amount=500, currency="JPY", expected_close_date=date(2026, 12, 5))
    found = forecast(acme, first=date(2026, 10, 1), last=date(2026, 12, 1))
    assert month(found, 2026, 10).won == 1_300_000
    assert (month(found, 2026, 12).open_amount, month(found, 2026, 12).deals) == (700_000, 1)
    assert month(found, 2026, 12).weighted == 140_000
    assert (found.needs_date_deals, found.needs_date_amount) == (1, 700_000)
    assert found.other_currency_deals == 1
    assert [(rate.currency, rate.rate, rate.valid_on) for rate in found.rates] == [
        ("USD", Decimal(1400), date(2026, 11, 2))
    ]


def test_another_currency_is_counted_apart(acme: Cast) -> None:
    make_deal(actor=acme.actor(), amount=500, currency="USD", expected_close_date=date(2026, 12, 5))
    make_deal(actor=acme.actor(), amount=500, currency="USD")
    make_deal(actor=acme.actor(), expected_close_date=date(2026, 12, 5))
    found = forecast(acme)
    assert (found.other_currency_deals, month(found, 2026, 12).deals) == (2, 1)
    assert month(found, 2026, 12).open_amount == 10_000_000
    assert (found.needs_date_deals, found.needs_date_amount) == (1, 0)


def test_filters_and_unknown_amounts(acme: Cast) -> None:
    other = create_pipeline_from_template(template="the-model", language="ko", name="다른")
    day = date(2026, 12, 5)
    make_deal(actor=acme.actor(), pipeline=acme.pipeline, owner=acme.rep, expected_close_date=day)
    make_deal(actor=acme.actor(), pipeline=acme.pipeline, amount=None, expected_close_date=day)
    make_deal(actor=acme.actor(), pipeline=other, owner=acme.rep, expected_close_date=day)

    def deals(**asked: Any) -> int:
        return month(forecast(acme, **asked), 2026, 12).deals

    assert deals() == 3
    assert deals(pipeline_id=acme.pipeline.pk) == 2
    assert deals(owner_id=acme.rep.pk) == 2
    assert deals(unowned=True) == 1
    assert deals(pipeline_id=other.pk, owner_id=acme.rep.pk) == 1
    assert deals(pipeline_id=acme.rival_pipeline.pk) == 0


def test_another_workspace_is_not_counted(acme: Cast) -> None:
    from tenancy.permissions import Actor

    make_deal(actor=acme.actor(), expected_close_date=date(2026, 12, 5))
    with workspace_scope(acme.rival.pk):
        found = monthly_forecast(actor=Actor.of(acme.mallory), first=FIRST, last=LAST)
    assert not any(each.deals for each in found.months)


def test_rounding_happens_once_at_the_end(acme: Cast) -> None:
    """Three deals of 1 won at 33.33 %: 0.9999, which is 1; rounded each they would be 0."""
    Stage.objects.filter(pipeline=acme.pipeline).update(win_rate=Decimal("33.33"))
    for _ in range(3):
        make_deal(actor=acme.actor(), amount=1, expected_close_date=date(2026, 12, 5))
    assert month(forecast(acme), 2026, 12).weighted == 1


def test_sums_beyond_64_bits_are_exact(acme: Cast) -> None:
    Stage.objects.filter(pipeline=acme.pipeline).update(win_rate=Decimal("99.99"))
    huge = Decimal(99_999_999_999_999)
    for _ in range(12):
        make_deal(actor=acme.actor(), amount=huge, expected_close_date=date(2026, 12, 5))
    december = month(forecast(acme), 2026, 12)
    assert december.open_amount == huge * 12
    assert december.weighted == round_to_currency(huge * 12 * Decimal("0.9999"), "KRW")


def test_query_count_does_not_grow(acme: Cast, query_count: Any) -> None:
    for index in range(8):
        make_deal(actor=acme.actor(), expected_close_date=clock.add_months(date(2026, 12, 1), index))
    with query_count() as counted:
        forecast(acme, last=date(2028, 9, 1))
    assert counted() == 2


def test_as_it_stood(acme: Cast) -> None:
    """The past is read from history: amounts, dates, win rates and deletions as they were at the end of that day."""
    with frozen_at(datetime(2026, 9, 1, 9, tzinfo=SEOUL)):
        deal = make_deal(actor=acme.actor(), stage="온보딩 교육 중", expected_close_date=date(2026, 12, 10))
    assert forecast(acme, as_of=clock.now()) == forecast(acme)  # the same arithmetic serves both
    past = forecast(acme, as_of=clock.end_of_day(date(2026, 9, 1), SEOUL))
    assert month(past, 2026, 12).weighted == 7_000_000
    earlier = forecast(acme, as_of=clock.end_of_day(date(2026, 8, 31), SEOUL))
    assert month(earlier, 2026, 12).deals == 0
    delete_deal(deal_id=deal.pk, actor=acme.actor())
    assert month(forecast(acme), 2026, 12).deals == 0
    assert month(forecast(acme, as_of=clock.end_of_day(date(2026, 9, 1), SEOUL)), 2026, 12).deals == 1


def test_the_cycle_is_a_median_of_enough_won_deals(acme: Cast) -> None:
    def win(days: int) -> None:
        closed = datetime(2026, 10, 1, tzinfo=SEOUL)
        past = Past(created_at=closed - clock.timedelta(days=days), outcome="won", closed_at=closed)
        make_deal(actor=acme.actor("owner"), past=past)

    for days in (10, 20, 60, 300):
        win(days)
    assert median_cycle_days(actor=acme.actor(), as_of=NOW) is None
    win(58)
    assert median_cycle_days(actor=acme.actor(), as_of=NOW) == 58
    assert median_cycle_days(actor=acme.actor(), as_of=datetime(2028, 1, 1, tzinfo=SEOUL)) is None


# Properties -----------------------------------------------------------------------------------------------------

STAGES = ("미팅 약속 완료", "제품 살펴보는 중", "온보딩 교육 중")
deal_shapes = st.fixed_dictionaries(
    {
        "amount": st.one_of(st.none(), st.integers(0, 10**12)),
        "stage": st.sampled_from(STAGES),
        "day": st.one_of(st.none(), st.dates(date(2026, 9, 1), date(2027, 4, 1))),
        "owner": st.sampled_from(["rep", "other_rep", "leader", None]),
        "won": st.booleans(),
    }
)
RATES = {"미팅 약속 완료": 20, "제품 살펴보는 중": 40, "온보딩 교육 중": 70}
relaxed = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@contextmanager
def taken_back() -> Iterator[None]:
    """Hypothesis runs many examples in one test: each starts from an empty board."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def make_shaped(cast: Cast, shape: dict[str, Any]) -> Deal:
    past = None
    if shape["won"]:
        closed = datetime(2026, 11, 10, 12, tzinfo=SEOUL)
        past = Past(created_at=closed - clock.timedelta(days=30), outcome="won", closed_at=closed)
    return make_deal(
        actor=cast.actor("owner"),
        pipeline=cast.pipeline,
        stage=shape["stage"],
        amount=shape["amount"],
        expected_close_date=shape["day"],
        owner=getattr(cast, shape["owner"]) if shape["owner"] else None,
        past=past,
    )


def expected(shapes: list[dict[str, Any]]) -> tuple[dict[date, Decimal], Decimal]:
    """The same arithmetic, written down plainly: total of each month, and what needs a date."""
    won = dict.fromkeys([clock.add_months(FIRST, index) for index in range(5)], Decimal(0))
    weighted = dict(won)
    needing = Decimal(0)
    for shape in shapes:
        amount = Decimal(shape["amount"] or 0)
        if shape["won"]:
            won[date(2026, 11, 1)] += amount
        elif shape["day"] is None or shape["day"] < NOW.date():
            needing += amount
        elif clock.month_start(shape["day"]) in weighted:
            weighted[clock.month_start(shape["day"])] += amount * RATES[shape["stage"]] / 100
    return {key: won[key] + round_to_currency(weighted[key], "KRW") for key in won}, needing


@relaxed
@given(st.lists(deal_shapes, max_size=8))
def test_months_partition_the_deals(acme: Cast, shapes: list[dict[str, Any]]) -> None:
    with taken_back():
        for shape in shapes:
            make_shaped(acme, shape)
        totals, needing = expected(shapes)
        found = forecast(acme)
        assert {each.month: each.total for each in found.months} == totals
        assert found.needs_date_amount == needing
        assert sum(each.deals for each in found.months) + found.needs_date_deals == sum(
            not shape["won"] and (shape["day"] is None or shape["day"] < date(2027, 3, 1)) for shape in shapes
        )


@relaxed
@given(st.lists(deal_shapes, max_size=8))
def test_the_sum_over_owners_is_the_whole(acme: Cast, shapes: list[dict[str, Any]]) -> None:
    with taken_back():
        for shape in shapes:
            make_shaped(acme, {**shape, "amount": (shape["amount"] or 0) * 10})  # whole at every win rate
        parts = [forecast(acme, owner_id=getattr(acme, who).pk) for who in ("rep", "other_rep", "leader")]
        parts.append(forecast(acme, unowned=True))
        whole = forecast(acme)
        for index, each in enumerate(whole.months):
            assert each.total == sum(part.months[index].total for part in parts)
            assert each.deals == sum(part.months[index].deals for part in parts)
        assert whole.needs_date_deals == sum(part.needs_date_deals for part in parts)


@relaxed
@given(st.lists(deal_shapes, max_size=5), deal_shapes, st.sampled_from(STAGES))
def test_moving_a_deal_changes_the_forecast_by_the_difference(
    acme: Cast, shapes: list[dict[str, Any]], shape: dict[str, Any], target: str
) -> None:
    with taken_back():
        for other in shapes:
            make_shaped(acme, {**other, "amount": (other["amount"] or 0) * 10})
        amount = (shape["amount"] or 0) * 10
        shape = {**shape, "amount": amount, "won": False, "day": date(2026, 12, 24)}
        deal = make_shaped(acme, shape)
        before = month(forecast(acme), 2026, 12).weighted
        Deal.objects.filter(pk=deal.pk).update(
            stage=Stage.objects.get(pipeline=acme.pipeline, name=target), rank=f"z{deal.pk}"
        )
        after = month(forecast(acme), 2026, 12).weighted
        assert after - before == Decimal(amount) * (RATES[target] - RATES[shape["stage"]]) / 100


@relaxed
@given(st.dates(date(2026, 11, 23), date(2027, 2, 28)), st.dates(date(2026, 11, 23), date(2027, 2, 28)))
def test_a_new_date_moves_the_amount_whole(acme: Cast, old: date, new: date) -> None:
    with taken_back():
        deal = make_deal(actor=acme.actor(), stage="온보딩 교육 중", expected_close_date=old)
        edit_deal(deal_id=deal.pk, changes={"expected_close_date": new}, actor=acme.actor())
        found = forecast(acme)
        assert month(found, new.year, new.month).weighted == 7_000_000
        assert sum(each.weighted for each in found.months) == 7_000_000


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    deals=st.lists(st.tuples(st.integers(-45, 75), st.booleans(), st.booleans()), max_size=12),
    today=st.integers(0, 40),
    first=st.integers(-2, 2),
    count=st.integers(1, 4),
)
def test_running_totals_and_counting_agree_on_any_day(
    acme: Cast, deals: list[tuple[int, bool, bool]], today: int, first: int, count: int
) -> None:
    """Whatever day it is, and whichever months are asked for: before, around and after this one."""
    with transaction.atomic():
        for days, is_won, is_foreign in deals:
            day, currency = NOW.date() + timedelta(days=days), "USD" if is_foreign else "KRW"
            if is_won:
                won_deal(acme, NOW - timedelta(days=abs(days)), 3_000_000, currency=currency)
            else:
                make_deal(actor=acme.actor(), expected_close_date=day, currency=currency)
        moment = NOW + timedelta(days=today)
        months = months_between(
            clock.add_months(moment.date(), first), clock.add_months(moment.date(), first + count - 1)
        )
        with frozen_at(moment):
            found = forecast(acme, first=months[0], last=months[-1])
            rows = counted_rows(visible_to(acme.actor()), months=months, today=moment.date())
            with patch("forecasting.selectors.monthly.running_rows", lambda **_asked: rows):
                assert forecast(acme, first=months[0], last=months[-1]) == found
        transaction.set_rollback(True)
