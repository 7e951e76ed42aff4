"""Pipelines and deals as the services make them. Call inside a workspace scope."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from deals.models import Deal
from deals.services.create_deal import create_deal
from pipeline.models import Pipeline
from pipeline.services.create_from_template import create_pipeline_from_template
from tenancy.permissions import Actor


def make_pipeline(template: str = "salesmap", language: str = "ko", **fields: Any) -> Pipeline:
    return create_pipeline_from_template(template=template, language=language, is_default=True, **fields)


def make_deal(
    *,
    actor: Actor,
    stage: str | None = None,
    pipeline: Pipeline | None = None,
    name: str = "한결모터스 도입",
    amount: Decimal | int | None = Decimal(10_000_000),
    expected_close_date: date | None = None,
    **fields: Any,
) -> Deal:
    """A deal in the stage of that name (the first open one by default)."""
    pipeline = pipeline or Pipeline.objects.get(is_default=True)
    return create_deal(
        actor=actor,
        name=name,
        pipeline=pipeline,
        stage=pipeline.stages.get(name=stage) if stage else None,
        amount=None if amount is None else Decimal(amount),
        expected_close_date=expected_close_date,
        **fields,
    )
