"""Send waiting mail: claim it by a lease, commit, send, note. At least once, never zero, the same Message-ID each time."""

from __future__ import annotations

import smtplib
import time
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.core.mail import EmailMultiAlternatives, mailers
from django.db.models import Min, Q
from django.db.models.functions import Greatest

from automation.models import MailState, OutgoingMail
from automation.services.due_work import MAIL, leave_word
from automation.services.letters import letter_of
from automation.services.stall_mail import stall_mail
from core import clock
from tenancy.models import DueWork
from tenancy.scope import Scope, workspace_scope

BUDGET_SECONDS = 30.0
# Longer than a mail can take with the time-out in the settings: connecting and nine exchanges of 15 s at most.
LEASE = timedelta(minutes=3)
# How long a mail waits after each failure. After the last pause it is given up.
PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
)
MOST_ATTEMPTS = len(PAUSES) + 1
# After so many failures in a row that are the server's, not the mail's, this process leaves the server alone for a
# while: a server that hangs would otherwise keep every worker waiting.
FAILURES_IN_A_ROW = 2
SERVER_PAUSE_SECONDS = 60.0

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class MailRun:
    """What a run did. `more`: it used up its time and left the rest."""

    sent: int = 0
    failed: int = 0
    more: bool = False


def send_workspace_mail(*, workspace_id: uuid.UUID, budget_seconds: float = BUDGET_SECONDS) -> MailRun:
    """Send what is due in the workspace, one mail after the other, outside any transaction.

    Failures back off by PAUSES and end in the state "dead", which a permanent refusal (5xx) reaches at once.
    """
    deadline = time.monotonic() + budget_seconds
    seen = list(DueWork.objects.filter(workspace_id=workspace_id, kind=MAIL).values_list("pk", flat=True))
    sent = failed = 0
    with _Post() as post:
        while not _server.is_left_alone():
            if time.monotonic() >= deadline:
                return MailRun(sent, failed, more=True)
            claimed = _claim(workspace_id)
            if claimed is None:
                _settle(workspace_id, seen)
                break
            problem = _send(claimed, post)
            _note(workspace_id, claimed, problem)
            sent += problem is None and claimed.message is not None
            failed += problem is not None
    return MailRun(sent, failed)


# One mail -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Claimed:
    """A mail that is ours until `lease_until`. Without a message nobody wants it any more, or it cannot be written."""

    mail_id: uuid.UUID
    lease_until: datetime
    attempts: int
    message: EmailMultiAlternatives | None = None
    problem: Exception | None = None


def _claim(workspace_id: uuid.UUID) -> _Claimed | None:
    """Lease the mail that has waited longest. An attempt counts from here, so that one that kills us ends as well."""
    now = clock.now()
    with workspace_scope(workspace_id) as scope:
        mail = (
            OutgoingMail.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("notification__member__user", "notification__deal__owner")
            .select_related("notification__deal__company", "notification__alert__stage")
            .select_related("notification__alert__stay")
            .filter(
                Q(lease_until=None) | Q(lease_until__lte=now), state=MailState.WAITING, not_before__lte=now
            )
            .order_by("not_before", "pk")
            .first()
        )
        if mail is None:
            return None
        mail.attempts += 1
        mail.lease_until = now + LEASE
        mail.save(update_fields=["attempts", "lease_until"])
        return _write(mail, scope)


def _write(mail: OutgoingMail, scope: Scope) -> _Claimed:
    lease = mail.lease_until or clock.now()
    try:
        message = letter_of(mail) if mail.letter_id else stall_mail(mail, workspace=scope.workspace)
    except Exception as error:
        return _Claimed(mail.pk, lease, mail.attempts, problem=error)
    return _Claimed(mail.pk, lease, mail.attempts, message)


def _send(claimed: _Claimed, post: _Post) -> Exception | None:
    if claimed.message is None:
        return claimed.problem
    if claimed.attempts > MOST_ATTEMPTS:
        return RuntimeError("the sender died on every attempt")
    try:
        post.send(claimed.message)
    except Exception as error:
        return error
    return None


def _note(workspace_id: uuid.UUID, claimed: _Claimed, problem: Exception | None) -> None:
    now = clock.now()
    changes: dict[str, Any] = {"lease_until": None}
    if problem is not None:
        changes |= _after_failure(claimed, problem, now)
    else:
        changes |= {"state": MailState.SENT, "sent_at": now, "last_error": ""}
    with workspace_scope(workspace_id):
        # Only while the lease is ours: another sender may have taken over a mail that took us too long.
        ours = OutgoingMail.objects.filter(pk=claimed.mail_id, lease_until=claimed.lease_until)
        if problem is None and claimed.message is None:
            ours.delete()
        else:
            ours.update(**changes)


def _after_failure(claimed: _Claimed, problem: Exception, now: datetime) -> dict[str, Any]:
    text = describe(problem)
    log = logger.bind(mail_id=str(claimed.mail_id), attempts=claimed.attempts, error=text)
    if is_permanent(problem) or claimed.attempts >= MOST_ATTEMPTS:
        log.error("mail_given_up")
        return {"state": MailState.DEAD, "last_error": text}
    not_before = now + PAUSES[claimed.attempts - 1]
    log.warning("mail_failed", not_before=not_before.isoformat())
    return {"not_before": not_before, "last_error": text}


def _settle(workspace_id: uuid.UUID, seen: list[uuid.UUID]) -> None:
    """Nothing is due any more: take the words away that led here, and leave one for when the next mail is."""
    with workspace_scope(workspace_id):
        DueWork.objects.filter(pk__in=seen).delete()
        waiting = OutgoingMail.objects.filter(state=MailState.WAITING)
        first = waiting.aggregate(first=Min(Greatest("not_before", "lease_until")))["first"]
        if first is not None:
            leave_word(kind=MAIL, due_at=first)


# The server -----------------------------------------------------------------------------------------------------


class _Post:
    """One connection for a run of mails; opened anew after each failure."""

    def __init__(self) -> None:
        self._mailer: Any = None

    def __enter__(self) -> _Post:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._close()

    def send(self, message: EmailMultiAlternatives) -> None:
        try:
            if self._mailer is None:
                self._mailer = mailers.default
                self._mailer.open()
            self._mailer.send_messages([message])
        except Exception as error:
            self._close()
            _server.note(is_servers=is_servers(error))
            raise
        _server.note(is_servers=False)

    def _close(self) -> None:
        mailer, self._mailer = self._mailer, None
        if mailer is not None:
            try:
                mailer.close()
            except OSError:
                logger.debug("mail_server_unfriendly_end")


class _Server:
    """What this process has found out about the mail server. Per process: a worker's children have one thread each."""

    def __init__(self) -> None:
        self._failures = 0
        self._until = 0.0

    def is_left_alone(self) -> bool:
        return time.monotonic() < self._until

    def note(self, *, is_servers: bool) -> None:
        """One failure after a pause is enough for the next pause."""
        self._failures = self._failures + 1 if is_servers else 0
        if self._failures >= FAILURES_IN_A_ROW:
            self._until = time.monotonic() + SERVER_PAUSE_SECONDS
            logger.warning("mail_server_left_alone", seconds=SERVER_PAUSE_SECONDS)

    def reset(self) -> None:
        self._failures = 0
        self._until = 0.0


_server = _Server()

_OF_THE_MAIL = (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError)


def is_permanent(problem: Exception) -> bool:
    """Whether the server refused this mail for good (5xx)."""
    return isinstance(problem, _OF_THE_MAIL) and all(500 <= code < 600 for code in _codes(problem))


def is_servers(problem: Exception) -> bool:
    """Whether the trouble is the server's and would meet any other mail as well: no answer, 421, a refused login."""
    if isinstance(problem, _OF_THE_MAIL):
        return 421 in _codes(problem)
    return isinstance(problem, OSError)


def describe(problem: Exception) -> str:
    """For the log and the admins: class and code. Never the text, which may repeat an address."""
    codes = ", ".join(str(code) for code in _codes(problem))
    return f"{type(problem).__name__} {codes}".strip()[:300]


def _codes(problem: Exception) -> list[int]:
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        return [code for code, _text in problem.recipients.values()]
    return [problem.smtp_code] if isinstance(problem, smtplib.SMTPResponseException) else []
