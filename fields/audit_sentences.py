"""How entries about fields and their choices read in the change history."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fields.models import FieldKind
from tenancy.audit_words import Line, Told, register, register_kind

WHAT: dict[str, Promise] = {
    "name": _("Name"),
    "help_text": _("Help text"),
    "kind": _("Kind"),
    "currency": _("Currency"),
}
SIMPLE: dict[str, Promise] = {
    "custom_field.added": _("added the field “%(name)s”"),
    "custom_field.archived": _("archived the field “%(name)s”"),
    "custom_field.restored": _("took the field “%(name)s” back"),
    "field_choice.added": _("added the choice “%(name)s” to “%(of)s”"),
    "field_choice.removed": _("removed the choice “%(name)s” from “%(of)s”"),
    "field_choice.restored": _("took the choice “%(name)s” of “%(of)s” back"),
}


def simple(sentence: Promise) -> Callable[[Told], str]:
    return lambda told: str(sentence) % {"name": told.detail["name"], "of": told.detail.get("of", "")}


def changed_field(told: Told) -> Line:
    what = told.detail["field"]
    text = str(_("changed the field “%(name)s”: %(field)s")) % {
        "name": told.detail["name"],
        "field": WHAT[what],
    }
    if what == "kind":
        kinds = [str(FieldKind(told.detail[end]).label) for end in ("from", "to")]
        return Line(text, *kinds)
    return Line(text, told.value("from"), told.value("to"))


def renamed_choice(told: Told) -> Line:
    text = str(_("renamed a choice of “%(of)s”")) % {"of": told.detail["of"]}
    return Line(text, told.value("from"), told.value("to"))


def register_all() -> None:
    register_kind("custom_field", _("Custom fields"))
    register_kind("field_choice", _("Choices of custom fields"))
    for action, sentence in SIMPLE.items():
        register(action, simple(sentence))
    register("custom_field.changed", changed_field)
    register("field_choice.changed", renamed_choice)
