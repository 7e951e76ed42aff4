"""Bases of what is read and written: unknown names are errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from operator import attrgetter
from typing import Any, cast

from django.utils.translation import gettext as _
from rest_framework import serializers

from api.fields import Text, Whole

DEFAULT_LIMIT = 50
MAX_LIMIT = 200


class Body(serializers.Serializer):
    """A request's body. A field that it does not declare is an error with the code "unknown"."""

    from_query = False

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        unknown = sorted(set(data) - set(self.fields))
        problems: dict[str, Any] = {
            name: [serializers.ErrorDetail(_("There is no such field here."), "unknown")] for name in unknown
        }
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as error:
            problems.update(cast("dict[str, Any]", error.detail))
        if problems:
            raise serializers.ValidationError(problems)
        return values


class Query(Body):
    """A request's query parameters, read from text, each at most once."""

    from_query = True

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        repeated = [name for name in data if len(data.getlist(name)) > 1]
        if repeated:
            detail = serializers.ErrorDetail(_("Give this parameter once."), "repeated")
            raise serializers.ValidationError({name: [detail] for name in repeated})
        return super().to_internal_value({name: data[name] for name in data})


class PageQuery(Query):
    """What every list understands; lists add their filters and their `ordering`."""

    limit = Whole(min_value=1, max_value=MAX_LIMIT, default=DEFAULT_LIMIT, help_text="Rows on a page.")
    cursor = Text(required=False, max_length=2000, help_text="From `next` or `previous` of the page before.")


class Shown(serializers.Serializer):
    """What is answered. The same as the framework's, which looks up for each row anew how each field is read."""

    from_query = False

    def to_representation(self, instance: Any) -> dict[str, Any]:
        if isinstance(instance, Mapping):
            return super().to_representation(instance)
        shown: dict[str, Any] = {}
        for name, read, show in self._columns:
            value = read(instance)
            shown[name] = None if value is None else show(value)
        return shown

    @cached_property
    def _columns(self) -> list[tuple[str, Callable[[Any], Any], Callable[[Any], Any]]]:
        """Each field's name, how its value is had from a row, and how that is shown."""
        return [
            (str(field.field_name), reader_of(field), field.to_representation)
            for field in self._readable_fields
        ]


def reader_of(field: serializers.Field) -> Callable[[Any], Any]:
    """An attribute is read as one; what leads further ("owner.display_name") has its defaults."""
    if len(field.source_attrs) == 1:
        return attrgetter(field.source_attrs[0])
    return field.get_attribute
