"""What people type about companies and people. The services check again: a form is one door of several."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contacts.models.contact import Consent
from contacts.selectors.custom_values import record_values
from customers.selectors.custom_filters import Chosen
from fields.filter_forms import AddedFieldsForm
from fields.forms import value_form
from fields.models import Subject
from fields.selectors.definitions import fields_named, is_custom
from tenancy.selectors.members import active_members


def text(label: Any, limit: int, *, required: bool = False, **attrs: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=limit,
        required=required,
        widget=forms.TextInput(attrs={"autocomplete": "off", **attrs}),
    )


def owner() -> forms.Field:
    return forms.ModelChoiceField(active_members(), label=_("Owner"), required=False, empty_label=_("Nobody"))


FIELDS: dict[str, dict[str, Any]] = {
    "company": {
        "name": lambda: text(_("Name"), 200, required=True),
        "domain": lambda: text(_("Domain"), 253, inputmode="url", placeholder="example.com"),
        "industry": lambda: text(_("Industry"), 120),
        "owner": owner,
    },
    "person": {
        "name": lambda: text(_("Name"), 200, required=True),
        "company": lambda: text(_("Company"), 200),
        "title": lambda: text(_("Job title"), 120),
        "email": lambda: forms.EmailField(
            label=_("E-mail"),
            max_length=254,
            required=False,
            widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        ),
        "phone": lambda: text(_("Phone"), 40, inputmode="tel"),
        "owner": owner,
        "ad_consent": lambda: forms.ChoiceField(label=_("Advertising mail"), choices=Consent.choices),
    },
}
NEW = {
    "company": ("name", "domain", "industry", "owner"),
    "person": ("name", "company", "title", "email", "phone", "owner"),
}


def edit_form(kind: str, field: str, record: Any = None) -> type[forms.Form] | None:
    """The form that edits one fact in place, or None where there is none. `record`: whose, for an added field."""
    if is_custom(field):
        return _custom_form(kind, field, record)
    make = FIELDS[kind].get(field)
    return None if make is None else type("EditForm", (forms.Form,), {field: make()})


def _custom_form(kind: str, name: str, record: Any) -> type[forms.Form] | None:
    subject = Subject.COMPANY if kind == "company" else Subject.CONTACT
    field = fields_named(subject, [name]).get(name)
    if field is None:
        return None
    had = (
        None if record is None else record_values(type(record), [record.pk], [field])[record.pk].get(field.pk)
    )
    return value_form(field, had)


def new_form(kind: str) -> type[forms.Form]:
    return type("NewForm", (forms.Form,), {field: FIELDS[kind][field]() for field in NEW[kind]})


class FilterForm(AddedFieldsForm):
    """Which companies or people the list shows, by the fields that their workspace has added."""

    def __init__(self, *args: Any, chosen: Chosen, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"prefix": "f"})
        by_name = {field.column: field for field in chosen.fields}
        self.offer(by_name, chosen.parameters, lambda: chosen.members)
