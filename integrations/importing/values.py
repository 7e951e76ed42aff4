"""From a cell's text to a value. Each raises ValueError with what to do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from core import clock
from deals.services.checks import EARLIEST, LATEST

# Day and month are never guessed: of these, only the year stands where it stands.
USUAL_FORMATS = ("%Y.%m.%d", "%Y. %m. %d", "%Y. %m. %d.", "%Y/%m/%d", "%Y년 %m월 %d일", "%Y%m%d")
AROUND_AMOUNT = re.compile(
    r"\A(?:KRW|USD|EUR|JPY|GBP|[₩￦$€¥£])?\s*(.*?)\s*(?:원|KRW|USD|EUR|JPY|GBP|[€$])?\Z"
)
PLAIN = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?\Z", re.ASCII)
GROUPED = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?\Z", re.ASCII)
SWAP = str.maketrans(",.", ".,")


def amount(text: str, *, decimal: str = ".") -> Decimal:
    """A comma groups thousands, and nothing else: "1,5" is refused, not read as 15."""
    match = AROUND_AMOUNT.match(text)
    digits = match.group(1) if match else text
    found = _figure(digits, decimal)
    if found is None:
        raise ValueError(
            _("“%(text)s” is not an amount. Write it in digits, for example 10000000.") % {"text": text[:60]}
        )
    return found


def number(text: str, *, decimal: str = ".") -> Decimal:
    found = _figure(text, decimal)
    if found is None:
        raise ValueError(
            _("“%(text)s” is not a number. Write it in digits, for example 1200.5.") % {"text": text[:60]}
        )
    return found


def _figure(digits: str, decimal: str) -> Decimal | None:
    if decimal == ",":
        digits = digits.translate(SWAP)
    if PLAIN.match(digits):
        return Decimal(digits)
    return Decimal(digits.replace(",", "")) if GROUPED.match(digits) else None


class Times:
    """Reads dates and moments; a day alone stands for its noon here, and today for now at the latest.

    `zone` is that of moments without one, `days` that in which the workspace counts its days.
    """

    def __init__(self, *, zone: ZoneInfo, days: ZoneInfo, now: datetime) -> None:
        self._zone = zone
        self._days = days
        self._now = now
        self.day = cache(self._day)
        self.any_day = cache(self._any_day)
        self.moment = cache(self._moment)
        self.local_date = cache(self._local_date)

    def _local_date(self, moment: datetime) -> date:
        return clock.local_date(moment, self._days)

    def _day(self, text: str, formats: Sequence[str]) -> date:
        return self._on(parse_date(text, formats))

    def _any_day(self, text: str, formats: Sequence[str]) -> date:
        """Also one of long ago, a birthday: the caller says how long."""
        found = _parse_date(text, formats)
        is_near = EARLIEST.year <= found.year < LATEST.year
        return self._on(found) if is_near else date(found.year, found.month, found.day)

    def _on(self, found: date | datetime) -> date:
        if isinstance(found, datetime) and found.tzinfo is not None:
            return clock.local_date(found, self._days)
        return found.date() if isinstance(found, datetime) else found

    def _moment(self, text: str, formats: Sequence[str]) -> datetime:
        found = parse_date(text, formats)
        if isinstance(found, datetime) and (found.time() != time() or found.tzinfo is not None):
            return found if found.tzinfo else found.replace(tzinfo=self._zone)
        noon = clock.start_of_day(found, self._days) + timedelta(hours=12)
        is_today = clock.local_date(noon, self._days) == clock.local_date(self._now, self._days)
        return min(noon, self._now) if is_today else noon


def parse_date(text: str, formats: Sequence[str]) -> date | datetime:
    """By the formats given; without any: ISO 8601, and the usual ways that begin with the year."""
    found = _parse_date(text, formats)
    if not EARLIEST.year <= found.year < LATEST.year:
        raise ValueError(_("Enter a date between 1990 and 2199."))
    return found


def _parse_date(text: str, formats: Sequence[str]) -> date | datetime:
    if not formats:
        try:
            return date.fromisoformat(text) if len(text) <= 10 else datetime.fromisoformat(text)
        except ValueError:
            formats = USUAL_FORMATS
    for pattern in formats:
        try:
            found = datetime.strptime(text, pattern)  # noqa: DTZ007 - the zone is the file's, given by the caller
        except ValueError:
            continue
        return found if "%H" in pattern or "%I" in pattern else found.date()
    raise ValueError(
        _("“%(text)s” is not a date as expected here. Write it like 2026-11-30.") % {"text": text[:60]}
    )
