"""Figures and dates as each language writes them.

Not in the message catalogues: Korean groups money by 만 and puts the month first, which no translated pattern can say.
Every function takes the language, by default the one that is active; `today` is by default the day in the active zone.
A true minus (U+2212) stands before negative figures.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.dates import MONTHS as MONTH_NAMES
from django.utils.translation import get_language

from core import clock
from core.money import CURRENCY_DIGITS, plain, round_to_currency

MINUS = "\u2212"
NBSP = "\u00a0"  # a no-break space: a unit never parts from its number
SYMBOLS = {
    "KRW": "₩",
    "USD": "$",
    "EUR": "€",
    "JPY": "¥",
    "GBP": "£",
    "CNY": "CN¥",
    "SGD": "S$",
    "AUD": "A$",
    "CAD": "C$",
    "VND": "₫",
}
KOREAN_STEPS = ((10**16, "경"), (10**12, "조"), (10**8, "억"), (10**4, "만"))
ENGLISH_STEPS = ((10**12, "T"), (10**9, "B"), (10**6, "M"), (10**3, "K"))
WEEKDAYS = {
    "ko": ("월", "화", "수", "목", "금", "토", "일"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def language_of(language: str | None) -> str:
    """ "ko" or "en"."""
    return "ko" if (language or get_language() or "en").startswith("ko") else "en"


def today_here() -> date:
    """The day in the active zone, which in a page is the workspace's."""
    return clock.now().astimezone(timezone.get_current_timezone()).date()


# Money ----------------------------------------------------------------------------------------------------------


def money_parts(
    amount: Decimal, currency: str, *, total: bool = False, language: str | None = None
) -> tuple[str, str]:
    """The figure as read in passing, and its unit where the unit stands behind: ("1,800만", "원"), ("₩18M", "").

    In Korean only a total is rounded, to 만, and then says 약; an amount that is not whole in 만 keeps its digits.
    In English three significant digits.
    """
    if language_of(language) == "en":
        return _signed(amount, SYMBOLS.get(currency, f"{currency} "), _english_brief(abs(amount))), ""
    if currency != "KRW":
        return _foreign_in_korean(amount, currency, total=total), ""
    size = abs(amount)
    if not size % 10_000 and size:
        return _signed(amount, "", _korean_groups(int(size))), "원"
    if total and size >= 10_000:
        rounded = int((size / 10_000).quantize(Decimal(1), rounding=ROUND_HALF_UP)) * 10_000
        return f"약{NBSP}" + _signed(amount, "", _korean_groups(rounded)), "원"
    if total:
        amount = round_to_currency(amount, currency)
    return _signed(amount, "", _digits(abs(amount), currency)), "원"


def money_brief(amount: Decimal, currency: str, *, total: bool = False, language: str | None = None) -> str:
    """1,000만원, 1억 2,000만원; ₩10M, $1.05K."""
    return "".join(money_parts(amount, currency, total=total, language=language))


def money_short(amount: Decimal, currency: str, *, total: bool = False, language: str | None = None) -> str:
    """As `money_brief`, without 원 where 만 or 억 says it already: 1억 4,710만."""
    figure, unit = money_parts(amount, currency, total=total, language=language)
    return figure if figure.endswith(("만", "억", "조", "경")) else figure + unit


def money_full(amount: Decimal, currency: str, *, language: str | None = None) -> str:
    """Every digit: 10,000,000원, ₩10,000,000, $1,054.50."""
    digits = _digits(abs(amount), currency)
    if currency == "KRW" and language_of(language) == "ko":
        return _signed(amount, "", digits) + "원"
    return _signed(amount, SYMBOLS.get(currency, f"{currency}{NBSP}"), digits)


def money_table(amount: Decimal | None, currency: str, *, language: str | None = None) -> str:
    """A table's figure in the unit of `table_unit`; an en dash for nothing, "<1" for less than the unit shows."""
    if not amount:
        return "–"
    step = _table_step(currency, language)
    rounded = (abs(amount) / step).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return _signed(amount, "", f"{rounded:,}") if rounded else "<1"


def table_unit(currency: str, *, language: str | None = None) -> str:
    """What a table's figures are in: 만원, ₩ thousand, USD."""
    if currency != "KRW":
        return currency
    return "만원" if language_of(language) == "ko" else "₩ thousand"


def _table_step(currency: str, language: str | None) -> int:
    if currency != "KRW":
        return 1
    return 10_000 if language_of(language) == "ko" else 1_000


def _signed(amount: Decimal, symbol: str, figure: str) -> str:
    return f"{MINUS if amount < 0 else ''}{symbol}{figure}"


def _digits(size: Decimal, currency: str) -> str:
    """Grouped digits with the currency's places, more where the amount has more."""
    whole, _, fraction = format(size, "f").partition(".")
    fraction = fraction.rstrip("0").ljust(CURRENCY_DIGITS.get(currency, 2), "0")
    return f"{int(whole):,}" + (f".{fraction}" if fraction else "")


def _korean_groups(size: int) -> str:
    """A whole number of 만 by 만, 억, 조: 120000000 → 1억 2,000만."""
    parts = []
    for step, name in KOREAN_STEPS:
        count, size = divmod(size, step)
        if count:
            parts.append(f"{count:,}{name}")
    return NBSP.join(parts)


def _english_brief(size: Decimal) -> str:
    """Three significant digits with K, M, B, T."""
    if size < 1:
        return _three_digits(size)
    exponent = size.adjusted() - 2
    if exponent > 0:
        # First round, then choose the letter: 999,950 is 1M, not 1000K.
        size = size.quantize(Decimal(1).scaleb(exponent), rounding=ROUND_HALF_UP)
    for step, letter in ENGLISH_STEPS:
        if size >= step:
            return _three_digits(size / step) + letter
    return _three_digits(size)


def _three_digits(size: Decimal) -> str:
    places = max(2 - max(size.adjusted(), 0), 0) if size else 0
    rounded = size.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    text = f"{rounded:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _foreign_in_korean(amount: Decimal, currency: str, *, total: bool) -> str:
    """Other currencies in Korean keep their digits, without an empty fraction; a total is rounded to whole units."""
    symbol = SYMBOLS.get(currency, f"{currency}{NBSP}")
    rounded = amount.quantize(Decimal(1), rounding=ROUND_HALF_UP)
    if rounded == amount:
        return _signed(amount, symbol, f"{abs(rounded):,}")
    if total and rounded:
        return f"약{NBSP}" + _signed(amount, symbol, f"{abs(rounded):,}")
    return _signed(amount, symbol, _digits(abs(amount), currency))


# Dates ----------------------------------------------------------------------------------------------------------


def local_day(moment: date | datetime) -> date:
    """The day itself, or the day of an instant in the active zone."""
    if isinstance(moment, datetime):
        return moment.astimezone(timezone.get_current_timezone()).date()
    return moment


def needs_year(day: date, today: date) -> bool:
    """Whether a day is too far for its year to go without saying: of a past year, or over ten months ahead."""
    months = (day.year - today.year) * 12 + day.month - today.month
    return day.year < today.year or (months, day.day) > (10, today.day)


def day_brief(day: date | datetime, *, today: date | None = None, language: str | None = None) -> str:
    """12. 11., 2028. 1. 22.; 11 Dec, 22 Jan 2028."""
    day = local_day(day)
    with_year = needs_year(day, today or today_here())
    if language_of(language) == "ko":
        year = f"{day.year}.{NBSP}" if with_year else ""
        return f"{year}{day.month}.{NBSP}{day.day}."
    year = f"{NBSP}{day.year}" if with_year else ""
    return f"{day.day}{NBSP}{MONTHS[day.month - 1]}{year}"


def day_weekday(day: date | datetime, *, today: date | None = None, language: str | None = None) -> str:
    """For days on which one must act: 12. 11. (금), Fri 11 Dec."""
    day = local_day(day)
    name = language_of(language)
    weekday = WEEKDAYS[name][day.weekday()]
    text = day_brief(day, today=today, language=name)
    return f"{text}{NBSP}({weekday})" if name == "ko" else f"{weekday}{NBSP}{text}"


def month_name(
    month: date, *, with_year: bool | None = None, today: date | None = None, language: str | None = None
) -> str:
    """11월, ’27 1월; Nov, Jan ’27. The year by default where it is not this one."""
    if with_year is None:
        with_year = month.year != (today or today_here()).year
    year = f"’{month.year % 100:02}"
    if language_of(language) == "ko":
        return f"{year}{NBSP}{month.month}월" if with_year else f"{month.month}월"
    name = MONTHS[month.month - 1]
    return f"{name}{NBSP}{year}" if with_year else name


def month_of_year(month: int, *, language: str | None = None) -> str:
    """1월; January."""
    return f"{month}월" if language_of(language) == "ko" else str(MONTH_NAMES[month])


_reader_zone: ContextVar[ZoneInfo | None] = ContextVar("stagecraft_reader_zone", default=None)


@contextmanager
def read_in(zone: ZoneInfo | None) -> Iterator[None]:
    """Who reads what is written inside reads clock times in `zone`; None: in the active one.

    Moments alone: days are everybody's, and counted in the active zone, which in a page is the workspace's.
    """
    token = _reader_zone.set(zone)
    try:
        yield
    finally:
        _reader_zone.reset(token)


def moment_brief(moment: datetime, *, language: str | None = None) -> str:
    """12. 11. 14:05; 11 Dec 14:05: the day and the time on the reader's clock."""
    local = moment.astimezone(_reader_zone.get() or timezone.get_current_timezone())
    return f"{day_brief(local.date(), language=language)} {local:%H:%M}"


def days_late(days: int, *, language: str | None = None) -> str:
    """3일 지남, 3 days late."""
    if language_of(language) == "ko":
        return f"{days}일{NBSP}지남"
    return f"{days}{NBSP}day{'' if days == 1 else 's'}{NBSP}late"


def days_short(days: int, *, language: str | None = None) -> str:
    """14일, 14 d: where there is little room."""
    return f"{days}일" if language_of(language) == "ko" else f"{days}{NBSP}d"


def days_ago(days: int, *, language: str | None = None) -> str:
    """오늘, 14일 전; today, 14 days ago."""
    if language_of(language) == "ko":
        return f"{days}일{NBSP}전" if days else "오늘"
    return f"{days}{NBSP}day{'' if days == 1 else 's'}{NBSP}ago" if days else "today"


def figure(value: Decimal) -> str:
    """1,385.4: grouped, without trailing zeros."""
    whole, _point, rest = format(value, ",f").partition(".")
    rest = rest.rstrip("0")
    return f"{whole}.{rest}" if rest else whole


def percent(rate: Decimal | int) -> str:
    """70%, 63.15%."""
    text = plain(Decimal(rate)) or "0"
    return text.replace("-", MINUS) + "%"
