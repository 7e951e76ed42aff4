"""Filters of deals on the fields that a workspace has added (fields/filters.py says how they are written)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.models import Q

from deals.models import DealFieldValue
from deals.selectors.filters import Family, Moment
from fields import filters
from fields.filters import Asked
from fields.models import Subject
from fields.models.field import PREFIX
from fields.selectors.definitions import fields_named


def read(texts: Mapping[str, Sequence[str]]) -> dict[str, Asked]:
    """Those that can be read, of fields that exist. Two queries."""
    return filters.read(fields_named(Subject.DEAL, texts).values(), texts)


def condition(asked: Asked, moment: Moment) -> Q:
    return filters.condition(asked, DealFieldValue, "deal", me=moment.reader.member)


CUSTOM = Family(PREFIX, read, condition, filters.write)
