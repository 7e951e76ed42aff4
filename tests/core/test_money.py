from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import (
    MAX_AMOUNT,
    check_amount,
    check_unit,
    from_units,
    parse_amount,
    plain,
    round_to_currency,
    to_units,
)

STORED = st.decimals(min_value=0, max_value=MAX_AMOUNT, places=4, allow_nan=False, allow_infinity=False)
ANY = st.decimals(allow_nan=True, allow_infinity=True)


@given(STORED)
def test_what_is_stored_comes_back(amount: Decimal) -> None:
    check_amount(amount)
    assert from_units(to_units(amount)) == amount
    text = plain(amount)
    assert text is not None
    assert Decimal(text) == amount
    assert parse_amount(text) == amount
    assert "E" not in text
    assert not ("." in text and text.endswith(("0", ".")))


@given(ANY)
def test_what_passes_the_check_can_be_stored_exactly(amount: Decimal) -> None:
    try:
        check_amount(amount)
    except ValueError:
        return
    assert from_units(to_units(amount)) == amount


@pytest.mark.parametrize(
    "text",
    ["", "x", "-1", "NaN", "sNaN", "Infinity", "1e99", "0.00001", "10000000000000.00000000000000000001"],
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parse_amount(text)


@pytest.mark.parametrize(
    "units", [Decimal("0.00001"), Decimal("1E-30"), Decimal(10) ** 19, Decimal(10) ** 60]
)
def test_what_does_not_fit_is_no_number_of_units(units: Decimal) -> None:
    with pytest.raises(ValueError, match="finer"):
        to_units(units)


@pytest.mark.parametrize(
    ("text", "amount"),
    [("10,000,000", "10000000"), (" 1054.5 ", "1054.5"), ("0", "0"), ("1e3", "1000"), ("0.0001", "0.0001")],
)
def test_amounts_as_people_type_them(text: str, amount: str) -> None:
    assert plain(parse_amount(text)) == amount


@pytest.mark.parametrize(
    ("amount", "text"),
    [(None, None), ("1E+7", "10000000"), ("-0.00", "0"), ("1054.50", "1054.5"), ("0.0", "0")],
)
def test_plain(amount: str | None, text: str | None) -> None:
    assert plain(None if amount is None else Decimal(amount)) == text


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [
        ("0.5", "KRW", "1"),
        ("2.5", "KRW", "3"),
        ("2.345", "USD", "2.35"),
        ("7000000", "KRW", "7000000"),
        ("1.005", "XXX", "1.01"),
    ],
)
def test_rounding_is_half_up_to_the_currencys_unit(amount: str, currency: str, rounded: str) -> None:
    assert round_to_currency(Decimal(amount), currency) == Decimal(rounded)


@pytest.mark.parametrize(
    ("amount", "currency"),
    [("0", "KRW"), ("5.0", "KRW"), ("12.34", "USD"), ("12.340", "USD"), ("1e14", "VND")],
)
def test_amounts_in_whole_units_pass(amount: str, currency: str) -> None:
    check_unit(Decimal(amount), currency)


@pytest.mark.parametrize(
    ("amount", "currency", "said"),
    [
        ("0.5", "KRW", "KRW has no fractions"),
        ("99999999999999.5", "JPY", "JPY has no fractions"),
        ("12.345", "USD", "USD has 2 digits after the point at most"),
        ("0.0001", "EUR", "EUR has 2 digits after the point at most"),
    ],
)
def test_amounts_finer_than_the_currencys_unit_are_refused(amount: str, currency: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        check_unit(Decimal(amount), currency)
