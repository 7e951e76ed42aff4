import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import contacts.keys
import core.clock
import core.ids
import tenancy.models.base
import tenancy.scope
from tenancy.isolation import IsolateTenant


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0005_custom_values"),
        ("deals", "0011_strategy_events"),
        ("strategy", "0002_value_case"),
        ("tenancy", "0005_tell_open_pages"),
    ]

    operations = [
        migrations.CreateModel(
            name="BuyerCriterion",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("text", models.CharField(max_length=200)),
                (
                    "text_key",
                    contacts.keys.KeyField(
                        db_persist=True,
                        expression=contacts.keys.PlainKey(models.F("text")),
                        output_field=models.TextField(db_collation="C"),
                    ),
                ),
                ("role", models.CharField(blank=True, max_length=80)),
                (
                    "matters",
                    models.SmallIntegerField(
                        blank=True,
                        choices=[
                            (0, "does not matter"),
                            (1, "a little"),
                            (2, "somewhat"),
                            (3, "much"),
                            (4, "decides"),
                        ],
                        null=True,
                    ),
                ),
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
                    "contact",
                    tenancy.models.base.TenantForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="criteria",
                        to="contacts.contact",
                    ),
                ),
                (
                    "deal",
                    tenancy.models.base.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="buyer_criteria",
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
            name="Competitor",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                (
                    "name_key",
                    contacts.keys.KeyField(
                        db_persist=True,
                        expression=contacts.keys.PlainKey(models.F("name")),
                        output_field=models.TextField(db_collation="C"),
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
            name="Rival",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "competitor",
                    tenancy.models.base.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rivals",
                        to="strategy.competitor",
                    ),
                ),
                (
                    "deal",
                    tenancy.models.base.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rivals",
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
            name="CriterionRating",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "standing",
                    models.SmallIntegerField(
                        choices=[
                            (-2, "they, clearly"),
                            (-1, "they"),
                            (0, "level"),
                            (1, "we"),
                            (2, "we, clearly"),
                        ]
                    ),
                ),
                (
                    "criterion",
                    tenancy.models.base.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ratings",
                        to="strategy.buyercriterion",
                    ),
                ),
                (
                    "deal",
                    tenancy.models.base.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="criterion_ratings",
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
                (
                    "rival",
                    tenancy.models.base.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ratings",
                        to="strategy.rival",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Selection",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("said_by", models.CharField(max_length=120)),
                ("on", models.DateField()),
                ("at", models.DateTimeField(default=core.clock.now)),
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
                        related_name="selections",
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
        migrations.AddIndex(
            model_name="buyercriterion",
            index=models.Index(
                condition=models.Q(("removed_at", None)),
                fields=["workspace", "deal"],
                name="strategy_buyercriterion_deal",
            ),
        ),
        migrations.AddIndex(
            model_name="buyercriterion",
            index=models.Index(fields=["workspace", "contact"], name="strategy_buyercriterion_person"),
        ),
        migrations.AddConstraint(
            model_name="buyercriterion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("matters", None), models.Q(("matters__gte", 0), ("matters__lte", 4)), _connector="OR"
                ),
                name="strategy_buyercriterion_matters",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="buyercriterion",
            trigger=pgtrigger.compiler.Trigger(
                name="changes_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n        INSERT INTO tenancy_change (id, xid, at, origin, workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id)\n        WITH touched AS (SELECT new_rows.workspace_id, 'strategy' AS kind, deal.id::uuid AS deal_id, deal.pipeline_id::uuid AS pipeline_id, deal.stage_id::uuid AS stage_id, NULL::uuid AS from_stage_id, NULL::uuid AS actor_id FROM new_rows\n        JOIN deals_deal AS deal ON deal.workspace_id = new_rows.workspace_id AND deal.id = new_rows.deal_id), counted AS (SELECT count(*) AS deals FROM touched)\n        SELECT gen_random_uuid(), pg_current_xact_id(), clock_timestamp(),\n            coalesce(current_setting('app.origin', true), ''), workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id\n        FROM (\n            SELECT workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id FROM touched, counted WHERE deals <= 50\n            UNION\n            SELECT workspace_id, 'many', NULL::uuid, pipeline_id, stage_id, from_stage_id, NULL::uuid\n            FROM touched, counted WHERE deals > 50\n        ) AS changes;\n        RETURN NULL;\n        ",
                    hash="8d10a3f65ce52f6f09c6bd6784f443fe21a7393a",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_changes_insert_32ac7",
                    referencing="REFERENCING NEW TABLE AS new_rows ",
                    table="strategy_buyercriterion",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="buyercriterion",
            trigger=pgtrigger.compiler.Trigger(
                name="changes_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n        INSERT INTO tenancy_change (id, xid, at, origin, workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id)\n        WITH touched AS (SELECT new_rows.workspace_id, 'strategy' AS kind, deal.id::uuid AS deal_id, deal.pipeline_id::uuid AS pipeline_id, deal.stage_id::uuid AS stage_id, NULL::uuid AS from_stage_id, NULL::uuid AS actor_id FROM new_rows\n        JOIN deals_deal AS deal ON deal.workspace_id = new_rows.workspace_id AND deal.id = new_rows.deal_id), counted AS (SELECT count(*) AS deals FROM touched)\n        SELECT gen_random_uuid(), pg_current_xact_id(), clock_timestamp(),\n            coalesce(current_setting('app.origin', true), ''), workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id\n        FROM (\n            SELECT workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id FROM touched, counted WHERE deals <= 50\n            UNION\n            SELECT workspace_id, 'many', NULL::uuid, pipeline_id, stage_id, from_stage_id, NULL::uuid\n            FROM touched, counted WHERE deals > 50\n        ) AS changes;\n        RETURN NULL;\n        ",
                    hash="6172ed6f114399c1472335e71de3ec7131fa20d4",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_changes_update_f29bc",
                    referencing="REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ",
                    table="strategy_buyercriterion",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="competitor",
            constraint=models.UniqueConstraint(
                fields=("workspace", "name_key"), name="strategy_competitor_key"
            ),
        ),
        migrations.AddIndex(
            model_name="rival",
            index=models.Index(fields=["workspace", "competitor", "deal"], name="strategy_rival_competitor"),
        ),
        migrations.AddConstraint(
            model_name="rival",
            constraint=models.UniqueConstraint(
                fields=("workspace", "deal", "competitor"), name="strategy_rival_key"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="rival",
            trigger=pgtrigger.compiler.Trigger(
                name="changes_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n        INSERT INTO tenancy_change (id, xid, at, origin, workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id)\n        WITH touched AS (SELECT new_rows.workspace_id, 'strategy' AS kind, deal.id::uuid AS deal_id, deal.pipeline_id::uuid AS pipeline_id, deal.stage_id::uuid AS stage_id, NULL::uuid AS from_stage_id, NULL::uuid AS actor_id FROM new_rows\n        JOIN deals_deal AS deal ON deal.workspace_id = new_rows.workspace_id AND deal.id = new_rows.deal_id), counted AS (SELECT count(*) AS deals FROM touched)\n        SELECT gen_random_uuid(), pg_current_xact_id(), clock_timestamp(),\n            coalesce(current_setting('app.origin', true), ''), workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id\n        FROM (\n            SELECT workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id FROM touched, counted WHERE deals <= 50\n            UNION\n            SELECT workspace_id, 'many', NULL::uuid, pipeline_id, stage_id, from_stage_id, NULL::uuid\n            FROM touched, counted WHERE deals > 50\n        ) AS changes;\n        RETURN NULL;\n        ",
                    hash="f6ac0fdce417c413be96683f48dfd08701869342",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_changes_insert_9c888",
                    referencing="REFERENCING NEW TABLE AS new_rows ",
                    table="strategy_rival",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="rival",
            trigger=pgtrigger.compiler.Trigger(
                name="changes_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n        INSERT INTO tenancy_change (id, xid, at, origin, workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id)\n        WITH touched AS (SELECT new_rows.workspace_id, 'strategy' AS kind, deal.id::uuid AS deal_id, deal.pipeline_id::uuid AS pipeline_id, deal.stage_id::uuid AS stage_id, NULL::uuid AS from_stage_id, NULL::uuid AS actor_id FROM new_rows\n        JOIN deals_deal AS deal ON deal.workspace_id = new_rows.workspace_id AND deal.id = new_rows.deal_id), counted AS (SELECT count(*) AS deals FROM touched)\n        SELECT gen_random_uuid(), pg_current_xact_id(), clock_timestamp(),\n            coalesce(current_setting('app.origin', true), ''), workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id\n        FROM (\n            SELECT workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id FROM touched, counted WHERE deals <= 50\n            UNION\n            SELECT workspace_id, 'many', NULL::uuid, pipeline_id, stage_id, from_stage_id, NULL::uuid\n            FROM touched, counted WHERE deals > 50\n        ) AS changes;\n        RETURN NULL;\n        ",
                    hash="73b6828da42036c41794dab30bae76b53c003e35",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_changes_update_f8969",
                    referencing="REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ",
                    table="strategy_rival",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="criterionrating",
            index=models.Index(fields=["workspace", "deal"], name="strategy_criterionrating_deal"),
        ),
        migrations.AddIndex(
            model_name="criterionrating",
            index=models.Index(fields=["workspace", "rival"], name="strategy_criterionrating_rival"),
        ),
        migrations.AddConstraint(
            model_name="criterionrating",
            constraint=models.UniqueConstraint(
                fields=("workspace", "criterion", "rival"), name="strategy_criterionrating_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="criterionrating",
            constraint=models.CheckConstraint(
                condition=models.Q(("standing__gte", -2), ("standing__lte", 2)),
                name="strategy_criterionrating_standing",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="criterionrating",
            trigger=pgtrigger.compiler.Trigger(
                name="changes_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n        INSERT INTO tenancy_change (id, xid, at, origin, workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id)\n        WITH touched AS (SELECT new_rows.workspace_id, 'strategy' AS kind, deal.id::uuid AS deal_id, deal.pipeline_id::uuid AS pipeline_id, deal.stage_id::uuid AS stage_id, NULL::uuid AS from_stage_id, NULL::uuid AS actor_id FROM new_rows\n        JOIN deals_deal AS deal ON deal.workspace_id = new_rows.workspace_id AND deal.id = new_rows.deal_id), counted AS (SELECT count(*) AS deals FROM touched)\n        SELECT gen_random_uuid(), pg_current_xact_id(), clock_timestamp(),\n            coalesce(current_setting('app.origin', true), ''), workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id\n        FROM (\n            SELECT workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id FROM touched, counted WHERE deals <= 50\n            UNION\n            SELECT workspace_id, 'many', NULL::uuid, pipeline_id, stage_id, from_stage_id, NULL::uuid\n            FROM touched, counted WHERE deals > 50\n        ) AS changes;\n        RETURN NULL;\n        ",
                    hash="0c83f5f00c9d5c9d9ef1120c625f1c133f0b6a56",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_changes_insert_813e8",
                    referencing="REFERENCING NEW TABLE AS new_rows ",
                    table="strategy_criterionrating",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="criterionrating",
            trigger=pgtrigger.compiler.Trigger(
                name="changes_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n        INSERT INTO tenancy_change (id, xid, at, origin, workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id)\n        WITH touched AS (SELECT new_rows.workspace_id, 'strategy' AS kind, deal.id::uuid AS deal_id, deal.pipeline_id::uuid AS pipeline_id, deal.stage_id::uuid AS stage_id, NULL::uuid AS from_stage_id, NULL::uuid AS actor_id FROM new_rows\n        JOIN deals_deal AS deal ON deal.workspace_id = new_rows.workspace_id AND deal.id = new_rows.deal_id), counted AS (SELECT count(*) AS deals FROM touched)\n        SELECT gen_random_uuid(), pg_current_xact_id(), clock_timestamp(),\n            coalesce(current_setting('app.origin', true), ''), workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id\n        FROM (\n            SELECT workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id FROM touched, counted WHERE deals <= 50\n            UNION\n            SELECT workspace_id, 'many', NULL::uuid, pipeline_id, stage_id, from_stage_id, NULL::uuid\n            FROM touched, counted WHERE deals > 50\n        ) AS changes;\n        RETURN NULL;\n        ",
                    hash="fc4ad719cce53826f7e3dfed27db5cd9010aa094",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_changes_update_c5533",
                    referencing="REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ",
                    table="strategy_criterionrating",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="selection",
            constraint=models.UniqueConstraint(
                condition=models.Q(("removed_at", None)),
                fields=("workspace", "deal"),
                name="strategy_selection_key",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="selection",
            trigger=pgtrigger.compiler.Trigger(
                name="changes_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n        INSERT INTO tenancy_change (id, xid, at, origin, workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id)\n        WITH touched AS (SELECT new_rows.workspace_id, 'strategy' AS kind, deal.id::uuid AS deal_id, deal.pipeline_id::uuid AS pipeline_id, deal.stage_id::uuid AS stage_id, NULL::uuid AS from_stage_id, NULL::uuid AS actor_id FROM new_rows\n        JOIN deals_deal AS deal ON deal.workspace_id = new_rows.workspace_id AND deal.id = new_rows.deal_id), counted AS (SELECT count(*) AS deals FROM touched)\n        SELECT gen_random_uuid(), pg_current_xact_id(), clock_timestamp(),\n            coalesce(current_setting('app.origin', true), ''), workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id\n        FROM (\n            SELECT workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id FROM touched, counted WHERE deals <= 50\n            UNION\n            SELECT workspace_id, 'many', NULL::uuid, pipeline_id, stage_id, from_stage_id, NULL::uuid\n            FROM touched, counted WHERE deals > 50\n        ) AS changes;\n        RETURN NULL;\n        ",
                    hash="7a34de5a687a432ea8642df0c2bf8b51a06b85d6",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_changes_insert_32e4c",
                    referencing="REFERENCING NEW TABLE AS new_rows ",
                    table="strategy_selection",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="selection",
            trigger=pgtrigger.compiler.Trigger(
                name="changes_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n        INSERT INTO tenancy_change (id, xid, at, origin, workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id)\n        WITH touched AS (SELECT new_rows.workspace_id, 'strategy' AS kind, deal.id::uuid AS deal_id, deal.pipeline_id::uuid AS pipeline_id, deal.stage_id::uuid AS stage_id, NULL::uuid AS from_stage_id, NULL::uuid AS actor_id FROM new_rows\n        JOIN deals_deal AS deal ON deal.workspace_id = new_rows.workspace_id AND deal.id = new_rows.deal_id), counted AS (SELECT count(*) AS deals FROM touched)\n        SELECT gen_random_uuid(), pg_current_xact_id(), clock_timestamp(),\n            coalesce(current_setting('app.origin', true), ''), workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id\n        FROM (\n            SELECT workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id FROM touched, counted WHERE deals <= 50\n            UNION\n            SELECT workspace_id, 'many', NULL::uuid, pipeline_id, stage_id, from_stage_id, NULL::uuid\n            FROM touched, counted WHERE deals > 50\n        ) AS changes;\n        RETURN NULL;\n        ",
                    hash="6195ed5386140b13ac41d8f7cf544a27236ff9b4",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_changes_update_f6f2f",
                    referencing="REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ",
                    table="strategy_selection",
                    when="AFTER",
                ),
            ),
        ),
        IsolateTenant("Competitor", "Rival", "BuyerCriterion", "CriterionRating", "Selection"),
    ]
