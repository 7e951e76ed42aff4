"""What beat asks for, and the work that it hands out by workspace.

The sweeps know no workspace: they read the global tables and queue a task for each, so that all workers share the work.
Every task may run twice, late, or at once with itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from celery import shared_task

from automation.selectors.due_work import all_workspaces, due_workspaces
from automation.services import send_mail, stall_alerts
from automation.services.due_work import MAIL
from automation.services.heartbeat import claim_tick, record_heartbeat
from core.ids import parse_uuid
from core.wake import wake
from deals.models.total import TOTALS
from deals.services.dispatch_events import KIND as EVENTS
from deals.tasks import dispatch_events, fold_totals
from tenancy.services.forget_changes import forget_changes

# How many workspaces a tick wakes at most: what is left comes first at the next one.
MOST_AT_ONCE = 500
# Of ticks closer together than this only the first does anything: there may be two beats, or a backlog.
TICK = timedelta(seconds=1)
# So long the wake-up that every commit sends has a chance to come first.
GRACE = timedelta(seconds=1)

logger = structlog.get_logger(__name__)


@shared_task
def sweep_due_work() -> None:
    """Queue a dispatcher for each workspace whose events wait although somebody should have been woken."""
    if claim_tick(name="events", every=TICK):
        _queue(dispatch_events, due_workspaces(kind=EVENTS, limit=MOST_AT_ONCE, grace=GRACE))


@shared_task
def sweep_totals() -> None:
    """Queue a folding for each workspace whose running totals have changes beside them."""
    if claim_tick(name="totals", every=TICK):
        _queue(fold_totals, due_workspaces(kind=TOTALS, limit=MOST_AT_ONCE))


@shared_task
def send_waiting_mail() -> None:
    """Queue a sender for each workspace with mail to send."""
    if claim_tick(name="mail", every=TICK):
        _queue(send_workspace_mail, due_workspaces(kind=MAIL, limit=MOST_AT_ONCE))


@shared_task
def sweep_stalled() -> None:
    """Queue a search for newly stalled deals in every workspace."""
    if claim_tick(name="stalled", every=TICK):
        _queue(sweep_workspace_stalled, all_workspaces())


@shared_task
def sweep_workspace_stalled(workspace_id: str) -> None:
    """Alert on the deals of the workspace that have stalled; and take away changes that no open page asks for."""
    workspace = parse_uuid(workspace_id)
    if workspace is None:
        logger.error("malformed_workspace_id", given=str(workspace_id)[:80])
        return
    with structlog.contextvars.bound_contextvars(workspace=str(workspace)):
        forget_changes(workspace_id=workspace)
        swept = stall_alerts.sweep_workspace_stalled(workspace_id=workspace)
        if swept.alerts:
            logger.info("stalls_alerted", alerts=swept.alerts, mails=swept.mails)
    if swept.mails:
        wake(send_workspace_mail, workspace_id)


@shared_task
def send_workspace_mail(workspace_id: str) -> None:
    """Send the workspace's waiting mail."""
    workspace = parse_uuid(workspace_id)
    if workspace is None:
        logger.error("malformed_workspace_id", given=str(workspace_id)[:80])
        return
    with structlog.contextvars.bound_contextvars(workspace=str(workspace)):
        run = send_mail.send_workspace_mail(workspace_id=workspace)
        if run.sent or run.failed:
            logger.info("mail_sent", sent=run.sent, failed=run.failed, more=run.more)
    if run.more:
        wake(send_workspace_mail, workspace_id)


@shared_task
def heartbeat(sent_at: datetime | str | None = None) -> None:
    """Note that the worker is alive, and that beat was when it sent this."""
    record_heartbeat(sent_at=datetime.fromisoformat(sent_at) if isinstance(sent_at, str) else sent_at)


def _queue(task: Any, workspaces: Iterable[UUID]) -> None:
    for workspace in workspaces:
        if not wake(task, str(workspace)):
            # Redis has gone away: the next tick begins here again.
            return
