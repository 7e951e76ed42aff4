"""Come in by an invitation: once, before it expires, and only as the person whose address it names."""

from __future__ import annotations

import uuid

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.errors import Conflict, NotAllowed, NotFound
from tenancy.models import Invitation, Membership, User
from tenancy.permissions import Actor
from tenancy.services.audit import record
from tenancy.services.create_workspace import user_for_email
from tenancy.services.credentials import credential_of, forget_credentials
from tenancy.services.invite import KIND, PREFIX
from tenancy.services.members import add_member, checked_name, open_door


def find_invitation(secret: str) -> tuple[uuid.UUID, uuid.UUID] | None:
    """(workspace id, invitation id) of a link's secret, or None; whether it still counts is asked inside."""
    if not secret.startswith(PREFIX) or len(secret) > 200:
        return None
    return credential_of(secret=secret, kind=KIND)


@transaction.atomic
def join_as_new_person(*, invitation_id: uuid.UUID, name: str, password: str) -> tuple[User, Membership]:
    """An account for the invitation's address, and its membership of the workspace entered.

    Whoever holds the link answers for the address, which counts as verified (docs/decisions). Raises InvalidInput for
    the name or the password, Conflict if the address has an account by now, NotFound if the link counts no more.
    """
    invitation = _held(invitation_id)
    name = checked_name(name)
    if User.objects.filter(email=invitation.email).exists():
        raise Conflict(_("This address has an account by now. Log in with it to join."))
    user = user_for_email(email=invitation.email, password=password, name=name)
    return user, _join(invitation, user, name)


@transaction.atomic
def join_as(*, invitation_id: uuid.UUID, user: User) -> Membership:
    """The membership of somebody who has an account already. Raises NotAllowed for anybody but the one invited."""
    invitation = _held(invitation_id)
    if not is_for(invitation, user):
        raise NotAllowed(_("This invitation is for another address."))
    return _join(invitation, user, user.name)


def is_for(invitation: Invitation, user: User) -> bool:
    """Whether the invitation's address is the user's, and proven to be."""
    return EmailAddress.objects.filter(user=user, email__iexact=invitation.email, verified=True).exists()


def _held(invitation_id: uuid.UUID) -> Invitation:
    """The invitation, held so that it is used once. Raises NotFound unless it is open."""
    rows = Invitation.objects.select_for_update(of=("self",), no_key=True).filter(pk=invitation_id)
    invitation = rows.first()
    if invitation is None or not invitation.is_open(as_of=clock.now()):
        raise NotFound
    return invitation


def _join(invitation: Invitation, user: User, name: str) -> Membership:
    if Membership.objects.filter(user=user).exists():
        raise Conflict(_("You are a member of this workspace already."))
    member = _give_login(invitation, user) if invitation.member_id else None
    if member is None:
        named = name or invitation.display_name or invitation.email.partition("@")[0]
        member = add_member(user=user, display_name=named, role=invitation.role, team=invitation.team)
    invitation.accepted_at = clock.now()
    invitation.member = member
    invitation.save(update_fields=["accepted_at", "member"])
    forget_credentials(target_ids=[invitation.pk])
    detail = {"role": member.role, "invited_by": _text(invitation.invited_by_id)}
    record(actor=Actor.of(member), action="member.joined", target_id=member.pk, detail=detail)
    return member


def _give_login(invitation: Invitation, user: User) -> Membership | None:
    """The person known from an import gets the user; their deals and their name in the workspace stay."""
    rows = Membership.objects.select_for_update(of=("self",), no_key=True)
    member = rows.filter(pk=invitation.member_id, user=None, deactivated_at=None).first()
    if member is None:
        raise Conflict(_("This place has been taken meanwhile. Ask for a new invitation."))
    member.user = user
    member.save(update_fields=["user"])
    open_door(member)
    return member


def _text(pk: uuid.UUID | None) -> str | None:
    return str(pk) if pk else None
