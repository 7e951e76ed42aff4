"""BANT on a deal: four parts, each answered where it stands."""

from __future__ import annotations

import uuid
from dataclasses import fields
from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from core.errors import InvalidInput, StaleVersion
from core.money import plain
from strategy.forms.bant import BantForm
from strategy.models import Certainty, Part, Tool
from strategy.selectors.bant import BantRow, bant_of, bant_row
from strategy.services.bant import Known, answer_bant
from strategy.views.frame import deal_for, tool_page, tool_part
from tenancy.http import WorkspaceRequest
from tenancy.pages import add_errors, http_404, notice

PREFIX = "b"


@require_GET
@http_404
def page(request: WorkspaceRequest, deal_id: uuid.UUID) -> HttpResponse:
    deal = deal_for(request, deal_id)
    return tool_page(request, deal, Tool.BANT, "strategy/bant.html", {"bant": bant_of(deal)})


@require_http_methods(["GET", "POST"])
@http_404
def answer(request: WorkspaceRequest, deal_id: uuid.UUID, part: str) -> HttpResponse:
    """One part as it is; with ?edit its form; a POST saves."""
    if part not in Part.values:
        raise Http404
    deal = deal_for(request, deal_id, to_edit=request.method == "POST" or "edit" in request.GET)
    row = bant_row(deal, part)
    if request.method == "GET":
        form = _form_of(row) if "edit" in request.GET else None
        return tool_part(request, deal, "strategy/_bant_part.html", {"row": row, "form": form})
    form = BantForm(request.POST, part=part, prefix=f"{PREFIX}-{part}")
    if form.is_valid():
        values = dict(form.cleaned_data)
        version = values.pop("version")
        try:
            with transaction.atomic():
                answer_bant(
                    deal_id=deal_id,
                    part=part,
                    known=Known(**values),
                    actor=request.actor,
                    expected_version=version,
                )
            return tool_part(
                request, deal, "strategy/_bant_part.html", {"row": bant_row(deal, part), "saved": True}
            )
        except InvalidInput as problem:
            add_errors(form, problem)
        except StaleVersion:
            return _with_theirs(request, deal_id, part)
    return tool_part(request, deal, "strategy/_bant_part.html", {"row": row, "form": form})


def _with_theirs(request: WorkspaceRequest, deal_id: uuid.UUID, part: str) -> HttpResponse:
    """Somebody was faster: theirs is shown above the form, which keeps what was typed and now builds on theirs."""
    deal = deal_for(request, deal_id)
    row = bant_row(deal, part)
    typed = request.POST.copy()
    typed[f"{PREFIX}-{part}-version"] = str(row.version)
    form = BantForm(typed, part=part, prefix=f"{PREFIX}-{part}")
    context = {"row": row, "form": form, "theirs": row.answer}
    response = tool_part(request, deal, "strategy/_bant_part.html", context)
    said = _("Somebody changed this in the meantime. What you typed is kept.")
    return notice(response, said, kind="error")


def _form_of(row: BantRow) -> BantForm:
    names = [field.name for field in fields(Known)]
    initial: dict[str, Any] = (
        {name: getattr(row.answer, name) for name in names}
        if row.answer
        else {"certainty": Certainty.ASSUMED}
    )
    if initial.get("amount") is not None:
        initial["amount"] = plain(initial["amount"])
    return BantForm(part=row.part, prefix=f"{PREFIX}-{row.part}", initial=initial | {"version": row.version})
