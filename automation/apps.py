from django.apps import AppConfig


class AutomationConfig(AppConfig):
    name = "automation"

    def ready(self) -> None:
        from automation.services.stage_entry import make_entry_tasks
        from core import outbox

        outbox.register("stage_entry_tasks", make_entry_tasks)
