"""The Model's tools on a deal."""

from strategy.models.bant import BantAnswer, Certainty, Part
from strategy.models.tool import PipelineTool, Tool
from strategy.models.value_case import Box, Period, ValueEntry, ValueGoal, ValueLink

__all__ = [
    "BantAnswer",
    "Box",
    "Certainty",
    "Part",
    "Period",
    "PipelineTool",
    "Tool",
    "ValueEntry",
    "ValueGoal",
    "ValueLink",
]
