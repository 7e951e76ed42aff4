from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("deals", "0011_strategy_events"),
    ]

    operations = [
        migrations.AlterField(
            model_name="bulkchange",
            name="kind",
            field=models.CharField(
                choices=[
                    ("move", "Move"),
                    ("owner", "Change the owner"),
                    ("close_date", "Change the expected close date"),
                    ("source", "Change the source"),
                    ("tag", "Add a tag"),
                    ("untag", "Remove a tag"),
                    ("win", "Won"),
                    ("lose", "Lost"),
                    ("delete", "Delete"),
                ],
                max_length=10,
            ),
        ),
    ]
