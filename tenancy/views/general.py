"""The workspace's own settings, and the history of everything that was changed in it: for admins."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from core.errors import InvalidInput
from core.ids import parse_uuid
from tenancy.audit_words import kinds
from tenancy.forms import GeneralForm
from tenancy.http import WorkspaceRequest
from tenancy.objections import objection_to
from tenancy.pages import add_errors, http_404, render_settings, settle
from tenancy.permissions import Permission
from tenancy.selectors.history import history_page
from tenancy.services.change_workspace import EDITABLE, change_workspace


@require_http_methods(["GET", "POST"])
@http_404
def general_page(request: WorkspaceRequest) -> HttpResponse:
    """Name, language, currency, time zone, fiscal year."""
    request.actor.require(Permission.MANAGE_WORKSPACE)
    workspace = request.workspace
    form = GeneralForm(
        request.POST if request.method == "POST" else None,
        initial={field: getattr(workspace, field) for field in EDITABLE},
        zone=workspace.timezone,
        fixed_currency=objection_to("currency"),
    )
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                change_workspace(changes=form.cleaned_data, actor=request.actor)
        except InvalidInput as problem:
            add_errors(form, problem)
        else:
            return settle(request, "tenancy:general", _("Saved."))
    return render_settings(request, "tenancy/general.html", {"form": form}, section="general")


@require_GET
@http_404
def history(request: WorkspaceRequest) -> HttpResponse:
    """Newest first; `?before=` continues, for htmx as a fragment."""
    request.actor.require(Permission.MANAGE_WORKSPACE)
    before = parse_uuid(request.GET.get("before", ""))
    page = history_page(kind=request.GET.get("kind", ""), before=before)
    if request.htmx and before is not None:
        return render(request, "tenancy/_changes.html", {"page": page})
    context = {"page": page, "kinds": kinds()}
    return render_settings(request, "tenancy/history.html", context, section="history")
