"""Ask somebody into the workspace: single use, for one address, for seven days."""

from __future__ import annotations

import base64
import uuid
from datetime import timedelta

from django.conf import settings
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from core import clock, post
from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from tenancy.models import Invitation, Membership
from tenancy.models.invitation import PENDING
from tenancy.models.members import Role
from tenancy.permissions import OVER_OTHERS, Actor, Permission
from tenancy.selectors.invitations import LETTER
from tenancy.services.audit import record
from tenancy.services.create_workspace import check_field
from tenancy.services.credentials import forget_credentials, keep_credential
from tenancy.services.members import MAX_NAME, lock_members
from tenancy.services.roles import check_here, check_may_give, checked_team

KIND = "invitation"
PREFIX = "si_"
MAX_EMAIL = 254
VALID_FOR = timedelta(days=7)
PENDING_KEY = "tenancy_invitation_pending_key"


@transaction.atomic
def invite_member(
    *,
    email: str,
    actor: Actor,
    display_name: str = "",
    role: str = Role.REP,
    team_id: uuid.UUID | None = None,
    member_id: uuid.UUID | None = None,
) -> tuple[Invitation, str]:
    """The invitation and its link; the link can be read here and in the mail, nowhere else.

    `member_id`: somebody known only from an import, who keeps deals, role and team and gets a login. An open
    invitation of the same address is replaced. Raises InvalidInput, NotAllowed, NotFound; Conflict for a member, and for
    one whom an owner has invited as admin or owner.
    """
    actor.require(Permission.MANAGE_MEMBERS)
    email = checked_address(email)
    member = _without_login(member_id) if member_id else None
    wanted = Invitation(email=email, display_name=_fitting(display_name), role=role, member=member)
    if member is not None:
        wanted.display_name, wanted.role, wanted.team = member.display_name, member.role, member.team
    else:
        wanted.team = checked_team(team_id)
    check_may_give(actor, wanted.role)
    same_person = Q(email=email) if member is None else Q(email=email) | Q(member=member)
    _withdraw(_replaceable(Invitation.objects.filter(PENDING).filter(same_person), actor))
    return wanted, _send(wanted, actor=actor, action="invitation.sent")


@transaction.atomic
def resend_invitation(*, invitation_id: uuid.UUID, actor: Actor) -> tuple[Invitation, str]:
    """The same once more with a link of its own, for seven days from now; the old link is dead."""
    actor.require(Permission.MANAGE_MEMBERS)
    old = _locked(invitation_id, actor=actor)
    if old.member_id:
        _without_login(old.member_id)
    _withdraw(Invitation.objects.filter(pk=old.pk))
    fresh = Invitation(
        email=old.email,
        display_name=old.display_name,
        role=old.role,
        team_id=old.team_id,
        member_id=old.member_id,
    )
    return fresh, _send(fresh, actor=actor, action="invitation.resent")


@transaction.atomic
def revoke_invitation(*, invitation_id: uuid.UUID, actor: Actor) -> Invitation:
    """The link is dead from the next request on. Raises NotFound unless it is open, NotAllowed."""
    actor.require(Permission.MANAGE_MEMBERS)
    invitation = _locked(invitation_id, actor=actor)
    _withdraw(Invitation.objects.filter(pk=invitation.pk))
    record(actor=actor, action="invitation.revoked", target_id=invitation.pk)
    return invitation


def checked_address(email: str) -> str:
    """The address as it is kept, in small letters. Raises InvalidInput; Conflict for one that belongs to a member."""
    email = email.strip().lower()
    check_field("email", validate_email, email)
    if len(email) > MAX_EMAIL:
        detail = _("At most %(max)s characters fit here.") % {"max": MAX_EMAIL}
        raise InvalidInput.of("email", detail, "max_length")
    held = Membership.objects.filter(user__email=email).first()
    if held is not None and held.is_active:
        raise Conflict(_("%(name)s is a member already.") % {"name": held.display_name})
    if held is not None:
        name = held.display_name
        raise Conflict(_("%(name)s was a member. Reactivate them instead.") % {"name": name})
    return email


def link_secret(invitation: Invitation) -> str:
    """256 bits that only this server can make from the invitation's id: the mail is written later, maybe twice, and
    the secret must lie nowhere in between."""
    made = salted_hmac("tenancy.invitation", str(invitation.pk), algorithm="sha256").digest()
    return PREFIX + base64.urlsafe_b64encode(made).decode().rstrip("=")


def link_of(invitation: Invitation) -> str:
    return f"{settings.BASE_URL}/join/{link_secret(invitation)}/"


def _fitting(name: str) -> str:
    name = " ".join(name.split())
    if len(name) > MAX_NAME or "\x00" in name:
        detail = _("At most %(max)s characters fit here.") % {"max": MAX_NAME}
        raise InvalidInput.of("display_name", detail, "max_length")
    return name


def _send(invitation: Invitation, *, actor: Actor, action: str) -> str:
    """Save it from now on, with its way in and its mail. The link."""
    invitation.invited_by = actor.member
    invitation.expires_at = clock.now() + VALID_FOR
    try:
        with transaction.atomic():
            invitation.save(force_insert=True)
    except IntegrityError as error:
        if PENDING_KEY not in str(error):
            raise
        raise Conflict(_("Somebody is inviting this address at this moment. Look at the list.")) from error
    keep_credential(secret=link_secret(invitation), kind=KIND, target_id=invitation.pk)
    team = str(invitation.team_id) if invitation.team_id else None
    member = str(invitation.member_id) if invitation.member_id else None
    detail = {"role": invitation.role, "team": team, "member": member}
    record(actor=actor, action=action, target_id=invitation.pk, detail=detail)
    post.post(LETTER, invitation.pk)
    return link_of(invitation)


def _without_login(member_id: uuid.UUID) -> Membership:
    member = lock_members([member_id])[member_id]
    check_here(member)
    if member.user_id is not None:
        raise Conflict(_("%(name)s has a login already.") % {"name": member.display_name})
    return member


def _locked(invitation_id: uuid.UUID, *, actor: Actor) -> Invitation:
    rows = Invitation.objects.select_for_update(of=("self",), no_key=True).filter(PENDING)
    invitation = rows.filter(pk=invitation_id).first()
    if invitation is None:
        raise NotFound
    if invitation.role in OVER_OTHERS and not actor.can(Permission.MANAGE_ADMINS):
        raise NotAllowed(_("Only an owner makes or unmakes admins and owners."))
    return invitation


def _replaceable(invitations: QuerySet[Invitation], actor: Actor) -> QuerySet[Invitation]:
    """What a new invitation replaces. Raises Conflict where one was sent that the actor may not withdraw."""
    if not actor.can(Permission.MANAGE_ADMINS) and invitations.filter(role__in=OVER_OTHERS).exists():
        raise Conflict(_("An owner has invited this person as admin or owner. Ask an owner to change that."))
    return invitations


def _withdraw(invitations: QuerySet[Invitation]) -> None:
    ids = list(invitations.values_list("pk", flat=True))
    if ids:
        forget_credentials(target_ids=ids)
        Invitation.objects.filter(pk__in=ids).update(revoked_at=clock.now())
