"""Whom a text calls by name: it keeps ids ("@{id}"), readers see names as they are today."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping

from core.markdown import MENTION, mentioned_ids
from tenancy.models import Membership


def mentioned_members(text: str) -> list[uuid.UUID]:
    """The ids called in the text, in their order."""
    return [uuid.UUID(ident) for ident in mentioned_ids(text)]


def names_of(texts: Iterable[str]) -> dict[str, str]:
    """Id → today's name of everybody called in the texts: one query, none without a call."""
    ids = {ident for text in texts for ident in mentioned_ids(text)}
    if not ids:
        return {}
    rows = Membership.objects.filter(pk__in=ids).values_list("pk", "display_name")
    return {str(pk): name for pk, name in rows}


def spelled_out(text: str, names: Mapping[str, str]) -> str:
    """The text as it is typed: "@{id}" as "@name"."""
    return MENTION.sub(lambda call: f"@{names[call[1]]}" if call[1] in names else call[0], text)
