"""The comparison: criteria of this buyer, who is stronger in their eyes, and what comes of it over all deals."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from contacts.models import Contact
from core import clock
from core.errors import Conflict, InvalidInput, NotAllowed, NotFound, StaleVersion
from deals import facts
from deals.models import Deal, DealEvent, EventKind
from deals.services.close_deal import lose_deal, win_deal
from deals.services.people import add_person
from pipeline.models import LossReason, Stage
from strategy.models import BuyerCriterion, Competitor, CriterionRating, Rival, Selection
from strategy.selectors.comparison import comparison_of, comparison_state
from strategy.selectors.competitors import competitors_met
from strategy.services.comparison import (
    MAX_CRITERIA,
    MAX_RIVALS,
    add_criterion,
    add_rival,
    edit_criterion,
    remove_criterion,
    remove_rival,
    restore_criterion,
    restore_rival,
)
from strategy.services.selection import record_selection, withdraw_selection
from tenancy.models import ExchangeRate
from tests.factories import Cast, make_deal

DAY = date(2026, 1, 5)


class Writer:
    """Writes into one deal's comparison."""

    def __init__(self, deal: Deal, cast: Cast) -> None:
        self.deal = deal
        self.actor = cast.actor()

    def rival(self, name: str = "경쟁사") -> Rival:
        return add_rival(deal_id=self.deal.pk, name=name, actor=self.actor)

    def criterion(self, text: str = "한글 품의 연동", **more: Any) -> BuyerCriterion:
        return add_criterion(deal_id=self.deal.pk, text=text, actor=self.actor, **more)

    def edit(self, criterion: BuyerCriterion, **more: Any) -> BuyerCriterion:
        more.setdefault("changes", {})
        return edit_criterion(deal_id=self.deal.pk, criterion_id=criterion.pk, actor=self.actor, **more)

    def point(self, rival: Rival, text: str, matters: int, standing: int) -> BuyerCriterion:
        made = self.criterion(text, matters=matters)
        return self.edit(made, standings={rival.pk: standing})


@pytest.fixture
def write(acme: Cast, deal: Deal) -> Writer:
    return Writer(deal, acme)


class TestService:
    def test_one_list_of_competitors_however_they_are_spelt(
        self, write: Writer, acme: Cast, deal: Deal
    ) -> None:
        first = write.rival("세일즈 포스")
        assert write.rival(" 세일즈  포스 ").pk == first.pk
        other = Writer(make_deal(actor=acme.actor(), owner=acme.rep), acme)
        assert other.rival("세일즈포스").competitor_id == first.competitor_id
        assert Competitor.objects.count() == 1

    def test_a_rival_comes_back_with_its_ratings(self, write: Writer, deal: Deal) -> None:
        rival = write.rival()
        write.point(rival, "속도", 4, 2)
        remove_rival(deal_id=deal.pk, rival_id=rival.pk, actor=write.actor)
        assert comparison_of(deal).facing == []
        restore_rival(deal_id=deal.pk, rival_id=rival.pk, actor=write.actor)
        assert comparison_of(deal).points[0].verdict == "build"
        remove_rival(deal_id=deal.pk, rival_id=rival.pk, actor=write.actor)
        assert write.rival().pk == rival.pk

    @pytest.mark.parametrize(
        ("matters", "standing", "verdict"),
        [
            (4, 2, "build"), (3, 1, "build"), (3, 0, "prepare"), (4, -2, "prepare"),
            (2, 1, "idle"), (0, 2, "idle"), (2, 0, "leave"), (0, -2, "leave"),
        ],
    )  # fmt: skip
    def test_what_a_place_means(
        self, write: Writer, deal: Deal, matters: int, standing: int, verdict: str
    ) -> None:
        write.point(write.rival(), "기준", matters, standing)
        assert comparison_of(deal).points[0].verdict == verdict

    def test_whose_it_is(self, write: Writer, deal: Deal) -> None:
        contact = Contact.objects.create(name="오세훈")
        with pytest.raises(InvalidInput):
            write.criterion(contact_id=contact.pk)
        add_person(deal_id=deal.pk, contact=contact, actor=write.actor)
        write.criterion("하나", contact_id=contact.pk)
        write.criterion("둘", role="구매팀")
        assert [row.whose for row in comparison_of(deal).rows] == ["오세훈", "구매팀"]

    def test_refusals(self, write: Writer, acme: Cast, deal: Deal) -> None:
        rival, criterion = write.rival(), write.criterion()
        for name in (" ", "x" * 81, "a\x00b"):
            with pytest.raises(InvalidInput):
                write.rival(name)
        for changes in ({"text": ""}, {"text": "x" * 201}, {"matters": 5}, {"role": "x" * 81}):
            with pytest.raises(InvalidInput):
                write.edit(criterion, changes=changes)
        for standings in ({rival.pk: 3}, {uuid.uuid4(): 1}):
            with pytest.raises(InvalidInput):
                write.edit(criterion, standings=standings)
        with pytest.raises(StaleVersion):
            write.edit(criterion, changes={"text": "x"}, expected_version=7)
        viewer = acme.actor("viewer")
        with pytest.raises(NotAllowed):
            add_rival(deal_id=deal.pk, name="x", actor=viewer)
        with pytest.raises(NotAllowed):
            record_selection(deal_id=deal.pk, said_by="x", on=DAY, actor=viewer)
        other = make_deal(actor=acme.actor(), owner=acme.rep)
        with pytest.raises(NotFound):
            edit_criterion(
                deal_id=other.pk, criterion_id=criterion.pk, changes={"text": "x"}, actor=acme.actor()
            )
        assert not CriterionRating.objects.exists()

    def test_there_is_room_for_so_many(self, write: Writer) -> None:
        for number in range(MAX_RIVALS):
            write.rival(f"경쟁사 {number}")
        with pytest.raises(InvalidInput):
            write.rival("하나 더")
        for number in range(MAX_CRITERIA):
            write.criterion(f"기준 {number}")
        with pytest.raises(InvalidInput):
            write.criterion("하나 더")

    def test_a_removed_criterion_is_brought_back_as_it_was(self, write: Writer, deal: Deal) -> None:
        criterion = write.point(write.rival(), "속도", 4, 2)
        remove_criterion(deal_id=deal.pk, criterion_id=criterion.pk, actor=write.actor)
        assert comparison_of(deal).rows == []
        with pytest.raises(InvalidInput):
            write.edit(criterion, changes={"text": "x"})
        restore_criterion(deal_id=deal.pk, criterion_id=criterion.pk, actor=write.actor)
        assert comparison_of(deal).points[0].standing == 2


class TestSelected:
    def test_is_an_act_that_is_told_and_can_be_taken_back(self, write: Writer, deal: Deal) -> None:
        for _again in range(2):
            record_selection(deal_id=deal.pk, said_by="오세훈 본부장", on=DAY, actor=write.actor)
        assert Selection.objects.count() == 1
        assert facts.holding("selected_by_buyer", [deal.pk]) == {deal.pk}
        assert comparison_state(deal).tone == "won"
        with pytest.raises(Conflict):
            record_selection(deal_id=deal.pk, said_by="다른 사람", on=DAY, actor=write.actor)
        withdraw_selection(deal_id=deal.pk, actor=write.actor)
        assert facts.holding("selected_by_buyer", [deal.pk]) == set()
        with pytest.raises(NotFound):
            withdraw_selection(deal_id=deal.pk, actor=write.actor)
        assert DealEvent.objects.filter(kind=EventKind.STRATEGY).count() == 2

    def test_needs_who_and_a_day_that_has_come(self, write: Writer, deal: Deal) -> None:
        tomorrow = clock.now().date() + timedelta(days=2)
        for said_by, on in ((" ", DAY), ("누구", tomorrow), ("x" * 121, DAY)):
            with pytest.raises(InvalidInput):
                record_selection(deal_id=deal.pk, said_by=said_by, on=on, actor=write.actor)


class TestFact:
    def test_done_needs_three_rated_criteria_against_one(
        self, write: Writer, deal: Deal, query_count: Any
    ) -> None:
        def holds() -> bool:
            return facts.holding("comparison_done", [deal.pk]) == {deal.pk}

        one, other = write.rival("하나"), write.rival("둘")
        write.point(one, "a", 4, 2)
        write.point(one, "b", 4, -1)
        write.point(other, "c", 0, 0)
        write.edit(write.criterion("물어볼 것"), standings={one.pk: 1})
        assert not holds()
        assert comparison_state(deal).tone == "due"
        last = write.point(one, "d", 0, 0)
        assert holds()
        with query_count() as counted:
            facts.holding("comparison_done", [deal.pk])
        assert counted() == 1
        write.edit(last, standings={one.pk: None})
        assert not holds()


def url(deal: Deal, rest: str = "") -> str:
    return f"/w/acme/deals/{deal.pk}/strategy/comparison/{rest}"


class TestPage:
    def test_an_empty_one_asks(self, rep: Client, deal: Deal) -> None:
        page = rep.get(url(deal)).content.decode()
        assert "No competitor is named yet" in page
        assert "By what does this buyer choose" in page

    def test_criteria_are_written_moved_and_shown_safely(
        self, rep: Client, write: Writer, deal: Deal
    ) -> None:
        rep.post(url(deal, "rivals/"), {"name": "<b>경쟁사</b>"})
        rival = Rival.objects.get()
        rep.post(url(deal, "criteria/"), {"text": "<script>기준</script>", "whose": "구매팀"})
        criterion = BuyerCriterion.objects.get()
        path = url(deal, f"criteria/{criterion.pk}/")
        moved = rep.post(path, {"matters": "4", f"standing-{rival.pk}": "2", "version": "1"}).content.decode()
        assert "&lt;script&gt;기준&lt;/script&gt;" in moved
        assert "<script>기준" not in moved
        assert "<b>경쟁사" not in moved
        assert comparison_of(deal).points[0].verdict == "build"
        assert comparison_of(deal).rows[0].whose == "구매팀"
        rep.post(path, {"matters": "", "version": "2"})
        assert comparison_of(deal).points[0].verdict == ""

    def test_whose_by_name_is_the_person_on_the_deal(self, rep: Client, write: Writer, deal: Deal) -> None:
        contact = Contact.objects.create(name="오세훈")
        add_person(deal_id=deal.pk, contact=contact, actor=write.actor)
        criterion = write.criterion()
        rep.post(url(deal, f"criteria/{criterion.pk}/"), {"whose": " 오세훈 ", "version": 1})
        criterion.refresh_from_db()
        assert (criterion.contact_id, criterion.role) == (contact.pk, "")

    def test_who_is_too_late_keeps_what_they_typed(self, rep: Client, write: Writer, deal: Deal) -> None:
        criterion = write.criterion()
        write.edit(criterion, changes={"text": "동료의 말"})
        path = url(deal, f"criteria/{criterion.pk}/")
        late = rep.post(path, {"text": "나의 말", "version": 1})
        assert "나의 말" in late.content.decode()
        assert "동료의 말" in late.content.decode()
        assert "Somebody changed this" in late["HX-Trigger"]
        rep.post(path, {"text": "나의 말"})
        assert BuyerCriterion.objects.get().text == "나의 말"

    def test_what_cannot_be_swaps_nothing(self, rep: Client, write: Writer, deal: Deal) -> None:
        rival, criterion = write.rival(), write.criterion()
        path = url(deal, f"criteria/{criterion.pk}/")
        for wrong in (
            {"matters": "9"}, {"matters": "x"}, {f"standing-{rival.pk}": "5"}, {"text": "x" * 201},
            {f"standing-{uuid.uuid4()}": "1"}, {"version": "x"},
        ):  # fmt: skip
            refused = rep.post(path, wrong)
            assert (refused.status_code, refused["HX-Reswap"]) == (200, "none"), wrong
            assert '"error"' in refused["HX-Trigger"]
        assert BuyerCriterion.objects.get().version == 1

    def test_remove_and_undo(self, rep: Client, write: Writer, deal: Deal) -> None:
        rival = write.rival()
        criterion = write.point(rival, "속도", 4, 2)
        for kind, ident in (("criteria", criterion.pk), ("rivals", rival.pk)):
            removed = rep.post(url(deal, f"{kind}/{ident}/remove/"))
            assert f"{kind}/{ident}/restore/" in removed["HX-Trigger"]
            assert comparison_of(deal).points == []
            back = rep.post(url(deal, f"{kind}/{ident}/restore/")).content.decode()
            assert 'hx-swap-oob="outerMorph"' in back
            assert len(comparison_of(deal).points) == 1

    def test_several_over_each_other(self, rep: Client, write: Writer, deal: Deal) -> None:
        one, other = write.rival("하나"), write.rival("둘")
        criterion = write.point(one, "속도", 4, 2)
        write.edit(criterion, standings={other.pk: -1})
        alone = rep.get(url(deal) + f"?with={other.pk}").content.decode()
        assert alone.count('class="pt ') == 1
        both = rep.get(url(deal) + "?with=all").content.decode()
        assert both.count('class="pt ') == 2
        assert rep.get(url(deal) + "?with=<b>").status_code == 200

    def test_selected_is_recorded_and_told(self, rep: Client, write: Writer, deal: Deal) -> None:
        wrong = rep.post(url(deal, "selected/"), {"s-said_by": "오세훈", "s-on": "내일"}).content.decode()
        assert "오세훈" in wrong
        assert "errorlist" in wrong
        done = rep.post(url(deal, "selected/"), {"s-said_by": "오세훈", "s-on": "2026-01-05"})
        assert "The buyer has chosen us" in done.content.decode()
        assert (
            "recorded that the buyer has chosen us" in rep.get(f"/w/acme/deals/{deal.pk}/").content.decode()
        )
        rep.post(url(deal, "selected/"), {"withdraw": "1"})
        assert not Selection.objects.filter(removed_at=None).exists()

    def test_a_viewer_reads_and_another_workspace_does_not(
        self, logged_in: Any, mallory: Client, write: Writer, deal: Deal
    ) -> None:
        criterion = write.point(write.rival(), "속도", 4, 2)
        viewer = logged_in("viewer")
        page = viewer.get(url(deal)).content.decode()
        assert "속도" in page
        assert "<select" not in page
        assert viewer.post(url(deal, f"criteria/{criterion.pk}/"), {"text": "x"}).status_code == 403
        assert mallory.get(f"/w/rival/deals/{deal.pk}/strategy/comparison/").status_code == 404

    def test_statements_do_not_grow(self, rep: Client, write: Writer, deal: Deal, query_count: Any) -> None:
        rival = write.rival()
        write.point(rival, "하나", 4, 2)
        rep.get(url(deal))
        with query_count() as few:
            rep.get(url(deal))
        for number in range(8):
            write.point(rival, f"기준 {number}", number % 5, number % 3)
        with query_count() as many:
            rep.get(url(deal))
        assert many() == few() <= 26


class TestOverAllDeals:
    def against(self, acme: Cast, text: str, amount: int, **more: Any) -> Deal:
        deal = make_deal(actor=acme.actor(), owner=acme.rep, amount=Decimal(amount), **more)
        write = Writer(deal, acme)
        write.point(write.rival("경쟁사"), text, 4, 2)
        return deal

    def test_adds_up_won_lost_and_open(self, acme: Cast, query_count: Any) -> None:
        leader = acme.actor("leader")
        for text in ("한글 품의", "한글  품의", "속도"):
            deal = self.against(acme, text, 1_000_000)
            win_deal(deal_id=deal.pk, actor=leader, override_reason="시험")
        lost = self.against(acme, "가격", 500_000)
        lose_deal(deal_id=lost.pk, reason=LossReason.objects.all()[0], actor=leader)
        self.against(acme, "열린 것", 300_000)
        with query_count() as counted:
            (met,) = competitors_met(leader)
        assert counted() <= 3
        assert (met.won.deals, met.won.amount) == (3, 3_000_000)
        assert (met.lost.deals, met.lost.amount) == (1, 500_000)
        assert (met.open.deals, met.open.amount) == (1, 300_000)
        assert met.win_percent == 75
        assert met.won.criteria[0][1] == 2
        assert met.lost.criteria == [("가격", 1)]

    def test_other_currencies_are_converted_or_counted_apart(self, acme: Cast) -> None:
        self.against(acme, "a", 100, currency="USD")
        (met,) = competitors_met(acme.actor())
        assert (met.open.amount, met.without_rate) == (0, 1)
        ExchangeRate.objects.create(base="KRW", currency="USD", valid_on=DAY, rate=1300)
        (met,) = competitors_met(acme.actor())
        assert (met.open.amount, met.without_rate) == (130_000, 0)

    def test_leads_and_deleted_deals_do_not_count(self, acme: Cast) -> None:
        lead = self.against(acme, "a", 100)
        Stage.objects.filter(pk=lead.stage_id).update(kind="lead")
        gone = self.against(acme, "b", 100, stage="온보딩 교육 중")
        Deal.objects.filter(pk=gone.pk).update(deleted_at=clock.now())
        assert competitors_met(acme.actor()) == []

    def test_page(self, rep: Client, acme: Cast, mallory: Client) -> None:
        page = "/w/acme/strategy/competitors/"
        assert "No competitor is named on any deal yet" in rep.get(page).content.decode()
        deal = self.against(acme, "<i>품의</i>", 1_000_000)
        win_deal(deal_id=deal.pk, actor=acme.actor("leader"), override_reason="시험")
        shown = rep.get(page).content.decode()
        assert "&lt;i&gt;품의&lt;/i&gt;" in shown
        assert "100%" in shown
        assert page in rep.get("/w/acme/forecast/").content.decode()
        assert "경쟁사" not in mallory.get("/w/rival/strategy/competitors/").content.decode()


class TestApi:
    def test_the_whole_way(self, client: Client, cast: Cast, acme: Cast, deal: Deal) -> None:
        headers = {"Authorization": f"Bearer {cast.token()}"}
        path = f"/api/v1/deals/{deal.pk}/comparison/"

        def call(method: str, rest: str = "", body: Any = None) -> Any:
            send = getattr(client, method)
            return send(f"{path}{rest}", body, content_type="application/json", headers=headers)

        rival = call("post", "rivals/", {"name": "경쟁사"}).json()
        made = call("post", "criteria/", {"text": "속도", "role": "구매팀", "matters": 4}).json()
        at = f"criteria/{made['id']}/"
        rated = call("patch", at, {"ratings": [{"rival": rival["id"], "standing": 2}], "version": 1})
        assert rated.json()["ratings"] == [{"rival": rival["id"], "standing": 2, "verdict": "build"}]
        stale = call("patch", at, {"text": "x", "version": 1})
        assert (stale.status_code, stale.json()["current"]["version"]) == (409, 2)
        assert call("patch", at, {"matters": 5}).status_code == 400
        assert call("delete", at).status_code == 204
        assert call("post", f"{at}restore/").status_code == 200
        assert call("delete", f"rivals/{rival['id']}/").status_code == 204
        assert call("get").json()["rivals"] == []
        assert call("post", f"rivals/{rival['id']}/restore/").json()["name"] == "경쟁사"
        said = {"said_by": "오세훈", "on": "2026-01-05"}
        assert call("put", "selection/", said).json()["said_by"] == "오세훈"
        assert call("put", "selection/", {**said, "on": "2026-01-06"}).status_code == 409
        assert call("get").json()["selection"]["on"] == "2026-01-05"
        assert call("delete", "selection/").status_code == 204
        met = client.get("/api/v1/competitors/", headers=headers).json()["results"]
        assert [each["name"] for each in met] == ["경쟁사"]
