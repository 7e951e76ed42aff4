"""Figures, dates and particles as each language writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from core import formats
from core.clock import frozen_at
from core.korean import josa
from core.money import CURRENCY_DIGITS

TODAY = date(2026, 11, 23)
amounts = st.decimals(min_value=0, max_value=10**15, places=4, allow_nan=False, allow_infinity=False)
currencies = st.sampled_from(sorted(CURRENCY_DIGITS))
languages = st.sampled_from(["ko", "en"])


def spaced(text: str) -> str:
    return text.replace(formats.NBSP, " ")


@pytest.mark.parametrize(
    ("amount", "currency", "korean", "english"),
    [
        ("10000000", "KRW", "1,000만원", "₩10M"),
        ("120000000", "KRW", "1억 2,000만원", "₩120M"),
        ("18005000", "KRW", "18,005,000원", "₩18M"),
        ("1200000000000", "KRW", "1조 2,000억원", "₩1.2T"),
        ("5000", "KRW", "5,000원", "₩5K"),
        ("0", "KRW", "0원", "₩0"),
        ("999950", "KRW", "999,950원", "₩1M"),
        ("-31800000", "KRW", "−3,180만원", "−₩31.8M"),
        ("1054.5", "USD", "$1,054.50", "$1.05K"),
        ("125400", "USD", "$125,400", "$125K"),
    ],
)
def test_money_in_passing(amount: str, currency: str, korean: str, english: str) -> None:
    assert spaced(formats.money_brief(Decimal(amount), currency, language="ko")) == korean
    assert formats.money_brief(Decimal(amount), currency, language="en") == english


def test_only_totals_are_rounded_and_say_so() -> None:
    amount = Decimal(147_099_999)
    assert formats.money_brief(amount, "KRW", language="ko") == "147,099,999원"
    assert spaced(formats.money_brief(amount, "KRW", total=True, language="ko")) == "약 1억 4,710만원"
    assert (
        spaced(formats.money_short(Decimal(147_100_000), "KRW", total=True, language="ko")) == "1억 4,710만"
    )
    assert formats.money_short(Decimal(18_005_000), "KRW", language="ko") == "18,005,000원"


@pytest.mark.parametrize(
    ("amount", "currency", "korean", "english"),
    [
        ("10000000", "KRW", "10,000,000원", "₩10,000,000"),
        ("1054.5", "USD", "$1,054.50", "$1,054.50"),
        ("0.1234", "USD", "$0.1234", "$0.1234"),
    ],
)
def test_money_in_full(amount: str, currency: str, korean: str, english: str) -> None:
    assert formats.money_full(Decimal(amount), currency, language="ko") == korean
    assert formats.money_full(Decimal(amount), currency, language="en") == english


@given(amounts, currencies, languages)
def test_money_in_full_keeps_every_digit(amount: Decimal, currency: str, language: str) -> None:
    shown = formats.money_full(amount, currency, language=language)
    assert Decimal("".join(letter for letter in shown if letter.isdigit() or letter == ".")) == amount


@given(st.integers(0, 10**15))
def test_money_in_passing_is_exact_in_korean(amount: int) -> None:
    """What is not marked as rounded says the amount to the won."""
    shown = formats.money_brief(Decimal(amount), "KRW", language="ko")
    steps = {name: step for step, name in formats.KOREAN_STEPS}
    total, number = 0, 0
    for letter in shown:
        if letter.isdigit():
            number = number * 10 + int(letter)
        elif letter in steps:
            total, number = total + number * steps[letter], 0
    assert total + number == amount
    assert "약" not in shown


@given(st.integers(1000, 999_499_999_999_999))
def test_english_has_three_significant_digits_and_is_near(amount: int) -> None:
    shown = formats.money_brief(Decimal(amount), "KRW", language="en").removeprefix("₩")
    steps = {letter: step for step, letter in formats.ENGLISH_STEPS}
    digits = shown[:-1].replace(",", "")
    assert len(digits.replace(".", "").lstrip("0")) <= 3
    assert abs(Decimal(digits) * steps[shown[-1]] - amount) * 200 <= amount


def test_table_figures_stand_in_the_unit_of_the_caption() -> None:
    assert (formats.table_unit("KRW", language="ko"), formats.table_unit("USD", language="ko")) == (
        "만원",
        "USD",
    )
    assert formats.money_table(Decimal(524_000_000), "KRW", language="ko") == "52,400"
    assert formats.money_table(Decimal(524_000_000), "KRW", language="en") == "524,000"
    assert formats.money_table(Decimal(4_999), "KRW", language="ko") == "<1"
    assert formats.money_table(Decimal(0), "KRW", language="ko") == "–"


@pytest.mark.parametrize(
    ("day", "korean", "english"),
    [
        (date(2026, 12, 11), "12. 11.", "11 Dec"),
        (date(2027, 9, 23), "9. 23.", "23 Sep"),
        (date(2027, 9, 24), "2027. 9. 24.", "24 Sep 2027"),
        (date(2025, 12, 31), "2025. 12. 31.", "31 Dec 2025"),
    ],
)
def test_days_say_their_year_only_when_far(day: date, korean: str, english: str) -> None:
    assert spaced(formats.day_brief(day, today=TODAY, language="ko")) == korean
    assert spaced(formats.day_brief(day, today=TODAY, language="en")) == english


def test_days_on_which_one_must_act_have_a_weekday() -> None:
    assert spaced(formats.day_weekday(date(2026, 12, 11), today=TODAY, language="ko")) == "12. 11. (금)"
    assert spaced(formats.day_weekday(date(2026, 12, 11), today=TODAY, language="en")) == "Fri 11 Dec"


def test_months_lateness_and_percent() -> None:
    assert formats.month_name(date(2026, 11, 1), today=TODAY, language="ko") == "11월"
    assert spaced(formats.month_name(date(2027, 1, 1), today=TODAY, language="ko")) == "’27 1월"
    assert spaced(formats.month_name(date(2027, 1, 1), today=TODAY, language="en")) == "Jan ’27"
    assert spaced(formats.days_late(3, language="ko")) == "3일 지남"
    assert spaced(formats.days_late(1, language="en")) == "1 day late"
    assert formats.days_ago(0, language="ko") == "오늘"
    assert (formats.percent(Decimal("70.00")), formats.percent(Decimal("63.15"))) == ("70%", "63.15%")


def test_filters_use_the_active_language_and_zone() -> None:
    template = Template(
        "{{ amount|money_card:'KRW' }} {{ moment|day_brief }} {{ moment|iso_day }} {{ day|days_late }}"
    )
    seoul = ZoneInfo("Asia/Seoul")
    context = Context(
        {
            "amount": Decimal(18_000_000),
            "moment": datetime(2026, 11, 22, 15, 30, tzinfo=UTC),
            "day": date(2026, 11, 20),
        }
    )
    with frozen_at(datetime(2026, 11, 23, 1, tzinfo=UTC)), timezone.override(seoul):
        with translation.override("ko"):
            assert spaced(template.render(context)) == "1,800만<small>원</small> 11. 23. 2026-11-23 3일 지남"
        with translation.override("en"):
            assert spaced(template.render(context)) == "₩18M 23 Nov 2026-11-23 3 days late"


def test_an_unknown_amount_shows_nothing() -> None:
    template = Template(
        "[{{ amount|money_brief:'KRW' }}{{ amount|money_card:'KRW' }}{{ amount|money_plain }}{{ day|day_brief }}]"
    )
    assert template.render(Context({"amount": None, "day": None})) == "[]"


def test_a_name_in_a_filter_is_escaped() -> None:
    template = Template("{{ name|josa:'을/를' }}")
    with translation.override("ko"):
        assert template.render(Context({"name": "<b>"})).startswith("&lt;b&gt;")


@pytest.mark.parametrize(
    ("word", "pair", "expected"),
    [
        ("딜", "을/를", "딜을"),
        ("회사", "을/를", "회사를"),
        ("서울", "으로/로", "서울로"),
        ("부산", "으로/로", "부산으로"),
        ("제주", "으로/로", "제주로"),
        ("3", "이/가", "3이"),
        ("2", "이/가", "2가"),
        ("7", "으로/로", "7로"),
        ("10", "을/를", "10을"),
        ("1,000", "이/가", "1,000이"),
        ("10000000", "으로/로", "10000000으로"),
        ("LG", "을/를", "LG를"),
        ("HRM", "을/를", "HRM을"),
        ("SQL", "으로/로", "SQL로"),
        ("Slack", "을/를", "Slack을"),
        ("Stagecraft", "을/를", "Stagecraft를"),
        ("한결(주)", "이/가", "한결(주)가"),
        ("“도입”", "은/는", "“도입”은"),
        ("", "을/를", "를"),
    ],
)
def test_particles_follow_the_last_sound(word: str, pair: str, expected: str) -> None:
    assert josa(word, pair) == expected


def test_particles_are_for_korean_alone() -> None:
    template = Template("{{ name|josa:'을/를' }}")
    with translation.override("en"):
        assert template.render(Context({"name": "딜"})) == "딜"


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(-4000, 4000))
def test_a_day_without_a_year_can_mean_only_one(today: date, distance: int) -> None:
    day = today + timedelta(days=distance)
    if not formats.needs_year(day, today):
        assert today.replace(month=1, day=1) <= day < today + timedelta(days=340)
