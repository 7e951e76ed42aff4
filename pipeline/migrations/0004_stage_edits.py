"""A version on each stage, so that two admins do not overwrite each other."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pipeline", "0002_version_indexes")]

    operations = [
        migrations.AddField(
            model_name="stage",
            name="version",
            field=models.PositiveIntegerField(default=1),
        ),
    ]
