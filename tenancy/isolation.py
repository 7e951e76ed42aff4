"""The second and third wall, as a migration operation: row-level security and composite foreign keys."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

POLICY = "workspace_isolation"
# Not `current_setting(…, true)`: without a workspace the statement must fail, not return nothing.
INSIDE = "= current_setting('app.workspace_id')::uuid"


class IsolateTenant(Operation):
    """Put the models named behind both walls. Idempotent: repeat it after adding a reference.

    Adds to each table: forced row-level security with one policy, UNIQUE (workspace_id, id), and for each reference
    to another tenant table a composite foreign key.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, *model_names: str) -> None:
        self.model_names = model_names

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__name__, list(self.model_names), {}

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The models' state does not change."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        found = [to_state.apps.get_model(app_label, name) for name in self.model_names]
        if not self.allow_migrate_model(schema_editor.connection.alias, found[0]):
            return
        for model in found:
            for statement in unique_key_sql(model):
                schema_editor.execute(statement)
        for model in found:
            for statement in isolation_sql(model):
                schema_editor.execute(statement)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Nothing to undo: the walls fall with their tables, and a table that stays keeps them."""

    def describe(self) -> str:
        return f"Isolate {', '.join(self.model_names)} by workspace"


def workspace_column(model: type[models.Model]) -> str:
    return "id" if model._meta.label_lower == "tenancy.workspace" else "workspace_id"


def isolation_sql(model: type[models.Model]) -> Iterator[str]:
    table = model._meta.db_table
    inside = f"{workspace_column(model)} {INSIDE}"
    yield f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY'
    yield f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY'
    yield f'DROP POLICY IF EXISTS {POLICY} ON "{table}"'
    yield f'CREATE POLICY {POLICY} ON "{table}" USING ({inside}) WITH CHECK ({inside})'
    for field in tenant_references(model):
        yield from composite_key_sql(table, field)


def unique_key_sql(model: type[models.Model]) -> Iterator[str]:
    """The key that composite references point at."""
    if workspace_column(model) == "id" or model._meta.pk.column != "id":
        return
    table = model._meta.db_table
    name = short_name(f"{table}_workspace_id_key")
    # Never dropped and made again: that would take the references of other tables with it.
    yield (
        f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_constraint WHERE conname = '{name}' "
        f"AND conrelid = '\"{table}\"'::regclass) THEN "
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" UNIQUE (workspace_id, id); END IF; END $$'
    )


def tenant_references(model: type[models.Model]) -> list[models.ForeignKey[Any, Any]]:
    """The model's references to other tenant rows (not the one to the workspace itself)."""
    return [
        field
        for field in model._meta.local_fields
        if isinstance(field, models.ForeignKey)
        and field.name != "workspace"
        and any(f.name == "workspace" for f in field.related_model._meta.local_fields)
    ]


def composite_key_sql(table: str, field: models.ForeignKey[Any, Any]) -> Iterator[str]:
    name = short_name(f"{table}_{field.column}_workspace_fk")
    target = field.related_model._meta.db_table
    yield f'ALTER TABLE "{table}" DROP CONSTRAINT IF EXISTS "{name}"'
    yield (
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" FOREIGN KEY (workspace_id, "{field.column}") '
        f'REFERENCES "{target}" (workspace_id, id) DEFERRABLE INITIALLY DEFERRED'
    )


def short_name(name: str) -> str:
    """At most 63 bytes, PostgreSQL's limit, and still unique."""
    if len(name) <= 63:
        return name
    return f"{name[:52]}_{hashlib.sha256(name.encode()).hexdigest()[:10]}"


def grant_to_application(app_config: Any = None, using: str = "owner", **_kwargs: Any) -> None:
    """After migrate: give the application's role what it needs on each table, and no more. Never TRUNCATE."""
    from django.apps import apps
    from django.db import connections, transaction

    from tenancy.models.base import AppendOnly

    if using != "owner" or app_config is None or app_config.name != "tenancy":
        return
    connection = connections[using]
    role = connection.ops.quote_name(settings.DATABASES["default"]["USER"])
    # One transaction: no moment in which the application could change what is append-only.
    with transaction.atomic(using=using), connection.cursor() as cursor:
        # TEMPORARY: an import lays its rows down in a temporary table first.
        database = connection.ops.quote_name(connection.settings_dict["NAME"])
        cursor.execute(f"GRANT CONNECT, TEMPORARY ON DATABASE {database} TO {role}")
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}")
        cursor.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}")
        existing = set(connection.introspection.table_names(cursor))
        for model in apps.get_models():
            if (issubclass(model, AppendOnly) or hasattr(model, "pgh_tracked_model")) and (
                model._meta.db_table in existing
            ):
                cursor.execute(f'REVOKE UPDATE, DELETE ON "{model._meta.db_table}" FROM {role}')
        cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}")
