"""What the designer's services check first."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core.errors import InvalidInput, NotFound
from pipeline.models import Pipeline, Stage

NAME_KEY = "_name_key"  # in which the constraints on names end


def checked_line(text: str, field: str, limit: int) -> str:
    """`text` on one line, without blanks around it. Raises InvalidInput rather than cut it short."""
    line = " ".join(text.split())
    if len(line) > limit:
        raise InvalidInput.of(field, _("At most %(max)s characters fit here.") % {"max": limit}, "max_length")
    if "\x00" in line:
        raise InvalidInput.of(field, _("A text cannot contain a null character."), "null_characters")
    return line


def checked_name(name: str, *, model: type[models.Model], field: str = "name") -> str:
    """The name on one line. Raises InvalidInput when it is empty or too long for its column."""
    column: Any = model._meta.get_field("name")
    line = checked_line(name, field, column.max_length)
    if not line:
        raise InvalidInput.of(field, _("A name is needed."), "required")
    return line


def check_free(name: str, among: QuerySet[Any], *, field: str = "name") -> None:
    """Raise InvalidInput when one of `among` has the name already, small or large letters aside."""
    if among.filter(name__iexact=name).exists():
        raise _taken(name, field)


@contextmanager
def claimed_name(name: str, among: QuerySet[Any], *, field: str = "name") -> Iterator[None]:
    """`check_free` for rows that no lock keeps together: whoever sends a form twice meets themselves inside the block."""
    check_free(name, among, field=field)
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if NAME_KEY not in str(error):
            raise
        raise _taken(name, field) from error


def _taken(name: str, field: str) -> InvalidInput:
    detail = _("There is one named “%(name)s” already. Choose another name.") % {"name": name}
    return InvalidInput.of(field, detail, "unique")


def checked_number(value: int | None, *, field: str, most: int) -> int:
    """A whole number from 0 to `most`."""
    if value is None or not 0 <= value <= most:
        raise InvalidInput.of(field, _("Enter a whole number from 0 to %(most)s.") % {"most": most})
    return value


def locked_pipeline(pipeline_id: uuid.UUID) -> Pipeline:
    """The pipeline in use, held: whatever changes its order or its stages waits here. Raises NotFound."""
    found = Pipeline.objects.select_for_update(no_key=True).filter(pk=pipeline_id, archived_at=None).first()
    if found is None:
        raise NotFound
    return found


def locked_stage(stage_id: uuid.UUID, *, against_entry: bool = False) -> Stage:
    """The stage in use, held together with its pipeline. Raises NotFound.

    `against_entry`: nobody puts a deal into it meanwhile (`hold_stage` waits); only for taking it out of use.
    """
    pipeline_id = (
        Stage.objects.filter(pk=stage_id, archived_at=None).values_list("pipeline", flat=True).first()
    )
    if pipeline_id is None:
        raise NotFound
    # The pipeline first, always: two changes of one pipeline wait here and nowhere else.
    pipeline = locked_pipeline(pipeline_id)
    stages = Stage.objects.filter(pk=stage_id, archived_at=None)
    found = stages.select_for_update(no_key=not against_entry).first()
    if found is None:
        raise NotFound
    found.pipeline = pipeline
    return found
