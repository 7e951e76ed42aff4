"""The catalogue audit: what the database itself says about the walls. Each check returns findings; none is good.

A new tenant table passes by itself once it has `IsolateTenant`. A table outside the walls must be named in GLOBAL, with
the reason for which it may be there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models

from tenancy.isolation import POLICY
from tenancy.models import AppendOnly

GLOBAL = {
    "django_migrations": "which migrations ran",
    "django_content_type": "names of models; Django's auth tables want it",
    "auth_group": "unused: rights come from memberships",
    "auth_permission": "unused: rights come from memberships",
    "auth_group_permissions": "unused: rights come from memberships",
    "django_session": "read before a workspace is known; holds a user's id",
    "tenancy_user": "a person may belong to several workspaces",
    "account_emailaddress": "a user's addresses",
    "account_emailconfirmation": "confirmations of a user's addresses",
    "mfa_authenticator": "a user's second factors",
    "cache_entry": "login limits: counters under hashed keys",
    "tenancy_workspacekey": "slug → workspace, before one is known",
    "tenancy_membershipkey": "user → workspaces, before one is known",
    "tenancy_credential": "hash of a token → workspace, before one is known",
    "tenancy_duework": "which workspace has something to do: ids and times",
    "automation_heartbeat": "when a process last said that it lives",
    "pghistory_context": "unused: versions keep no context",
}

Rows = Callable[..., list[tuple[Any, ...]]]


def rows_of(cursor: Any) -> Rows:
    def rows(sql: str, *params: Any) -> list[tuple[Any, ...]]:
        cursor.execute(sql, params or None)
        return list(cursor.fetchall())

    return rows


def audit(cursor: Any) -> list[str]:
    """Everything that is wrong, in words."""
    rows = rows_of(cursor)
    checks = (undeclared, policies, columns, foreign_keys, model_references, indexes, role, grants, programs)
    return [finding for check in checks for finding in check(rows)]


def relations(rows: Rows) -> dict[str, int]:
    """Every table, view and the like in the schema, by name, with its oid."""
    return dict(
        rows(
            "SELECT relname, oid FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT EXISTS (SELECT FROM pg_depend"
            " WHERE pg_depend.objid = pg_class.oid AND deptype = 'e')"
        )
    )


def tenant_tables(rows: Rows) -> dict[str, int]:
    return {name: oid for name, oid in relations(rows).items() if name not in GLOBAL}


def workspace_column(table: str) -> str:
    return "id" if table == "tenancy_workspace" else "workspace_id"


def undeclared(rows: Rows) -> list[str]:
    with_column = {
        name
        for (name,) in rows(
            "SELECT relname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid AND attname = 'workspace_id'"
            " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
        )
    }
    return [
        f"{table}: neither has a workspace_id nor stands in GLOBAL"
        for table in tenant_tables(rows)
        if table not in with_column and table != "tenancy_workspace"
    ]


def policies(rows: Rows) -> list[str]:
    findings = []
    for table, oid in tenant_tables(rows).items():
        ((enabled, forced, kind),) = rows(
            "SELECT relrowsecurity, relforcerowsecurity, relkind::text FROM pg_class WHERE oid = %s", oid
        )
        if kind not in ("r", "p") or not (enabled and forced):
            findings.append(f"{table}: row-level security is not enabled and forced")
        inside = f"({workspace_column(table)} = (current_setting('app.workspace_id'::text))::uuid)"
        found = rows(
            "SELECT policyname, permissive, roles::text, cmd, qual, with_check FROM pg_policies WHERE tablename = %s",
            table,
        )
        if found != [(POLICY, "PERMISSIVE", "{public}", "ALL", inside, inside)]:
            findings.append(f"{table}: not exactly the one policy, but {found}")
    return findings


def columns(rows: Rows) -> list[str]:
    """workspace_id is a uuid, never null, and refers to the workspace."""
    findings = []
    for table, oid in tenant_tables(rows).items():
        if table == "tenancy_workspace":
            continue
        shape = rows(
            "SELECT format_type(atttypid, atttypmod), attnotnull FROM pg_attribute"
            " WHERE attrelid = %s AND attname = 'workspace_id'",
            oid,
        )
        if shape != [("uuid", True)]:
            findings.append(f"{table}.workspace_id: {shape}")
        refers = rows(
            "SELECT 1 FROM pg_constraint WHERE conrelid = %s AND contype = 'f' AND confrelid = %s::regclass",
            oid,
            "tenancy_workspace",
        )
        # A version row's composite reference leads to a row that has the reference.
        if not refers and not table.endswith("version"):
            findings.append(f"{table}.workspace_id refers to no workspace")
    return findings


FOREIGN_KEYS = """
SELECT con.conname, con.conrelid::regclass::text, con.confrelid::regclass::text,
       ARRAY(SELECT attname::text FROM unnest(con.conkey) WITH ORDINALITY k(num, place)
             JOIN pg_attribute ON attrelid = con.conrelid AND attnum = k.num ORDER BY place),
       ARRAY(SELECT attname::text FROM unnest(con.confkey) WITH ORDINALITY k(num, place)
             JOIN pg_attribute ON attrelid = con.confrelid AND attnum = k.num ORDER BY place),
       con.convalidated
FROM pg_constraint con WHERE con.contype = 'f' AND con.connamespace = 'public'::regnamespace
"""


def foreign_keys(rows: Rows) -> list[str]:
    """Between tenant tables only (workspace_id, x) → (workspace_id, id); from outside the walls none at all."""
    tenants = set(tenant_tables(rows))
    findings = []
    for name, table, target, own, theirs, valid in rows(FOREIGN_KEYS):
        if target not in tenants or target == "tenancy_workspace":
            continue
        if table not in tenants:
            findings.append(f"{name}: {table} stands outside the walls and refers to {target}")
        elif own[0] != "workspace_id" or theirs != ["workspace_id", "id"] or not valid:
            findings.append(f"{name}: {table}{own} → {target}{theirs} is not composite with workspace_id")
    return findings


def model_references(rows: Rows) -> list[str]:
    """Every reference that Django knows stands in the catalogue as well."""
    tenants = set(tenant_tables(rows))
    known = {(table, own[-1], target) for _name, table, target, own, _theirs, _valid in rows(FOREIGN_KEYS)}
    findings = []
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.local_fields:
            if not isinstance(field, models.ForeignKey) or field.related_model is None:
                continue
            target = field.related_model._meta.db_table
            reference = (model._meta.db_table, field.column, target)
            if target in tenants and target != "tenancy_workspace" and reference not in known:
                findings.append(f"{reference[0]}.{reference[1]} → {target} has no constraint")
    return findings


def indexes(rows: Rows) -> list[str]:
    """Every index but a primary key leads with the workspace; so does every unique one."""
    findings = []
    for table, oid in tenant_tables(rows).items():
        for name, first, unique in rows(
            "SELECT i.indexrelid::regclass::text, a.attname::text, i.indisunique FROM pg_index i"
            " LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]"
            " WHERE i.indrelid = %s AND NOT i.indisprimary",
            oid,
        ):
            if first != workspace_column(table):
                findings.append(f"{name} on {table} leads with {first}{', and is unique' if unique else ''}")
    return findings


def application_role() -> str:
    return str(settings.DATABASES["default"]["USER"])


def role(rows: Rows) -> list[str]:
    """The application's role passes no wall, owns nothing, and can become nobody else."""
    name = application_role()
    findings = []
    (flags,) = rows(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication FROM pg_roles WHERE rolname = %s",
        name,
    )
    if any(flags):
        findings.append(f"{name}: superuser, bypassrls, createrole, createdb, replication = {flags}")
    for catalogue, owner in (
        ("pg_class", "relowner"),
        ("pg_proc", "proowner"),
        ("pg_namespace", "nspowner"),
        ("pg_type", "typowner"),
    ):
        if rows(f"SELECT 1 FROM {catalogue} WHERE {owner} = %s::regrole LIMIT 1", name):
            findings.append(f"{name} owns something in {catalogue}")
    if rows("SELECT 1 FROM pg_auth_members WHERE member = %s::regrole", name):
        findings.append(f"{name} is a member of another role")
    if rows("SELECT 1 WHERE has_schema_privilege(%s, 'public', 'CREATE')", name):
        findings.append(f"{name} may create in the schema")
    return findings


def append_only_tables() -> set[str]:
    return {
        model._meta.db_table
        for model in apps.get_models()
        if issubclass(model, AppendOnly) or hasattr(model, "pgh_tracked_model")
    }


def grants(rows: Rows) -> list[str]:
    name = application_role()
    findings = []
    for table, oid in relations(rows).items():
        forbidden = {"TRUNCATE", "REFERENCES", "TRIGGER"}
        if table in append_only_tables():
            forbidden |= {"UPDATE", "DELETE"}
        if table == "django_migrations":
            forbidden |= {"INSERT", "UPDATE", "DELETE"}
        findings += [
            f"{name} may {right} {table}"
            for right in sorted(forbidden)
            if rows("SELECT 1 WHERE has_table_privilege(%s, %s::oid, %s)", name, oid, right)
        ]
        if "UPDATE" in forbidden and rows(
            "SELECT 1 WHERE has_any_column_privilege(%s, %s::oid, 'UPDATE')", name, oid
        ):
            findings.append(f"{name} may UPDATE a column of {table}")
    return findings


def programs(rows: Rows) -> list[str]:
    """Nothing that reads with its owner's eyes."""
    findings = [
        f"materialised view {name}"
        for (name,) in rows("SELECT oid::regclass::text FROM pg_class WHERE relkind = 'm'")
    ]
    findings += [
        f"{name} runs as its owner (SECURITY DEFINER)"
        for (name,) in rows(
            "SELECT oid::regprocedure::text FROM pg_proc"
            " WHERE prosecdef AND pronamespace = 'public'::regnamespace"
        )
    ]
    findings += [
        f"view {name} is not security_invoker"
        for name, options in rows(
            "SELECT relname, reloptions FROM pg_class WHERE relkind = 'v' AND relnamespace = 'public'::regnamespace"
        )
        if "security_invoker=true" not in (options or [])
    ]
    return findings
