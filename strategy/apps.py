from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StrategyConfig(AppConfig):
    name = "strategy"

    def ready(self) -> None:
        from deals import facts, marks, sections, telling
        from deals.models import EventKind
        from deals.services import customers
        from pipeline import registry as pipelines
        from strategy.models import Stakeholder, Tool
        from strategy.registry import ToolEntry, register
        from strategy.selectors import bant
        from strategy.selectors import stakeholders as people
        from strategy.selectors.tools import strategy_section, tell
        from strategy.services.tools import copy_tools, tools_of_template
        from tenancy import audit_words

        sections.register("strategy", strategy_section)
        telling.register(EventKind.STRATEGY, tell)
        pipelines.register_page(pipelines.Page(_("Strategy tools"), "strategy:tools", "strategy"))
        pipelines.register_made(tools_of_template)
        pipelines.register_copied(copy_tools)
        audit_words.register_kind("strategy", _("Strategy tools"))
        audit_words.register("strategy.tools", told_tools)

        register(ToolEntry(Tool.BANT, "bant", "strategy:bant", bant.bant_state))
        facts.register(facts.Fact("bant_confirmed", _("BANT is confirmed"), bant.bant_confirmed))

        register(ToolEntry(Tool.STAKEHOLDERS, "map", "strategy:stakeholders", people.stakeholder_state))
        customers.register_link(Stakeholder, "deal_id")
        facts.register(
            facts.Fact("influence_named", _("A person of influence is named"), people.influence_named)
        )
        facts.register(facts.Fact("executive_met", _("An executive has been met"), people.executive_met))
        marks.register(
            marks.Mark(
                "only_low_met",
                _("We talk only with people of low rank and low influence"),
                "map",
                people.only_low_met,
            )
        )
        marks.register(
            marks.Mark("no_executive", _("No executive has been met yet"), "map", people.no_executive_met)
        )


def told_tools(told: Any) -> str:
    """How a change of a pipeline's tools reads in the change history, after the name of who made it."""
    from strategy.models import Tool

    names = ", ".join(str(Tool(tool).label) for tool in told.detail["tools"]) or _("none")
    return str(_("set the strategy tools of “%(name)s”: %(tools)s")) % {
        "name": told.detail["name"],
        "tools": names,
    }
