"""The inputs by which records are filtered by an added field, and the parameter that they make."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.errors import InvalidInput
from fields.filters import ANY, ME, NONE
from fields.models import CustomField, FieldKind
from fields.models.field import CHOOSING, COUNTED, WRITTEN
from fields.services.values import checked

OFF = {"autocomplete": "off"}


def inputs_for(field: CustomField, chosen: str, members: Sequence[Any]) -> dict[str, forms.Field]:
    """Name → input. `chosen`: the parameter as it is now. All but ticks and members have inputs beside the select."""
    offered: list[tuple[str, str]] = [("", _("Any"))]
    if field.kind == FieldKind.CHECKBOX:
        offered += [("yes", pgettext("answer", "yes")), ("no", pgettext("answer", "no"))]
    else:
        offered += [(ANY, _("filled in")), (NONE, _("empty"))]
    if field.kind == FieldKind.MEMBER:
        offered += [(ME, _("Me")), *((str(each.pk), each.display_name) for each in members)]
    begun, rest = begin(field, chosen)
    if begun not in dict(offered):
        # Several members at once, or one who has left: only a link can say so. It stays chosen.
        offered.append((begun, _("as chosen")))
    found: dict[str, forms.Field] = {
        field.column: forms.ChoiceField(label=field.name, choices=offered, required=False, initial=begun)
    }
    if field.kind in CHOOSING:
        ticked = chosen.split(",")
        found[f"{field.column}-in"] = forms.MultipleChoiceField(
            label=_("%(field)s: one of these") % {"field": field.name},
            choices=[
                (str(each.pk), each.name)
                for each in field.choices.all()
                if each.archived_at is None or str(each.pk) in ticked
            ],
            required=False,
            initial=ticked,
            widget=forms.CheckboxSelectMultiple,
        )
    for suffix, label in _beside(field).items():
        found[f"{field.column}-{suffix}"] = forms.CharField(
            label=f"{field.name}: {label}",
            required=False,
            max_length=100,
            initial=rest.get(suffix, ""),
            widget=forms.TextInput(attrs={**OFF, **_typed(field)}),
        )
    return found


def _beside(field: CustomField) -> dict[str, str]:
    if field.kind in WRITTEN:
        return {"text": _("begins with")}
    if field.kind in COUNTED or field.kind == FieldKind.DATE:
        return {"from": _("from"), "to": _("to")}
    return {}


def _typed(field: CustomField) -> dict[str, str]:
    if field.kind == FieldKind.DATE:
        return {"type": "date"}
    return {"inputmode": "decimal"} if field.kind in COUNTED else {}


def begin(field: CustomField, chosen: str) -> tuple[str, dict[str, str]]:
    """(what the select says, what stands in the inputs beside it)."""
    if chosen not in ("", ANY, NONE) and field.kind in CHOOSING:
        return "", {}
    if chosen in ("", ANY, NONE) or not _beside(field):
        return chosen, {}
    if field.kind in WRITTEN:
        return "", {"text": chosen}
    low, dots, high = chosen.partition("..")
    return "", {"from": low, "to": high if dots else low}


def parameter(field: CustomField, given: Mapping[str, Any]) -> str:
    """What the inputs say, as it stands in the URL; what is beside the select wins. Raises InvalidInput under the input's name."""
    if ticked := given.get(f"{field.column}-in"):
        return ",".join(ticked)
    beside = {suffix: str(given.get(f"{field.column}-{suffix}") or "").strip() for suffix in _beside(field)}
    if beside.get("text"):
        return beside["text"]
    ends: dict[str, Any] = {}
    for suffix in ("from", "to"):
        try:
            ends[suffix] = checked(field, beside.get(suffix))
        except InvalidInput as problem:
            raise InvalidInput.of(f"{field.column}-{suffix}", problem.detail) from problem
    low, high = ends["from"], ends["to"]
    if low is None and high is None:
        return str(given.get(field.column) or "")
    if low is not None and high is not None and low > high:
        raise InvalidInput.of(f"{field.column}-to", _("This lies before the other end."))
    return f"{beside['from']}..{beside['to']}".replace(",", "")


class AddedFieldsForm(forms.Form):
    """Asks for added fields, besides what its heirs ask for. Valid, `custom_parameters` is what it says: name → text."""

    custom: Mapping[str, CustomField]

    def offer(
        self,
        custom: Mapping[str, CustomField],
        chosen: Mapping[str, str],
        members: Callable[[], Sequence[Any]],
    ) -> None:
        """`chosen`: the parameters as they are now; `members` is called where a field is of that kind."""
        self.custom = custom
        people = members() if any(each.kind == FieldKind.MEMBER for each in custom.values()) else ()
        for name, field in custom.items():
            self.fields |= inputs_for(field, chosen.get(name, ""), people)

    @property
    def custom_inputs(self) -> list[list[forms.BoundField]]:
        """The inputs of each added field."""
        return [
            [self[each] for each in self.fields if each == name or each.startswith(f"{name}-")]
            for name in self.custom
        ]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        self.custom_parameters: dict[str, str] = {}
        for name, field in self.custom.items():
            try:
                self.custom_parameters[name] = parameter(field, values)
            except InvalidInput as problem:
                self.add_error(problem.errors[0].field, str(problem.detail))
        return values
