"""How entries of the change history read.

Each app registers its actions in its AppConfig.ready(): `register("stage.changed", sentence)`, and the kinds that the
page filters by: `register_kind("stage", _("Stages"))`, the part of an action before its first dot.

A sentence is what stands after the name of who did it, as in the timeline ("changed the win rate of Meeting booked"):
`sentence(told)` returns a text, or a `Line` with from → to. An action without one reads as its name, and its `from`
and `to` are shown as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from tenancy.models import AuditEntry

NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Line:
    """`what` was done; `was` → `now` where something changed."""

    what: str
    was: str = ""
    now: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """An entry to be put into words. `names`: id → name of every member, team and invitation that entries mention."""

    action: str
    target_id: str
    detail: Mapping[str, Any]
    names: Mapping[str, str]

    @classmethod
    def of(cls, entry: AuditEntry, names: Mapping[str, str]) -> Told:
        return cls(entry.action, str(entry.target_id or ""), entry.detail, names)

    @property
    def target(self) -> str:
        """What the entry is about: its name today, else the one kept with the entry."""
        return self.names.get(self.target_id) or str(self.detail.get("name") or "") or _("(no longer there)")

    def name(self, key: str) -> str:
        """The name of the member or team whose id stands under `key` of the detail; "–" for none."""
        value = self.detail.get(key)
        return NOTHING if value is None else self.names.get(str(value)) or _("(no longer there)")

    def value(self, key: str) -> str:
        """The value under `key` as it is; "–" for none."""
        value = self.detail.get(key)
        return NOTHING if value is None or value == "" else str(value)


type Sentence = Callable[[Told], str | Line]

_sentences: dict[str, Sentence] = {}
_kinds: dict[str, str | Promise] = {}


def register(action: str, sentence: Sentence) -> None:
    """Say how `action` reads. Another sentence for it is a programming error."""
    if _sentences.get(action, sentence) is not sentence:
        raise RuntimeError(f"two sentences for {action!r}")
    _sentences[action] = sentence


def register_kind(kind: str, label: str | Promise) -> None:
    """A filter of the page: every action that begins with `kind` and a dot."""
    _kinds[kind] = label


def kinds() -> dict[str, str | Promise]:
    return dict(_kinds)


def line_of(told: Told) -> Line:
    """The entry in the active language. An entry whose detail does not fit its sentence reads like an unknown one."""
    sentence = _sentences.get(told.action)
    if sentence is not None:
        try:
            said = sentence(told)
        except (KeyError, TypeError, ValueError):
            return _plainly(told)
        return said if isinstance(said, Line) else Line(said)
    return _plainly(told)


def _plainly(told: Told) -> Line:
    name = told.detail.get("name")
    field = told.detail.get("field")
    subject = " · ".join(str(part) for part in (name, field) if part)
    what = _("did “%(action)s”") % {"action": told.action}
    was, now = (told.value("from"), told.value("to")) if {"from", "to"} & told.detail.keys() else ("", "")
    return Line(f"{what} ({subject})" if subject else what, was, now)
