"""What the demo's people, companies and deals are called, and what is written about them. All of it is invented."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from random import Random

from contacts.models import Company, Contact
from core.ids import uuid7
from integrations.demo.calendar import Calendar

FOLDER = Path(__file__).with_name("words")
NO_LINE = {"ko": "070-0000-{:04}", "en": "+1 212-555-01{:02}"}  # numbers that nobody can have
# How a company is written a second time: {} is its name.
TWICE = {
    "ko": ("주식회사 {}", "(주){}", "{} 주식회사", "㈜ {}"),
    "en": ("{}, Inc.", "{} Co., Ltd.", "{} LLC", "{} Corp."),
}
PHONES = {"ko": 10_000, "en": 100}


class Words:
    """The texts of `language` ("ko" or "en"), by kind, and people and companies made of their parts."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._texts: dict[str, list[str]] = defaultdict(list)
        for row in _rows("texts"):
            self._texts[row["kind"]].append(row[language])
        self._names = list(_rows("names"))
        self._companies = list(_rows("companies"))

    def pick(self, kind: str, random: Random) -> str:
        return random.choice(self._texts[kind])

    def companies(self, count: int, *, random: Random, calendar: Calendar) -> list[Company]:
        """So many companies, no two of one name, known since before the demo's deals."""
        firsts = [row for row in self._companies if row["part"] == "first"]
        lasts = [row for row in self._companies if row["part"] == "last"]
        pairs = random.sample([(first, last) for first in firsts for last in lasts], count)
        return [
            Company(
                id=uuid7(),
                name=self._joined(first[self._language], last[self._language]),
                domain=f"{self._host(first)}-{last['roman']}.example",
                industry=last[f"industry_{self._language}"],
                created_at=calendar.beginning,
            )
            for first, last in pairs
        ]

    def contact(self, company: Company, *, random: Random, calendar: Calendar) -> Contact:
        """Somebody who works at the company."""
        given = random.choice([row for row in self._names if row["part"] == "given"])
        last = random.choice([row for row in self._names if row["part"] == "last"])
        words = (last["ko"], given["ko"]) if self._language == "ko" else (given["en"], last["en"])
        roman = (given["roman"], last["roman"]) if self._language == "ko" else words
        return Contact(
            id=uuid7(),
            name=self._joined(*words),
            company=company,
            email=f"{'.'.join(roman).lower()}@{company.domain}",
            phone=NO_LINE[self._language].format(random.randrange(PHONES[self._language])),
            title=self.pick("title", random),
            created_at=calendar.beginning,
        )

    def duplicates(self, companies: Sequence[Company], *, calendar: Calendar) -> list[Company]:
        """Some of the companies once more, as somebody in a hurry writes them: in each workspace there are a few."""
        return [
            Company(
                id=uuid7(),
                name=spelling.format(company.name),
                domain=f"www.{company.domain}" if place == 0 else "",
                created_at=calendar.horizon - timedelta(days=40 - place),
            )
            for place, (spelling, company) in enumerate(
                zip(TWICE[self._language], companies[20::70], strict=False)
            )
        ]

    def known_twice(self, company: Company, known: Sequence[tuple[Company, list[Contact]]]) -> Contact:
        """Somebody of the company that this one doubles, written down a second time."""
        there = next(people for one, people in known if one.name in company.name)
        return Contact(
            id=uuid7(),
            name=there[0].name,
            company=company,
            email=there[0].email,
            created_at=company.created_at,
        )

    def _joined(self, first: str, last: str) -> str:
        return first + last if self._language == "ko" else f"{first} {last}"

    def _host(self, first: dict[str, str]) -> str:
        name = first["roman"] if self._language == "ko" else first["en"]
        return name.lower().replace(" ", "")


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
