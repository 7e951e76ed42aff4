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
from strategy.models.stakeholder import DecisionRole, Sign, Stakeholder, Stance
from strategy.models.tool import PipelineTool, Tool

__all__ = [
    "Approval",
    "ApprovalAnswer",
    "ApprovalDepartment",
    "ApprovalMeeting",
    "ApprovalQuestion",
    "BantAnswer",
    "Certainty",
    "DecisionRole",
    "IfMissed",
    "Part",
    "PassedBefore",
    "PipelineTool",
    "Sign",
    "Stakeholder",
    "Stance",
    "Tool",
    "Way",
]
