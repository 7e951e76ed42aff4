"""Deals are found by a folded name, which the database itself fills. Adding the column is the back-fill."""

from django.db import migrations, models

import contacts.keys


class Migration(migrations.Migration):
    dependencies = [("contacts", "0004_tell_open_pages"), ("deals", "0008_tell_open_pages")]

    operations = [
        migrations.AddField(
            model_name="deal",
            name="name_key",
            field=contacts.keys.KeyField(
                db_persist=True,
                expression=contacts.keys.PlainKey(models.F("name")),
                output_field=models.TextField(db_collation="C"),
            ),
        ),
        migrations.AddIndex(
            model_name="deal",
            index=models.Index(
                condition=models.Q(("deleted_at", None)),
                fields=["workspace", "name_key", "id"],
                include=("outcome", "owner"),
                name="deals_deal_find",
            ),
        ),
    ]
