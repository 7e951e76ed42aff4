"""The Model's tools on a deal."""

from strategy.models.approval import (
    Approval,
    ApprovalAnswer,
    ApprovalDepartment,
    ApprovalMeeting,
    ApprovalQuestion,
    IfMissed,
    PassedBefore,
    Way,
)
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
from strategy.models.stakeholder import DecisionRole, Sign, Stakeholder, Stance
from strategy.models.tool import PipelineTool, Tool
from strategy.models.value_case import Box, Period, ValueEntry, ValueGoal, ValueLink

__all__ = [
    "Approval",
    "ApprovalAnswer",
    "ApprovalDepartment",
    "ApprovalMeeting",
    "ApprovalQuestion",
    "BantAnswer",
    "Box",
    "BuyerCriterion",
    "Certainty",
    "Competitor",
    "CriterionRating",
    "DecisionRole",
    "IfMissed",
    "Matters",
    "Part",
    "PassedBefore",
    "Period",
    "PipelineTool",
    "Rival",
    "Selection",
    "Sign",
    "Stakeholder",
    "Stance",
    "Standing",
    "Tool",
    "ValueEntry",
    "ValueGoal",
    "ValueLink",
    "Way",
]
