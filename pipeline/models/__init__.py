from pipeline.models.criteria import CriterionKind, ExitCriterion
from pipeline.models.loss import LossReason
from pipeline.models.pipeline import Pipeline
from pipeline.models.review import JourneyStep, ReviewQuestion, StageAnswer
from pipeline.models.stage import Category, Stage, StageKind, StageVersion
from pipeline.models.tasks import EntryTask

__all__ = [
    "Category",
    "CriterionKind",
    "EntryTask",
    "ExitCriterion",
    "JourneyStep",
    "LossReason",
    "Pipeline",
    "ReviewQuestion",
    "Stage",
    "StageAnswer",
    "StageKind",
    "StageVersion",
]
