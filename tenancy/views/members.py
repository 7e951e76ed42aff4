"""The members of the workspace: looked at by everybody, changed in place by admins."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.errors import Conflict, InvalidInput, NotFound
from core.htmx import trigger
from core.ids import parse_uuid
from tenancy.forms import NameForm
from tenancy.http import WorkspaceRequest
from tenancy.models import Membership
from tenancy.models.members import Role
from tenancy.pages import add_errors, http_404, notice, posted, render_settings
from tenancy.permissions import Actor, Permission, may_manage
from tenancy.selectors.invitations import pending_invitations
from tenancy.selectors.members import members
from tenancy.selectors.people import Show, as_people, people_page, teams_in_use
from tenancy.services.members import rename_member
from tenancy.services.roles import change_role, change_team


@require_GET
def members_page(request: WorkspaceRequest) -> HttpResponse:
    """Members by name; a search, or a page further on, comes as the list alone."""
    page = people_page(
        actor=request.actor,
        show=shown(request.GET.get("show", "")),
        # No name has a null character, and PostgreSQL does not take one.
        search=request.GET.get("q", "").replace("\x00", "").strip()[:100],
        after=parse_uuid(request.GET.get("after", "")),
    )
    context = {"page": page, "shows": Show, **managing(request.actor)}
    if request.htmx and request.htmx.target:
        return render(request, "tenancy/_people.html", context)
    if request.actor.can(Permission.MANAGE_MEMBERS):
        context["asked"] = pending_invitations()
    return render_settings(request, "tenancy/members.html", context, section="members")


def shown(name: str) -> Show:
    return Show(name) if name in Show else Show.ACTIVE


def managing(actor: Actor) -> dict[str, object]:
    """What the rows need to offer changes; nothing for those who only look."""
    if not actor.can(Permission.MANAGE_MEMBERS):
        return {"can_manage": False, "teams": ()}
    return {"can_manage": True, "teams": list(teams_in_use())}


@require_POST
@http_404
def role(request: WorkspaceRequest, member_id: uuid.UUID) -> HttpResponse:
    """Another role. Answers with the row as it then is."""
    wanted = request.POST.get("role", "")
    try:
        with transaction.atomic():
            member = change_role(member_id=member_id, role=wanted, actor=request.actor)
    except (Conflict, InvalidInput) as problem:
        return notice(row(request, member_id), str(problem.detail), kind="error")
    names = {"name": member.display_name, "role": Role(member.role).label}
    text = _("%(name)s is now %(role)s.") % names
    return notice(row(request, member_id), text, strong=member.display_name)


@require_POST
@http_404
def team(request: WorkspaceRequest, member_id: uuid.UUID) -> HttpResponse:
    """Another team, or none. Answers with the row as it then is."""
    given = request.POST.get("team", "")
    team_id = parse_uuid(given)
    try:
        if given and team_id is None:
            raise InvalidInput.of("team", _("Choose a team that exists."), "invalid_choice")
        with transaction.atomic():
            member = change_team(member_id=member_id, team_id=team_id, actor=request.actor)
    except (Conflict, InvalidInput) as problem:
        return notice(row(request, member_id), str(problem.detail), kind="error")
    if member.team is None:
        text = _("%(name)s is in no team now.") % {"name": member.display_name}
    else:
        names = {"name": member.display_name, "team": member.team.name}
        text = _("%(name)s is in the team %(team)s now.") % names
    return notice(row(request, member_id), text, strong=member.display_name)


@require_http_methods(["GET", "POST"])
@http_404
def rename(request: WorkspaceRequest, member_id: uuid.UUID) -> HttpResponse:
    """Ask for the name, then take it."""
    member = found(member_id)
    if member_id != request.actor.member_id:
        request.actor.require(Permission.MANAGE_MEMBERS)
    form = NameForm(posted(request), initial={"display_name": member.display_name})
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                rename_member(
                    member_id=member_id, name=form.cleaned_data["display_name"], actor=request.actor
                )
        except InvalidInput as problem:
            add_errors(form, problem)
        else:
            response = row(request, member_id)
            response.headers["HX-Retarget"] = f"#member-{member_id}"
            response.headers["HX-Reswap"] = "outerHTML"
            trigger(response, **{"dialog-done": {}})
            return notice(response, _("The name was changed."))
    return render(request, "tenancy/_rename.html", {"form": form, "member_shown": member})


def row(request: WorkspaceRequest, member_id: uuid.UUID) -> HttpResponse:
    """One row of the list."""
    person = as_people([found(member_id)], actor=request.actor)[0]
    return render(request, "tenancy/_person.html", {"person": person, **managing(request.actor)})


def found(member_id: uuid.UUID) -> Membership:
    member = members().filter(pk=member_id).first()
    if member is None:
        raise NotFound
    return member


def manageable(request: WorkspaceRequest, member_id: uuid.UUID) -> Membership:
    """The member, for those who may change their role or let them go. Raises NotFound, NotAllowed."""
    request.actor.require(Permission.MANAGE_MEMBERS)
    member = found(member_id)
    if not may_manage(request.actor, member):
        request.actor.require(Permission.MANAGE_ADMINS)
    return member
