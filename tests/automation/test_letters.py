"""Letters of rooms below travel with the other mail: once queued, whatever becomes of them is seen."""

from __future__ import annotations

import uuid

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives

from automation.models import MailState, OutgoingMail
from automation.services.send_mail import send_workspace_mail
from core import post
from core.ids import uuid7
from tenancy.models import DueWork
from tenancy.scope import workspace_scope
from tenancy.services.invite import invite_member, revoke_invitation
from tests.factories import Cast


@pytest.fixture(autouse=True)
def own_writers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(post, "_writers", dict(post._writers))


def test_an_invitation_is_sent_once_with_one_message_id(cast: Cast, mailoutbox) -> None:
    with workspace_scope(cast.workspace.pk):
        _invitation, link = invite_member(email="new@acme.test", actor=cast.actor("admin"))
        assert DueWork.objects.filter(workspace_id=cast.workspace.pk, kind="mail").exists()
        row = OutgoingMail.objects.get()
    assert send_workspace_mail(workspace_id=cast.workspace.pk).sent == 1
    assert send_workspace_mail(workspace_id=cast.workspace.pk).sent == 0
    (message,) = mail.outbox
    assert message.to == ["new@acme.test"]
    assert link in message.body
    assert str(row.pk) in message.extra_headers["Message-ID"]


def test_a_withdrawn_one_is_not_sent(cast: Cast, mailoutbox) -> None:
    with workspace_scope(cast.workspace.pk):
        invitation, _link = invite_member(email="new@acme.test", actor=cast.actor("admin"))
        revoke_invitation(invitation_id=invitation.pk, actor=cast.actor("admin"))
    assert send_workspace_mail(workspace_id=cast.workspace.pk).sent == 0
    assert mail.outbox == []
    with workspace_scope(cast.workspace.pk):
        assert not OutgoingMail.objects.exists()


def test_the_same_letter_twice_is_one_mail(cast: Cast, mailoutbox) -> None:
    def write(row_id: uuid.UUID) -> EmailMultiAlternatives:
        return EmailMultiAlternatives(subject="x", body=str(row_id), to=["new@acme.test"])

    post.register_writer("test", write)
    row_id = uuid7()
    with workspace_scope(cast.workspace.pk):
        post.post("test", row_id)
        post.post("test", row_id)
    assert send_workspace_mail(workspace_id=cast.workspace.pk).sent == 1


def test_what_nobody_writes_is_not_posted(cast: Cast) -> None:
    with workspace_scope(cast.workspace.pk), pytest.raises(LookupError):
        post.post("unknown", uuid7())


def test_two_writers_of_one_kind_are_a_mistake() -> None:
    with pytest.raises(RuntimeError):
        post.register_writer("invitation", lambda _row_id: None)


def test_a_letter_that_cannot_be_written_is_given_up_where_it_is_seen(cast: Cast, monkeypatch) -> None:
    def broken(row_id: uuid.UUID) -> None:
        raise RuntimeError("never")

    post.register_writer("broken", broken)
    row_id = uuid7()
    monkeypatch.setattr("automation.services.send_mail.MOST_ATTEMPTS", 1)
    with workspace_scope(cast.workspace.pk):
        post.post("broken", row_id)
    assert send_workspace_mail(workspace_id=cast.workspace.pk).failed == 1
    with workspace_scope(cast.workspace.pk):
        assert OutgoingMail.objects.get().state == MailState.DEAD
        assert post.undelivered("broken", [row_id]) == {row_id}
