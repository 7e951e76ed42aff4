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
        ("contacts", "0004_tell_open_pages"),
        ("fields", "0001_initial"),
        ("tenancy", "0004_exchange_rates"),
    ]

    operations = [
        migrations.CreateModel(
            name="CompanyFieldValue",
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
        migrations.CreateModel(
            name="ContactFieldValue",
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
            model_name="companyfieldvalue",
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
            model_name="companyfieldvalue",
            name="company",
            field=tenancy.models.base.TenantForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="field_values",
                to="contacts.company",
            ),
        ),
        migrations.AddField(
            model_name="companyfieldvalue",
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
            model_name="companyfieldvalue",
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
            model_name="companyfieldvalue",
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
        migrations.AddField(
            model_name="contactfieldvalue",
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
            model_name="contactfieldvalue",
            name="contact",
            field=tenancy.models.base.TenantForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="field_values",
                to="contacts.contact",
            ),
        ),
        migrations.AddField(
            model_name="contactfieldvalue",
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
            model_name="contactfieldvalue",
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
            model_name="contactfieldvalue",
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
            model_name="companyfieldvalue",
            index=models.Index(
                condition=models.Q(("text_key__isnull", False)),
                fields=["workspace", "field", "text_key", "company"],
                name="contacts_companyvalue_text",
            ),
        ),
        migrations.AddIndex(
            model_name="companyfieldvalue",
            index=models.Index(
                condition=models.Q(("units__isnull", False)),
                fields=["workspace", "field", "units", "company"],
                name="contacts_companyvalue_units",
            ),
        ),
        migrations.AddIndex(
            model_name="companyfieldvalue",
            index=models.Index(
                condition=models.Q(("day__isnull", False)),
                fields=["workspace", "field", "day", "company"],
                name="contacts_companyvalue_day",
            ),
        ),
        migrations.AddIndex(
            model_name="companyfieldvalue",
            index=models.Index(
                condition=models.Q(("flag__isnull", False)),
                fields=["workspace", "field", "flag", "company"],
                name="contacts_companyvalue_flag",
            ),
        ),
        migrations.AddIndex(
            model_name="companyfieldvalue",
            index=models.Index(
                condition=models.Q(("choice__isnull", False)),
                fields=["workspace", "field", "choice", "company"],
                name="contacts_companyvalue_choice",
            ),
        ),
        migrations.AddIndex(
            model_name="companyfieldvalue",
            index=models.Index(
                condition=models.Q(("member__isnull", False)),
                fields=["workspace", "field", "member", "company"],
                name="contacts_companyvalue_member",
            ),
        ),
        migrations.AddConstraint(
            model_name="companyfieldvalue",
            constraint=models.UniqueConstraint(
                fields=("workspace", "company", "field", "choice"),
                name="contacts_companyvalue_key",
                nulls_distinct=False,
            ),
        ),
        migrations.AddIndex(
            model_name="contactfieldvalue",
            index=models.Index(
                condition=models.Q(("text_key__isnull", False)),
                fields=["workspace", "field", "text_key", "contact"],
                name="contacts_personvalue_text",
            ),
        ),
        migrations.AddIndex(
            model_name="contactfieldvalue",
            index=models.Index(
                condition=models.Q(("units__isnull", False)),
                fields=["workspace", "field", "units", "contact"],
                name="contacts_personvalue_units",
            ),
        ),
        migrations.AddIndex(
            model_name="contactfieldvalue",
            index=models.Index(
                condition=models.Q(("day__isnull", False)),
                fields=["workspace", "field", "day", "contact"],
                name="contacts_personvalue_day",
            ),
        ),
        migrations.AddIndex(
            model_name="contactfieldvalue",
            index=models.Index(
                condition=models.Q(("flag__isnull", False)),
                fields=["workspace", "field", "flag", "contact"],
                name="contacts_personvalue_flag",
            ),
        ),
        migrations.AddIndex(
            model_name="contactfieldvalue",
            index=models.Index(
                condition=models.Q(("choice__isnull", False)),
                fields=["workspace", "field", "choice", "contact"],
                name="contacts_personvalue_choice",
            ),
        ),
        migrations.AddIndex(
            model_name="contactfieldvalue",
            index=models.Index(
                condition=models.Q(("member__isnull", False)),
                fields=["workspace", "field", "member", "contact"],
                name="contacts_personvalue_member",
            ),
        ),
        migrations.AddConstraint(
            model_name="contactfieldvalue",
            constraint=models.UniqueConstraint(
                fields=("workspace", "contact", "field", "choice"),
                name="contacts_personvalue_key",
                nulls_distinct=False,
            ),
        ),
        IsolateTenant("CompanyFieldValue", "ContactFieldValue"),
    ]
