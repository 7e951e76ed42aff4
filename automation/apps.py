from django.apps import AppConfig


class AutomationConfig(AppConfig):
    name = "automation"

    def ready(self) -> None:
        from automation.selectors.stage_effects import alert_effects
        from automation.services.stage_entry import make_entry_tasks
        from core import outbox
        from pipeline import registry

        outbox.register("stage_entry_tasks", make_entry_tasks)
        registry.register_effects("alerts", alert_effects)
