"""What the streams ask of the database: in one thread of their own, which holds a connection only while it is busy."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import close_old_connections, connections

from tenancy.scope import workspace_scope
from tenancy.selectors.changes import Changes, changes_since, current_cursor


class Reader:
    """One thread, so answers come in the order of the questions: what the second one saw is never older."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="live")
        self.questions = 0

    async def ask[**P, R](self, question: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        self.questions += 1
        return await asyncio.get_running_loop().run_in_executor(
            self._thread, lambda: _with_fresh_connection(question, *args, **kwargs)
        )

    async def rest(self) -> None:
        """Give the connection back."""
        await asyncio.get_running_loop().run_in_executor(self._thread, connections.close_all)

    def end(self) -> None:
        self._thread.submit(connections.close_all)
        self._thread.shutdown(wait=False)


def _with_fresh_connection(question: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    close_old_connections()
    try:
        return question(*args, **kwargs)
    finally:
        close_old_connections()


def look(workspace_id: uuid.UUID, cursor: str | None) -> Changes:
    """The workspace's changes since `cursor`; None begins now."""
    with workspace_scope(workspace_id):
        return Changes(current_cursor()) if cursor is None else changes_since(cursor)
