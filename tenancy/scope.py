"""The only code that sets the workspace.

Two walls stand on it: the scoped managers (`TenantManager`) read the context variable, and row-level security in
PostgreSQL reads the transaction-local setting `app.workspace_id`. A third check, `refuse_unscoped_sql`, stops any
statement that names a tenant table while no workspace is entered, before it reaches the database.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass, field
from functools import cache, partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import structlog
from django.apps import apps
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from core import live

if TYPE_CHECKING:
    from tenancy.models import Workspace

SETTING = "app.workspace_id"
ENTER_SQL = f"SELECT set_config('{SETTING}', %s, true), set_config('app.origin', %s, true), pg_current_snapshot()::text"
WRITES = re.compile(r"\s*(?:INSERT|UPDATE|DELETE|MERGE|WITH|COPY)\b", re.IGNORECASE)


class NoWorkspace(RuntimeError):
    """Tenant data was asked for outside a workspace: a programming error, never an empty answer."""


@dataclass(slots=True)
class Scope:
    """The workspace entered, and its row once something asked for it.

    `snapshot`: what PostgreSQL had committed at that moment. `has_written`: pages that are open may have to know.
    """

    workspace_id: uuid.UUID
    snapshot: str = ""
    has_written: bool = False
    _workspace: Workspace | None = field(default=None, repr=False)

    @property
    def workspace(self) -> Workspace:
        if self._workspace is None:
            self._workspace = apps.get_model("tenancy", "Workspace").objects.get(pk=self.workspace_id)
        return self._workspace

    def remember(self, workspace: Workspace) -> None:
        """Keep the row that came along with another query, so that nobody asks for it again."""
        self._workspace = workspace


_current: ContextVar[Scope | None] = ContextVar("stagecraft_workspace", default=None)


@contextmanager
def workspace_scope(workspace_id: uuid.UUID) -> Iterator[Scope]:
    """Enter a workspace for one transaction (or savepoint, when one is open).

    On leaving, the previous workspace is restored by hand: SET LOCAL outlives a released savepoint. After an
    exception the rollback to the savepoint has restored it already, and so has the end of an outermost transaction.
    """
    previous = _current.get()
    nested = connection.in_atomic_block
    with transaction.atomic():
        scope = Scope(workspace_id, _enter(workspace_id))
        transaction.on_commit(partial(_tell_open_pages, scope), robust=True)
        token = _current.set(scope)
        try:
            with structlog.contextvars.bound_contextvars(workspace=str(workspace_id)):
                yield scope
        finally:
            # Before the commit: callbacks that run after it must enter a workspace of their own.
            _leave(scope, token)
        if nested and not connection.needs_rollback:
            _set_local(str(previous.workspace_id) if previous else "")


def _leave(scope: Scope, token: Token[Scope | None]) -> None:
    if _current.get() is not scope:
        # Two generators that each hold a scope, closed in the wrong order: no workspace rather than a stale one.
        _current.set(None)
        raise RuntimeError("Workspace scopes were left in another order than they were entered.")
    _current.reset(token)


def _enter(workspace_id: uuid.UUID) -> str:
    with connection.cursor() as cursor:
        cursor.execute(ENTER_SQL, [str(workspace_id), live.current_origin()])
        snapshot: str = cursor.fetchone()[2]
    return snapshot


def _tell_open_pages(scope: Scope) -> None:
    """What changed is in `tenancy_change`, by triggers; here it is only said that something may have."""
    if scope.has_written:
        live.poke(scope.workspace_id)


def _set_local(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [SETTING, value])


def current_scope() -> Scope:
    """The scope entered. Raises NoWorkspace outside one."""
    scope = _current.get()
    if scope is None:
        raise NoWorkspace("No workspace is entered: wrap the work in workspace_scope(workspace_id).")
    return scope


def has_scope() -> bool:
    return _current.get() is not None


def current_workspace_id() -> uuid.UUID:
    return current_scope().workspace_id


def entered_workspace_id() -> uuid.UUID | None:
    """The default of new rows. None outside a workspace: the guard then refuses the INSERT."""
    scope = _current.get()
    return scope.workspace_id if scope else None


def current_workspace() -> Workspace:
    return current_scope().workspace


def current_zone() -> ZoneInfo:
    """The time zone in which this workspace counts its days."""
    return current_workspace().zone


# The guard ------------------------------------------------------------------------------------------------------


@cache
def tenant_tables() -> frozenset[str]:
    """Every table under row-level security, by the models: those with a `workspace` relation, and the workspace."""
    tables = {"tenancy_workspace"}
    for model in apps.get_models(include_auto_created=True):
        if any(f.name == "workspace" and f.is_relation for f in model._meta.local_fields):
            tables.add(model._meta.db_table)
    return frozenset(tables)


@cache
def _tenant_table_pattern() -> re.Pattern[str]:
    names = "|".join(sorted(map(re.escape, tenant_tables()), key=len, reverse=True))
    # PostgreSQL folds unquoted names to small letters.
    return re.compile(rf"\b(?:{names})\b", re.IGNORECASE)


def refuse_unscoped_sql(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    """Execute wrapper: no statement on a tenant table leaves Python without a workspace.

    It reads the statement's text, parameters left out. A table's name in a comment or literal counts too: refusing
    one statement too many is a fault that shows at once. COPY and stored procedures pass it by; row-level security
    stops those.
    """
    scope = _current.get()
    if scope is None and _tenant_table_pattern().search(str(sql)):
        raise NoWorkspace(f"Tenant SQL without a workspace: {str(sql)[:200]}")
    if scope is not None and not scope.has_written and WRITES.match(str(sql)):
        scope.has_written = True
    return execute(sql, params, many, context)


def install_guard(connection: BaseDatabaseWrapper, **_kwargs: Any) -> None:
    """Receiver of connection_created. The owner's connection migrates and backs up all workspaces: not guarded."""
    if connection.alias == "default" and refuse_unscoped_sql not in connection.execute_wrappers:
        connection.execute_wrappers.append(refuse_unscoped_sql)
