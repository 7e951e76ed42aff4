"""The approval of a deal: what is known of it, part by part, and the earliest signature that it leads to."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.errors import InvalidInput, StaleVersion
from core.formats import day_brief
from core.htmx import trigger
from deals.models import Deal
from deals.services.edit_deal import edit_deal
from deals.views.edits import undo_edit_url
from strategy.forms.approval import PARTS, ApprovalForm
from strategy.models import Tool
from strategy.selectors.approval import Sheet, earliest_signature, plan_of, questions_of, sheet_of
from strategy.selectors.approval_doubts import doubts_of
from strategy.services.approval import edit_approval
from strategy.views.approval_walk import walk_of
from strategy.views.frame import deal_for, tool_page, tool_part
from tenancy.http import WorkspaceRequest
from tenancy.pages import add_errors, http_404, notice

PART = "strategy/_approval_part.html"


@require_GET
@http_404
def page(request: WorkspaceRequest, deal_id: uuid.UUID) -> HttpResponse:
    deal = deal_for(request, deal_id)
    sheet = sheet_of(deal)
    context = {
        "parts": [part_context(sheet, part) for part in PARTS],
        "meetings": sheet.meetings,
        "departments": sheet.departments,
        "asked": questions_of(deal),
        **plan_context(deal, sheet),
    }
    return tool_page(request, deal, Tool.APPROVAL, "strategy/approval.html", context)


@require_GET
@http_404
def plan(request: WorkspaceRequest, deal_id: uuid.UUID) -> HttpResponse:
    """The walk to the signature alone, as it is now."""
    deal = deal_for(request, deal_id)
    return tool_part(request, deal, "strategy/_approval_plan.html", plan_context(deal, sheet_of(deal)))


@require_http_methods(["GET", "POST"])
@http_404
def part(request: WorkspaceRequest, deal_id: uuid.UUID, part: str) -> HttpResponse:
    """One part as it is; with ?edit its form; a POST saves."""
    if part not in PARTS:
        raise Http404
    is_edit = "edit" in request.GET
    deal = deal_for(request, deal_id, to_edit=request.method == "POST" or is_edit)
    sheet = sheet_of(deal)
    if request.method == "GET":
        form = form_of(deal, sheet, part) if is_edit else None
        return tool_part(request, deal, PART, part_context(sheet, part) | {"form": form})
    form = ApprovalForm(request.POST, part=part, deal=deal, sheet=sheet)
    theirs = False
    if form.is_valid():
        values = dict(form.cleaned_data)
        version = values.pop("version")
        try:
            with transaction.atomic():
                edit_approval(deal_id=deal_id, changes=values, actor=request.actor, expected_version=version)
            saved = sheet_of(deal)
            response = tool_part(request, deal, PART, part_context(saved, part) | {"saved": True})
            return with_plan(request, deal, response)
        except InvalidInput as problem:
            add_errors(form, problem)
        except StaleVersion:
            # Only another part may have changed: then nothing of this one is in anybody's way.
            sheet, theirs = sheet_of(deal), True
            typed = request.POST.copy()
            typed[f"a-{part}-version"] = str(sheet.row.version)
            form = ApprovalForm(typed, part=part, deal=deal, sheet=sheet)
    context = part_context(sheet, part) | {"form": form, "theirs": theirs}
    response = tool_part(request, deal, PART, context)
    if theirs:
        said = _("Somebody changed this in the meantime. What you typed is kept.")
        return notice(response, said, kind="error")
    return response


@require_POST
@http_404
def close_date(request: WorkspaceRequest, deal_id: uuid.UUID) -> HttpResponse:
    """Expect the deal to close on the earliest day of the signature."""
    deal = deal_for(request, deal_id, to_edit=True)
    day = earliest_signature(deal).signed_on
    was = deal.expected_close_date
    version = request.POST.get("version", "")
    try:
        with transaction.atomic():
            saved = edit_deal(
                deal_id=deal_id,
                changes={"expected_close_date": day},
                actor=request.actor,
                expected_version=int(version) if version.isdigit() else None,
            )
    except StaleVersion:
        response = with_plan(request, deal_for(request, deal_id), HttpResponse())
        return notice(response, _("Somebody changed this deal in the meantime. Look again."), kind="error")
    response = with_plan(request, saved, HttpResponse())
    before = {"value": was.isoformat() if was else None, "version": saved.version}
    said = _("Expected close date: %(day)s.") % {"day": day_brief(day)}
    trigger(response, **{"deal-changed": {"deal": str(deal_id)}})
    return notice(response, said, undo_url=undo_edit_url(request, deal_id, "expected_close_date", before))


def form_of(deal: Deal, sheet: Sheet, part: str) -> ApprovalForm:
    names = (*PARTS[part], "version")
    initial = {name: getattr(sheet.row, name) for name in names}
    return ApprovalForm(part=part, deal=deal, sheet=sheet, initial=initial)


def part_context(sheet: Sheet, part: str) -> dict[str, Any]:
    people = {name: sheet.person(name) for name in PARTS["people"]} | {"drafter": sheet.person("drafter")}
    return {"part": part, "approval": sheet.row, "people": people, "form": None}


def plan_context(deal: Deal, sheet: Sheet) -> dict[str, Any]:
    plan = plan_of(sheet)
    closes = deal.expected_close_date
    return {
        "plan": plan,
        "is_begun": sheet.is_begun,
        "walk": walk_of(plan),
        "doubts": doubts_of(sheet, plan) if sheet.is_begun else [],
        "is_too_early": deal.is_open and closes is not None and closes < plan.signed_on,
        "is_undated": deal.is_open and closes is None,
    }


def with_plan(request: WorkspaceRequest, deal: Deal, response: HttpResponse) -> HttpResponse:
    """The answer, and the walk to the signature drawn anew beside it."""
    context = plan_context(deal, sheet_of(deal)) | {"out_of_band": True}
    drawn = tool_part(request, deal, "strategy/_approval_plan.html", context)
    response.content += drawn.content
    return response
