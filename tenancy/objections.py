"""Why a setting of the workspace may no longer be changed: rooms upstairs that depend on it say so.

They register in their AppConfig.ready(); tenancy does not know them.
"""

from __future__ import annotations

from collections.abc import Callable

# The reason, in the active language, or "" where there is none.
type Objection = Callable[[], str]

_objections: dict[str, list[Objection]] = {}


def register(setting: str, objection: Objection) -> None:
    """`setting`: a field of the workspace."""
    known = _objections.setdefault(setting, [])
    if objection not in known:
        known.append(objection)


def objection_to(setting: str) -> str:
    """The first reason not to change it, or ""."""
    return next((reason for ask in _objections.get(setting, ()) if (reason := ask())), "")
