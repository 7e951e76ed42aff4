"""Let a member go, and take one back."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import Conflict, InvalidInput
from tenancy.forms import LeaveForm
from tenancy.handover import Holding, holdings
from tenancy.http import WorkspaceRequest
from tenancy.models import Membership
from tenancy.pages import add_errors, http_404, settle
from tenancy.services.let_go import let_go, take_back
from tenancy.views.members import manageable


@require_http_methods(["GET", "POST"])
@http_404
def deactivate(request: WorkspaceRequest, member_id: uuid.UUID) -> HttpResponse:
    """Ask who takes over what the member holds, then end the membership."""
    member = manageable(request, member_id)
    held = held_now(member)
    data = request.POST if request.method == "POST" else None
    form = LeaveForm(data, member=member, held=held)
    if data is not None and form.is_valid():
        try:
            with transaction.atomic():
                let_go(member_id=member_id, heirs=form.heirs, actor=request.actor)
        except InvalidInput as problem:
            add_errors(form, problem)
        except Conflict as problem:
            form.add_error(None, str(problem.detail))
        else:
            text = _("%(name)s was deactivated.") % {"name": member.display_name}
            return settle(request, "tenancy:members", text)
    return render(request, "tenancy/_leave.html", {"form": form, "leaver": member, "held": held})


def held_now(member: Membership) -> list[tuple[Holding, int]]:
    """What the member holds, kind by kind; kinds of which they hold nothing are left out."""
    counted = [(holding, holding.count([member.pk]).get(member.pk, 0)) for holding in holdings()]
    return [(holding, count) for holding, count in counted if count]


@require_POST
@http_404
def reactivate(request: WorkspaceRequest, member_id: uuid.UUID) -> HttpResponse:
    """Let someone who has left in again."""
    try:
        with transaction.atomic():
            member = take_back(member_id=member_id, actor=request.actor)
    except Conflict as problem:
        return settle(request, "tenancy:members", str(problem.detail), kind="error")
    text = _("%(name)s is back.") % {"name": member.display_name}
    return settle(request, "tenancy:members", text)
