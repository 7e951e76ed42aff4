"""A new deal, and one field of a deal edited in place."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.money import CURRENCY_DIGITS
from deals.forms.amount import AmountField
from deals.models.deal import RevenueType
from deals.selectors.custom_values import value_of
from fields.forms import value_form
from fields.models import Subject
from fields.selectors.definitions import fields_named, is_custom
from pipeline.models import Stage


class NewDealForm(forms.Form):
    """Quick add: a name is enough."""

    name = forms.CharField(label=_("Deal name"), max_length=200)
    company = forms.CharField(label=_("Company"), max_length=200, required=False)
    amount = AmountField(label=_("Amount"), required=False)
    expected_close_date = forms.DateField(
        label=_("Expected close date"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    stage = forms.ModelChoiceField(Stage.objects.none(), label=_("Stage"), required=False, empty_label=None)

    def __init__(self, *args: Any, stages: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if stages is None:
            del self.fields["stage"]
        else:
            self.fields["stage"].queryset = stages  # type: ignore[attr-defined]


def edit_form(field: str, deal_id: uuid.UUID | None = None) -> type[forms.Form] | None:
    """The form that edits one field of a deal in place, or None where there is none."""
    if is_custom(field):
        return _custom_form(field, deal_id)
    fields = EDIT_FIELDS.get(field)
    return None if fields is None else type(f"Edit{field.title()}", (forms.Form,), fields())


def _custom_form(name: str, deal_id: uuid.UUID | None) -> type[forms.Form] | None:
    field = fields_named(Subject.DEAL, [name]).get(name)
    if field is None:
        return None
    return value_form(field, value_of(deal_id, field) if deal_id else None)


def _members() -> forms.Field:
    from tenancy.selectors.members import active_members

    return forms.ModelChoiceField(active_members(), label=_("Owner"), required=False, empty_label=_("Nobody"))


EDIT_FIELDS: dict[str, Any] = {
    "name": lambda: {"name": forms.CharField(label=_("Deal name"), max_length=200)},
    "amount": lambda: {"amount": AmountField(label=_("Amount"), required=False)},
    "expected_close_date": lambda: {
        "expected_close_date": forms.DateField(
            label=_("Expected close date"), required=False, widget=forms.DateInput(attrs={"type": "date"})
        )
    },
    "owner": lambda: {"owner": _members()},
    "company": lambda: {"company": forms.CharField(label=_("Company"), max_length=200, required=False)},
    "source": lambda: {"source": forms.CharField(label=_("Source"), max_length=120, required=False)},
    "currency": lambda: {
        "currency": forms.ChoiceField(label=_("Currency"), choices=[(code, code) for code in CURRENCY_DIGITS])
    },
    "revenue_type": lambda: {
        "revenue_type": forms.ChoiceField(label=_("Kind of revenue"), choices=RevenueType.choices)
    },
}
