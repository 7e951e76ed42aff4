"""Exchange rates, for admins."""

from __future__ import annotations

import uuid
from decimal import Decimal, InvalidOperation
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import InvalidInput
from core.formats import day_brief, today_here
from core.money import CURRENCY_DIGITS, plain
from tenancy.http import WorkspaceRequest
from tenancy.pages import add_errors, http_404, posted, render_settings, settle
from tenancy.permissions import Permission
from tenancy.selectors.rates import rate_history
from tenancy.services.rates import remove_rate, set_rate


class RateField(forms.CharField):
    """A rate as people type it: "1,385.40"."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def clean(self, value: Any) -> Decimal:
        text = str(super().clean(value)).replace(",", "").strip()
        try:
            return Decimal(text)
        except InvalidOperation as error:
            raise forms.ValidationError(_("Enter a rate in digits, for example 1385.4.")) from error


class RateForm(forms.Form):
    currency = forms.ChoiceField(label=gettext_lazy("Currency"))
    rate = RateField(label=gettext_lazy("One unit is worth"), max_length=30)
    valid_on = forms.DateField(
        label=gettext_lazy("From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, base: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = [(code, code) for code in CURRENCY_DIGITS if code != base]
        self.fields["currency"].choices = codes  # type: ignore[attr-defined]


@require_http_methods(["GET", "POST"])
@http_404
def rates_page(request: WorkspaceRequest) -> HttpResponse:
    """Every rate that was given, newest first for each currency; posted, one more or one corrected."""
    request.actor.require(Permission.MANAGE_WORKSPACE)
    base = request.workspace.currency
    form = RateForm(posted(request), base=base, initial={"valid_on": today_here()})
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                found = set_rate(**form.cleaned_data, actor=request.actor)
        except InvalidInput as problem:
            add_errors(form, problem)
        else:
            text = _("1 %(currency)s is %(rate)s %(base)s from %(day)s on.") % {
                "currency": found.currency,
                "rate": plain(found.rate),
                "base": base,
                "day": day_brief(found.valid_on),
            }
            return settle(request, "tenancy:rates", text)
    history = [(currency, list(rows)) for currency, rows in groupby(rate_history(), lambda row: row.currency)]
    context = {"form": form, "history": history, "base": base}
    return render_settings(request, "tenancy/rates.html", context, section="rates")


@require_POST
@http_404
def remove(request: WorkspaceRequest, rate_id: uuid.UUID) -> HttpResponse:
    """Taken away; the notice brings it back."""
    gone = remove_rate(rate_id=rate_id, actor=request.actor)
    values = {"currency": gone.currency, "rate": plain(gone.rate), "valid_on": gone.valid_on.isoformat()}
    undo_url = f"{reverse('tenancy:restore_rate', args=[request.workspace.slug])}?{urlencode(values)}"
    return settle(request, "tenancy:rates", _("The rate was removed."), undo_url=undo_url)


@require_POST
@http_404
def restore(request: WorkspaceRequest) -> HttpResponse:
    request.actor.require(Permission.MANAGE_WORKSPACE)
    form = RateForm(request.GET, base=request.workspace.currency)
    if not form.is_valid():
        return settle(request, "tenancy:rates", _("The rate could not be brought back."), kind="error")
    try:
        with transaction.atomic():
            set_rate(**form.cleaned_data, actor=request.actor)
    except InvalidInput as problem:
        return settle(request, "tenancy:rates", str(problem.detail), kind="error")
    return settle(request, "tenancy:rates", _("The rate is back."))
