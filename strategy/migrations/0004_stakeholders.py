import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import core.clock
import core.ids
import tenancy.models.base
import tenancy.scope
from tenancy.isolation import IsolateTenant


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0005_custom_values"),
        ("deals", "0011_strategy_events"),
        ("strategy", "0003_comparison"),
        ("tenancy", "0005_tell_open_pages"),
    ]

    operations = [
        migrations.CreateModel(
            name="Stakeholder",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("rank", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("influence", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "stance",
                    models.CharField(
                        choices=[
                            ("unknown", "Unknown"),
                            ("for", "In favour"),
                            ("neutral", "Neutral"),
                            ("against", "Against"),
                        ],
                        default="unknown",
                        max_length=8,
                    ),
                ),
                (
                    "roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("approver", "Approver"),
                                ("signer", "Signer"),
                                ("user", "User"),
                                ("drafter", "Drafter"),
                                ("other", "Other"),
                            ],
                            max_length=10,
                        ),
                        blank=True,
                        default=list,
                    ),
                ),
                (
                    "signs",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("speaks_up", "Speaks up before executives"),
                                ("led_projects", "Has led important projects"),
                                ("knows_how", "Answers exactly how decisions are made"),
                                ("awaited", "Others wait for their word"),
                                ("brings_others", "Brings superiors or other departments along"),
                            ],
                            max_length=16,
                        ),
                        blank=True,
                        default=list,
                    ),
                ),
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
                    "contact",
                    tenancy.models.base.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contacts.contact",
                    ),
                ),
                (
                    "deal",
                    tenancy.models.base.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="stakeholders",
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
                "indexes": [
                    models.Index(fields=["workspace", "contact"], name="strategy_stakeholder_contact")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace", "deal", "contact"), name="strategy_stakeholder_key"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("influence", None), ("rank", None)),
                            models.Q(("influence__lte", 100), ("rank__lte", 100)),
                            _connector="OR",
                        ),
                        name="strategy_stakeholder_place",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="stakeholder",
            trigger=pgtrigger.compiler.Trigger(
                name="changes_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n        INSERT INTO tenancy_change (id, xid, at, origin, workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id)\n        WITH touched AS (SELECT new_rows.workspace_id, 'strategy' AS kind, deal.id::uuid AS deal_id, deal.pipeline_id::uuid AS pipeline_id, deal.stage_id::uuid AS stage_id, NULL::uuid AS from_stage_id, NULL::uuid AS actor_id FROM new_rows\n        JOIN deals_deal AS deal ON deal.workspace_id = new_rows.workspace_id AND deal.id = new_rows.deal_id), counted AS (SELECT count(*) AS deals FROM touched)\n        SELECT gen_random_uuid(), pg_current_xact_id(), clock_timestamp(),\n            coalesce(current_setting('app.origin', true), ''), workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id\n        FROM (\n            SELECT workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id FROM touched, counted WHERE deals <= 50\n            UNION\n            SELECT workspace_id, 'many', NULL::uuid, pipeline_id, stage_id, from_stage_id, NULL::uuid\n            FROM touched, counted WHERE deals > 50\n        ) AS changes;\n        RETURN NULL;\n        ",
                    hash="14a0f5f72176ee669ae8c36e65354c021216a0e1",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_changes_insert_ebed0",
                    referencing="REFERENCING NEW TABLE AS new_rows ",
                    table="strategy_stakeholder",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="stakeholder",
            trigger=pgtrigger.compiler.Trigger(
                name="changes_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n        INSERT INTO tenancy_change (id, xid, at, origin, workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id)\n        WITH touched AS (SELECT new_rows.workspace_id, 'strategy' AS kind, deal.id::uuid AS deal_id, deal.pipeline_id::uuid AS pipeline_id, deal.stage_id::uuid AS stage_id, NULL::uuid AS from_stage_id, NULL::uuid AS actor_id FROM new_rows\n        JOIN deals_deal AS deal ON deal.workspace_id = new_rows.workspace_id AND deal.id = new_rows.deal_id), counted AS (SELECT count(*) AS deals FROM touched)\n        SELECT gen_random_uuid(), pg_current_xact_id(), clock_timestamp(),\n            coalesce(current_setting('app.origin', true), ''), workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id\n        FROM (\n            SELECT workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id FROM touched, counted WHERE deals <= 50\n            UNION\n            SELECT workspace_id, 'many', NULL::uuid, pipeline_id, stage_id, from_stage_id, NULL::uuid\n            FROM touched, counted WHERE deals > 50\n        ) AS changes;\n        RETURN NULL;\n        ",
                    hash="baf003c27f116bb49310d92298428fe7a7fc4ec7",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_changes_update_a8b49",
                    referencing="REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ",
                    table="strategy_stakeholder",
                    when="AFTER",
                ),
            ),
        ),
        IsolateTenant("Stakeholder"),
    ]
