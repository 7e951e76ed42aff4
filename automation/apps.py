import uuid

from django.apps import AppConfig


class AutomationConfig(AppConfig):
    name = "automation"

    def ready(self) -> None:
        from automation.selectors.stage_effects import alert_effects
        from automation.services.letters import undelivered_letters
        from automation.services.mentions import tell_the_mentioned
        from automation.services.stage_entry import make_entry_tasks
        from core import outbox, post
        from pipeline import registry

        outbox.register("stage_entry_tasks", make_entry_tasks)
        outbox.register("mentions", tell_the_mentioned)
        registry.register_effects("alerts", alert_effects)
        post.open_office(post.Office(take=take_letter, undelivered=undelivered_letters))


def take_letter(kind: str, row_id: uuid.UUID) -> None:
    """Keep it, and let a worker send it once the transaction has committed."""
    from automation.services import letters
    from automation.tasks import send_workspace_mail
    from core.wake import wake_after_commit
    from tenancy.scope import current_workspace_id

    letters.take_letter(kind, row_id)
    wake_after_commit(send_workspace_mail, str(current_workspace_id()))
