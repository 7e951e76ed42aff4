"""Teams: made, renamed, archived, brought back."""

from __future__ import annotations

import uuid
from types import EllipsisType

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core import clock
from core.errors import Conflict, InvalidInput, NotFound
from core.ids import uuid7
from tenancy.models import Invitation, Membership, Team
from tenancy.models.invitation import PENDING
from tenancy.permissions import Actor, Permission
from tenancy.services.audit import record
from tenancy.services.roles import checked_team

MAX_NAME = 80
NAME_KEY = "tenancy_team_name_key"


@transaction.atomic
def create_team(*, name: str, actor: Actor) -> Team:
    """Raises InvalidInput for a name that is empty, too long or taken, NotAllowed."""
    actor.require(Permission.MANAGE_MEMBERS)
    team = Team(id=uuid7(), name=checked_name(name))
    _save(team, force_insert=True)
    record(actor=actor, action="team.created", target_id=team.pk, detail={"name": team.name})
    return team


@transaction.atomic
def rename_team(*, team_id: uuid.UUID, name: str, actor: Actor) -> Team:
    """Raises InvalidInput, NotAllowed, NotFound."""
    actor.require(Permission.MANAGE_MEMBERS)
    team = _locked(team_id, archived=False)
    was, team.name = team.name, checked_name(name)
    if team.name != was:
        _save(team, update_fields=["name"])
        detail = {"from": was, "to": team.name, "name": team.name}
        record(actor=actor, action="team.renamed", target_id=team.pk, detail=detail)
    return team


@transaction.atomic
def archive_team(*, team_id: uuid.UUID, actor: Actor, move_to: uuid.UUID | EllipsisType | None = ...) -> Team:
    """Take a team out of use. `move_to`: where its members go (None: into no team); not needed for an empty one.

    Each member's move is a change of team of its own in the history. Raises Conflict while it has members and nobody
    said where they go, InvalidInput for a team that is not in use, NotAllowed, NotFound.
    """
    actor.require(Permission.MANAGE_MEMBERS)
    # Members before their team, as everybody does who places them; once more after it, for who came in meanwhile.
    _held_people(team_id)
    team = _locked(team_id, archived=False)
    people = _held_people(team_id)
    if people and isinstance(move_to, EllipsisType):
        raise Conflict(_("Say first where this team's members go."))
    target = None if isinstance(move_to, EllipsisType) else checked_team(move_to)
    if target == team:
        raise InvalidInput.of("team", _("Choose another team."), "invalid_choice")
    Membership.objects.filter(pk__in=[member.pk for member in people]).update(team=target)
    Invitation.objects.filter(PENDING, team=team).update(team=target)
    team.archived_at = clock.now()
    team.save(update_fields=["archived_at"])
    goes_to = str(target.pk) if target else None
    for member in people:
        moved = {"from": str(team.pk), "to": goes_to}
        record(actor=actor, action="member.team", target_id=member.pk, detail=moved)
    record(actor=actor, action="team.archived", target_id=team.pk, detail={"name": team.name})
    return team


@transaction.atomic
def restore_team(*, team_id: uuid.UUID, actor: Actor) -> Team:
    """Bring an archived team back into use; without its members, who are elsewhere now. Raises InvalidInput, NotFound."""
    actor.require(Permission.MANAGE_MEMBERS)
    team = _locked(team_id, archived=True)
    team.archived_at = None
    _save(team, update_fields=["archived_at"])
    record(actor=actor, action="team.restored", target_id=team.pk, detail={"name": team.name})
    return team


def checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise InvalidInput.of("name", _("A team needs a name."), "required")
    if len(name) > MAX_NAME or "\x00" in name:
        detail = _("At most %(max)s characters fit here.") % {"max": MAX_NAME}
        raise InvalidInput.of("name", detail, "max_length")
    return name


def _locked(team_id: uuid.UUID, *, archived: bool) -> Team:
    rows = Team.objects.select_for_update(no_key=True).filter(archived_at__isnull=not archived)
    team = rows.filter(pk=team_id).first()
    if team is None:
        raise NotFound
    return team


def _held_people(team_id: uuid.UUID) -> list[Membership]:
    rows = Membership.objects.select_for_update(no_key=True).filter(team_id=team_id, deactivated_at=None)
    return list(rows.order_by("pk"))


def _save(team: Team, **how: object) -> None:
    try:
        with transaction.atomic():
            team.save(**how)  # type: ignore[arg-type]
    except IntegrityError as error:
        if NAME_KEY not in str(error):
            raise
        detail = _("There is a team “%(name)s” already.") % {"name": team.name}
        raise InvalidInput.of("name", detail, "taken") from error
