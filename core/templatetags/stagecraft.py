"""Template filters: money, dates and names as each language writes them (core/formats.py). A template builtin.

Money filters take the currency: `{{ deal.amount|money_brief:deal.currency }}`. An unknown amount or day is "".
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core import formats
from core.korean import josa as with_particle

register = template.Library()


@register.filter
def money_brief(amount: Decimal | None, currency: str) -> str:
    """1,000만원; ₩10M."""
    return "" if amount is None else formats.money_brief(amount, currency)


@register.filter
def money_short(amount: Decimal | None, currency: str) -> str:
    """1,000만; ₩10M."""
    return "" if amount is None else formats.money_short(amount, currency)


@register.filter
def money_card(amount: Decimal | None, currency: str) -> str | SafeString:
    """1,800만<small>원</small>: the unit smaller than the figure."""
    if amount is None:
        return ""
    figure, unit = formats.money_parts(amount, currency)
    return format_html("{}<small>{}</small>", figure, unit) if unit else figure


@register.filter
def money_total(amount: Decimal | None, currency: str) -> str:
    """약 5억 4,450만원: rounded to 만, and then marked."""
    return "" if amount is None else formats.money_brief(amount, currency, total=True)


@register.filter
def money_total_short(amount: Decimal | None, currency: str) -> str:
    """1억 4,710만: a total without 원."""
    return "" if amount is None else formats.money_short(amount, currency, total=True)


@register.filter
def money_full(amount: Decimal | None, currency: str) -> str:
    """10,000,000원; ₩10,000,000; $1,054.50."""
    return "" if amount is None else formats.money_full(amount, currency)


@register.filter
def money_plain(amount: Decimal | None) -> str:
    """For attributes: 10000000, 1054.5."""
    return formats.plain(amount) or ""


@register.filter
def money_table(amount: Decimal | None, currency: str) -> str:
    """52,400 under a caption that says the unit (`table_unit`)."""
    return formats.money_table(amount, currency)


@register.filter
def table_unit(currency: str) -> str:
    """만원; ₩ thousand; USD."""
    return formats.table_unit(currency)


@register.filter
def day_brief(day: date | datetime | None) -> str:
    """12. 11.; 11 Dec."""
    return formats.day_brief(day) if day else ""


@register.filter
def moment_brief(moment: datetime | None) -> str:
    """12. 11. 14:05; 11 Dec 14:05, on the reader's clock."""
    return formats.moment_brief(moment) if moment else ""


@register.filter
def day_weekday(day: date | datetime | None) -> str:
    """12. 11. (금); Fri 11 Dec."""
    return formats.day_weekday(day) if day else ""


@register.filter
def days_late(since: date | int | None) -> str:
    """3일 지남; 3 days late. Takes a number of days, or the day that has passed."""
    if since is None:
        return ""
    days = since if isinstance(since, int) else (formats.today_here() - formats.local_day(since)).days
    return formats.days_late(days)


@register.filter
def days_short(days: int | None) -> str:
    """14일; 14 d."""
    return "" if days is None else formats.days_short(days)


@register.filter
def days_ago(since: date | datetime | int | None) -> str:
    """14일 전; 14 days ago. Takes a number of days, a day or an instant."""
    if since is None:
        return ""
    days = since if isinstance(since, int) else (formats.today_here() - formats.local_day(since)).days
    return formats.days_ago(max(days, 0))


@register.filter
def month_name(month: date | None) -> str:
    """11월, ’27 1월; Nov, Jan ’27."""
    return formats.month_name(month) if month else ""


@register.filter
def month_value(month: date | None) -> str:
    """For attributes: 2027-11."""
    return f"{month:%Y-%m}" if month else ""


@register.filter
def iso_day(day: date | datetime | None) -> str:
    """For attributes and date fields: 2027-11-05."""
    return formats.local_day(day).isoformat() if day else ""


@register.filter
def rate_plain(rate: Decimal | None) -> str:
    """1,385.4: an exchange rate, grouped, without trailing zeros."""
    return "" if rate is None else formats.figure(rate)


@register.filter
def percent(rate: Decimal | int | None) -> str:
    """70%; 63.15%."""
    return "" if rate is None else formats.percent(rate)


@register.filter
def josa(word: object, pair: str) -> str:
    """The word with its particle in Korean ("딜을"), the word alone in every other language."""
    text = str(word)
    return with_particle(text, pair) if formats.language_of(None) == "ko" else text
