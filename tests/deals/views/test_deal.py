"""The deal page and what one changes on it."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest

from deals.models import CriterionCheck, Deal, Note, Task
from deals.selectors.criteria import criteria_of
from deals.services.criteria import check_criterion
from deals.services.move_deal import move_deal
from deals.services.notes import add_note
from deals.services.tasks import add_task
from tenancy.scope import workspace_scope
from tests.deals.views.conftest import HTMX
from tests.factories import make_deal


@pytest.fixture
def deal(cast):
    with workspace_scope(cast.workspace.pk):
        return make_deal(actor=cast.actor(), owner=cast.rep, name="첫째")


def url(deal: Deal, action: str = "") -> str:
    return f"/w/acme/deals/{deal.pk}/{action}"


def undo_of(response) -> str:
    return json.loads(response["HX-Trigger"])["notice"]["undo_url"]


def fresh(cast, deal) -> Deal:
    with workspace_scope(cast.workspace.pk):
        return Deal.objects.select_related("company", "owner").get(pk=deal.pk)


class TestPage:
    def test_whole_by_url_and_a_fragment_for_the_panel(self, rep, deal):
        page = rep.get(url(deal)).content.decode()
        panel = rep.get(url(deal), headers=HTMX).content.decode()
        assert "<!doctype html>" in page
        assert "<!doctype html>" not in panel
        assert "첫째" in panel
        assert "10,000,000" in panel

    def test_query_ceiling_with_a_full_history(self, rep, cast, deal, query_count):
        with workspace_scope(cast.workspace.pk):
            actor = cast.actor()
            for state in criteria_of(deal):
                check_criterion(deal_id=deal.pk, criterion_id=state.id, met=True, actor=actor)
            for number in range(4):
                add_task(deal_id=deal.pk, name=f"할일 {number}", actor=actor)
                add_note(deal_id=deal.pk, body=f"메모 {number}", actor=actor)
            for stage in cast.pipeline.stages.order_by("position")[1:4]:
                move_deal(deal_id=deal.pk, to_stage=stage.pk, actor=actor)
        rep.post(url(deal, "edit/owner/"), {"owner": cast.other_rep.pk})
        rep.post(url(deal, "edit/company/"), {"company": "세진정밀"})
        with query_count() as counted:
            page = rep.get(url(deal))
        assert page.status_code == 200
        assert "메모 3" in page.content.decode()
        assert counted() <= 24

    def test_outsiders_get_404(self, mallory, deal, cast):
        assert mallory.get(url(deal)).status_code == 404
        assert mallory.get(f"/w/rival/deals/{deal.pk}/").status_code == 404

    def test_markup_in_names_is_text(self, rep, cast):
        with workspace_scope(cast.workspace.pk):
            deal = make_deal(actor=cast.actor(), name="<script>alert(1)</script>")
            add_note(deal_id=deal.pk, body="<img src=x onerror=alert(1)>", actor=cast.actor())
        html = rep.get(url(deal)).content.decode()
        assert "<script>alert(1)" not in html
        assert "<img src=x" not in html


class TestOverride:
    def test_the_reason_of_a_leader_stays_visible(self, rep, cast, deal):
        with workspace_scope(cast.workspace.pk):
            stage = cast.pipeline.stages.order_by("position")[2]
            move_deal(
                deal_id=deal.pk, to_stage=stage.pk, actor=cast.actor("leader"), override_reason="임원 <b>지시"
            )
        page = rep.get(url(deal)).content.decode()
        assert (
            page.count("임원 &lt;b&gt;지시") == 3
        )  # beside the next stage, in the story, in the stage history
        assert "이서연" in page

    def test_how_often_the_date_was_put_off(self, rep, cast, deal):
        for day in ("2027-02-01", "2027-03-01", "2027-02-15", "2027-04-01"):
            rep.post(url(deal, "edit/expected_close_date/"), {"expected_close_date": day})
        assert "put off 2 times" in rep.get(url(deal)).content.decode()


class TestEditing:
    @pytest.mark.parametrize(
        ("field", "typed", "stored"),
        [
            ("name", " 새 이름 ", "새 이름"),
            ("amount", "12,500,000", Decimal(12_500_000)),
            ("amount", "", None),
            ("expected_close_date", "2027-02-01", date(2027, 2, 1)),
            ("expected_close_date", "", None),
            ("source", "고객 소개", "고객 소개"),
        ],
    )
    def test_a_field_where_it_stands(self, rep, cast, deal, field, typed, stored):
        form = rep.get(url(deal, f"edit/{field}/"))
        assert form["HX-Retarget"] == f"#field-{field}"
        response = rep.post(url(deal, f"edit/{field}/"), {field: typed, "version": deal.version})
        assert "deal-changed" in json.loads(response["HX-Trigger"])
        assert getattr(fresh(cast, deal), field) == stored

    @pytest.mark.parametrize(
        ("field", "typed"),
        [
            ("name", "   "),
            ("name", "가" * 201),
            ("amount", "-1"),
            ("amount", "99999999999999999999"),
            ("amount", "NaN"),
            ("amount", "0.5"),
            ("expected_close_date", "20255-01-01"),
            ("expected_close_date", "0001-01-01"),
            ("expected_close_date", "soon"),
        ],
    )
    def test_a_bad_value_is_said_and_kept_on_the_form(self, rep, cast, deal, field, typed):
        response = rep.post(url(deal, f"edit/{field}/"), {field: typed, "version": deal.version})
        assert response.status_code == 200
        assert response["HX-Retarget"] == f"#field-{field}"
        assert "errorlist" in response.content.decode()
        assert fresh(cast, deal).version == 1

    def test_stale_says_so_keeps_what_was_typed_and_saves_it_when_asked_again(self, rep, cast, deal):
        rep.post(url(deal, "edit/name/"), {"name": "둘째 이름", "version": 1})
        response = rep.post(url(deal, "edit/name/"), {"name": "셋째 이름", "version": 1})
        html = response.content.decode()
        assert "둘째 이름" in html
        assert 'value="셋째 이름"' in html
        assert fresh(cast, deal).name == "둘째 이름"
        rep.post(
            url(deal, "edit/name/"),
            {"name": "셋째 이름", "version": html.split('name="version" value="')[1][0]},
        )
        assert fresh(cast, deal).name == "셋째 이름"

    @pytest.mark.parametrize(
        ("field", "typed"),
        [
            ("name", "새 이름"),
            ("amount", "5"),
            ("amount", ""),
            ("expected_close_date", "2027-02-01"),
            ("company", "새 회사"),
            ("source", "전시회"),
            ("owner", ""),
            ("revenue_type", "per_year"),
            ("currency", "USD"),
        ],
    )
    def test_an_edit_is_taken_back_once_as_long_as_nobody_changed_the_deal(
        self, rep, cast, deal, field, typed
    ):
        before = getattr(fresh(cast, deal), field)
        edited = rep.post(url(deal, f"edit/{field}/"), {field: typed, "version": 1})
        assert getattr(fresh(cast, deal), field) != before
        undo = undo_of(edited)
        rep.post(undo)
        assert getattr(fresh(cast, deal), field) == before
        assert fresh(cast, deal).version == 3
        again = rep.post(undo)
        assert json.loads(again["HX-Trigger"])["notice"]["kind"] == "error"
        assert fresh(cast, deal).version == 3

    def test_a_later_change_of_somebody_else_is_not_undone_with_it(self, rep, logged_in, cast, deal):
        edited = rep.post(url(deal, "edit/source/"), {"source": "전시회", "version": 1})
        logged_in("leader").post(url(deal, "edit/source/"), {"source": "소개", "version": 2})
        rep.post(undo_of(edited))
        assert fresh(cast, deal).source == "소개"

    def test_an_undo_is_of_this_deal_and_field_alone(self, rep, logged_in, cast, deal):
        undo = undo_of(rep.post(url(deal, "edit/source/"), {"source": "전시회", "version": 1}))
        assert rep.post(undo.replace("/source/", "/name/")).status_code == 404
        assert rep.post(undo[:-2]).status_code == 404
        assert logged_in("viewer").post(undo).status_code == 403
        assert (
            "undo_url"
            not in rep.post(url(deal, "edit/source/"), {"source": "전시회", "version": 2})["HX-Trigger"]
        )

    def test_owner_of_another_workspace_is_refused(self, rep, cast, deal):
        response = rep.post(url(deal, "edit/owner/"), {"owner": cast.mallory.pk, "version": 1})
        assert "errorlist" in response.content.decode()
        assert fresh(cast, deal).owner_id == cast.rep.pk

    def test_who_may_not(self, logged_in, mallory, deal):
        for action in ("edit/name/", "tasks/", "notes/", "delete/"):
            assert mallory.post(url(deal, action)).status_code == 404
            response = logged_in("viewer").post(
                url(deal, action), {"name": "x", "t-name": "x", "n-body": "x", "version": 1}
            )
            assert response.status_code == 403
        assert logged_in("rep").get(url(deal, "edit/rank/")).status_code == 404


class TestTicksTasksNotes:
    def test_tick_and_untick(self, rep, cast, deal):
        with workspace_scope(cast.workspace.pk):
            criterion = criteria_of(deal)[0].id
        rep.post(url(deal, f"criteria/{criterion}/"), {"met": "on"})
        with workspace_scope(cast.workspace.pk):
            assert CriterionCheck.objects.get().met
        rep.post(url(deal, f"criteria/{criterion}/"), {})
        with workspace_scope(cast.workspace.pk):
            assert not CriterionCheck.objects.get().met

    def test_a_task_is_added_done_and_taken_up_again(self, rep, cast, deal):
        rep.post(url(deal, "tasks/"), {"t-name": "전화하기", "t-due_on": "2027-01-05"})
        with workspace_scope(cast.workspace.pk):
            task = Task.objects.get()
            assert (task.assignee_id, task.due_on) == (cast.rep.pk, date(2027, 1, 5))
        rep.post(url(deal, f"tasks/{task.pk}/"), {"done": "on"})
        with workspace_scope(cast.workspace.pk):
            assert Task.objects.get().done_at is not None
        rep.post(url(deal, f"tasks/{task.pk}/"), {})
        with workspace_scope(cast.workspace.pk):
            assert Task.objects.get().done_at is None

    def test_an_empty_task_or_note_is_refused(self, rep, cast, deal):
        assert "errorlist" in rep.post(url(deal, "tasks/"), {"t-name": " "}).content.decode()
        assert "errorlist" in rep.post(url(deal, "notes/"), {"n-body": " "}).content.decode()
        with workspace_scope(cast.workspace.pk):
            assert not Task.objects.exists()
            assert not Note.objects.exists()

    def test_a_note_is_kept_in_the_authors_name(self, rep, cast, deal):
        response = rep.post(url(deal, "notes/"), {"n-body": "통화함.\n다음 주 회신"})
        assert "통화함.<br>\n다음 주 회신" in response.content.decode()
        with workspace_scope(cast.workspace.pk):
            assert Note.objects.get().author_id == cast.rep.pk

    def test_deleted_and_back(self, rep, cast, deal):
        deleted = json.loads(rep.post(url(deal, "delete/"))["HX-Trigger"])
        assert rep.get(url(deal)).status_code == 404
        rep.post(deleted["notice"]["undo_url"])
        assert rep.get(url(deal)).status_code == 200
