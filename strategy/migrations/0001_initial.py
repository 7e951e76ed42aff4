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
    initial = True

    dependencies = [
        ("deals", "0011_strategy_events"),
        ("pipeline", "0005_tell_open_pages"),
        ("tenancy", "0005_tell_open_pages"),
    ]

    operations = [
        migrations.CreateModel(
            name="PipelineTool",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "tool",
                    models.CharField(
                        choices=[
                            ("bant", "BANT"),
                            ("value_case", "Value case"),
                            ("comparison", "Comparison"),
                            ("stakeholders", "Stakeholder map"),
                            ("close_plan", "Mutual close plan"),
                            ("approval", "Approval"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "opens_at",
                    tenancy.models.base.TenantForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="pipeline.stage",
                    ),
                ),
                (
                    "pipeline",
                    tenancy.models.base.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tools",
                        to="pipeline.pipeline",
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
            name="BantAnswer",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "part",
                    models.CharField(
                        choices=[
                            ("budget", "Budget"),
                            ("authority", "Authority"),
                            ("need", "Need"),
                            ("timeframe", "Timeframe"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "certainty",
                    models.CharField(
                        choices=[("unknown", "Unknown"), ("assumed", "Assumed"), ("confirmed", "Confirmed")],
                        default="assumed",
                        max_length=10,
                    ),
                ),
                ("text", models.CharField(blank=True, max_length=1000)),
                ("source", models.CharField(blank=True, max_length=200)),
                ("amount", core.money.MoneyField(blank=True, null=True)),
                ("day", models.DateField(blank=True, null=True)),
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
                        related_name="bant",
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
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace", "deal", "part"), name="strategy_bantanswer_key"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount", None),
                            models.Q(("amount__gte", 0), ("part", "budget")),
                            _connector="OR",
                        ),
                        name="strategy_bantanswer_amount",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("day", None), ("part", "timeframe"), _connector="OR"),
                        name="strategy_bantanswer_day",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="bantanswer",
            trigger=pgtrigger.compiler.Trigger(
                name="changes_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n        INSERT INTO tenancy_change (id, xid, at, origin, workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id)\n        WITH touched AS (SELECT new_rows.workspace_id, 'strategy' AS kind, deal.id::uuid AS deal_id, deal.pipeline_id::uuid AS pipeline_id, deal.stage_id::uuid AS stage_id, NULL::uuid AS from_stage_id, NULL::uuid AS actor_id FROM new_rows\n        JOIN deals_deal AS deal ON deal.workspace_id = new_rows.workspace_id AND deal.id = new_rows.deal_id), counted AS (SELECT count(*) AS deals FROM touched)\n        SELECT gen_random_uuid(), pg_current_xact_id(), clock_timestamp(),\n            coalesce(current_setting('app.origin', true), ''), workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id\n        FROM (\n            SELECT workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id FROM touched, counted WHERE deals <= 50\n            UNION\n            SELECT workspace_id, 'many', NULL::uuid, pipeline_id, stage_id, from_stage_id, NULL::uuid\n            FROM touched, counted WHERE deals > 50\n        ) AS changes;\n        RETURN NULL;\n        ",
                    hash="80bd7fa749dd1d83b1e1264ce41f12520766c0b9",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_changes_insert_2c6cd",
                    referencing="REFERENCING NEW TABLE AS new_rows ",
                    table="strategy_bantanswer",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="bantanswer",
            trigger=pgtrigger.compiler.Trigger(
                name="changes_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n        INSERT INTO tenancy_change (id, xid, at, origin, workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id)\n        WITH touched AS (SELECT new_rows.workspace_id, 'strategy' AS kind, deal.id::uuid AS deal_id, deal.pipeline_id::uuid AS pipeline_id, deal.stage_id::uuid AS stage_id, NULL::uuid AS from_stage_id, NULL::uuid AS actor_id FROM new_rows\n        JOIN deals_deal AS deal ON deal.workspace_id = new_rows.workspace_id AND deal.id = new_rows.deal_id), counted AS (SELECT count(*) AS deals FROM touched)\n        SELECT gen_random_uuid(), pg_current_xact_id(), clock_timestamp(),\n            coalesce(current_setting('app.origin', true), ''), workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id\n        FROM (\n            SELECT workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id FROM touched, counted WHERE deals <= 50\n            UNION\n            SELECT workspace_id, 'many', NULL::uuid, pipeline_id, stage_id, from_stage_id, NULL::uuid\n            FROM touched, counted WHERE deals > 50\n        ) AS changes;\n        RETURN NULL;\n        ",
                    hash="e04b33aab63c25a92a2bb977022448b89bf61e1f",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_changes_update_1d8e5",
                    referencing="REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ",
                    table="strategy_bantanswer",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="pipelinetool",
            constraint=models.UniqueConstraint(
                fields=("workspace", "pipeline", "tool"), name="strategy_pipelinetool_key"
            ),
        ),
        IsolateTenant("PipelineTool", "BantAnswer"),
    ]
