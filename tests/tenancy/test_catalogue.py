"""What the database's catalogue says about the walls, and that the audit would notice a hole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, connections

from tenancy.isolation import POLICY, IsolateTenant, isolation_sql, unique_key_sql
from tenancy.scope import tenant_tables
from tests.tenancy import audit


def findings() -> list[str]:
    with connection.cursor() as cursor:
        return audit.audit(cursor)


def test_nothing_is_found(db: None) -> None:
    assert findings() == []


def test_the_guard_knows_every_table_behind_the_walls(db: None) -> None:
    with connection.cursor() as cursor:
        assert tenant_tables() == set(audit.tenant_tables(audit.rows_of(cursor)))


def test_what_is_declared_global_exists(db: None) -> None:
    with connection.cursor() as cursor:
        assert set(audit.GLOBAL) <= set(audit.relations(audit.rows_of(cursor)))


def test_global_tables_hold_ids_hashes_names_and_times_alone(db: None) -> None:
    """A column that could hold a customer's data would have to be added here first."""
    directory = {
        name for name, reason in audit.GLOBAL.items() if "workspace" in reason and "tenancy_" in name
    }
    with connection.cursor() as cursor:
        columns = {
            (table, column)
            for table, column in audit.rows_of(cursor)(
                "SELECT table_name::text, column_name::text FROM information_schema.columns WHERE table_name = ANY(%s)",
                sorted(directory - {"tenancy_user"}),
            )
        }
    assert {column for _table, column in columns} == {
        "workspace_id",
        "slug",
        "membership_id",
        "user_id",
        "digest",
        "kind",
        "target_id",
        "id",
        "due_at",
    }


@contextmanager
def as_owner(change: str, back: str) -> Iterator[None]:
    """`change` the schema for the block, committed, so that the application's connection sees it."""
    with connections["owner"].cursor() as owner:
        owner.execute(change)
        try:
            yield
        finally:
            connection.close()
            owner.execute(back)


RECREATE = f"CREATE POLICY {POLICY} ON deals_note USING (workspace_id = current_setting('app.workspace_id')::uuid) WITH CHECK (workspace_id = current_setting('app.workspace_id')::uuid)"


@pytest.mark.parametrize(
    ("change", "back", "told"),
    [
        (f"DROP POLICY {POLICY} ON deals_note", RECREATE, "deals_note: not exactly the one policy"),
        (
            "ALTER TABLE deals_note DISABLE ROW LEVEL SECURITY",
            "ALTER TABLE deals_note ENABLE ROW LEVEL SECURITY",
            "deals_note: row-level security",
        ),
        (
            "ALTER TABLE deals_note NO FORCE ROW LEVEL SECURITY",
            "ALTER TABLE deals_note FORCE ROW LEVEL SECURITY",
            "deals_note: row-level security",
        ),
        (
            "CREATE POLICY wide ON deals_note USING (true)",
            "DROP POLICY wide ON deals_note",
            "deals_note: not exactly the one policy",
        ),
        (
            "ALTER TABLE deals_note DROP CONSTRAINT deals_note_deal_id_workspace_fk",
            (
                "ALTER TABLE deals_note ADD CONSTRAINT deals_note_deal_id_workspace_fk FOREIGN KEY (workspace_id, deal_id)"
                " REFERENCES deals_deal (workspace_id, id) DEFERRABLE INITIALLY DEFERRED"
            ),
            "deals_note.deal_id → deals_deal has no constraint",
        ),
        (
            "CREATE INDEX loose ON deals_note (deal_id)",
            "DROP INDEX loose",
            "loose on deals_note leads with deal_id",
        ),
        ("CREATE TABLE stray (id int)", "DROP TABLE stray", "stray: neither has a workspace_id"),
        (
            "CREATE MATERIALIZED VIEW peek AS SELECT 1 AS one",
            "DROP MATERIALIZED VIEW peek",
            "materialised view peek",
        ),
        ("CREATE VIEW peek AS SELECT 1 AS one", "DROP VIEW peek", "view peek is not security_invoker"),
        (
            "CREATE FUNCTION peek() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
            "DROP FUNCTION peek",
            "peek() runs as its owner",
        ),
        (
            "GRANT UPDATE (action) ON tenancy_auditentry TO {role}",
            "REVOKE UPDATE (action) ON tenancy_auditentry FROM {role}",
            "may UPDATE a column of tenancy_auditentry",
        ),
        (
            "GRANT TRUNCATE ON deals_deal TO {role}",
            "REVOKE TRUNCATE ON deals_deal FROM {role}",
            "may TRUNCATE deals_deal",
        ),
        (
            "GRANT DELETE ON deals_dealversion TO {role}",
            "REVOKE DELETE ON deals_dealversion FROM {role}",
            "may DELETE deals_dealversion",
        ),
    ],
)
def test_a_hole_is_found(transactional_db: None, change: str, back: str, told: str) -> None:
    role = audit.application_role()
    with as_owner(change.format(role=role), back.format(role=role)):
        assert any(told in finding for finding in findings())
    assert findings() == []


def test_isolating_a_table_again_keeps_what_refers_to_it(transactional_db: None) -> None:
    from deals.models import Deal

    with connections["owner"].cursor() as owner:
        for statement in (*unique_key_sql(Deal), *isolation_sql(Deal)):
            owner.execute(statement)
    assert findings() == []
    assert IsolateTenant("Deal").describe() == "Isolate Deal by workspace"
