"""Companies and people that are probably here twice."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from contacts.selectors.similar import GROUPS, company_groups, contact_groups
from customers.kinds import COMPANY, Kind
from customers.selectors.figures import Figures, figures_by_company
from customers.views.shared import TABS
from tenancy.http import WorkspaceRequest
from tenancy.pages import http_404, render_page
from tenancy.permissions import Permission

REASONS = {
    "name": _("Same name"),
    "domain": _("Same domain"),
    "email": _("Same e-mail"),
    "phone": _("Same phone number"),
}


@require_GET
@http_404
def page(request: WorkspaceRequest, kind: Kind) -> HttpResponse:
    groups: list[Any] = list((company_groups if kind is COMPANY else contact_groups)(actor=request.actor))
    has_more = len(groups) >= GROUPS
    groups = groups[:GROUPS]
    figures: dict[Any, Figures] = {}
    if kind.is_company:
        ids = {record.pk for group in groups for record in group.records}
        figures = figures_by_company(ids, actor=request.actor)
    shown = [
        {
            "reasons": [REASONS[reason] for reason in group.reasons],
            "records": [(record, figures.get(record.pk)) for record in group.records],
            "first": group.records[0],
        }
        for group in groups
    ]
    context = {
        "kind": kind.key,
        "groups": shown,
        "has_more": has_more,
        "can_edit": request.actor.can(Permission.EDIT_DEALS),
        "list_url": kind.list_url(request.workspace.slug),
    }
    return render_page(request, "customers/duplicates.html", context, current=TABS)
