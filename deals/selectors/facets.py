"""The facets that every deal has."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q

from core import clock
from core.ids import parse_uuid
from core.money import parse_amount, plain
from deals.models import DealTag, Outcome, Task
from deals.models.task import PENDING
from deals.selectors.filters import MOST, TEXT, Facet, Moment, register
from deals.selectors.stalled import stalled_q
from tenancy.models import Membership

ALL, CLOSED = "all", "closed"
OUTCOMES = (Outcome.WON.value, Outcome.LOST.value, CLOSED, ALL)
FIRST_YEAR, LAST_YEAR = 1970, 2200
THIS, NEXT, NO_DATE, PASSED = "this", "next", "none", "passed"


# Reading ----------------------------------------------------------------------------------------------------------


def read_text(texts: Sequence[str]) -> str | None:
    return texts[-1].strip()[:TEXT] or None


def read_flag(texts: Sequence[str]) -> bool | None:
    return texts[-1].lower() in ("on", "1", "true") or None


def read_ids(texts: Sequence[str]) -> tuple[uuid.UUID, ...] | None:
    """Several ids, repeated or with commas; each once, in order."""
    found = dict.fromkeys(parse_uuid(part.strip()) for text in texts for part in text.split(",") if part)
    return tuple(ident for ident in found if ident is not None)[:MOST] or None


def read_amount(texts: Sequence[str]) -> Decimal | None:
    try:
        return parse_amount(texts[-1])
    except ValueError:
        return None


def read_month(texts: Sequence[str]) -> date | str | None:
    """The first day of a month (2027-11), or one of the words."""
    text = texts[-1].strip()
    if text in (THIS, NEXT, NO_DATE, PASSED):
        return text
    try:
        month = date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
    return month if FIRST_YEAR <= month.year <= LAST_YEAR else None


def one_of(*words: str) -> Callable[[Sequence[str]], Any]:
    return lambda texts: texts[-1] if texts[-1] in words else None


def word_or_id(*words: str) -> Callable[[Sequence[str]], Any]:
    return lambda texts: texts[-1] if texts[-1] in words else parse_uuid(texts[-1])


# Writing ----------------------------------------------------------------------------------------------------------


def write_flag(_value: bool) -> str:
    return "on"


def write_ids(ids: Collection[uuid.UUID]) -> str:
    return ",".join(map(str, ids))


def write_month(value: date | str) -> str:
    return value if isinstance(value, str) else f"{value:%Y-%m}"


def write_amount(value: Decimal) -> str:
    return plain(value) or ""


# Conditions -------------------------------------------------------------------------------------------------------


def owner_q(value: str | uuid.UUID, moment: Moment) -> Q:
    if value == "none":
        return Q(owner=None)
    # Nobody in particular asks, so nothing is theirs.
    wanted = moment.reader.member if value == "me" else value
    return Q(owner_id=wanted) if wanted else Q(pk__in=[])


def team_q(value: str | uuid.UUID, moment: Moment) -> Q:
    """The deals of the team's members of today, those who have left among them."""
    wanted = moment.reader.team if value == "mine" else value
    if wanted is None:
        return Q(pk__in=[])
    return Q(owner_id__in=Membership.objects.filter(team_id=wanted).values("pk"))


def outcome_q(value: str, _moment: Moment) -> Q:
    if value == ALL:
        return Q()
    return ~Q(outcome=Outcome.OPEN) if value == CLOSED else Q(outcome=value)


def close_q(value: date | str, moment: Moment) -> Q:
    """Open deals by their expected close, closed ones by the day on which they closed."""
    if value == NO_DATE:
        return Q(outcome=Outcome.OPEN, expected_close_date=None)
    if value == PASSED:
        return Q(outcome=Outcome.OPEN, expected_close_date__lt=moment.today)
    if isinstance(value, date):
        first = value
    else:
        first = clock.add_months(moment.this_month, 1 if value == NEXT else 0)
    last = clock.add_months(first, 1) - timedelta(days=1)
    return Q(outcome=Outcome.OPEN, expected_close_date__range=(first, last)) | Q(
        closed_on__range=(first, last)
    )


def text_q(value: str, _moment: Moment) -> Q:
    return Q(name__icontains=value) | Q(company__name__icontains=value)


def no_task_q(_value: bool, _moment: Moment) -> Q:
    """Open deals for which nothing is to be done."""
    return Q(outcome=Outcome.OPEN) & ~Q(Exists(Task.objects.filter(PENDING, deal=OuterRef("pk"))))


def overdue_q(_value: bool, moment: Moment) -> Q:
    return Q(Exists(Task.objects.filter(PENDING, deal=OuterRef("pk"), due_on__lt=moment.today)))


def tag_q(ids: Collection[uuid.UUID], _moment: Moment) -> Q:
    """With any of the tags."""
    return Q(pk__in=DealTag.objects.filter(tag_id__in=ids).values("deal_id"))


register(
    Facet(
        "pipeline", lambda texts: parse_uuid(texts[-1]), lambda value, _: Q(pipeline_id=value), summable=True
    ),
    Facet("owner", word_or_id("me", "none"), owner_q, summable=True),
    Facet("team", word_or_id("mine"), team_q, summable=True),
    Facet("outcome", one_of(*OUTCOMES), outcome_q),
    Facet("stage", read_ids, lambda ids, _: Q(stage_id__in=ids), write_ids, summable=True),
    Facet("stalled", read_flag, lambda _value, moment: stalled_q(as_of=moment.as_of), write_flag),
    Facet("no_task", read_flag, no_task_q, write_flag),
    Facet("overdue", read_flag, overdue_q, write_flag),
    Facet("close", read_month, close_q, write_month),
    Facet("amount_from", read_amount, lambda value, _: Q(amount__gte=value), write_amount),
    Facet("amount_to", read_amount, lambda value, _: Q(amount__lte=value), write_amount),
    Facet("tag", read_ids, tag_q, write_ids),
    Facet("source", read_text, lambda value, _: Q(source=value)),
    Facet("q", read_text, text_q),
)
