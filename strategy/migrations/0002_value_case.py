import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import core.clock
import core.ids
import core.money
import tenancy.models.base
import tenancy.scope
from tenancy.isolation import IsolateTenant


class Migration(migrations.Migration):
    dependencies = [
        ("deals", "0011_strategy_events"),
        ("strategy", "0001_initial"),
        ("tenancy", "0005_tell_open_pages"),
    ]

    operations = [
        migrations.CreateModel(
            name="ValueEntry",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "box",
                    models.CharField(
                        choices=[
                            ("issue", "Business issue"),
                            ("problem", "Problem"),
                            ("solution", "Solution"),
                            ("benefit", "Benefit"),
                        ],
                        max_length=8,
                    ),
                ),
                ("text", models.CharField(max_length=300)),
                ("rank", models.CharField(db_collation="C", max_length=200)),
                ("amount", core.money.MoneyField(blank=True, null=True)),
                (
                    "period",
                    models.CharField(
                        choices=[("per_year", "a year"), ("once", "once")], default="per_year", max_length=8
                    ),
                ),
                ("measure", models.CharField(blank=True, max_length=120)),
                ("source", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField(default=core.clock.now)),
                ("version", models.PositiveIntegerField(default=1)),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    tenancy.models.base.TenantForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                    ),
                ),
                (
                    "deal",
                    tenancy.models.base.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="value_entries",
                        to="deals.deal",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        db_index=False,
                        default=tenancy.scope.entered_workspace_id,
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenancy.workspace",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ValueGoal",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("text", models.CharField(blank=True, max_length=300)),
                ("at", models.DateTimeField(default=core.clock.now)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "by",
                    tenancy.models.base.TenantForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.membership",
                    ),
                ),
                (
                    "deal",
                    tenancy.models.base.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="value_goals",
                        to="deals.deal",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        db_index=False,
                        default=tenancy.scope.entered_workspace_id,
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenancy.workspace",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ValueLink",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "deal",
                    tenancy.models.base.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="value_links",
                        to="deals.deal",
                    ),
                ),
                (
                    "first",
                    tenancy.models.base.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links_on",
                        to="strategy.valueentry",
                    ),
                ),
                (
                    "then",
                    tenancy.models.base.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links_back",
                        to="strategy.valueentry",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        db_index=False,
                        default=tenancy.scope.entered_workspace_id,
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenancy.workspace",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="valueentry",
            index=models.Index(
                condition=models.Q(("removed_at", None)),
                fields=["workspace", "deal", "box"],
                name="strategy_valueentry_deal",
            ),
        ),
        migrations.AddConstraint(
            model_name="valueentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount", None), ("amount__gte", 0), _connector="OR"),
                name="strategy_valueentry_amount",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="valueentry",
            trigger=pgtrigger.compiler.Trigger(
                name="changes_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n        INSERT INTO tenancy_change (id, xid, at, origin, workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id)\n        WITH touched AS (SELECT new_rows.workspace_id, 'strategy' AS kind, deal.id::uuid AS deal_id, deal.pipeline_id::uuid AS pipeline_id, deal.stage_id::uuid AS stage_id, NULL::uuid AS from_stage_id, NULL::uuid AS actor_id FROM new_rows\n        JOIN deals_deal AS deal ON deal.workspace_id = new_rows.workspace_id AND deal.id = new_rows.deal_id), counted AS (SELECT count(*) AS deals FROM touched)\n        SELECT gen_random_uuid(), pg_current_xact_id(), clock_timestamp(),\n            coalesce(current_setting('app.origin', true), ''), workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id\n        FROM (\n            SELECT workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id FROM touched, counted WHERE deals <= 50\n            UNION\n            SELECT workspace_id, 'many', NULL::uuid, pipeline_id, stage_id, from_stage_id, NULL::uuid\n            FROM touched, counted WHERE deals > 50\n        ) AS changes;\n        RETURN NULL;\n        ",
                    hash="df7f48eb33841b89096a1e44b794c6e633d0a360",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_changes_insert_3b722",
                    referencing="REFERENCING NEW TABLE AS new_rows ",
                    table="strategy_valueentry",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="valueentry",
            trigger=pgtrigger.compiler.Trigger(
                name="changes_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n        INSERT INTO tenancy_change (id, xid, at, origin, workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id)\n        WITH touched AS (SELECT new_rows.workspace_id, 'strategy' AS kind, deal.id::uuid AS deal_id, deal.pipeline_id::uuid AS pipeline_id, deal.stage_id::uuid AS stage_id, NULL::uuid AS from_stage_id, NULL::uuid AS actor_id FROM new_rows\n        JOIN deals_deal AS deal ON deal.workspace_id = new_rows.workspace_id AND deal.id = new_rows.deal_id), counted AS (SELECT count(*) AS deals FROM touched)\n        SELECT gen_random_uuid(), pg_current_xact_id(), clock_timestamp(),\n            coalesce(current_setting('app.origin', true), ''), workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id\n        FROM (\n            SELECT workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id FROM touched, counted WHERE deals <= 50\n            UNION\n            SELECT workspace_id, 'many', NULL::uuid, pipeline_id, stage_id, from_stage_id, NULL::uuid\n            FROM touched, counted WHERE deals > 50\n        ) AS changes;\n        RETURN NULL;\n        ",
                    hash="603bd03e083efe95f5d611fd17adcf51a3e63f27",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_changes_update_deded",
                    referencing="REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ",
                    table="strategy_valueentry",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="valuegoal",
            constraint=models.UniqueConstraint(fields=("workspace", "deal"), name="strategy_valuegoal_key"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="valuegoal",
            trigger=pgtrigger.compiler.Trigger(
                name="changes_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n        INSERT INTO tenancy_change (id, xid, at, origin, workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id)\n        WITH touched AS (SELECT new_rows.workspace_id, 'strategy' AS kind, deal.id::uuid AS deal_id, deal.pipeline_id::uuid AS pipeline_id, deal.stage_id::uuid AS stage_id, NULL::uuid AS from_stage_id, NULL::uuid AS actor_id FROM new_rows\n        JOIN deals_deal AS deal ON deal.workspace_id = new_rows.workspace_id AND deal.id = new_rows.deal_id), counted AS (SELECT count(*) AS deals FROM touched)\n        SELECT gen_random_uuid(), pg_current_xact_id(), clock_timestamp(),\n            coalesce(current_setting('app.origin', true), ''), workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id\n        FROM (\n            SELECT workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id FROM touched, counted WHERE deals <= 50\n            UNION\n            SELECT workspace_id, 'many', NULL::uuid, pipeline_id, stage_id, from_stage_id, NULL::uuid\n            FROM touched, counted WHERE deals > 50\n        ) AS changes;\n        RETURN NULL;\n        ",
                    hash="72ecae05878a53bcb26cd869ba4152fab8b301d2",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_changes_insert_08af9",
                    referencing="REFERENCING NEW TABLE AS new_rows ",
                    table="strategy_valuegoal",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="valuegoal",
            trigger=pgtrigger.compiler.Trigger(
                name="changes_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n        INSERT INTO tenancy_change (id, xid, at, origin, workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id)\n        WITH touched AS (SELECT new_rows.workspace_id, 'strategy' AS kind, deal.id::uuid AS deal_id, deal.pipeline_id::uuid AS pipeline_id, deal.stage_id::uuid AS stage_id, NULL::uuid AS from_stage_id, NULL::uuid AS actor_id FROM new_rows\n        JOIN deals_deal AS deal ON deal.workspace_id = new_rows.workspace_id AND deal.id = new_rows.deal_id), counted AS (SELECT count(*) AS deals FROM touched)\n        SELECT gen_random_uuid(), pg_current_xact_id(), clock_timestamp(),\n            coalesce(current_setting('app.origin', true), ''), workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id\n        FROM (\n            SELECT workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id FROM touched, counted WHERE deals <= 50\n            UNION\n            SELECT workspace_id, 'many', NULL::uuid, pipeline_id, stage_id, from_stage_id, NULL::uuid\n            FROM touched, counted WHERE deals > 50\n        ) AS changes;\n        RETURN NULL;\n        ",
                    hash="ea5f8cd924270633f0c4a90929c7e00d3b36f73d",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_changes_update_e16f3",
                    referencing="REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ",
                    table="strategy_valuegoal",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="valuelink",
            index=models.Index(fields=["workspace", "first"], name="strategy_valuelink_first"),
        ),
        migrations.AddIndex(
            model_name="valuelink",
            index=models.Index(fields=["workspace", "deal"], name="strategy_valuelink_deal"),
        ),
        migrations.AddConstraint(
            model_name="valuelink",
            constraint=models.UniqueConstraint(
                fields=("workspace", "then", "first"), name="strategy_valuelink_key"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="valuelink",
            trigger=pgtrigger.compiler.Trigger(
                name="changes_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n        INSERT INTO tenancy_change (id, xid, at, origin, workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id)\n        WITH touched AS (SELECT new_rows.workspace_id, 'strategy' AS kind, deal.id::uuid AS deal_id, deal.pipeline_id::uuid AS pipeline_id, deal.stage_id::uuid AS stage_id, NULL::uuid AS from_stage_id, NULL::uuid AS actor_id FROM new_rows\n        JOIN deals_deal AS deal ON deal.workspace_id = new_rows.workspace_id AND deal.id = new_rows.deal_id), counted AS (SELECT count(*) AS deals FROM touched)\n        SELECT gen_random_uuid(), pg_current_xact_id(), clock_timestamp(),\n            coalesce(current_setting('app.origin', true), ''), workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id\n        FROM (\n            SELECT workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id FROM touched, counted WHERE deals <= 50\n            UNION\n            SELECT workspace_id, 'many', NULL::uuid, pipeline_id, stage_id, from_stage_id, NULL::uuid\n            FROM touched, counted WHERE deals > 50\n        ) AS changes;\n        RETURN NULL;\n        ",
                    hash="3827896400cc36a3003b3f4d51de14ccd7713b5d",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_changes_insert_6d7e9",
                    referencing="REFERENCING NEW TABLE AS new_rows ",
                    table="strategy_valuelink",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="valuelink",
            trigger=pgtrigger.compiler.Trigger(
                name="changes_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n        INSERT INTO tenancy_change (id, xid, at, origin, workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id)\n        WITH touched AS (SELECT new_rows.workspace_id, 'strategy' AS kind, deal.id::uuid AS deal_id, deal.pipeline_id::uuid AS pipeline_id, deal.stage_id::uuid AS stage_id, NULL::uuid AS from_stage_id, NULL::uuid AS actor_id FROM new_rows\n        JOIN deals_deal AS deal ON deal.workspace_id = new_rows.workspace_id AND deal.id = new_rows.deal_id), counted AS (SELECT count(*) AS deals FROM touched)\n        SELECT gen_random_uuid(), pg_current_xact_id(), clock_timestamp(),\n            coalesce(current_setting('app.origin', true), ''), workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id\n        FROM (\n            SELECT workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id FROM touched, counted WHERE deals <= 50\n            UNION\n            SELECT workspace_id, 'many', NULL::uuid, pipeline_id, stage_id, from_stage_id, NULL::uuid\n            FROM touched, counted WHERE deals > 50\n        ) AS changes;\n        RETURN NULL;\n        ",
                    hash="78844a999e60da895d98a3b67dea82bcae7a1f3b",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_changes_update_7f331",
                    referencing="REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ",
                    table="strategy_valuelink",
                    when="AFTER",
                ),
            ),
        ),
        IsolateTenant("ValueGoal", "ValueEntry", "ValueLink"),
    ]
