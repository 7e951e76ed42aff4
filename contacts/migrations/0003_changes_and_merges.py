import django.db.models.deletion
from django.db import migrations, models

import core.clock
import core.ids
import tenancy.models.base
import tenancy.scope
from tenancy.isolation import IsolateTenant


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0002_matching_keys"),
        ("tenancy", "0003_people_settings"),
    ]

    operations = [
        migrations.CreateModel(
            name="Change",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=core.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("edited", "Edited"), ("deleted", "Deleted"), ("merged", "Merged")],
                        max_length=8,
                    ),
                ),
                ("at", models.DateTimeField(default=core.clock.now, editable=False)),
                ("data", models.JSONField(default=dict)),
                ("moved", models.JSONField(default=dict)),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name="company",
            name="merged_into",
            field=tenancy.models.base.TenantForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged",
                to="contacts.company",
            ),
        ),
        migrations.AddField(
            model_name="contact",
            name="merged_into",
            field=tenancy.models.base.TenantForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged",
                to="contacts.contact",
            ),
        ),
        migrations.AddIndex(
            model_name="company",
            index=models.Index(
                condition=models.Q(("merged_into__isnull", False)),
                fields=["workspace", "merged_into"],
                name="contacts_company_merged_into",
            ),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(
                condition=models.Q(("merged_into__isnull", False)),
                fields=["workspace", "merged_into"],
                name="contacts_contact_merged_into",
            ),
        ),
        migrations.AddConstraint(
            model_name="company",
            constraint=models.CheckConstraint(
                condition=models.Q(("merged_into", None), ("deleted_at__isnull", False), _connector="OR"),
                name="contacts_company_merged",
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.CheckConstraint(
                condition=models.Q(("merged_into", None), ("deleted_at__isnull", False), _connector="OR"),
                name="contacts_contact_merged",
            ),
        ),
        migrations.AddField(
            model_name="change",
            name="by",
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
            model_name="change",
            name="company",
            field=tenancy.models.base.TenantForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="changes",
                to="contacts.company",
            ),
        ),
        migrations.AddField(
            model_name="change",
            name="contact",
            field=tenancy.models.base.TenantForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="changes",
                to="contacts.contact",
            ),
        ),
        migrations.AddField(
            model_name="change",
            name="undone_by",
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
            model_name="change",
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
            model_name="change",
            index=models.Index(
                condition=models.Q(("company__isnull", False)),
                fields=["workspace", "company", "-at", "-id"],
                name="contacts_change_company",
            ),
        ),
        migrations.AddIndex(
            model_name="change",
            index=models.Index(
                condition=models.Q(("contact__isnull", False)),
                fields=["workspace", "contact", "-at", "-id"],
                name="contacts_change_contact",
            ),
        ),
        migrations.AddIndex(
            model_name="change",
            index=models.Index(
                condition=models.Q(("kind", "merged"), models.Q(("moved", {}), _negated=True)),
                fields=["workspace", "at"],
                name="contacts_change_merged",
            ),
        ),
        migrations.AddConstraint(
            model_name="change",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("company", None), ("contact__isnull", False)),
                    models.Q(("company__isnull", False), ("contact", None)),
                    _connector="OR",
                ),
                name="contacts_change_of_one",
            ),
        ),
        IsolateTenant("Company", "Contact", "Change"),
    ]
