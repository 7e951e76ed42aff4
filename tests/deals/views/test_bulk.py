"""Many deals at once through the pages: shown, done, refused, taken back."""

from __future__ import annotations

import json
import re
import uuid

import pytest

from deals.models import BulkChange, Deal, DealTag
from deals.selectors.bulk import MOST
from deals.selectors.criteria import criteria_of
from deals.services.criteria import check_criterion
from deals.services.edit_deal import edit_deal
from deals.services.tags import add_tag
from tenancy.scope import workspace_scope
from tests.factories import make_deal


@pytest.fixture
def deals(cast):
    with workspace_scope(cast.workspace.pk):
        return [make_deal(actor=cast.actor(), owner=cast.rep, name=f"딜 {i}") for i in range(3)]


@pytest.fixture
def stages(cast):
    with workspace_scope(cast.workspace.pk):
        return list(cast.pipeline.stages.order_by("position"))


def url(kind: str) -> str:
    return f"/w/acme/deals/bulk/{kind}/"


def pairs(deals) -> str:
    return ",".join(f"{deal.pk}:{deal.version}" for deal in deals)


def tick_all(cast, *deals) -> None:
    with workspace_scope(cast.workspace.pk):
        for deal in deals:
            for state in criteria_of(deal):
                check_criterion(deal_id=deal.pk, criterion_id=state.id, met=True, actor=cast.actor())


def held(html: str) -> str:
    """Which deals the dialog is about, as its form sends them."""
    return re.findall(r'name="deals" value="([^"]*)"', html)[0]


def events(response) -> dict:
    return json.loads(response["HX-Trigger"])


def positions(cast) -> list[int]:
    with workspace_scope(cast.workspace.pk):
        return list(Deal.objects.order_by("name").values_list("stage__position", flat=True))


class TestMove:
    def test_the_dialog_tells_what_would_happen_and_changes_nothing(self, rep, cast, deals, stages):
        tick_all(cast, deals[0])
        response = rep.post(url("move"), {"deals": pairs(deals)})
        html = response.content.decode()
        assert response["HX-Retarget"] == "#overlay"
        assert "Move 3 deals" in html
        assert stages[1].name in html
        look = {"deals": pairs(deals), "bulk-stage": stages[1].pk, "look": "on"}
        html = rep.post(url("move"), look).content.decode()
        assert "<dialog" not in html
        assert "1 deal changes" in html
        assert "데모 미팅 진행 완료" in html
        assert "override_reason" not in html
        assert positions(cast) == [0, 0, 0]

    def test_done_with_an_undo_and_the_columns_to_fetch(self, rep, cast, deals, stages):
        tick_all(cast, *deals)
        data = {"deals": pairs(deals), "bulk-stage": stages[1].pk, "go": "on"}
        response = rep.post(url("move"), data)
        said = events(response)
        assert positions(cast) == [1, 1, 1]
        assert set(said["lanes-changed"]["stages"]) == {str(stages[0].pk), str(stages[1].pk)}
        assert set(said["bulk-done"]["deals"]) == {str(deal.pk) for deal in deals}
        assert "3 deals" in said["notice"]["text"]
        response = rep.post(said["notice"]["undo_url"])
        assert positions(cast) == [0, 0, 0]
        assert "3 deals" in events(response)["notice"]["text"]
        again = rep.post(said["notice"]["undo_url"])
        assert events(again)["notice"]["kind"] == "error"

    def test_of_a_drop_those_refused_are_listed(self, rep, cast, deals, stages):
        tick_all(cast, deals[1])
        data = {"deals": pairs(deals), "bulk-stage": stages[1].pk, "go": "on", "surface": "drop", "after": ""}
        response = rep.post(url("move"), data)
        html = response.content.decode()
        assert positions(cast) == [0, 1, 0]
        assert "딜 0" in html
        assert "딜 2" in html
        assert "딜 1<" not in html
        assert events(response)["notice"]["undo_url"]

    def test_leaders_are_asked_why_and_reps_are_not(self, rep, leader, cast, deals, stages):
        data = {
            "deals": pairs(deals),
            "bulk-stage": stages[1].pk,
            "bulk-override_reason": "급합니다",
            "go": "on",
        }
        response = rep.post(url("move"), data)
        assert response.status_code == 403
        assert positions(cast) == [0, 0, 0]
        response = leader.post(url("move"), data)
        assert positions(cast) == [1, 1, 1]

    def test_changed_meanwhile(self, rep, cast, deals, stages):
        tick_all(cast, *deals)
        with workspace_scope(cast.workspace.pk):
            edit_deal(deal_id=deals[0].pk, changes={"name": "딜 0 새"}, actor=cast.actor("other_rep"))
        data = {"deals": pairs(deals), "bulk-stage": stages[1].pk, "go": "on"}
        response = rep.post(url("move"), data)
        assert positions(cast) == [0, 1, 1]
        assert "1 deal stays" in events(response)["notice"]["text"]

    def test_without_a_stage_it_asks_again(self, rep, cast, deals):
        response = rep.post(url("move"), {"deals": pairs(deals), "go": "on"})
        assert response["HX-Retarget"] == "#overlay"
        assert "errorlist" in response.content.decode()


@pytest.mark.parametrize(
    ("kind", "data", "field", "value"),
    [
        ("owner", {"bulk-owner": "none"}, "owner_id", None),
        ("close_date", {"bulk-how": "day", "bulk-day": "2027-01-31"}, "expected_close_date", "2027-01-31"),
    ],
)
def test_edits(rep, cast, deals, kind, data, field, value):
    response = rep.post(url(kind), {"deals": pairs(deals), "go": "on", **data})
    with workspace_scope(cast.workspace.pk):
        found = {None if each is None else str(each) for each in Deal.objects.values_list(field, flat=True)}
    assert found == {value}
    assert events(response)["notice"]["undo_url"]


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("owner", {}),
        ("owner", {"bulk-owner": str(uuid.uuid4())}),
        ("close_date", {"bulk-how": "day"}),
        ("close_date", {"bulk-how": "day", "bulk-day": "20255-01-01"}),
        ("close_date", {"bulk-how": "shift", "bulk-days": ""}),
        ("close_date", {"bulk-how": "shift", "bulk-days": "99999999999"}),
        ("lose", {}),
    ],
)
def test_bad_values_ask_again_and_change_nothing(rep, cast, deals, kind, data):
    response = rep.post(url(kind), {"deals": pairs(deals), "go": "on", **data})
    assert "errorlist" in response.content.decode()
    with workspace_scope(cast.workspace.pk):
        assert set(Deal.objects.values_list("version", flat=True)) == {1}
        assert not BulkChange.objects.exists()


class TestCloseAndDelete:
    def test_lost_deleted_and_back(self, rep, cast, deals):
        with workspace_scope(cast.workspace.pk):
            from pipeline.models import LossReason

            reason = LossReason.objects.order_by("position").first()
        response = rep.post(url("lose"), {"deals": pairs(deals), "go": "on", "bulk-reason": reason.pk})
        rep.post(events(response)["notice"]["undo_url"])
        with workspace_scope(cast.workspace.pk):
            assert set(Deal.objects.values_list("outcome", "version")) == {("open", 3)}
        html = rep.post(url("delete"), {"deals": ",".join(str(deal.pk) for deal in deals)}).content.decode()
        assert "Delete 3 deals?" in html
        response = rep.post(url("delete"), {"deals": ",".join(str(d.pk) for d in deals), "go": "on"})
        with workspace_scope(cast.workspace.pk):
            assert not Deal.objects.filter(deleted_at=None).exists()
        rep.post(events(response)["notice"]["undo_url"])
        with workspace_scope(cast.workspace.pk):
            assert Deal.objects.filter(deleted_at=None).count() == 3

    def test_winning_says_what_is_missing(self, rep, cast, deals):
        html = rep.post(url("win"), {"deals": pairs(deals)}).content.decode()
        assert "데모 미팅 진행 완료" in html
        tick_all(cast, *deals)
        rep.post(url("win"), {"deals": pairs(deals), "go": "on"})
        with workspace_scope(cast.workspace.pk):
            assert set(Deal.objects.values_list("outcome", flat=True)) == {"won"}


class TestAll:
    def test_everything_that_the_filter_finds(self, rep, cast, deals):
        with workspace_scope(cast.workspace.pk):
            make_deal(actor=cast.actor(), owner=cast.other_rep, name="남의 딜")
        chosen = {"deals": "all", "query": f"owner={cast.rep.pk}"}
        html = rep.post(url("owner"), chosen).content.decode()
        assert "Change the owner of 3 deals" in html
        response = rep.post(url("owner"), {"deals": held(html), "bulk-owner": "none", "go": "on"})
        assert "3 deals" in events(response)["notice"]["text"]
        with workspace_scope(cast.workspace.pk):
            assert Deal.objects.get(owner__isnull=False).name == "남의 딜"

    def test_what_the_filter_finds_after_the_dialog_was_opened_is_not_touched(self, rep, cast, deals):
        html = rep.post(url("delete"), {"deals": "all", "query": ""}).content.decode()
        assert "Delete 3 deals?" in html
        with workspace_scope(cast.workspace.pk):
            make_deal(actor=cast.actor(), name="딜 later")
            edit_deal(deal_id=deals[0].pk, changes={"name": "딜 changed"}, actor=cast.actor("leader"))
        said = events(rep.post(url("delete"), {"deals": held(html), "go": "on"}))["notice"]["text"]
        assert said == "2 deals were deleted. 1 deal stays as it is."
        with workspace_scope(cast.workspace.pk):
            left = Deal.objects.filter(deleted_at=None).order_by("name")
            assert [deal.name for deal in left] == ["딜 changed", "딜 later"]

    def test_a_filter_that_finds_nothing(self, rep, deals):
        response = rep.post(url("owner"), {"deals": "all", "query": "q=nowhere"})
        assert events(response)["notice"]["kind"] == "error"


class TestRefusals:
    def test_a_viewer_may_not(self, client, cast, deals):
        client.force_login(cast.viewer.user)
        assert client.post(url("owner"), {"deals": pairs(deals)}).status_code == 403

    def test_unknown_acts_and_ids(self, rep, deals):
        assert rep.post(url("explode"), {"deals": pairs(deals)}).status_code == 404
        assert events(rep.post(url("owner"), {"deals": "x,,1:2"}))["notice"]["kind"] == "error"
        assert rep.post(f"/w/acme/deals/bulk/{uuid.uuid4()}/undo/").status_code == 404

    def test_another_workspace_s_deals_are_none(self, client, cast, deals):
        client.force_login(cast.mallory.user)
        response = client.post("/w/rival/deals/bulk/delete/", {"deals": pairs(deals), "go": "on"})
        assert events(response)["notice"]["kind"] == "error"
        with workspace_scope(cast.workspace.pk):
            assert Deal.objects.filter(deleted_at=None).count() == 3

    def test_too_many(self, rep, deals):
        ids = ",".join([*(str(uuid.uuid4()) for _ in range(MOST)), pairs(deals)])
        response = rep.post(url("delete"), {"deals": pairs(deals) + "," + ids, "go": "on"})
        assert events(response)["notice"]["kind"] == "error"
        with_names = rep.post(url("move"), {"deals": f"{deals[0].pk}:{'9' * 400}"})
        assert with_names.status_code == 200

    def test_the_cost_of_a_dialog_is_fixed(self, rep, cast, deals, stages, query_count):
        def cost() -> int:
            with workspace_scope(cast.workspace.pk):
                found = list(Deal.objects.all())
            with query_count() as counted:
                rep.post(url("move"), {"deals": pairs(found), "bulk-stage": stages[1].pk, "look": "on"})
            return counted()

        few = cost()
        with workspace_scope(cast.workspace.pk):
            for i in range(10):
                make_deal(actor=cast.actor(), owner=cast.rep, name=f"mehr {i}")
        assert cost() == few <= 20


class TestTagsAndSource:
    def test_a_tag_is_shown_before_added_and_taken_back(self, rep, cast, deals):
        with workspace_scope(cast.workspace.pk):
            add_tag(deal_id=deals[0].pk, name="<b>전시회", actor=cast.actor())
        html = rep.post(url("tag"), {"deals": pairs(deals)}).content.decode()
        assert "Tags of 3 deals" in html
        assert '<option value="&lt;b&gt;전시회">' in html
        data = {"deals": pairs(deals), "bulk-how": "add", "bulk-name": "<b>전시회"}
        html = rep.post(url("tag"), data | {"look": "on"}).content.decode()
        assert "2 deals change" in html
        assert "1 is so already" in html
        said = events(rep.post(url("tag"), data | {"go": "on"}))["notice"]
        assert said["text"] == "2 deals have the tag “<b>전시회”."
        with workspace_scope(cast.workspace.pk):
            assert DealTag.objects.count() == 3
        rep.post(said["undo_url"])
        with workspace_scope(cast.workspace.pk):
            assert DealTag.objects.count() == 1

    def test_a_tag_that_one_of_them_has_is_taken_off(self, rep, cast, deals):
        with workspace_scope(cast.workspace.pk):
            tag = add_tag(deal_id=deals[0].pk, name="전시회", actor=cast.actor())
            add_tag(deal_id=make_deal(actor=cast.actor()).pk, name="남의 태그", actor=cast.actor())
        html = rep.post(url("tag"), {"deals": pairs(deals)}).content.decode()
        assert (
            html.split('name="bulk-tag"')[1].split("</select>")[0].count("<option") == 2
        )  # and "Choose a tag"
        data = {"deals": pairs(deals), "bulk-how": "remove", "bulk-tag": tag.pk, "go": "on"}
        assert (
            events(rep.post(url("tag"), data))["notice"]["text"]
            == "The tag “전시회” was removed from 1 deal."
        )

    @pytest.mark.parametrize(
        ("kind", "data", "said"),
        [
            ("tag", {"bulk-how": "add"}, "Write the tag&#x27;s name."),
            ("tag", {"bulk-how": "add", "bulk-name": "x" * 50}, "At most 40 characters fit here."),
            ("tag", {"bulk-how": "remove"}, "Choose a tag that one of these deals has."),
            ("tag", {"bulk-how": "remove", "bulk-tag": str(uuid.uuid4())}, "errorlist"),
            ("source", {"bulk-source": "x" * 121}, "errorlist"),
        ],
    )
    def test_what_cannot_be_is_said_in_the_dialog(self, rep, cast, deals, kind, data, said):
        html = rep.post(url(kind), {"deals": pairs(deals), "go": "on"} | data).content.decode()
        assert "<dialog" in html
        assert said in html
        with workspace_scope(cast.workspace.pk):
            assert not BulkChange.objects.exists()

    def test_a_source_for_all_and_back(self, rep, cast, deals):
        data = {"deals": pairs(deals), "bulk-source": "전시회", "go": "on"}
        said = events(rep.post(url("source"), data))["notice"]
        assert said["text"] == "3 deals have a new source."
        with workspace_scope(cast.workspace.pk):
            assert set(Deal.objects.values_list("source", flat=True)) == {"전시회"}
        rep.post(said["undo_url"])
        with workspace_scope(cast.workspace.pk):
            assert set(Deal.objects.values_list("source", flat=True)) == {""}

    def test_a_viewer_may_not(self, logged_in, deals):
        for kind in ("tag", "source"):
            assert logged_in("viewer").post(url(kind), {"deals": pairs(deals)}).status_code == 403
