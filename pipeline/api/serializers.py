"""Pipelines, stages and loss reasons as the API shows them."""

from __future__ import annotations

from rest_framework import serializers

from api.fields import Percent
from api.serializers import Shown
from pipeline.models import Category, CriterionKind, StageKind
from pipeline.models.criteria import Question


class CriterionShown(Shown):
    id = serializers.UUIDField()
    name = serializers.CharField()
    question = serializers.ChoiceField(Question.choices)
    kind = serializers.ChoiceField(CriterionKind.choices)
    required = serializers.BooleanField()  # type: ignore[assignment]


class EntryTaskShown(Shown):
    """A task that entering the stage makes, due so many days later."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    due_days = serializers.IntegerField()


class StageShown(Shown):
    """`win_rate` in percent; `stall_days` 0 means never."""

    id = serializers.UUIDField()
    pipeline = serializers.UUIDField(source="pipeline_id")
    name = serializers.CharField()
    kind = serializers.ChoiceField(StageKind.choices)
    position = serializers.IntegerField()
    win_rate = Percent()
    stall_days = serializers.IntegerField()
    category = serializers.ChoiceField(Category.choices)
    exit_criteria = CriterionShown(many=True)
    entry_tasks = EntryTaskShown(many=True)


class PipelineShown(Shown):
    """`stages` in board order."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    is_default = serializers.BooleanField()
    position = serializers.IntegerField()
    stages = StageShown(many=True, source="stages_in_use")


class LossReasonShown(Shown):
    id = serializers.UUIDField()
    name = serializers.CharField()
