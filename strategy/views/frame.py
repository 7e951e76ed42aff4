"""What every tool's page stands in: the deal, the other tools, the way back."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from core.errors import NotFound
from deals.models import Deal
from deals.selectors.visible import get_deal
from strategy.models import Tool
from strategy.registry import entries
from strategy.selectors.tools import tool_rows
from tenancy.http import WorkspaceRequest
from tenancy.pages import render_page
from tenancy.permissions import Permission


def deal_for(request: WorkspaceRequest, deal_id: uuid.UUID, *, to_edit: bool = False) -> Deal:
    """The deal, if the reader may see it (`to_edit`: work on it). Raises NotFound, NotAllowed."""
    deal = get_deal(deal_id, actor=request.actor)
    if to_edit:
        request.actor.require(Permission.EDIT_DEALS)
    return deal


def tool_page(
    request: WorkspaceRequest, deal: Deal, tool: str, template: str, context: dict[str, Any]
) -> HttpResponse:
    """The whole page of a tool. A tool that its pipeline has not can be opened too: what was written is not lost."""
    if tool not in entries():
        raise NotFound
    shown = {
        "deal": deal,
        "tool": Tool(tool),
        "entry": entries()[tool],
        "rows": tool_rows(deal),
        "can_edit": request.actor.can(Permission.EDIT_DEALS),
        **context,
    }
    return render_page(request, template, shown, current="board")


def tool_part(request: WorkspaceRequest, deal: Deal, template: str, context: dict[str, Any]) -> HttpResponse:
    """A part of a tool's page, as its actions answer."""
    can_edit = request.actor.can(Permission.EDIT_DEALS)
    return render(request, template, {"deal": deal, "can_edit": can_edit, **context})
