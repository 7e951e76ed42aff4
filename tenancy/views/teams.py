"""Teams: read by everybody, made and changed by those who manage members."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import InvalidInput, NotFound
from tenancy.forms import ArchiveTeamForm, TeamForm
from tenancy.http import WorkspaceRequest
from tenancy.models import Team
from tenancy.pages import add_errors, http_404, posted, render_settings, settle
from tenancy.permissions import Permission
from tenancy.selectors.people import TeamRow, archived_teams, team_rows, teams_in_use
from tenancy.services.teams import archive_team, create_team, rename_team, restore_team


@require_http_methods(["GET", "POST"])
@http_404
def teams_page(request: WorkspaceRequest) -> HttpResponse:
    """Every team with its people; a POST makes one."""
    form = TeamForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        request.actor.require(Permission.MANAGE_MEMBERS)
        if form.is_valid():
            try:
                with transaction.atomic():
                    team = create_team(name=form.cleaned_data["name"], actor=request.actor)
            except InvalidInput as problem:
                add_errors(form, problem)
            else:
                text = _("The team “%(team)s” is there.") % {"team": team.name}
                return settle(request, "tenancy:teams", text)
    can_manage = request.actor.can(Permission.MANAGE_MEMBERS)
    context = {"rows": team_rows(), "form": form, "can_manage": can_manage}
    context["archived"] = archived_teams() if can_manage else ()
    return render_settings(request, "tenancy/teams.html", context, section="members")


@require_http_methods(["GET", "POST"])
@http_404
def rename(request: WorkspaceRequest, team_id: uuid.UUID) -> HttpResponse:
    """Ask for the name, then take it."""
    request.actor.require(Permission.MANAGE_MEMBERS)
    team = used_team(team_id)
    form = TeamForm(posted(request), initial={"name": team.name})
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                rename_team(team_id=team_id, name=form.cleaned_data["name"], actor=request.actor)
        except InvalidInput as problem:
            add_errors(form, problem)
        else:
            return settle(request, "tenancy:teams", _("The name was changed."))
    return render(request, "tenancy/_rename_team.html", {"form": form, "team": team})


@require_http_methods(["GET", "POST"])
@http_404
def archive(request: WorkspaceRequest, team_id: uuid.UUID) -> HttpResponse:
    """Ask where its members go, then take the team out of use; the notice offers to bring it back."""
    request.actor.require(Permission.MANAGE_MEMBERS)
    row = team_row(team_id)
    data = request.POST if request.method == "POST" else None
    form = ArchiveTeamForm(data, team=row.team)
    if data is not None and form.is_valid():
        target = form.cleaned_data["team"]
        try:
            with transaction.atomic():
                archive_team(team_id=team_id, move_to=target.pk if target else None, actor=request.actor)
        except InvalidInput as problem:
            add_errors(form, problem)
        else:
            text = _("The team “%(team)s” was archived.") % {"team": row.team.name}
            undo_url = reverse("tenancy:restore_team", args=[request.workspace.slug, team_id])
            return settle(request, "tenancy:teams", text, undo_url="" if row.people else undo_url)
    return render(request, "tenancy/_archive_team.html", {"form": form, "row": row})


@require_POST
@http_404
def restore(request: WorkspaceRequest, team_id: uuid.UUID) -> HttpResponse:
    """Bring an archived team back into use."""
    try:
        with transaction.atomic():
            team = restore_team(team_id=team_id, actor=request.actor)
    except InvalidInput as problem:
        return settle(request, "tenancy:teams", str(problem.detail), kind="error")
    text = _("The team “%(team)s” is back.") % {"team": team.name}
    return settle(request, "tenancy:teams", text)


def used_team(team_id: uuid.UUID) -> Team:
    team = teams_in_use().filter(pk=team_id).first()
    if team is None:
        raise NotFound
    return team


def team_row(team_id: uuid.UUID) -> TeamRow:
    for row in team_rows():
        if row.team.pk == team_id:
            return row
    raise NotFound
