"""What an admin types about a field, and the inputs in which everybody gives its values."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.money import CURRENCY_DIGITS
from fields.models import CustomField, FieldKind
from fields.models.field import CHOOSING, COUNTED
from fields.models.value import MAX_TEXT
from fields.selectors.values import as_json
from tenancy.scope import current_workspace
from tenancy.selectors.members import active_members

OFF = {"autocomplete": "off"}


class FieldForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80, widget=forms.TextInput(attrs=OFF))
    kind = forms.ChoiceField(label=_("Kind"), choices=FieldKind.choices)
    currency = forms.ChoiceField(
        label=_("Currency"),
        required=False,
        choices=[(code, code) for code in CURRENCY_DIGITS],
        help_text=_("Counts for amounts of money alone."),
    )
    help_text = forms.CharField(
        label=_("Help text"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs=OFF),
        help_text=_("Stands below the input: what belongs in here, and where it is found."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "field_%s")
        super().__init__(*args, **kwargs)
        self.fields["currency"].initial = current_workspace().currency


class NewFieldForm(FieldForm):
    choices = forms.CharField(
        label=_("Choices"),
        required=False,
        max_length=30_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("For a list: one choice on each line."),
    )
    key = forms.CharField(
        label=_("Key for the API and files"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={**OFF, "autocapitalize": "none", "spellcheck": "false"}),
        help_text=_(
            "Small letters, digits and underscores. It stays for ever; left empty, one is made of the name."
        ),
    )


class ChoiceForm(forms.Form):
    choice = forms.CharField(label=_("Choice"), max_length=120, widget=forms.TextInput(attrs=OFF))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "choice_%s")
        super().__init__(*args, **kwargs)


# Values ---------------------------------------------------------------------------------------------------------------


def value_input(field: CustomField, had: Any = None) -> forms.Field:
    """The input for a value of the field. What it reads goes through `services.values.checked`.

    `had`: what the record has, offered although it could no longer be chosen.
    """
    common: dict[str, Any] = {"label": field.name, "required": False, "help_text": field.help_text}
    kind = FieldKind(field.kind)
    if kind in CHOOSING:
        return _choosing(field, had, common)
    if kind == FieldKind.MEMBER:
        members = {str(each.pk): each.display_name for each in active_members()}
        if had is not None:
            members.setdefault(str(had.pk), had.display_name)
        return forms.ChoiceField(choices=[("", _("Nobody")), *members.items()], **common)
    if kind == FieldKind.CHECKBOX:
        return forms.BooleanField(**common)
    if kind == FieldKind.DATE:
        return forms.CharField(widget=forms.TextInput(attrs={"type": "date"}), **common)
    attrs = dict(OFF)
    if kind in COUNTED:
        attrs["inputmode"] = "decimal"
    if kind == FieldKind.LINK:
        attrs |= {"inputmode": "url", "placeholder": "https://"}
    if kind == FieldKind.TEXT:
        widget: forms.Widget = forms.Textarea(attrs={**attrs, "rows": 2})
    else:
        widget = forms.TextInput(attrs=attrs)
    # One more than fits: the service says how many do.
    return forms.CharField(
        max_length=MAX_TEXT + 1 if kind == FieldKind.TEXT else None, widget=widget, **common
    )


def _choosing(field: CustomField, had: Any, common: dict[str, Any]) -> forms.Field:
    kept = {each.pk for each in (had if isinstance(had, tuple) else (had,)) if each is not None}
    offered = [
        (str(each.pk), each.name)
        for each in field.choices.all()
        if each.archived_at is None or each.pk in kept
    ]
    if field.kind == FieldKind.CHOICES:
        return forms.MultipleChoiceField(choices=offered, widget=forms.CheckboxSelectMultiple, **common)
    return forms.ChoiceField(choices=[("", _("None")), *offered], **common)


def initial_value(had: Any) -> Any:
    """What the input begins with."""
    return as_json(had)


def value_form(field: CustomField, had: Any = None) -> type[forms.Form]:
    """A form with that one input, under the field's name among all fields ("cf_…")."""
    return type("ValueForm", (forms.Form,), {field.column: value_input(field, had)})
