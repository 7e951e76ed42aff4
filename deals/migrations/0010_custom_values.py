import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

import core.ids
import fields.models.value
import tenancy.models.base
import tenancy.scope
from tenancy.isolation import IsolateTenant


class Migration(migrations.Migration):
    dependencies = [
        ("deals", "0009_find"),
        ("fields", "0001_initial"),
        ("tenancy", "0004_exchange_rates"),
    ]

    operations = [
        migrations.CreateModel(
            name="DealFieldValue",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("text", models.CharField(blank=True, max_length=1000, null=True)),
                (
                    "text_key",
                    fields.models.value.TextKey(
                        db_persist=True,
                        expression=django.db.models.functions.text.Left(
                            django.db.models.functions.text.Lower(models.F("text")), 200
                        ),
                        output_field=models.TextField(db_collation="C", null=True),
                    ),
                ),
                ("units", models.BigIntegerField(blank=True, null=True)),
                ("day", models.DateField(blank=True, null=True)),
                ("flag", models.BooleanField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name="dealfieldvalue",
            name="choice",
            field=tenancy.models.base.TenantForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="fields.fieldchoice",
            ),
        ),
        migrations.AddField(
            model_name="dealfieldvalue",
            name="deal",
            field=tenancy.models.base.TenantForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="field_values",
                to="deals.deal",
            ),
        ),
        migrations.AddField(
            model_name="dealfieldvalue",
            name="field",
            field=tenancy.models.base.TenantForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="fields.customfield",
            ),
        ),
        migrations.AddField(
            model_name="dealfieldvalue",
            name="member",
            field=tenancy.models.base.TenantForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="tenancy.membership",
            ),
        ),
        migrations.AddField(
            model_name="dealfieldvalue",
            name="workspace",
            field=models.ForeignKey(
                db_index=False,
                default=tenancy.scope.entered_workspace_id,
                editable=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="tenancy.workspace",
            ),
        ),
        migrations.AddIndex(
            model_name="dealfieldvalue",
            index=models.Index(
                condition=models.Q(("text_key__isnull", False)),
                fields=["workspace", "field", "text_key", "deal"],
                name="deals_fieldvalue_text",
            ),
        ),
        migrations.AddIndex(
            model_name="dealfieldvalue",
            index=models.Index(
                condition=models.Q(("units__isnull", False)),
                fields=["workspace", "field", "units", "deal"],
                name="deals_fieldvalue_units",
            ),
        ),
        migrations.AddIndex(
            model_name="dealfieldvalue",
            index=models.Index(
                condition=models.Q(("day__isnull", False)),
                fields=["workspace", "field", "day", "deal"],
                name="deals_fieldvalue_day",
            ),
        ),
        migrations.AddIndex(
            model_name="dealfieldvalue",
            index=models.Index(
                condition=models.Q(("flag__isnull", False)),
                fields=["workspace", "field", "flag", "deal"],
                name="deals_fieldvalue_flag",
            ),
        ),
        migrations.AddIndex(
            model_name="dealfieldvalue",
            index=models.Index(
                condition=models.Q(("choice__isnull", False)),
                fields=["workspace", "field", "choice", "deal"],
                name="deals_fieldvalue_choice",
            ),
        ),
        migrations.AddIndex(
            model_name="dealfieldvalue",
            index=models.Index(
                condition=models.Q(("member__isnull", False)),
                fields=["workspace", "field", "member", "deal"],
                name="deals_fieldvalue_member",
            ),
        ),
        migrations.AddConstraint(
            model_name="dealfieldvalue",
            constraint=models.UniqueConstraint(
                fields=("workspace", "deal", "field", "choice"),
                name="deals_fieldvalue_key",
                nulls_distinct=False,
            ),
        ),
        IsolateTenant("DealFieldValue"),
    ]
