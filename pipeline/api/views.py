"""`pipelines/`, `stages/`, `loss-reasons/`: to read."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import Prefetch, QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import ApiView
from api.fields import Ref
from api.pagination import ordering_field, orders
from api.schema import operation, page_of
from api.serializers import PageQuery
from core.errors import NotFound
from pipeline.api.serializers import LossReasonShown, PipelineShown, StageShown
from pipeline.models import Pipeline, Stage
from pipeline.selectors.stages import loss_reasons, pipelines, stages

# A workspace has a handful of each; the limit on a page is no concern here, the envelope is the same everywhere.
PIPELINE_ORDERS = orders("position", "-position", "name", "-name")
STAGE_ORDERS = orders("position", "-position")
REASON_ORDERS = orders("position", "-position", "name", "-name")


class PipelineQuery(PageQuery):
    ordering = ordering_field(PIPELINE_ORDERS)


class StageQuery(PageQuery):
    ordering = ordering_field(STAGE_ORDERS)
    pipeline = Ref(Pipeline.objects.all, required=False)


class ReasonQuery(PageQuery):
    ordering = ordering_field(REASON_ORDERS)


def pipelines_with_stages() -> QuerySet[Pipeline]:
    """Four queries: pipelines, stages, criteria, entry tasks."""
    return pipelines().prefetch_related(
        Prefetch("stages", stages().order_by("position"), to_attr="stages_in_use")
    )


def one(rows: QuerySet[Any], ident: uuid.UUID) -> Any:
    found = rows.filter(pk=ident).first()
    if found is None:
        raise NotFound
    return found


class PipelineListView(ApiView):
    queries = {"GET": PipelineQuery}

    @operation("pipelines_list", "Pipelines with their stages", answers={200: page_of(PipelineShown)})
    def get(self, request: Request) -> Response:
        return self.list_response(self.page(pipelines_with_stages(), PIPELINE_ORDERS), PipelineShown)


class PipelineView(ApiView):
    @operation("pipelines_get", "One pipeline with its stages", answers={200: PipelineShown})
    def get(self, request: Request, pipeline_id: uuid.UUID) -> Response:
        return Response(PipelineShown(one(pipelines_with_stages(), pipeline_id)).data)


class StageListView(ApiView):
    queries = {"GET": StageQuery}

    @operation("stages_list", "Stages in board order", answers={200: page_of(StageShown)})
    def get(self, request: Request) -> Response:
        rows: QuerySet[Stage] = stages()
        if pipeline := self.query.get("pipeline"):
            rows = rows.filter(pipeline=pipeline)
        return self.list_response(self.page(rows, STAGE_ORDERS), StageShown)


class StageView(ApiView):
    @operation("stages_get", "One stage", answers={200: StageShown})
    def get(self, request: Request, stage_id: uuid.UUID) -> Response:
        return Response(StageShown(one(stages(), stage_id)).data)


class LossReasonListView(ApiView):
    queries = {"GET": ReasonQuery}

    @operation("loss_reasons_list", "Why deals are lost", answers={200: page_of(LossReasonShown)})
    def get(self, request: Request) -> Response:
        return self.list_response(self.page(loss_reasons(), REASON_ORDERS), LossReasonShown)
