"""Meetings and departments of an approval: a list each, edited where it stands."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.db import transaction
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import InvalidInput, StaleVersion
from deals.models import Deal
from strategy.forms.approval import DepartmentForm, MeetingForm
from strategy.models import ApprovalDepartment, ApprovalMeeting
from strategy.selectors.approval import sheet_of
from strategy.services.approval_lines import Department, Meeting, remove_line, restore_line, write_line
from strategy.views.approval import with_plan
from strategy.views.frame import deal_for, tool_part
from tenancy.http import WorkspaceRequest
from tenancy.pages import add_errors, http_404, notice

# Name in the address → model, what the service takes, form.
KINDS: dict[str, tuple[Any, Any, type[forms.Form]]] = {
    "meetings": (ApprovalMeeting, Meeting, MeetingForm),
    "departments": (ApprovalDepartment, Department, DepartmentForm),
}


@require_http_methods(["GET", "POST"])
@http_404
def lines(
    request: WorkspaceRequest, deal_id: uuid.UUID, kind: str, line_id: uuid.UUID | None = None
) -> HttpResponse:
    """The list; with ?edit the form of a new line, or of that one; a POST saves it."""
    if kind not in KINDS:
        raise Http404
    is_edit = "edit" in request.GET
    deal = deal_for(request, deal_id, to_edit=request.method == "POST" or is_edit)
    _model, values_class, form_class = KINDS[kind]
    line = _line(deal, kind, line_id)
    if request.method == "GET":
        form = _form(kind, line) if is_edit else None
        return _section(request, deal, kind, form=form, editing=line_id)
    form = form_class(request.POST, prefix=_prefix(kind))
    if form.is_valid():
        values = dict(form.cleaned_data)
        version = values.pop("version")
        try:
            with transaction.atomic():
                write_line(
                    deal_id=deal_id,
                    values=values_class(**values),
                    actor=request.actor,
                    line_id=line_id,
                    expected_version=version,
                )
            return with_plan(request, deal, _section(request, deal, kind))
        except InvalidInput as problem:
            add_errors(form, problem)
        except StaleVersion as problem:
            return _with_theirs(request, deal, kind, problem.current)
    return _section(request, deal, kind, form=form, editing=line_id)


def _with_theirs(request: WorkspaceRequest, deal: Deal, kind: str, theirs: Any) -> HttpResponse:
    """Somebody was faster: the form keeps what was typed and builds on theirs, which stands above it."""
    typed = request.POST.copy()
    typed[f"{_prefix(kind)}-version"] = str(theirs.version)
    form = KINDS[kind][2](typed, prefix=_prefix(kind))
    response = _section(request, deal, kind, form=form, editing=theirs.pk, theirs=theirs)
    said = _("Somebody changed this in the meantime. What you typed is kept.")
    return notice(response, said, kind="error")


@require_POST
@http_404
def remove(request: WorkspaceRequest, deal_id: uuid.UUID, kind: str, line_id: uuid.UUID) -> HttpResponse:
    """Take a line away; in the query `back`: it is there again."""
    if kind not in KINDS:
        raise Http404
    deal = deal_for(request, deal_id, to_edit=True)
    is_back = "back" in request.GET
    try:
        with transaction.atomic():
            change = restore_line if is_back else remove_line
            line = change(deal_id=deal_id, line_id=line_id, kind=KINDS[kind][0], actor=request.actor)
    except InvalidInput as problem:
        return notice(_section(request, deal, kind, out_of_band=True), str(problem.detail), kind="error")
    response = with_plan(request, deal, _section(request, deal, kind, out_of_band=is_back))
    if is_back:
        return notice(response, _("“%(name)s” is back.") % {"name": line.name}, strong=line.name)
    undo = reverse("strategy:remove_approval_line", args=[request.workspace.slug, deal_id, kind, line_id])
    said = _("“%(name)s” was taken away.") % {"name": line.name}
    return notice(response, said, strong=line.name, undo_url=f"{undo}?back=1")


def _section(request: WorkspaceRequest, deal: Deal, kind: str, **more: Any) -> HttpResponse:
    context = {"kind": kind, "lines": getattr(sheet_of(deal), kind), **more}
    return tool_part(request, deal, f"strategy/_approval_{kind}.html", context)


def _line(deal: Deal, kind: str, line_id: uuid.UUID | None) -> Any:
    if line_id is None:
        return None
    found = KINDS[kind][0].objects.filter(deal=deal, pk=line_id, removed_at=None).first()
    if found is None:
        raise Http404
    return found


def _form(kind: str, line: Any) -> forms.Form:
    _model, values_class, form_class = KINDS[kind]
    names = [*values_class.__dataclass_fields__, "version"]
    row = line or KINDS[kind][0](version=0)
    return form_class(prefix=_prefix(kind), initial={name: getattr(row, name) for name in names})


def _prefix(kind: str) -> str:
    return f"l-{kind}"
