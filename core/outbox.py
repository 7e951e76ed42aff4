"""Who wants to hear of which event, and who wakes the worker.

Consumers register in their AppConfig.ready(); deals does not know them. A consumer gets the events of one workspace,
inside the transaction that marks them as dispatched, so its rows appear exactly when the event is done. It must not
talk to a network.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

type Consumer = Callable[[Sequence[Any]], None]
type Waker = Callable[[uuid.UUID], object]

_consumers: dict[str, Consumer] = {}
_wakers: list[Waker] = []


def register(name: str, consumer: Consumer) -> None:
    """Add `consumer` under a unique name. Registering another one under it is a programming error."""
    if _consumers.get(name, consumer) is not consumer:
        raise RuntimeError(f"two consumers are named {name!r}")
    _consumers[name] = consumer


def consumers() -> dict[str, Consumer]:
    return dict(_consumers)


def register_waker(waker: Waker) -> None:
    """Called with the workspace after each commit that wrote events."""
    if waker not in _wakers:
        _wakers.append(waker)


def announce(workspace_id: uuid.UUID) -> None:
    """Once this transaction has committed, let the worker know. A lost wake-up costs one sweep's delay."""
    for waker in _wakers:
        wake_up = _WakeUp(waker, workspace_id)
        if not _is_coming(wake_up):
            transaction.on_commit(wake_up, robust=True)


@dataclass(frozen=True, slots=True)
class _WakeUp:
    waker: Waker
    workspace_id: uuid.UUID

    def __call__(self) -> None:
        self.waker(self.workspace_id)


def _is_coming(wake_up: _WakeUp) -> bool:
    """Whether the transaction ends with it anyway: a thousand events in one commit are one wake-up.

    One that was ordered inside a savepoint which may still be rolled back without this one does not count.
    """
    connection = transaction.get_connection()
    open_now = set(connection.savepoint_ids)
    return any(call == wake_up and set(sids) <= open_now for sids, call, _robust in connection.run_on_commit)
