import django.db.models.deletion
from django.db import migrations, models

import core.clock
import core.ids
import tenancy.models.base
import tenancy.scope
from tenancy.isolation import IsolateTenant


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tenancy", "0004_exchange_rates"),
    ]

    operations = [
        migrations.CreateModel(
            name="CustomField",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "subject",
                    models.CharField(
                        choices=[("deal", "Deals"), ("company", "Companies"), ("contact", "People")],
                        max_length=7,
                    ),
                ),
                ("key", models.CharField(max_length=40)),
                ("name", models.CharField(max_length=80)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("text", "Text"),
                            ("number", "Number"),
                            ("money", "Money"),
                            ("date", "Date"),
                            ("choice", "One of a list"),
                            ("choices", "Several of a list"),
                            ("checkbox", "Yes or no"),
                            ("link", "Link"),
                            ("member", "A member"),
                        ],
                        max_length=8,
                    ),
                ),
                ("help_text", models.CharField(blank=True, max_length=200)),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("position", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
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
            name="FieldChoice",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("position", models.PositiveIntegerField(default=0)),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
                (
                    "field",
                    tenancy.models.base.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="choices",
                        to="fields.customfield",
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
        migrations.AddConstraint(
            model_name="customfield",
            constraint=models.UniqueConstraint(
                fields=("workspace", "subject", "key"), name="fields_customfield_key"
            ),
        ),
        migrations.AddConstraint(
            model_name="customfield",
            constraint=models.UniqueConstraint(
                condition=models.Q(("archived_at", None)),
                fields=("workspace", "subject", "name"),
                name="fields_customfield_name_key",
            ),
        ),
        migrations.AddIndex(
            model_name="fieldchoice",
            index=models.Index(fields=["workspace", "field", "position"], name="fields_fieldchoice_order"),
        ),
        migrations.AddConstraint(
            model_name="fieldchoice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("archived_at", None)),
                fields=("workspace", "field", "name"),
                name="fields_fieldchoice_name_key",
            ),
        ),
        IsolateTenant("CustomField", "FieldChoice"),
    ]
