"""What the demo tells: people, open deals, closed deals. Company names are invented.

The deals are in two files beside this one. Days are relative to the day on which the demo is made; amounts are in units
of 10,000 KRW; `todo_due` is a number of days from today, "entry" for the stage's own tasks, empty for nothing planned.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.templates import Bilingual
from tenancy.models.members import Role

TEAMS = (Bilingual("영업 1팀", "Sales team 1"), Bilingual("영업 2팀", "Sales team 2"))
WORKSPACE = Bilingual("스테이지크래프트 데모", "Stagecraft demo")
ENTRY = "entry"


@dataclass(frozen=True, slots=True)
class Person:
    """`key` is the part of the address before the @; `team` an index into TEAMS."""

    key: str
    name: Bilingual
    role: str
    team: int


PEOPLE = (
    Person("leader", Bilingual("이서연", "Seoyeon Lee"), Role.LEADER, 0),
    Person("rep", Bilingual("김도윤", "Doyun Kim"), Role.REP, 0),
    Person("haeun", Bilingual("최하은", "Haeun Choi"), Role.REP, 0),
    Person("leader2", Bilingual("윤재현", "Jaehyun Yoon"), Role.LEADER, 1),
    Person("jiho", Bilingual("박지호", "Jiho Park"), Role.REP, 1),
    Person("woojin", Bilingual("강우진", "Woojin Kang"), Role.REP, 1),
)
OWNER_NAME = Bilingual("한지원", "Jiwon Han")


@dataclass(frozen=True, slots=True)
class Story:
    """One deal. `stage`: index of the stage it has reached, `days` ago.

    Open deals: `close` in how many days (None: no date yet), `ticks` criteria of the stage that hold, `todo`, `note`.
    Closed ones: closed `ago` days ago, lost for the reason of that index, or won.
    """

    company: str
    name: str
    amount: int
    owner: str
    stage: int
    days: int = 0
    close: int | None = None
    ticks: int = 0
    todo: str = ""
    todo_due: str = ""
    note: str = ""
    ago: int | None = None
    reason: int | None = None


def open_stories(language: str) -> Iterator[Story]:
    for row in _rows("open_deals.csv"):
        yield Story(
            company=row[f"company_{language}"],
            name=row[f"name_{language}"],
            amount=int(row["amount"]),
            owner=row["owner"],
            stage=int(row["stage"]),
            days=int(row["days"]),
            close=_number(row["close"]),
            ticks=int(row["ticks"]),
            todo=row[f"todo_{language}"],
            todo_due=row["todo_due"],
            note=row[f"note_{language}"],
        )


def closed_stories(language: str) -> Iterator[Story]:
    for row in _rows("closed_deals.csv"):
        yield Story(
            company=row[f"company_{language}"],
            name=row[f"name_{language}"],
            amount=int(row["amount"]),
            owner=row["owner"],
            stage=int(row["stage"]),
            ago=int(row["ago"]),
            reason=_number(row["reason"]),
        )


def _number(text: str) -> int | None:
    return int(text) if text else None


def _rows(name: str) -> Iterator[dict[str, str]]:
    with Path(__file__).with_name(name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
