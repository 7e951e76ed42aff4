from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StrategyConfig(AppConfig):
    name = "strategy"

    def ready(self) -> None:
        from deals import facts, marks, sections, telling
        from deals.models import EventKind
        from pipeline import registry as pipelines
        from strategy.models import Tool
        from strategy.registry import ToolEntry, register
        from strategy.selectors import bant, comparison, value_case
        from strategy.selectors.tools import strategy_section, tell
        from strategy.services.tools import copy_tools, tools_of_template
        from tenancy import audit_words

        sections.register("strategy", strategy_section)
        telling.register(EventKind.STRATEGY, tell)
        pipelines.register_page(pipelines.Page(_("Strategy tools"), "strategy:tools", "map"))
        pipelines.register_made(tools_of_template)
        pipelines.register_copied(copy_tools)
        audit_words.register_kind("strategy", _("Strategy tools"))
        audit_words.register("strategy.tools", told_tools)

        register(ToolEntry(Tool.BANT, "target", "strategy:bant", bant.bant_state))
        facts.register(facts.Fact("bant_confirmed", _("BANT is confirmed"), bant.bant_confirmed))

        register(ToolEntry(Tool.VALUE_CASE, "value", "strategy:value", value_case.value_state))
        facts.register(
            facts.Fact("value_case_complete", _("The value case is complete"), value_case.value_case_complete)
        )
        marks.register(
            marks.Mark("no_business_issue", _("No business issue"), "value", value_case.without_issue)
        )

        register(
            ToolEntry(
                Tool.COMPARISON,
                "quad",
                "strategy:comparison",
                comparison.comparison_state,
                comparison.tell_comparison,
            )
        )
        facts.register(facts.Fact("comparison_done", _("The comparison is done"), comparison.comparison_done))
        facts.register(
            facts.Fact("selected_by_buyer", _("The buyer has chosen us"), comparison.selected_by_buyer)
        )


def told_tools(told: Any) -> str:
    """How a change of a pipeline's tools reads in the change history, after the name of who made it."""
    from strategy.models import Tool

    names = ", ".join(str(Tool(tool).label) for tool in told.detail["tools"]) or _("none")
    return str(_("set the strategy tools of “%(name)s”: %(tools)s")) % {
        "name": told.detail["name"],
        "tools": names,
    }
