"""What the designer tells of alerts before a stage's stall days are changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from automation.models import StallAlert
from automation.selectors.stage_effects import alert_effects
from automation.services.stall_alerts import sweep_workspace_stalled
from core import clock
from deals.services.edit_deal import edit_deal
from pipeline.models import Stage
from pipeline.registry import StageSettings
from pipeline.selectors.stages import stages_of
from pipeline.services.change_stage import change_stage
from tenancy.scope import workspace_scope
from tests.factories import Cast, make_deal


def with_deals(cast: Cast, *days_ago: int) -> Stage:
    for days in days_ago:
        with clock.frozen_at(clock.now() - timedelta(days=days)):
            make_deal(actor=cast.actor("admin"), owner=cast.rep)
    return stages_of(cast.pipeline.pk)[0]


def test_the_alerts_told_are_those_that_go_out(cast: Cast) -> None:
    with workspace_scope(cast.workspace.pk):
        stage = with_deals(cast, 20, 10, 8, 2)
    sweep_workspace_stalled(workspace_id=cast.workspace.pk)
    with workspace_scope(cast.workspace.pk):
        (effect,) = alert_effects(stage, replace(StageSettings.of(stage), stall_days=7), cast.actor("admin"))
        assert (effect.before, effect.after) == ("1 at 14\xa0d", "3 at 7\xa0d")
        assert effect.meaning.startswith("2 alerts")
        assert StallAlert.objects.count() == 1
        change_stage(stage_id=stage.pk, changes={"stall_days": 7}, actor=cast.actor("admin"))
    sweep_workspace_stalled(workspace_id=cast.workspace.pk)
    with workspace_scope(cast.workspace.pk):
        assert StallAlert.objects.count() == 3


def test_a_longer_limit_sends_nothing(cast: Cast) -> None:
    with workspace_scope(cast.workspace.pk):
        stage = with_deals(cast, 20)
        admin = cast.actor("admin")
        (effect,) = alert_effects(stage, replace(StageSettings.of(stage), stall_days=30), admin)
        assert (effect.before, effect.after) == ("1 at 14\xa0d", "0 at 30\xa0d")
        assert effect.meaning.startswith("No new alert")
        (never,) = alert_effects(stage, replace(StageSettings.of(stage), stall_days=0), admin)
        assert never.after == "never stalled"


def test_who_is_put_aside_is_not_counted(cast: Cast) -> None:
    with workspace_scope(cast.workspace.pk):
        stage = with_deals(cast, 10)
        admin = cast.actor("admin")
        deal = stage.deals.get()
        later = clock.local_date(clock.now(), cast.workspace.zone) + timedelta(days=5)
        edit_deal(deal_id=deal.pk, changes={"snoozed_until": later}, actor=admin)
        assert alert_effects(stage, replace(StageSettings.of(stage), stall_days=7), admin) == []


def test_other_changes_do_not_concern_alerts(cast: Cast) -> None:
    with workspace_scope(cast.workspace.pk):
        stage = with_deals(cast, 20)
        assert alert_effects(stage, replace(StageSettings.of(stage), kind="lead"), cast.actor("admin")) == []
