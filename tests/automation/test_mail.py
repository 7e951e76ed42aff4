"""Alert mails: leased, sent in the reader's language, tried again, given up visibly, never in each other's way."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import translation
from django.utils.translation import ngettext

from automation.models import MailState, Notification, OutgoingMail
from automation.selectors.due_work import due_workspaces
from automation.services import send_mail
from automation.services.send_mail import LEASE, MOST_ATTEMPTS, PAUSES, send_workspace_mail
from automation.services.stall_alerts import sweep_workspace_stalled
from core import clock
from deals.models import Deal
from pipeline.models import Stage
from tenancy.models import User
from tenancy.scope import workspace_scope
from tenancy.services.members import deactivate_member
from tests.automation.smtp import MailServer, mail_server
from tests.factories import Cast, make_deal

# In the future: the database's own clock must not find these mails due.
ENTERED = datetime(2036, 11, 1, 12, 30, tzinfo=UTC)
NOW = datetime(2036, 11, 15, 3, 0, tzinfo=UTC)
REP, LEADER = "dohyun@acme.test", "seoyeon@acme.test"


@pytest.fixture
def smtp(settings):
    with mail_server() as server:
        settings.MAILERS = server.settings()
        settings.BASE_URL = "https://crm.example.test"
        send_mail._server.reset()
        yield server
        send_mail._server.reset()


def stall(cast: Cast, names=("한결모터스 도입",)) -> None:
    """One alert for each name: a mail to the rep, one to the leader."""
    with workspace_scope(cast.workspace.pk), clock.frozen_at(ENTERED):
        Stage.objects.filter(pipeline=cast.pipeline).update(stall_days=14)
        for name in names:
            make_deal(actor=cast.actor(), owner=cast.rep, name=name)
    sweep_workspace_stalled(workspace_id=cast.workspace.pk, as_of=NOW)


@pytest.fixture
def stalled(cast: Cast, smtp: MailServer):
    stall(cast)
    with workspace_scope(cast.workspace.pk):
        yield


def send(cast: Cast, at: datetime = NOW) -> send_mail.MailRun:
    send_mail._server.reset()
    with clock.frozen_at(at):
        return send_workspace_mail(workspace_id=cast.workspace.pk)


def mail_to(address: str) -> OutgoingMail:
    return OutgoingMail.objects.get(notification__member__user__email=address)


def is_due(cast: Cast, at: datetime) -> bool:
    with clock.frozen_at(at):
        return cast.workspace.pk in due_workspaces(kind="mail", limit=9)


def test_each_is_sent_once_with_all_that_matters(cast: Cast, smtp, stalled):
    assert is_due(cast, NOW)
    assert send(cast).sent == 2
    assert send(cast).sent == 0
    assert not is_due(cast, NOW + timedelta(days=9))
    assert {mail["To"] for mail in smtp.received} == {REP, LEADER}
    mail, deal = mail_to(REP), Deal.objects.get()
    assert (mail.state, mail.sent_at, mail.attempts, mail.lease_until) == (MailState.SENT, NOW, 1, None)
    (message,) = smtp.to(REP)
    assert message["Message-ID"] == f"<{mail.pk}@crm.example.test>"
    assert message["Auto-Submitted"] == "auto-generated"
    url = f"https://crm.example.test/w/acme/deals/{deal.pk}/"
    for kind in ("plain", "html"):
        body = message.get_body((kind,)).get_content()
        assert url in body
        assert "한결모터스 도입" in body
        assert "김도현" in body
        assert "10,000,000" in body
    assert smtp.connections == 1


def test_it_speaks_the_readers_language_else_the_workspaces(cast: Cast, smtp, stalled):
    User.objects.filter(email=REP).update(language="en")
    send(cast)
    names = {"deal": "한결모터스 도입", "stage": Stage.objects.get(deals__isnull=False).name, "days": 14}
    for address, language in ((REP, "en"), (LEADER, "ko")):
        with translation.override(language):
            pattern = ngettext(
                "Stalled: “%(deal)s” has been in %(stage)s for %(days)s day",
                "Stalled: “%(deal)s” has been in %(stage)s for %(days)s days",
                14,
            )
            subject = pattern % names
        (message,) = smtp.to(address)
        assert message["Subject"] == subject
        body = message.get_body(("plain",)).get_content()
        assert ("₩10,000,000" in body) == (language == "en")
        assert ("10,000,000원" in body) == (language == "ko")


def test_a_name_cannot_break_out_of_the_mail(cast: Cast, smtp, stalled):
    Deal.objects.update(name="a\r\nBcc: eve@evil.test\r\n<script>alert(1)</script>")
    assert send(cast).sent == 2
    (message,) = smtp.to(REP)
    assert "Bcc" not in message
    assert "<script>" not in message.get_body(("html",)).get_content()


def test_failures_back_off_and_end_in_sight(cast: Cast, smtp, stalled):
    smtp.moods[REP] = "451 try later"
    run, at = send(cast), NOW
    assert (run.sent, run.failed) == (1, 1)
    for pause in PAUSES:
        assert send(cast, at + pause - timedelta(seconds=1)).failed == 0
        assert not is_due(cast, at + pause - timedelta(seconds=1))
        assert is_due(cast, at + pause)
        at += pause
        assert send(cast, at).failed == 1
    mail = mail_to(REP)
    assert (mail.state, mail.attempts, mail.last_error) == (
        MailState.DEAD,
        MOST_ATTEMPTS,
        "SMTPDataError 451",
    )
    assert send(cast, at + timedelta(days=9)).failed == 0
    assert not is_due(cast, at + timedelta(days=9))


def test_a_permanent_refusal_is_final_at_once(cast: Cast, smtp, stalled):
    smtp.moods[REP] = "550 no such user"
    run = send(cast)
    assert (run.sent, run.failed) == (1, 1)
    mail = mail_to(REP)
    assert (mail.state, mail.attempts, mail.last_error) == (
        MailState.DEAD,
        1,
        "SMTPRecipientsRefused 550",
    )


@pytest.mark.parametrize("mood", ["hang", "drop", "421 closing"])
def test_what_befalls_one_mail_does_not_keep_the_others(cast: Cast, smtp, stalled, mood: str):
    smtp.moods[REP] = mood
    began = time.monotonic()
    run = send(cast)
    assert (run.sent, run.failed) == (1, 1)
    assert time.monotonic() - began < 30
    assert mail_to(LEADER).state == MailState.SENT
    waiting = mail_to(REP)
    assert (waiting.state, waiting.not_before) == (MailState.WAITING, NOW + PAUSES[0])
    smtp.moods.clear()
    assert send(cast, NOW + PAUSES[0]).sent == 1
    ids = {message["Message-ID"] for message in smtp.to(REP)}
    assert len(ids) == 1, "sent again, it is the same mail"
    assert len(smtp.to(REP)) == (2 if mood == "drop" else 1)


def test_a_server_that_does_not_answer_is_left_alone(cast: Cast, smtp):
    stall(cast, names=[f"{number}" for number in range(5)])
    smtp.greeting = "hang"
    began = time.monotonic()
    assert send(cast).failed == send_mail.FAILURES_IN_A_ROW
    assert time.monotonic() - began < 30
    with clock.frozen_at(NOW):
        again = send_workspace_mail(workspace_id=cast.workspace.pk)
    assert (again.sent, again.failed) == (0, 0), "its other mails wait without losing an attempt"
    assert is_due(cast, NOW)
    smtp.greeting = "220 ready"
    assert send(cast, NOW + PAUSES[0]).sent == 10


def test_a_lease_keeps_others_away_and_expires(cast: Cast, smtp, stalled, monkeypatch):
    def die(*_args) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(send_mail._Post, "send", die)
        with pytest.raises(KeyboardInterrupt):
            send(cast)
    leased = OutgoingMail.objects.get(lease_until__isnull=False)
    assert (leased.lease_until, leased.attempts) == (NOW + LEASE, 1)
    assert send(cast).sent == 1, "the other one"
    assert not is_due(cast, NOW + LEASE - timedelta(seconds=1))
    assert is_due(cast, NOW + LEASE)
    assert send(cast, NOW + LEASE).sent == 1
    assert len(smtp.received) == 2


def test_a_mail_that_kills_its_sender_every_time_ends(cast: Cast, smtp, stalled):
    OutgoingMail.objects.update(attempts=MOST_ATTEMPTS, lease_until=NOW)
    assert send(cast).failed == 2
    assert set(OutgoingMail.objects.values_list("state", flat=True)) == {MailState.DEAD}
    assert smtp.received == []


def test_one_whose_lease_ran_out_cannot_overwrite_its_successor(cast: Cast, smtp, stalled, monkeypatch):
    real = send_mail._Post.send

    def slow(post, message) -> None:
        real(post, message)
        # Meanwhile the lease expired and another sender took the mail over.
        OutgoingMail.objects.update(lease_until=NOW + 2 * LEASE)

    monkeypatch.setattr(send_mail._Post, "send", slow)
    send(cast)
    assert set(OutgoingMail.objects.values_list("state", "lease_until")) == {("waiting", NOW + 2 * LEASE)}


def test_nobody_is_written_about_a_deleted_deal_nor_after_leaving(cast: Cast, smtp, stalled):
    deactivate_member(member=cast.leader)
    assert send(cast).sent == 1
    assert smtp.to(LEADER) == []
    assert not OutgoingMail.objects.filter(notification__member=cast.leader).exists()


def test_mails_about_a_deleted_deal_are_dropped(cast: Cast, smtp, stalled):
    Deal.objects.update(deleted_at=NOW)
    run = send(cast)
    assert (run.sent, run.failed) == (0, 0)
    assert smtp.received == []
    assert OutgoingMail.objects.count() == 0
    assert not is_due(cast, NOW + timedelta(days=9))


def test_a_deleted_notification_takes_its_mail_along(cast: Cast, smtp, stalled):
    Notification.objects.filter(member=cast.rep).delete()
    assert send(cast).sent == 1
    assert smtp.to(REP) == []


def test_four_senders_at_once_send_each_mail_once(committed_cast: Cast, smtp):
    cast = committed_cast
    stall(cast, names=[f"{number}" for number in range(10)])
    barrier = threading.Barrier(4)
    runs: list[send_mail.MailRun] = []

    def run() -> None:
        barrier.wait()
        with clock.frozen_at(NOW):
            runs.append(send_workspace_mail(workspace_id=cast.workspace.pk))
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(runs) == 4, "none of them failed"
    assert sum(done.sent for done in runs) == 20
    assert len({message["Message-ID"] for message in smtp.received}) == len(smtp.received) == 20
