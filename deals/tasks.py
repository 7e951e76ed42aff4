"""What the worker does for deals. A task carries an id and nothing else: the work itself is in the database."""

from __future__ import annotations

import structlog
from celery import shared_task

from core.ids import parse_uuid
from core.wake import wake
from deals.services import dispatch_events as dispatching
from deals.services import fold_totals as folding

logger = structlog.get_logger(__name__)


@shared_task
def dispatch_events(workspace_id: str) -> None:
    """Hand out the workspace's waiting events."""
    workspace = parse_uuid(workspace_id)
    if workspace is None:
        logger.error("malformed_workspace_id", given=str(workspace_id)[:80])
        return
    with structlog.contextvars.bound_contextvars(workspace=str(workspace)):
        done = dispatching.dispatch_events(workspace_id=workspace)
        if done.events:
            logger.info("events_dispatched", events=done.events, failed=done.failed, more=done.more)
    if done.more:
        wake(dispatch_events, workspace_id)


@shared_task
def fold_totals(workspace_id: str) -> None:
    """Fold the workspace's changes into its running totals."""
    workspace = parse_uuid(workspace_id)
    if workspace is None:
        logger.error("malformed_workspace_id", given=str(workspace_id)[:80])
        return
    with structlog.contextvars.bound_contextvars(workspace=str(workspace)):
        folded = folding.fold_totals(workspace_id=workspace)
        if folded:
            logger.info("totals_folded", changes=folded)
