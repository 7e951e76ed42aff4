from deals.models.activity import Activity, ActivityParticipant
from deals.models.criteria import CriterionCheck
from deals.models.deal import Deal, DealVersion, Outcome
from deals.models.event import DealEvent, EventKind
from deals.models.file import DealFile
from deals.models.links import DealContact, DealTag, Tag
from deals.models.note import Note
from deals.models.stay import StageStay
from deals.models.task import Task, TaskSource
from deals.models.total import DealTotal, DealTotalChange

__all__ = [
    "Activity",
    "ActivityParticipant",
    "CriterionCheck",
    "Deal",
    "DealContact",
    "DealEvent",
    "DealFile",
    "DealTag",
    "DealTotal",
    "DealTotalChange",
    "DealVersion",
    "EventKind",
    "Note",
    "Outcome",
    "StageStay",
    "Tag",
    "Task",
    "TaskSource",
]
