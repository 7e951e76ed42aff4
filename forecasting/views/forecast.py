"""The forecast page, and giving a date to the deals that need one."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core import clock
from core.errors import InvalidInput, StaleVersion
from core.formats import month_name
from deals.models import Deal
from deals.services.edit_deal import edit_deal
from deals.views.chosen import Chosen, chosen_by
from forecasting.forms import DateForm, month_range
from forecasting.selectors.cycle import median_cycle_days
from forecasting.selectors.monthly import Forecast, monthly_forecast
from forecasting.selectors.undated import UndatedDeals, undated_deal, undated_deals
from forecasting.views.chart import LAYERS, Column, amount_of, columns
from tenancy.http import WorkspaceRequest
from tenancy.pages import add_errors, http_404, notice, render_page
from tenancy.permissions import Permission


@require_GET
@http_404
def forecast_page(request: WorkspaceRequest) -> HttpResponse:
    """The months asked for, with the deals beside it that are in none."""
    return render_page(request, "forecasting/forecast.html", forecast_context(request), current="forecast")


@require_GET
@http_404
def more_undated(request: WorkspaceRequest) -> HttpResponse:
    """The next deals that need a date."""
    offset = request.GET.get("offset", "")
    found = _undated(request, chosen_by(request), offset=int(offset) if offset.isdigit() else 0)
    return render(request, "forecasting/_needs_rows.html", {"undated": found, **row_context(request)})


@require_POST
@http_404
def set_date(request: WorkspaceRequest, deal_id: uuid.UUID) -> HttpResponse:
    """The deal gets its date and leaves the list; the forecast comes anew. A refusal stays on the row."""
    request.actor.require(Permission.EDIT_DEALS)
    deal = undated_deal(deal_id, actor=request.actor)
    form = DateForm(request.POST)
    if form.is_valid():
        try:
            with transaction.atomic():
                day = form.cleaned_data["expected_close_date"]
                edit_deal(
                    deal_id=deal.pk,
                    changes={"expected_close_date": day},
                    actor=request.actor,
                    expected_version=form.cleaned_data["version"],
                )
            return dated(request, deal, day)
        except StaleVersion:
            form.add_error(None, _("Somebody changed this deal in the meantime. Check it, then try again."))
            deal = undated_deal(deal_id, actor=request.actor)
        except InvalidInput as problem:
            add_errors(form, problem)
    return refused(request, deal, form)


def dated(request: WorkspaceRequest, deal: Deal, day: date) -> HttpResponse:
    said = _("“%(deal)s” now counts in %(month)s.") % {"deal": deal.name, "month": month_name(day)}
    if not request.htmx:
        messages.success(request, said)
        return redirect(_page_url(request))
    response = render(
        request, "forecasting/_forecast.html", forecast_context(request) | {"out_of_band": True}
    )
    return notice(response, said, strong=deal.name)


def refused(request: WorkspaceRequest, deal: Deal, form: DateForm) -> HttpResponse:
    reasons = [str(reason) for errors in form.errors.values() for reason in errors]
    if not request.htmx:
        for reason in reasons:
            messages.error(request, f"{deal.name}: {reason}")
        return redirect(_page_url(request))
    context = {
        "deal": deal,
        "today": clock.local_date(clock.now(), request.workspace.zone),
        "reasons": reasons,
        "typed": request.POST.get("expected_close_date", ""),
        **row_context(request),
    }
    response = render(request, "forecasting/_needs_row.html", context)
    response.headers["HX-Retarget"] = f"#needs-{deal.pk}"
    response.headers["HX-Reswap"] = "outerHTML"
    return response


def _page_url(request: WorkspaceRequest) -> str:
    page = reverse("forecasting:forecast", args=[request.workspace.slug])
    return f"{page}?{row_context(request)['query']}"


def forecast_context(request: WorkspaceRequest) -> dict[str, Any]:
    """Six queries, whatever the number of deals and months."""
    now = clock.now()
    today = clock.local_date(now, request.workspace.zone)
    chosen = chosen_by(request)
    months = month_range(first=request.GET.get("from", ""), last=request.GET.get("to", ""), today=today)
    if months.problem:
        messages.warning(request, months.problem)
    forecast = monthly_forecast(
        actor=request.actor,
        first=months.first,
        last=months.last,
        pipeline_id=chosen.pipeline_id,
        owner_id=chosen.owner_id,
        unowned=chosen.unowned,
    )
    cycle = median_cycle_days(actor=request.actor, as_of=now, pipeline_id=chosen.pipeline_id)
    fill = today + timedelta(days=cycle) if cycle is not None else None
    shown = columns(forecast.months, today=today, fill=fill)
    return {
        "forecast": forecast,
        "currency": forecast.currency,
        "columns": shown,
        "rows": [
            (kind, [(each, amount_of(each.month, category)) for each in shown]) for kind, category in LAYERS
        ],
        "heads": heads(shown),
        "cycle": cycle,
        "chosen": chosen,
        "months": months,
        "has_range": bool(request.GET.get("from") or request.GET.get("to")),
        "undated": _undated(request, chosen),
        "is_empty": _is_empty(forecast),
        **row_context(request),
    }


def heads(shown: list[Column]) -> list[Column]:
    """The months that the head says in figures: this one (or the first shown), the next, the one to fill now."""
    at = next((index for index, column in enumerate(shown) if column.is_now), 0)
    found = shown[at : at + 2]
    return found + [column for column in shown if column.fills_now and column not in found]


def row_context(request: WorkspaceRequest) -> dict[str, Any]:
    query = request.GET.copy()
    query.pop("offset", None)
    return {"query": query.urlencode(), "can_edit": request.actor.can(Permission.EDIT_DEALS)}


def _undated(request: WorkspaceRequest, chosen: Chosen, *, offset: int = 0) -> UndatedDeals:
    return undated_deals(
        actor=request.actor,
        as_of=clock.now(),
        pipeline_id=chosen.pipeline_id,
        owner_id=chosen.owner_id,
        unowned=chosen.unowned,
        offset=offset,
    )


def _is_empty(forecast: Forecast) -> bool:
    return (
        not any(month.total or month.deals for month in forecast.months)
        and not forecast.needs_date_deals
        and not forecast.other_currency_deals
    )
