"""The Model's tools on a deal."""

from strategy.models.bant import BantAnswer, Certainty, Part
from strategy.models.stakeholder import DecisionRole, Sign, Stakeholder, Stance
from strategy.models.tool import PipelineTool, Tool

__all__ = [
    "BantAnswer",
    "Certainty",
    "DecisionRole",
    "Part",
    "PipelineTool",
    "Sign",
    "Stakeholder",
    "Stance",
    "Tool",
]
