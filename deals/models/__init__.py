from deals.models.activity import Activity, ActivityParticipant
from deals.models.bulk import BulkChange, BulkKind
from deals.models.criteria import CriterionCheck
from deals.models.custom_value import DealFieldValue
from deals.models.deal import Deal, DealVersion, Outcome
from deals.models.event import DealEvent, EventKind
from deals.models.file import DealFile
from deals.models.links import DealContact, DealTag, Tag
from deals.models.note import Note
from deals.models.stay import StageStay
from deals.models.task import Task, TaskSource
from deals.models.total import DealTotal, DealTotalChange
from deals.models.view import DefaultView, ListLayout, SavedView, ViewKind

__all__ = [
    "Activity",
    "ActivityParticipant",
    "BulkChange",
    "BulkKind",
    "CriterionCheck",
    "Deal",
    "DealContact",
    "DealEvent",
    "DealFieldValue",
    "DealFile",
    "DealTag",
    "DealTotal",
    "DealTotalChange",
    "DealVersion",
    "DefaultView",
    "EventKind",
    "ListLayout",
    "Note",
    "Outcome",
    "SavedView",
    "StageStay",
    "Tag",
    "Task",
    "TaskSource",
    "ViewKind",
]
