"""Invite, invite again, withdraw. The link is shown once, in the answer that made it."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import Conflict, InvalidInput
from tenancy.forms import InviteForm
from tenancy.http import WorkspaceRequest
from tenancy.models import Invitation, Membership
from tenancy.pages import add_errors, http_404, settle
from tenancy.permissions import Permission
from tenancy.selectors.invitations import pending_invitations
from tenancy.services.invite import invite_member, resend_invitation, revoke_invitation
from tenancy.views.members import manageable


@require_http_methods(["GET", "POST"])
@cache_control(no_store=True)
@http_404
def invite(request: WorkspaceRequest) -> HttpResponse:
    """Ask whom, then show the link."""
    request.actor.require(Permission.MANAGE_MEMBERS)
    return asked(request, None)


@require_http_methods(["GET", "POST"])
@cache_control(no_store=True)
@http_404
def invite_known(request: WorkspaceRequest, member_id: uuid.UUID) -> HttpResponse:
    """The same for somebody known only from an import, who keeps their deals."""
    return asked(request, manageable(request, member_id))


def asked(request: WorkspaceRequest, known: Membership | None) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form = InviteForm(data, actor=request.actor, for_login=known is not None)
    if data is not None and form.is_valid():
        team = form.cleaned_data.get("team")
        try:
            with transaction.atomic():
                invitation, link = invite_member(
                    email=form.cleaned_data["email"],
                    display_name=form.cleaned_data.get("display_name", ""),
                    role=form.cleaned_data.get("role", ""),
                    team_id=team.pk if team else None,
                    member_id=known.pk if known else None,
                    actor=request.actor,
                )
        except InvalidInput as problem:
            add_errors(form, problem)
        except Conflict as problem:
            form.add_error("email" if known is None else None, str(problem.detail))
        else:
            return invited(request, invitation, link)
    return render(request, "tenancy/_invite.html", {"form": form, "known": known})


def invited(request: WorkspaceRequest, invitation: Invitation, link: str) -> HttpResponse:
    """The dialog with the link; the list of those who were asked comes along."""
    context = {"invitation": invitation, "link": link, "asked": pending_invitations(), "can_manage": True}
    return render(request, "tenancy/_invited.html", context)


@require_POST
@cache_control(no_store=True)
@http_404
def resend(request: WorkspaceRequest, invitation_id: uuid.UUID) -> HttpResponse:
    """A new link and a new mail; the old link is dead."""
    try:
        with transaction.atomic():
            invitation, link = resend_invitation(invitation_id=invitation_id, actor=request.actor)
    except Conflict as problem:
        return settle(request, "tenancy:members", str(problem.detail), kind="error")
    return invited(request, invitation, link)


@require_POST
@http_404
def revoke(request: WorkspaceRequest, invitation_id: uuid.UUID) -> HttpResponse:
    """The link is dead."""
    with transaction.atomic():
        invitation = revoke_invitation(invitation_id=invitation_id, actor=request.actor)
    text = _("The invitation of %(email)s was withdrawn.") % {"email": invitation.email}
    return settle(request, "tenancy:members", text)
