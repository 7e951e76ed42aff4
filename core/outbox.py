"""Who wants to hear of which event. Consumers register in their AppConfig.ready(); deals does not know them.

A consumer gets the events of one workspace, inside the transaction that marks them as dispatched, so its rows
appear exactly when the event is done. It must not talk to a network.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

type Consumer = Callable[[Sequence[Any]], None]

_consumers: dict[str, Consumer] = {}


def register(name: str, consumer: Consumer) -> None:
    """Add `consumer` under a unique name. Registering the same name twice is a programming error."""
    if _consumers.get(name, consumer) is not consumer:
        raise RuntimeError(f"two consumers are named {name!r}")
    _consumers[name] = consumer


def consumers() -> dict[str, Consumer]:
    return dict(_consumers)
