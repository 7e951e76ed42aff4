import uuid

from django.apps import AppConfig


class DealsConfig(AppConfig):
    name = "deals"

    def ready(self) -> None:
        from core import outbox
        from deals.selectors.occupancy import criterion_facts, criterion_fields, open_deals_by_stage
        from pipeline import registry

        outbox.register_waker(wake_dispatcher)
        registry.register_occupancy(open_deals_by_stage)
        registry.register_subjects("field", criterion_fields)
        registry.register_subjects("fact", criterion_facts)


def wake_dispatcher(workspace_id: uuid.UUID) -> None:
    """Let a worker hand out the workspace's events."""
    from core.wake import wake
    from deals.tasks import dispatch_events

    wake(dispatch_events, str(workspace_id))
