"""A version on each stage, so that two admins do not overwrite each other."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pipeline", "0003_stage_review")]

    operations = [
        migrations.AddField(
            model_name="stage",
            name="version",
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AlterField(
            model_name="stage",
            name="kind",
            field=models.CharField(
                choices=[("lead", "Lead stage"), ("open", "Deal stage")], default="open", max_length=4
            ),
        ),
        migrations.AlterField(
            model_name="stageversion",
            name="kind",
            field=models.CharField(
                choices=[("lead", "Lead stage"), ("open", "Deal stage")], default="open", max_length=4
            ),
        ),
    ]
