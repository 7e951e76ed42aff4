"""Which tools a pipeline's deals have, and what the deal's page shows of them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from core.errors import InvalidInput, NotAllowed
from deals.models import Deal
from pipeline.models import Pipeline, Stage
from pipeline.services.create_pipeline import copy_pipeline
from strategy.models import PipelineTool, Tool
from strategy.registry import entries
from strategy.services.bant import Known, answer_bant
from strategy.services.tools import THE_MODEL, set_tools
from tenancy.models import AuditEntry
from tests.factories import Cast, make_deal


def used(pipeline: Pipeline) -> dict[str, Any]:
    return dict(PipelineTool.objects.filter(pipeline=pipeline).values_list("tool", "opens_at__position"))


class TestWhichTools:
    def test_the_books_pipeline_has_all_each_from_its_stage(self, model: Pipeline) -> None:
        assert used(model) == {tool.value: position for tool, position in THE_MODEL.items()}

    def test_a_simple_pipeline_has_none_and_its_deals_show_none(self, rep: Client, acme: Cast) -> None:
        deal = make_deal(actor=acme.actor(), owner=acme.rep)
        assert not used(acme.pipeline)
        assert 'id="strategy-title"' not in rep.get(f"/w/acme/deals/{deal.pk}/").content.decode()

    def test_a_copy_has_the_same_at_its_own_stages(self, acme: Cast, model: Pipeline) -> None:
        copy = copy_pipeline(pipeline_id=model.pk, name="둘째", actor=acme.actor("admin"))
        assert used(copy) == used(model)
        stages = {
            row.opens_at.pipeline_id for row in PipelineTool.objects.filter(pipeline=copy) if row.opens_at
        }
        assert stages == {copy.pk}

    def test_what_was_written_outlives_the_tool(self, acme: Cast, model: Pipeline, deal: Deal) -> None:
        answer_bant(deal_id=deal.pk, part="need", known=Known("assumed", "엑셀"), actor=acme.actor())
        set_tools(pipeline_id=model.pk, opens_at={}, actor=acme.actor("admin"))
        assert not used(model).keys() & entries().keys()
        set_tools(pipeline_id=model.pk, opens_at={Tool.BANT.value: None}, actor=acme.actor("admin"))
        assert {tool: at for tool, at in used(model).items() if tool in entries()} == {"bant": None}
        assert deal.bant.get().text == "엑셀"

    def test_a_tool_that_cannot_be_chosen_yet_keeps_its_place(self, acme: Cast, model: Pipeline) -> None:
        before = used(model)
        set_tools(pipeline_id=model.pk, opens_at={}, actor=acme.actor("admin"))
        left = {tool: at for tool, at in before.items() if tool not in entries()}
        assert used(model) == left
        assert left.keys() == {tool.value for tool in Tool} - entries().keys()

    def test_refusals(self, acme: Cast, model: Pipeline) -> None:
        other = Stage.objects.filter(pipeline=acme.pipeline)[0]
        with pytest.raises(NotAllowed):
            set_tools(pipeline_id=model.pk, opens_at={}, actor=acme.actor("leader"))
        for opens_at in ({"magic": None}, {"bant": other.pk}):
            with pytest.raises(InvalidInput):
                set_tools(pipeline_id=model.pk, opens_at=opens_at, actor=acme.actor("admin"))
        assert len(used(model)) == len(Tool)

    def test_a_change_is_in_the_history_once(self, acme: Cast, model: Pipeline) -> None:
        for _again in range(2):
            set_tools(pipeline_id=model.pk, opens_at={"bant": None}, actor=acme.actor("admin"))
        assert AuditEntry.objects.filter(action="strategy.tools").count() == 1


class TestDealPage:
    def test_shows_each_with_its_state_and_the_later_ones_quietly(self, rep: Client, deal: Deal) -> None:
        page = rep.get(f"/w/acme/deals/{deal.pk}/").content.decode()
        assert f"/w/acme/deals/{deal.pk}/strategy/bant/" in page
        assert "0 of 4 confirmed" in page

    def test_work_is_told_in_the_story(self, rep: Client, acme: Cast, deal: Deal) -> None:
        answer_bant(deal_id=deal.pk, part="need", known=Known("assumed", "엑셀"), actor=acme.actor())
        assert "worked on “BANT”" in rep.get(f"/w/acme/deals/{deal.pk}/").content.decode()


class TestSettings:
    def test_an_admin_chooses(self, logged_in: Any, acme: Cast, model: Pipeline) -> None:
        admin = logged_in("admin")
        path = f"/w/acme/settings/pipelines/{model.pk}/tools/"
        assert 'name="bant_at"' in admin.get(path).content.decode()
        stage = Stage.objects.filter(pipeline=model).order_by("position")[2]
        admin.post(path, {"bant": "on", "bant_at": str(stage.pk)})
        assert used(model)["bant"] == 2
        assert path in admin.get(f"/w/acme/settings/pipelines/{model.pk}/").content.decode()

    def test_a_rep_reads_and_may_not_change(self, rep: Client, model: Pipeline) -> None:
        path = f"/w/acme/settings/pipelines/{model.pk}/tools/"
        assert "disabled" in rep.get(path).content.decode()
        assert rep.post(path, {}).status_code == 403
        assert used(model)
