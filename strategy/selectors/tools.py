"""Which tools a deal has, and how each stands."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from deals.models import Deal, DealEvent
from deals.sections import Section
from deals.telling import Told
from pipeline.models import Pipeline
from strategy.models import PipelineTool, Tool
from strategy.registry import State, ToolEntry, entries
from tenancy.permissions import Actor


@dataclass(frozen=True, slots=True)
class ToolRow:
    """A tool of the deal's pipeline. `is_open`: the deal has come to the stage from which it is asked for."""

    entry: ToolEntry
    label: str
    is_open: bool
    state: State


def tools_of(pipeline_id: uuid.UUID) -> dict[str, PipelineTool]:
    """Tool → its place in the pipeline, with its stage; only those that the pipeline has. One query."""
    rows = PipelineTool.objects.filter(pipeline=pipeline_id).select_related("opens_at")
    return {row.tool: row for row in rows}


def tool_rows(deal: Deal) -> list[ToolRow]:
    """The tools of the deal's pipeline in their order, each with its state."""
    used = tools_of(deal.pipeline_id)
    return [
        ToolRow(
            entries()[tool], str(Tool(tool).label), is_open(deal, used[tool]), entries()[tool].state(deal)
        )
        for tool in Tool.values
        if tool in used and tool in entries()
    ]


def is_open(deal: Deal, tool: PipelineTool) -> bool:
    return tool.opens_at is None or deal.stage.position >= tool.opens_at.position


def strategy_section(deal: Deal, actor: Actor) -> Section | None:
    """For the deal's page; nothing on deals of a pipeline without tools."""
    rows = tool_rows(deal)
    return Section("strategy/_section.html", rows) if rows else None


def tools_in_settings(pipeline: Pipeline) -> list[tuple[Tool, PipelineTool | None]]:
    used = tools_of(pipeline.pk)
    return [(tool, used.get(tool.value)) for tool in Tool if tool.value in entries()]


def tell(events: Sequence[DealEvent]) -> Mapping[uuid.UUID, Told]:
    """Events of the tools in words."""
    return {event.pk: _told(event) for event in events}


def _told(event: DealEvent) -> Told:
    name = event.data.get("tool", "")
    entry = entries().get(name)
    if entry is None:
        return Told(_("worked on the deal's strategy"))
    told = entry.tell(event) if entry.tell else None
    return told or Told(_("worked on “%(tool)s”") % {"tool": Tool(name).label}, icon=entry.icon)
