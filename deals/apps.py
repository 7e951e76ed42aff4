import uuid

from django.apps import AppConfig


class DealsConfig(AppConfig):
    name = "deals"

    def ready(self) -> None:
        from core import outbox

        outbox.register_waker(wake_dispatcher)


def wake_dispatcher(workspace_id: uuid.UUID) -> None:
    """Let a worker hand out the workspace's events."""
    from core.wake import wake
    from deals.tasks import dispatch_events

    wake(dispatch_events, str(workspace_id))
