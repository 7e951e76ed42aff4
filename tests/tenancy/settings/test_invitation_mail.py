"""The invitation's mail: written when it is sent, only while it counts, and seen where it could not be delivered."""

from __future__ import annotations

import pytest

from automation.models import MailState, OutgoingMail
from core import post
from tenancy.services.invitation_mail import invitation_mail
from tenancy.services.invite import invite_member, revoke_invitation
from tests.factories import Cast

EMAIL = "new@acme.test"


def test_it_carries_the_link_and_who_asks(acme: Cast) -> None:
    invitation, link = invite_member(email=EMAIL, actor=acme.actor("admin"))
    message = invitation_mail(invitation.pk)
    assert message is not None
    assert message.to == [EMAIL]
    assert link in message.body
    assert "박지호" in message.body
    assert acme.workspace.name in message.subject
    assert link in str(message.alternatives[0])


def test_nothing_is_sent_of_what_no_longer_counts(acme: Cast) -> None:
    invitation, _link = invite_member(email=EMAIL, actor=acme.actor("admin"))
    revoke_invitation(invitation_id=invitation.pk, actor=acme.actor("admin"))
    assert invitation_mail(invitation.pk) is None


def test_after_a_change_of_the_key_it_is_given_up_rather_than_sent_in_vain(acme: Cast, settings) -> None:
    invitation, _link = invite_member(email=EMAIL, actor=acme.actor("admin"))
    settings.SECRET_KEY = "another"
    with pytest.raises(RuntimeError):
        invitation_mail(invitation.pk)


def test_an_undelivered_mail_is_seen_on_the_page(acme: Cast, door) -> None:
    invitation, _link = invite_member(email=EMAIL, actor=acme.actor("admin"))
    assert post.undelivered("invitation", [invitation.pk]) == set()
    assert "could not be delivered" not in door("admin").get("members/").content.decode()
    OutgoingMail.objects.filter(letter_id=invitation.pk).update(state=MailState.DEAD)
    assert "could not be delivered" in door("admin").get("members/").content.decode()
