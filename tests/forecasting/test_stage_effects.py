"""What the designer tells of the forecast before a stage is changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from core import clock
from forecasting.selectors.monthly import monthly_forecast
from forecasting.selectors.stage_effects import forecast_effects
from pipeline.models import Stage
from pipeline.registry import StageSettings, effects_of
from pipeline.selectors.stages import stages_of
from pipeline.services.change_stage import change_stage
from tenancy.scope import workspace_scope
from tests.factories import Cast, make_deal


@pytest.fixture
def stage(cast: Cast) -> Stage:
    """Onboarding at 70 %, with a dated deal of ten million, one whose date has passed and one without a date."""
    with workspace_scope(cast.workspace.pk):
        today = clock.local_date(clock.now(), cast.workspace.zone)
        for day in (today + timedelta(days=20), today - timedelta(days=1), None):
            make_deal(actor=cast.actor("admin"), stage="온보딩 교육 중", expected_close_date=day)
        return stages_of(cast.pipeline.pk)[2]


def weighted(cast: Cast) -> Decimal:
    today = clock.local_date(clock.now(), cast.workspace.zone)
    found = monthly_forecast(actor=cast.actor("admin"), first=today, last=clock.add_months(today, 3))
    return sum((month.weighted for month in found.months), Decimal(0))


def test_a_new_win_rate_says_what_the_forecast_then_says(cast: Cast, stage: Stage) -> None:
    with workspace_scope(cast.workspace.pk):
        proposed = replace(StageSettings.of(stage), win_rate=Decimal(50))
        (effect,) = effects_of(stage, proposed, actor=cast.actor("admin"))
        assert (effect.before, effect.after) == ("₩7M", "₩5M")
        assert effect.meaning.startswith("1 open deal")
        assert weighted(cast) == 7_000_000
        change_stage(stage_id=stage.pk, changes={"win_rate": Decimal(50)}, actor=cast.actor("admin"))
        assert weighted(cast) == 5_000_000


def test_what_becomes_a_lead_leaves_every_number(cast: Cast, stage: Stage) -> None:
    with workspace_scope(cast.workspace.pk):
        (effect,) = effects_of(
            stage, replace(StageSettings.of(stage), kind="lead"), actor=cast.actor("admin")
        )
        assert (effect.before, effect.after) == ("₩7M", "₩0")
        assert effect.meaning.startswith("3 deals leave every number")


def test_what_has_no_date_is_told_of_where_it_leaves_and_not_where_it_does_not_come(cast: Cast) -> None:
    with workspace_scope(cast.workspace.pk):
        admin = cast.actor("admin")
        stage = stages_of(cast.pipeline.pk)[0]
        make_deal(actor=admin, stage=stage.name, expected_close_date=None)
        lead = replace(StageSettings.of(stage), kind="lead")
        (effect,) = forecast_effects(stage, lead, admin)
        assert effect.meaning.startswith("1 deal leaves every number")
        change_stage(stage_id=stage.pk, changes={"kind": "lead"}, actor=admin)
        stage.refresh_from_db()
        assert forecast_effects(stage, replace(lead, kind="open"), admin) == []


def test_another_layer_is_told(cast: Cast, stage: Stage) -> None:
    with workspace_scope(cast.workspace.pk):
        proposed = replace(StageSettings.of(stage), category="commit")
        (effect,) = effects_of(stage, proposed, actor=cast.actor("admin"))
        assert (effect.before, effect.after) == ("Best case", "Commit")


def test_amounts_of_another_currency_are_told_and_not_added(cast: Cast, stage: Stage) -> None:
    with workspace_scope(cast.workspace.pk):
        today = clock.local_date(clock.now(), cast.workspace.zone)
        make_deal(
            actor=cast.actor("admin"),
            stage=stage.name,
            currency="USD",
            amount=5_000,
            expected_close_date=today + timedelta(days=3),
        )
        proposed = replace(StageSettings.of(stage), win_rate=Decimal(50))
        (effect,) = effects_of(stage, proposed, actor=cast.actor("admin"))
        assert (effect.before, effect.after) == ("₩7M", "₩5M")
        assert "1 of them is in another currency" in effect.meaning


def test_an_empty_stage_and_a_change_of_nothing_have_no_effect(cast: Cast, stage: Stage) -> None:
    with workspace_scope(cast.workspace.pk):
        empty = stages_of(cast.pipeline.pk)[0]
        admin = cast.actor("admin")
        assert effects_of(empty, replace(StageSettings.of(empty), win_rate=Decimal(1)), actor=admin) == []
        assert effects_of(stage, StageSettings.of(stage), actor=admin) == []
        assert forecast_effects(stage, replace(StageSettings.of(stage), stall_days=3), admin) == []
