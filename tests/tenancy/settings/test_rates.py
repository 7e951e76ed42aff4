"""Exchange rates: entered, corrected, taken away, brought back."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import clock
from core.errors import InvalidInput, NotAllowed, NotFound
from core.ids import uuid7
from tenancy.models import ExchangeRate
from tenancy.selectors.rates import Rate, RatesByMonth, rates_by_month, rates_on
from tenancy.services.rates import remove_rate, set_rate
from tests.factories import Cast
from tests.tenancy.settings.conftest import entries

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def frozen():
    with clock.frozen_at(NOW):
        yield


def give(cast: Cast, currency: str, rate: str, day: date) -> ExchangeRate:
    return set_rate(currency=currency, rate=Decimal(rate), valid_on=day, actor=cast.actor("admin"))


class TestRates:
    def test_the_latest_of_the_day_or_before_holds(self, acme: Cast) -> None:
        give(acme, "USD", "1300", date(2026, 10, 1))
        give(acme, "USD", "1385.4", date(2026, 11, 3))
        give(acme, "EUR", "1500", date(2026, 11, 20))
        assert rates_on(date(2026, 9, 30)) == {}
        assert rates_on(date(2026, 11, 2))["USD"].rate == Decimal(1300)
        found = rates_on(date(2026, 11, 23))
        assert (found["USD"].rate, found["USD"].valid_on) == (Decimal("1385.4"), date(2026, 11, 3))
        assert found["EUR"].converted(10_000) == 15_000_000

    def test_by_month_the_last_of_each(self, acme: Cast) -> None:
        give(acme, "USD", "1300", date(2026, 9, 10))
        give(acme, "USD", "1310", date(2026, 9, 25))
        give(acme, "USD", "1400", date(2026, 11, 3))
        found = rates_by_month(date(2026, 11, 23))
        rate = [found.at("USD", date(2026, month, 28)) for month in (8, 9, 10, 11)]
        assert [each.rate for each in rate if each] == [1310, 1310, 1310, 1400]
        assert found.at("EUR", date(2026, 11, 1)) is None
        assert rates_by_month(date(2026, 9, 12)).at("USD", date(2026, 9, 30)) == Rate(
            "USD", Decimal(1300), date(2026, 9, 10)
        )

    def test_given_again_for_a_day_it_is_corrected_and_written_down(self, acme: Cast) -> None:
        give(acme, "USD", "1300", date(2026, 11, 3))
        give(acme, "USD", "1385.4", date(2026, 11, 3))
        assert ExchangeRate.objects.get().rate == Decimal("1385.4")
        latest, first = entries("rate.set")
        assert (latest.detail["from"], latest.detail["to"]) == ("1300", "1385.4")
        assert (first.detail["from"], first.detail["to"]) == (None, "1300")

    @pytest.mark.parametrize(
        ("currency", "rate", "day"),
        [
            ("KRW", "1", date(2026, 11, 3)),
            ("XXX", "1", date(2026, 11, 3)),
            ("USD", "0", date(2026, 11, 3)),
            ("USD", "-5", date(2026, 11, 3)),
            ("USD", "NaN", date(2026, 11, 3)),
            ("USD", "1e30", date(2026, 11, 3)),
            ("USD", "1.00000000001", date(2026, 11, 3)),
            ("USD", "1300", date(2027, 1, 1)),
            ("USD", "1300", date(1800, 1, 1)),
        ],
    )
    def test_what_cannot_be_a_rate(self, acme: Cast, currency: str, rate: str, day: date) -> None:
        with pytest.raises(InvalidInput):
            give(acme, currency, rate, day)
        assert not ExchangeRate.objects.exists()

    def test_only_admins(self, acme: Cast) -> None:
        found = give(acme, "USD", "1300", date(2026, 11, 3))
        with pytest.raises(NotAllowed):
            set_rate(currency="USD", rate=Decimal(1), valid_on=date(2026, 11, 3), actor=acme.actor("leader"))
        with pytest.raises(NotAllowed):
            remove_rate(rate_id=found.pk, actor=acme.actor("leader"))
        with pytest.raises(NotFound):
            remove_rate(rate_id=uuid7(), actor=acme.actor("admin"))


@given(
    units=st.integers(-(10**18), 10**18),
    rate=st.decimals(min_value="0.0000000001", max_value=10**9, places=10),
)
def test_converting_rounds_once_to_a_ten_thousandth(units: int, rate: Decimal) -> None:
    from fractions import Fraction

    exact = Fraction(units) * Fraction(rate)
    assert abs(Rate("USD", rate, date(2026, 1, 1)).converted(units) - exact) <= Fraction(1, 2)


def test_no_rates_know_nothing() -> None:
    assert RatesByMonth.of([]).at("USD", date(2026, 1, 1)) is None


class TestPage:
    def test_entered_removed_and_brought_back(self, cast: Cast, door, acme: Cast) -> None:
        admin = door("admin")
        assert "No rates yet" in admin.get("rates/").content.decode()
        data = {"currency": "USD", "rate": "1,385.40", "valid_on": "2026-11-03"}
        assert admin.post("rates/", htmx=False, **data).status_code == 302
        page = admin.get("rates/").content.decode()
        assert "1,385.4" in page
        rate = ExchangeRate.objects.get()
        response = admin.post(f"rates/{rate.pk}/remove/")
        assert response.status_code == 200
        assert not ExchangeRate.objects.exists()
        undo = "rates/restore/?currency=USD&rate=1385.4&valid_on=2026-11-03"
        assert undo in admin.get("rates/").content.decode().replace("&amp;", "&")
        admin.post(undo)
        assert ExchangeRate.objects.get().rate == Decimal("1385.4")
        history = admin.get("history/").content.decode()
        assert "set the exchange rate of USD" in history
        assert "removed the exchange rate of USD" in history

    @pytest.mark.parametrize(
        "data",
        [
            {"currency": "USD", "rate": "abc", "valid_on": "2026-11-03"},
            {"currency": "USD", "rate": "", "valid_on": "2026-11-03"},
            {"currency": "USD", "rate": "0", "valid_on": "2026-11-03"},
            {"currency": "USD", "rate": "1300", "valid_on": "20255-01-01"},
            {"currency": "KRW", "rate": "1300", "valid_on": "2026-11-03"},
        ],
    )
    def test_bad_values_are_said_and_what_was_typed_stays(self, cast: Cast, door, data, acme: Cast) -> None:
        page = door("admin").post("rates/", htmx=False, **data).content.decode()
        assert "errorlist" in page
        assert f'value="{data["rate"]}"' in page or not data["rate"]
        assert not ExchangeRate.objects.exists()

    def test_not_for_leaders(self, door) -> None:
        assert door("leader").get("rates/").status_code == 403
        assert (
            door("leader").post("rates/restore/?currency=USD&rate=1&valid_on=2026-11-03").status_code == 403
        )
