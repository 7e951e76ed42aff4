"""Rows held while they change, and how texts are checked."""

from __future__ import annotations

import uuid

from django.utils.translation import gettext as _

from core.errors import InvalidInput, NotFound
from pipeline.models import Pipeline, Stage


def lock_pipeline(pipeline_id: uuid.UUID) -> Pipeline:
    """The pipeline in use, held until the transaction ends: two changes of its order or names do not cross."""
    found = Pipeline.objects.select_for_update(no_key=True).filter(pk=pipeline_id, archived_at=None).first()
    if found is None:
        raise NotFound
    return found


def lock_stage(stage_id: uuid.UUID) -> Stage:
    """The stage in use, held until the transaction ends."""
    found = (
        Stage.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk=stage_id, archived_at=None, pipeline__archived_at=None)
        .select_related("pipeline")
        .first()
    )
    if found is None:
        raise NotFound
    return found


def checked_line(text: str, field: str, limit: int) -> str:
    """`text` on one line, without blanks around it. Raises InvalidInput rather than cut it short."""
    line = " ".join(text.split())
    if len(line) > limit:
        raise InvalidInput.of(field, _("At most %(max)s characters fit here.") % {"max": limit}, "max_length")
    if "\x00" in line:
        raise InvalidInput.of(field, _("A text cannot contain a null character."), "null_characters")
    return line
