"""Entering and leaving a workspace, and what happens where none is entered."""

from __future__ import annotations

import contextvars
import io
from collections.abc import Callable, Generator, Iterator
from threading import Thread
from typing import Any

import pytest
from celery import shared_task
from django.db import ProgrammingError, connection, transaction
from django.db.backends.postgresql.psycopg_any import sql as composed
from django.db.utils import DataError
from django.http import StreamingHttpResponse

from deals.models import Deal
from tenancy.models import Membership, Workspace, WorkspaceKey
from tenancy.scope import (
    NoWorkspace,
    current_workspace,
    current_workspace_id,
    current_zone,
    entered_workspace_id,
    has_scope,
    workspace_scope,
)
from tests.factories import Cast, make_deal


def setting() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.workspace_id', true)")
        return cursor.fetchone()[0] or ""


def run(sql: Any, params: Any = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


# entering and leaving -------------------------------------------------------------------------------------------


def test_a_scope_knows_its_workspace(cast: Cast) -> None:
    with workspace_scope(cast.workspace.pk) as scope:
        assert current_workspace_id() == entered_workspace_id() == cast.workspace.pk
        assert current_workspace() == scope.workspace == cast.workspace
        assert str(current_zone()) == "Asia/Seoul"
        assert list(Workspace.objects.all()) == [cast.workspace]
    assert not has_scope()
    assert entered_workspace_id() is None


def test_leaving_an_inner_scope_brings_the_outer_one_back(cast: Cast) -> None:
    with workspace_scope(cast.workspace.pk):
        with workspace_scope(cast.rival.pk):
            assert setting() == str(cast.rival.pk)
            assert list(Membership.objects.all()) == [cast.mallory]
        assert setting() == str(cast.workspace.pk)
        assert cast.mallory not in Membership.objects.all()
        assert Membership.objects.count() == 6


def test_an_exception_inside_brings_the_outer_one_back(cast: Cast) -> None:
    with workspace_scope(cast.workspace.pk):
        with pytest.raises(ZeroDivisionError), workspace_scope(cast.rival.pk):
            raise ZeroDivisionError
        assert setting() == str(current_workspace_id()) == str(cast.workspace.pk)


def test_a_failed_statement_inside_brings_the_outer_one_back(cast: Cast) -> None:
    with workspace_scope(cast.workspace.pk):
        with pytest.raises(DataError), workspace_scope(cast.rival.pk):
            run("SELECT 1 / 0")
        assert setting() == str(cast.workspace.pk)


def test_a_rollback_asked_for_inside_brings_the_outer_one_back(cast: Cast) -> None:
    with workspace_scope(cast.workspace.pk):
        with workspace_scope(cast.rival.pk):
            transaction.set_rollback(True)
        assert setting() == str(cast.workspace.pk)


def test_after_a_scope_in_an_open_transaction_nothing_is_entered(cast: Cast) -> None:
    with transaction.atomic():
        with workspace_scope(cast.workspace.pk):
            pass
        assert setting() == ""


def test_an_error_outside_leaves_nothing_entered(transactional_db: None, committed_cast: Cast) -> None:
    with pytest.raises(ZeroDivisionError), workspace_scope(committed_cast.workspace.pk):
        raise ZeroDivisionError
    assert setting() == ""
    assert not has_scope()


def test_a_scope_is_one_transaction(committed_cast: Cast) -> None:
    def half() -> None:
        with workspace_scope(committed_cast.workspace.pk):
            make_deal(actor=committed_cast.actor())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()
    with workspace_scope(committed_cast.workspace.pk):
        assert not Deal.objects.exists()


def test_the_setting_ends_with_the_transaction(committed_cast: Cast) -> None:
    with workspace_scope(committed_cast.workspace.pk):
        assert setting() == str(committed_cast.workspace.pk)
    assert setting() == ""


def test_a_generator_that_is_closed_leaves_its_scope(cast: Cast) -> None:
    def rows() -> Generator[str]:
        with workspace_scope(cast.workspace.pk):
            yield current_workspace().slug

    left_open = rows()
    assert next(left_open) == "acme"
    left_open.close()
    assert not has_scope()
    assert setting() == ""


def test_scopes_left_in_the_wrong_order_leave_no_workspace_at_all(cast: Cast) -> None:
    def hold(workspace: Workspace) -> Generator[None]:
        with workspace_scope(workspace.pk):
            yield

    first, second = hold(cast.workspace), hold(cast.rival)
    with transaction.atomic():
        next(first)
        next(second)
        for scope in (first, second):
            with pytest.raises(RuntimeError, match="another order"):
                scope.close()
            assert not has_scope()
        assert not has_scope()
        transaction.set_rollback(True)


# where none is entered ------------------------------------------------------------------------------------------

UNSCOPED: dict[str, Callable[[], object]] = {
    "manager": Deal.objects.all,
    "base manager": lambda: list(Deal._base_manager.all()),
    "exists": Deal._base_manager.exists,
    "workspace": Workspace.objects.first,
    "create": lambda: Deal.objects.create(name="x"),
    "bulk_create": lambda: Deal.objects.bulk_create([Deal(name="x")]),
    "get_or_create": lambda: Deal.objects.get_or_create(name="x"),
    "update": lambda: Deal._base_manager.update(name="x"),
    "delete": lambda: Deal._base_manager.all().delete(),
    "save": lambda: Deal(name="x", currency="KRW").save(),
    "iterator": lambda: list(Deal._base_manager.iterator()),
    "raw query": lambda: list(Deal._base_manager.raw("SELECT * FROM deals_deal")),
    "raw SQL": lambda: run("SELECT * FROM deals_deal"),
    "quoted": lambda: run('SELECT * FROM "deals_deal"'),
    "in capitals": lambda: run("SELECT * FROM DEALS_DEAL"),
    "with the schema": lambda: run("SELECT * FROM public.deals_deal"),
    "composed": lambda: run(composed.SQL("SELECT * FROM {}").format(composed.Identifier("deals_deal"))),
    "in a subquery": lambda: run("SELECT (SELECT count(*) FROM deals_note)"),
    "through a reference": lambda: list(
        WorkspaceKey.objects.filter(workspace_id__in=Deal._base_manager.values("workspace_id"))
    ),
    "in a comment": lambda: run("SELECT 1 -- deals_deal"),
}


@pytest.mark.parametrize("attempt", UNSCOPED.values(), ids=UNSCOPED.keys())
def test_tenant_data_without_a_workspace_is_an_error(cast: Cast, attempt: Callable[[], object]) -> None:
    with pytest.raises(NoWorkspace):
        attempt()


def test_the_guard_lets_other_statements_pass(cast: Cast) -> None:
    assert run("SELECT %s", ["deals_deal"]) == [("deals_deal",)]
    assert run("SELECT count(*) FROM tenancy_workspacekey") == [(2,)]
    assert WorkspaceKey.objects.filter(slug="tenancy_membership").first() is None
    assert not Deal.objects.none()


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT count(*) FROM deals_deal",
        "INSERT INTO deals_tag (id, workspace_id, name) VALUES (gen_random_uuid(), gen_random_uuid(), 'x')",
        "UPDATE deals_deal SET name = 'x'",
        "DELETE FROM deals_deal",
        'SELECT * FROM U&"d\\0065als_deal"',
    ],
)
def test_the_database_refuses_what_slips_past_the_guard(cast: Cast, statement: str) -> None:
    """The driver's own cursor has no guard: the second wall fails, it does not answer with nothing."""
    with connection.cursor() as cursor, pytest.raises(Exception, match=r"app\.workspace_id|type uuid"):
        cursor.cursor.execute(statement)
    connection.set_rollback(True)


def test_copy_without_a_workspace_is_refused(cast: Cast) -> None:
    with connection.cursor() as cursor, pytest.raises(Exception, match="type uuid"):
        cursor.copy_expert("COPY deals_deal TO STDOUT", io.StringIO())
    connection.set_rollback(True)


# where a scope ends before one thinks -----------------------------------------------------------------------------


def test_a_callback_after_the_commit_has_no_workspace(committed_cast: Cast) -> None:
    seen: list[object] = []

    def callback() -> None:
        seen.append(has_scope())
        with pytest.raises(NoWorkspace):
            Deal.objects.count()
        with workspace_scope(committed_cast.workspace.pk):
            seen.append(Deal.objects.count())

    with workspace_scope(committed_cast.workspace.pk):
        make_deal(actor=committed_cast.actor())
        transaction.on_commit(callback)
    assert seen == [False, 1]


def in_thread(work: Callable[[], object]) -> object:
    """The result of `work` in a thread of its own, or the exception that it raised."""
    results: list[object] = []

    def body() -> None:
        try:
            results.append(work())
        except Exception as error:
            results.append(error)
        finally:
            connection.close()

    thread = Thread(target=body)
    thread.start()
    thread.join()
    return results[0]


def test_a_new_thread_has_no_workspace(committed_cast: Cast) -> None:
    with workspace_scope(committed_cast.workspace.pk):
        assert isinstance(in_thread(lambda: contextvars.Context().run(Deal.objects.count)), NoWorkspace)


def test_a_thread_that_took_the_context_along_is_refused_by_the_database(committed_cast: Cast) -> None:
    with workspace_scope(committed_cast.workspace.pk):
        context = contextvars.copy_context()
        refused = in_thread(lambda: context.run(Deal.objects.count))
    assert isinstance(refused, ProgrammingError)
    assert "app.workspace_id" in str(refused)


@shared_task(name="tests.count_deals")
def count_deals(workspace_id: str | None) -> int:
    if workspace_id is None:
        return Deal.objects.count()
    with workspace_scope(workspace_id):
        return Deal.objects.count()


def test_a_background_task_enters_its_own_workspace(cast: Cast) -> None:
    with workspace_scope(cast.workspace.pk):
        make_deal(actor=cast.actor())
    with pytest.raises(NoWorkspace):
        count_deals(None)
    assert count_deals(str(cast.workspace.pk)) == 1
    assert count_deals(str(cast.rival.pk)) == 0


def test_a_streaming_response_has_no_workspace_once_the_view_returned(cast: Cast) -> None:
    def lines() -> Iterator[str]:
        yield "name\n"
        for deal in Deal.objects.all():
            yield deal.name

    with workspace_scope(cast.workspace.pk):
        response = StreamingHttpResponse(lines())
    with pytest.raises(NoWorkspace):
        b"".join(response.streaming_content)
