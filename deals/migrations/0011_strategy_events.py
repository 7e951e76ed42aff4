from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("deals", "0010_custom_values"),
    ]

    operations = [
        migrations.AlterField(
            model_name="dealevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("created", "Deal created"),
                    ("stage_changed", "Stage changed"),
                    ("won", "Won"),
                    ("lost", "Lost"),
                    ("reopened", "Reopened"),
                    ("undone", "Move undone"),
                    ("edited", "Edited"),
                    ("criterion_checked", "Criterion checked"),
                    ("tasks_made", "Tasks made on stage entry"),
                    ("task_added", "Task added"),
                    ("task_done", "Task done"),
                    ("task_reopened", "Task reopened"),
                    ("note_added", "Note added"),
                    ("note_edited", "Note edited"),
                    ("note_deleted", "Note deleted"),
                    ("note_restored", "Note restored"),
                    ("activity_logged", "Contact with the buyer logged"),
                    ("activity_edited", "Logged contact edited"),
                    ("activity_deleted", "Logged contact deleted"),
                    ("activity_restored", "Logged contact restored"),
                    ("person_added", "Person added"),
                    ("person_removed", "Person removed"),
                    ("person_role", "Role changed"),
                    ("tag_added", "Tag added"),
                    ("tag_removed", "Tag removed"),
                    ("file_added", "File added"),
                    ("file_deleted", "File deleted"),
                    ("file_restored", "File restored"),
                    ("stalled", "Stalled"),
                    ("deleted", "Deleted"),
                    ("restored", "Restored"),
                    ("strategy", "Strategy tools"),
                ],
                max_length=20,
            ),
        ),
    ]
