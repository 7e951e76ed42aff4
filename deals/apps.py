import uuid
from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext


class DealsConfig(AppConfig):
    name = "deals"

    def ready(self) -> None:
        from core import outbox
        from deals.models import DealFieldValue
        from deals.selectors import columns, deal_columns, facets, filters  # noqa: F401 - makes them known
        from deals.selectors.currency import objection_to_another_currency
        from deals.selectors.custom_columns import custom_columns
        from deals.selectors.custom_filters import CUSTOM
        from deals.selectors.occupancy import criterion_facts, criterion_fields, open_deals_by_stage
        from deals.services import hand_over
        from fields.registry import register_store
        from pipeline import registry
        from tenancy import audit_words, handover, objections

        register_store("deal", DealFieldValue)
        filters.register_family(CUSTOM)
        columns.register_family(custom_columns)
        outbox.register_waker(wake_dispatcher)
        registry.register_occupancy(open_deals_by_stage)
        registry.register_subjects("field", criterion_fields)
        registry.register_subjects("fact", criterion_facts)
        audit_words.register_kind("deals", _("Deals"))
        audit_words.register("deals.exported", told_export)
        objections.register("currency", objection_to_another_currency)
        handover.register(
            handover.Holding("deals", _("Open deals"), hand_over.open_deals_of, hand_over.hand_over_deals)
        )
        handover.register(
            handover.Holding("tasks", _("Open tasks"), hand_over.open_tasks_of, hand_over.hand_over_tasks)
        )


def told_export(told: Any) -> str:
    """How an export reads in the change history, after the name of who made it."""
    return ngettext(
        "exported %(count)s deal as %(format)s",
        "exported %(count)s deals as %(format)s",
        told.detail["deals"],
    ) % {"count": told.detail["deals"], "format": told.detail["format"].upper()}


def wake_dispatcher(workspace_id: uuid.UUID) -> None:
    """Let a worker hand out the workspace's events."""
    from core.wake import wake
    from deals.tasks import dispatch_events

    wake(dispatch_events, str(workspace_id))
