"""Parts of the board that it asks for by itself."""

from __future__ import annotations

import json

import pytest

from contacts.models import Company
from deals.models import Deal
from deals.selectors.criteria import criteria_of
from pipeline.models import CriterionKind, ExitCriterion
from tenancy.scope import workspace_scope
from tests.factories import make_deal


@pytest.fixture
def deal(cast):
    with workspace_scope(cast.workspace.pk):
        return make_deal(actor=cast.actor(), owner=cast.rep, name="첫째", amount=10_000_000)


def sums_url(cast) -> str:
    return f"/w/acme/board/{cast.pipeline.pk}/sums/"


class TestSums:
    def test_are_of_what_the_reader_chose(self, rep, cast, deal, query_count):
        with workspace_scope(cast.workspace.pk):
            make_deal(actor=cast.actor("other_rep"), owner=cast.other_rep, amount=5_000_000)
        assert "₩15M" in rep.get(sums_url(cast), headers={"accept-language": "en"}).content.decode()
        with query_count() as counted:
            html = rep.get(sums_url(cast) + "?owner=me", headers={"accept-language": "en"}).content.decode()
        assert "₩10M" in html
        assert counted() <= 10

    def test_of_a_foreign_pipeline_are_not_found(self, rep, cast, mallory):
        assert rep.get(f"/w/acme/board/{cast.rival_pipeline.pk}/sums/").status_code == 404
        assert mallory.get(sums_url(cast)).status_code == 404


class TestCard:
    def test_asked_for_anew_can_still_be_moved(self, logged_in, deal):
        url = f"/w/acme/deals/{deal.pk}/card/"
        assert "data-move-menu" in logged_in("rep").get(url).content.decode()
        assert "data-move-menu" not in logged_in("viewer").get(url).content.decode()

    def test_waits_for_its_tasks_a_few_times(self, rep, deal):
        url = f"/w/acme/deals/{deal.pk}/card/"
        assert 'data-polls="7"' in rep.get(url + "?wait=8").content.decode()
        assert "data-polls" not in rep.get(url + "?wait=1").content.decode()
        assert "data-polls" not in rep.get(url + "?wait=many").content.decode()


class TestQuickAdd:
    def test_answers_with_an_empty_form_for_the_next_deal(self, rep, cast):
        with workspace_scope(cast.workspace.pk):
            stage = cast.pipeline.stages.first()
        response = rep.post(f"/w/acme/board/stages/{stage.pk}/add/", {"q-name": "새 딜"})
        html = response.content.decode()
        assert 'name="q-name"' in html
        assert "새 딜" not in html
        assert json.loads(response["HX-Trigger"])["lanes-changed"]["stages"] == [str(stage.pk)]


class TestMovesFromTheDeal:
    def test_the_answer_goes_to_the_deal_even_from_a_dialog(self, rep, cast, deal):
        with workspace_scope(cast.workspace.pk):
            stages = list(cast.pipeline.stages.order_by("position"))
            met = [str(state.id) for state in criteria_of(deal)[:3]]
        response = rep.post(
            f"/w/acme/deals/{deal.pk}/move/",
            {"stage": stages[1].pk, "version": 1, "met": met, "surface": "deal"},
        )
        assert response["HX-Retarget"] == "#deal"
        assert json.loads(response["HX-Trigger"])["move-done"]["stage"] == str(stages[1].pk)

    def test_a_company_asked_for_by_the_gate_is_filled_in_with_the_move(self, rep, cast, deal):
        with workspace_scope(cast.workspace.pk):
            stages = list(cast.pipeline.stages.order_by("position"))
            ExitCriterion.objects.filter(stage=stages[0]).update(required=False)
            ExitCriterion(
                stage=stages[0], name="회사를 안다", kind=CriterionKind.FIELD, subject="company", position=9
            ).save()
        values = {"stage": stages[1].pk, "version": 1}
        refused = rep.post(f"/w/acme/deals/{deal.pk}/move/", values).content.decode()
        assert 'name="company"' in refused
        rep.post(f"/w/acme/deals/{deal.pk}/move/", values | {"company": "한결모터스"})
        with workspace_scope(cast.workspace.pk):
            assert Deal.objects.get(pk=deal.pk).stage_id == stages[1].pk
            assert Company.objects.get().name == "한결모터스"
