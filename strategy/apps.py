from datetime import date
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
        from strategy.selectors import approval, bant, comparison, value_case
        from strategy.selectors import stakeholders as people
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

        register(ToolEntry(Tool.STAKEHOLDERS, "map", "strategy:stakeholders", people.stakeholder_state))
        customers.register_link(Stakeholder, "deal_id")
        facts.register(
            facts.Fact("influence_named", _("A person of influence is named"), people.influence_named)
        )
        facts.register(facts.Fact("executive_met", _("An executive has been met"), people.executive_met))
        register(
            ToolEntry(Tool.APPROVAL, "stamp", "strategy:approval", approval.approval_state, told_approval)
        )
        facts.register(
            facts.Fact("approval_begun", _("The buyer’s approval has begun"), approval.approval_begun)
        )
        for act in ("added", "changed", "removed", "restored"):
            audit_words.register(f"strategy.question_{act}", told_question)

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


def told_approval(event: Any) -> Any:
    """The buyer began, or handed in the papers; other work on it is told as work."""
    from core.formats import day_brief
    from deals.telling import Told

    words = {
        "begun": _("noted that the buyer drafts the approval from %(day)s on"),
        "submitted": _("noted that the papers for the approval went in on %(day)s"),
    }
    text = words.get(event.data.get("act", ""))
    day = event.data.get("day")
    return (
        Told(str(text) % {"day": day_brief(date.fromisoformat(day))}, icon="stamp") if text and day else None
    )


def told_question(told: Any) -> Any:
    """How a change of the team's questions reads in the change history, after the name of who made it."""
    from tenancy.audit_words import Line

    if told.action == "strategy.question_changed":
        return Line(str(_("changed a question about approvals")), told.value("from"), told.value("to"))
    words = {
        "strategy.question_added": _("asks of every approval from now on: “%(name)s”"),
        "strategy.question_removed": _("asks no more of approvals: “%(name)s”"),
        "strategy.question_restored": _("asks again of approvals: “%(name)s”"),
    }
    return str(words[told.action]) % {"name": told.value("name")}


def told_tools(told: Any) -> str:
    """How a change of a pipeline's tools reads in the change history, after the name of who made it."""
    from strategy.models import Tool

    names = ", ".join(str(Tool(tool).label) for tool in told.detail["tools"]) or _("none")
    return str(_("set the strategy tools of “%(name)s”: %(tools)s")) % {
        "name": told.detail["name"],
        "tools": names,
    }
