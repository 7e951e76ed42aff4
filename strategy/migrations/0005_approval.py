import django.core.validators
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
        ("strategy", "0004_stakeholders"),
        ("tenancy", "0005_tell_open_pages"),
    ]

    operations = [
        migrations.CreateModel(
            name="ApprovalDepartment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                (
                    "days",
                    models.PositiveSmallIntegerField(
                        default=3, validators=[django.core.validators.MaxValueValidator(250)]
                    ),
                ),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
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
                        related_name="approval_departments",
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
            name="ApprovalMeeting",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("on", models.DateField()),
                ("papers_due", models.DateField(blank=True, null=True)),
                (
                    "if_missed",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("next", "The next regular one"),
                            ("extraordinary", "An extraordinary one is called"),
                            ("briefing", "The members are briefed one by one"),
                        ],
                        max_length=14,
                    ),
                ),
                ("next_on", models.DateField(blank=True, null=True)),
                (
                    "missed_days",
                    models.PositiveSmallIntegerField(
                        default=5, validators=[django.core.validators.MaxValueValidator(250)]
                    ),
                ),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
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
                        related_name="approval_meetings",
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
            name="ApprovalQuestion",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("text", models.CharField(max_length=300)),
                ("at", models.DateTimeField(default=core.clock.now)),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
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
                    "from_deal",
                    tenancy.models.base.TenantForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
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
            name="ApprovalAnswer",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("text", models.CharField(blank=True, max_length=1000)),
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
                        related_name="approval_answers",
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
                    "question",
                    tenancy.models.base.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="strategy.approvalquestion",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Approval",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "way",
                    models.CharField(
                        blank=True,
                        choices=[("electronic", "Electronic"), ("paper", "On paper"), ("verbal", "Verbal")],
                        max_length=10,
                    ),
                ),
                (
                    "passed_before",
                    models.CharField(blank=True, choices=[("yes", "Yes"), ("no", "No")], max_length=3),
                ),
                (
                    "drafting_days",
                    models.PositiveSmallIntegerField(
                        default=3, validators=[django.core.validators.MaxValueValidator(250)]
                    ),
                ),
                (
                    "signing_days",
                    models.PositiveSmallIntegerField(
                        default=1, validators=[django.core.validators.MaxValueValidator(250)]
                    ),
                ),
                ("begun_on", models.DateField(blank=True, null=True)),
                ("submitted_on", models.DateField(blank=True, null=True)),
                ("absent_from", models.DateField(blank=True, null=True)),
                ("absent_to", models.DateField(blank=True, null=True)),
                ("at", models.DateTimeField(default=core.clock.now)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "approver_in_truth",
                    tenancy.models.base.TenantForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contacts.contact",
                    ),
                ),
                (
                    "approver_on_paper",
                    tenancy.models.base.TenantForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contacts.contact",
                    ),
                ),
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
                        related_name="approvals",
                        to="deals.deal",
                    ),
                ),
                (
                    "drafter",
                    tenancy.models.base.TenantForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contacts.contact",
                    ),
                ),
                (
                    "signer",
                    tenancy.models.base.TenantForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contacts.contact",
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
                    models.UniqueConstraint(fields=("workspace", "deal"), name="strategy_approval_key"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("absent_from", None), ("absent_to", None)),
                            ("absent_from__lte", models.F("absent_to")),
                            _connector="OR",
                        ),
                        name="strategy_approval_absence",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="approval",
            trigger=pgtrigger.compiler.Trigger(
                name="changes_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n        INSERT INTO tenancy_change (id, xid, at, origin, workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id)\n        WITH touched AS (SELECT new_rows.workspace_id, 'strategy' AS kind, deal.id::uuid AS deal_id, deal.pipeline_id::uuid AS pipeline_id, deal.stage_id::uuid AS stage_id, NULL::uuid AS from_stage_id, NULL::uuid AS actor_id FROM new_rows\n        JOIN deals_deal AS deal ON deal.workspace_id = new_rows.workspace_id AND deal.id = new_rows.deal_id), counted AS (SELECT count(*) AS deals FROM touched)\n        SELECT gen_random_uuid(), pg_current_xact_id(), clock_timestamp(),\n            coalesce(current_setting('app.origin', true), ''), workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id\n        FROM (\n            SELECT workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id FROM touched, counted WHERE deals <= 50\n            UNION\n            SELECT workspace_id, 'many', NULL::uuid, pipeline_id, stage_id, from_stage_id, NULL::uuid\n            FROM touched, counted WHERE deals > 50\n        ) AS changes;\n        RETURN NULL;\n        ",
                    hash="a9713e891744ec0f58bd77ee2c8561d8dfbfef33",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_changes_insert_033b9",
                    referencing="REFERENCING NEW TABLE AS new_rows ",
                    table="strategy_approval",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="approval",
            trigger=pgtrigger.compiler.Trigger(
                name="changes_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n        INSERT INTO tenancy_change (id, xid, at, origin, workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id)\n        WITH touched AS (SELECT new_rows.workspace_id, 'strategy' AS kind, deal.id::uuid AS deal_id, deal.pipeline_id::uuid AS pipeline_id, deal.stage_id::uuid AS stage_id, NULL::uuid AS from_stage_id, NULL::uuid AS actor_id FROM new_rows\n        JOIN deals_deal AS deal ON deal.workspace_id = new_rows.workspace_id AND deal.id = new_rows.deal_id), counted AS (SELECT count(*) AS deals FROM touched)\n        SELECT gen_random_uuid(), pg_current_xact_id(), clock_timestamp(),\n            coalesce(current_setting('app.origin', true), ''), workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id\n        FROM (\n            SELECT workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id FROM touched, counted WHERE deals <= 50\n            UNION\n            SELECT workspace_id, 'many', NULL::uuid, pipeline_id, stage_id, from_stage_id, NULL::uuid\n            FROM touched, counted WHERE deals > 50\n        ) AS changes;\n        RETURN NULL;\n        ",
                    hash="910e9caa66e29a38a0c361c9c199a0f7c789776c",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_changes_update_9ca8a",
                    referencing="REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ",
                    table="strategy_approval",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="approvaldepartment",
            index=models.Index(
                condition=models.Q(("removed_at", None)),
                fields=["workspace", "deal", "id"],
                name="strategy_department_deal",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="approvaldepartment",
            trigger=pgtrigger.compiler.Trigger(
                name="changes_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n        INSERT INTO tenancy_change (id, xid, at, origin, workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id)\n        WITH touched AS (SELECT new_rows.workspace_id, 'strategy' AS kind, deal.id::uuid AS deal_id, deal.pipeline_id::uuid AS pipeline_id, deal.stage_id::uuid AS stage_id, NULL::uuid AS from_stage_id, NULL::uuid AS actor_id FROM new_rows\n        JOIN deals_deal AS deal ON deal.workspace_id = new_rows.workspace_id AND deal.id = new_rows.deal_id), counted AS (SELECT count(*) AS deals FROM touched)\n        SELECT gen_random_uuid(), pg_current_xact_id(), clock_timestamp(),\n            coalesce(current_setting('app.origin', true), ''), workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id\n        FROM (\n            SELECT workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id FROM touched, counted WHERE deals <= 50\n            UNION\n            SELECT workspace_id, 'many', NULL::uuid, pipeline_id, stage_id, from_stage_id, NULL::uuid\n            FROM touched, counted WHERE deals > 50\n        ) AS changes;\n        RETURN NULL;\n        ",
                    hash="762631d8c84b4330a9be11517e28befdd8591c0d",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_changes_insert_bed3b",
                    referencing="REFERENCING NEW TABLE AS new_rows ",
                    table="strategy_approvaldepartment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="approvaldepartment",
            trigger=pgtrigger.compiler.Trigger(
                name="changes_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n        INSERT INTO tenancy_change (id, xid, at, origin, workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id)\n        WITH touched AS (SELECT new_rows.workspace_id, 'strategy' AS kind, deal.id::uuid AS deal_id, deal.pipeline_id::uuid AS pipeline_id, deal.stage_id::uuid AS stage_id, NULL::uuid AS from_stage_id, NULL::uuid AS actor_id FROM new_rows\n        JOIN deals_deal AS deal ON deal.workspace_id = new_rows.workspace_id AND deal.id = new_rows.deal_id), counted AS (SELECT count(*) AS deals FROM touched)\n        SELECT gen_random_uuid(), pg_current_xact_id(), clock_timestamp(),\n            coalesce(current_setting('app.origin', true), ''), workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id\n        FROM (\n            SELECT workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id FROM touched, counted WHERE deals <= 50\n            UNION\n            SELECT workspace_id, 'many', NULL::uuid, pipeline_id, stage_id, from_stage_id, NULL::uuid\n            FROM touched, counted WHERE deals > 50\n        ) AS changes;\n        RETURN NULL;\n        ",
                    hash="2da7be3abfede4993febc3c294bea7e4a0a521f8",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_changes_update_5fc35",
                    referencing="REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ",
                    table="strategy_approvaldepartment",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="approvalmeeting",
            index=models.Index(
                condition=models.Q(("removed_at", None)),
                fields=["workspace", "deal", "on"],
                name="strategy_meeting_deal",
            ),
        ),
        migrations.AddConstraint(
            model_name="approvalmeeting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("papers_due", None), ("papers_due__lte", models.F("on")), _connector="OR"
                ),
                name="strategy_meeting_papers",
            ),
        ),
        migrations.AddConstraint(
            model_name="approvalmeeting",
            constraint=models.CheckConstraint(
                condition=models.Q(("next_on", None), ("next_on__gt", models.F("on")), _connector="OR"),
                name="strategy_meeting_next",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="approvalmeeting",
            trigger=pgtrigger.compiler.Trigger(
                name="changes_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n        INSERT INTO tenancy_change (id, xid, at, origin, workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id)\n        WITH touched AS (SELECT new_rows.workspace_id, 'strategy' AS kind, deal.id::uuid AS deal_id, deal.pipeline_id::uuid AS pipeline_id, deal.stage_id::uuid AS stage_id, NULL::uuid AS from_stage_id, NULL::uuid AS actor_id FROM new_rows\n        JOIN deals_deal AS deal ON deal.workspace_id = new_rows.workspace_id AND deal.id = new_rows.deal_id), counted AS (SELECT count(*) AS deals FROM touched)\n        SELECT gen_random_uuid(), pg_current_xact_id(), clock_timestamp(),\n            coalesce(current_setting('app.origin', true), ''), workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id\n        FROM (\n            SELECT workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id FROM touched, counted WHERE deals <= 50\n            UNION\n            SELECT workspace_id, 'many', NULL::uuid, pipeline_id, stage_id, from_stage_id, NULL::uuid\n            FROM touched, counted WHERE deals > 50\n        ) AS changes;\n        RETURN NULL;\n        ",
                    hash="8ea0ea70b43126093c3de2881ce6268a10bc24a3",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_changes_insert_a1dab",
                    referencing="REFERENCING NEW TABLE AS new_rows ",
                    table="strategy_approvalmeeting",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="approvalmeeting",
            trigger=pgtrigger.compiler.Trigger(
                name="changes_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n        INSERT INTO tenancy_change (id, xid, at, origin, workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id)\n        WITH touched AS (SELECT new_rows.workspace_id, 'strategy' AS kind, deal.id::uuid AS deal_id, deal.pipeline_id::uuid AS pipeline_id, deal.stage_id::uuid AS stage_id, NULL::uuid AS from_stage_id, NULL::uuid AS actor_id FROM new_rows\n        JOIN deals_deal AS deal ON deal.workspace_id = new_rows.workspace_id AND deal.id = new_rows.deal_id), counted AS (SELECT count(*) AS deals FROM touched)\n        SELECT gen_random_uuid(), pg_current_xact_id(), clock_timestamp(),\n            coalesce(current_setting('app.origin', true), ''), workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id\n        FROM (\n            SELECT workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id FROM touched, counted WHERE deals <= 50\n            UNION\n            SELECT workspace_id, 'many', NULL::uuid, pipeline_id, stage_id, from_stage_id, NULL::uuid\n            FROM touched, counted WHERE deals > 50\n        ) AS changes;\n        RETURN NULL;\n        ",
                    hash="5cdd3b0c09402ea0011a9e85d58b2651cc022928",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_changes_update_21a75",
                    referencing="REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ",
                    table="strategy_approvalmeeting",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="approvalquestion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("removed_at", None)),
                fields=("workspace", "text"),
                name="strategy_question_key",
            ),
        ),
        migrations.AddConstraint(
            model_name="approvalanswer",
            constraint=models.UniqueConstraint(
                fields=("workspace", "deal", "question"), name="strategy_approvalanswer_key"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="approvalanswer",
            trigger=pgtrigger.compiler.Trigger(
                name="changes_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n        INSERT INTO tenancy_change (id, xid, at, origin, workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id)\n        WITH touched AS (SELECT new_rows.workspace_id, 'strategy' AS kind, deal.id::uuid AS deal_id, deal.pipeline_id::uuid AS pipeline_id, deal.stage_id::uuid AS stage_id, NULL::uuid AS from_stage_id, NULL::uuid AS actor_id FROM new_rows\n        JOIN deals_deal AS deal ON deal.workspace_id = new_rows.workspace_id AND deal.id = new_rows.deal_id), counted AS (SELECT count(*) AS deals FROM touched)\n        SELECT gen_random_uuid(), pg_current_xact_id(), clock_timestamp(),\n            coalesce(current_setting('app.origin', true), ''), workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id\n        FROM (\n            SELECT workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id FROM touched, counted WHERE deals <= 50\n            UNION\n            SELECT workspace_id, 'many', NULL::uuid, pipeline_id, stage_id, from_stage_id, NULL::uuid\n            FROM touched, counted WHERE deals > 50\n        ) AS changes;\n        RETURN NULL;\n        ",
                    hash="55a878ada452da1c30455cf0495392332771b551",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_changes_insert_a14fe",
                    referencing="REFERENCING NEW TABLE AS new_rows ",
                    table="strategy_approvalanswer",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="approvalanswer",
            trigger=pgtrigger.compiler.Trigger(
                name="changes_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n        INSERT INTO tenancy_change (id, xid, at, origin, workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id)\n        WITH touched AS (SELECT new_rows.workspace_id, 'strategy' AS kind, deal.id::uuid AS deal_id, deal.pipeline_id::uuid AS pipeline_id, deal.stage_id::uuid AS stage_id, NULL::uuid AS from_stage_id, NULL::uuid AS actor_id FROM new_rows\n        JOIN deals_deal AS deal ON deal.workspace_id = new_rows.workspace_id AND deal.id = new_rows.deal_id), counted AS (SELECT count(*) AS deals FROM touched)\n        SELECT gen_random_uuid(), pg_current_xact_id(), clock_timestamp(),\n            coalesce(current_setting('app.origin', true), ''), workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id\n        FROM (\n            SELECT workspace_id, kind, deal_id, pipeline_id, stage_id, from_stage_id, actor_id FROM touched, counted WHERE deals <= 50\n            UNION\n            SELECT workspace_id, 'many', NULL::uuid, pipeline_id, stage_id, from_stage_id, NULL::uuid\n            FROM touched, counted WHERE deals > 50\n        ) AS changes;\n        RETURN NULL;\n        ",
                    hash="9199830641dc59b4a6dd6540821060b637b8b8df",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_changes_update_2610a",
                    referencing="REFERENCING OLD TABLE AS old_rows  NEW TABLE AS new_rows ",
                    table="strategy_approvalanswer",
                    when="AFTER",
                ),
            ),
        ),
        IsolateTenant(
            "Approval", "ApprovalMeeting", "ApprovalDepartment", "ApprovalQuestion", "ApprovalAnswer"
        ),
    ]
