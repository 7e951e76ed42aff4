"""The Model's tools on a deal."""

from strategy.models.bant import BantAnswer, Certainty, Part
from strategy.models.comparison import (
    BuyerCriterion,
    Competitor,
    CriterionRating,
    Matters,
    Rival,
    Selection,
    Standing,
)
from strategy.models.tool import PipelineTool, Tool
from strategy.models.value_case import Box, Period, ValueEntry, ValueGoal, ValueLink

__all__ = [
    "BantAnswer",
    "Box",
    "BuyerCriterion",
    "Certainty",
    "Competitor",
    "CriterionRating",
    "Matters",
    "Part",
    "Period",
    "PipelineTool",
    "Rival",
    "Selection",
    "Standing",
    "Tool",
    "ValueEntry",
    "ValueGoal",
    "ValueLink",
]
