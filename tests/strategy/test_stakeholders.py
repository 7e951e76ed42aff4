"""The stakeholder map: who stands where, what it warns of, and what boards and criteria ask of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from contacts.models import Contact
from core import clock
from core.errors import InvalidInput, NotAllowed, NotFound, StaleVersion
from customers.services.merge import merge_contacts, undo_merge
from deals import facts, marks
from deals.models import Deal, DealContact, DealEvent, EventKind
from deals.services.activities import log_activity
from deals.services.people import add_new_person, remove_person
from strategy.models import PipelineTool, Stakeholder
from strategy.selectors.map_warnings import map_warnings
from strategy.selectors.stakeholders import counted_stage, stakeholder_state, stakeholders_of
from strategy.services.stakeholders import place_stakeholder
from strategy.standing import influence_of, rank_of
from tenancy.scope import current_zone, workspace_scope
from tests.factories import Cast, make_deal

HTMX = {"HX-Request": "true"}


def url(deal: Deal, rest: str = "") -> str:
    return f"/w/acme/deals/{deal.pk}/strategy/stakeholders/{rest}"


@pytest.fixture
def yuna(acme: Cast, deal: Deal) -> Contact:
    return add_new_person(deal_id=deal.pk, actor=acme.actor(), name="정유나", title="영업기획 과장").contact


@pytest.fixture
def sehun(acme: Cast, deal: Deal) -> Contact:
    return add_new_person(deal_id=deal.pk, actor=acme.actor(), name="오세훈", title="영업본부장").contact


@pytest.fixture
def place(acme: Cast, deal: Deal) -> Any:
    def place(contact: Contact, rank: int, influence: int, **more: Any) -> Stakeholder:
        changes = {"rank": rank, "influence": influence, **more}
        return place_stakeholder(deal_id=deal.pk, contact_id=contact.pk, changes=changes, actor=acme.actor())

    return place


@pytest.fixture
def meet(acme: Cast, deal: Deal) -> Any:
    def meet(contact: Contact, days_ago: int = 0, direction: str = "both") -> None:
        log_activity(
            deal_id=deal.pk,
            actor=acme.actor(),
            kind="meeting",
            direction=direction,
            occurred_at=clock.now() - timedelta(days=days_ago),
            contacts=[contact],
        )

    return meet


def codes(deal: Deal) -> list[str]:
    deal = Deal.objects.select_related("stage").get(pk=deal.pk)
    zone = current_zone()
    people = stakeholders_of(deal, today=clock.local_date(clock.now(), zone), zone=zone)
    return [warned.code for warned in map_warnings(people, counted_stage(deal))]


class TestProposals:
    @pytest.mark.parametrize(
        ("title", "low", "high"),
        [
            ("영업본부장", 75, 79),
            ("부사장", 85, 90),
            ("대표이사", 95, 100),
            ("구매팀 차장", 45, 50),
            ("영업부 부장", 60, 65),
            ("사원", 10, 20),
            ("Vice President, Sales", 85, 90),
            ("Head of Operations", 75, 80),
            ("IT Manager", 35, 45),
        ],
    )
    def test_a_title_speaks_for_a_rank(self, title: str, low: int, high: int) -> None:
        rank = rank_of(title)
        assert rank is not None
        assert low <= rank <= high

    @pytest.mark.parametrize("title", ["", "문의자", "Managerial", "🎩"])
    def test_or_for_none(self, title: str) -> None:
        assert rank_of(title) is None

    def test_what_was_seen_adds_up_to_influence(self) -> None:
        assert influence_of([]) is None
        assert influence_of(["knows_how"]) == 35
        assert influence_of(["speaks_up", "led_projects"]) == 60
        every = ["speaks_up", "led_projects", "knows_how", "awaited", "brings_others"]
        assert influence_of(every) == 100


class TestService:
    def test_keeps_what_is_said_and_tells_it_once(
        self, acme: Cast, deal: Deal, yuna: Contact, place: Any
    ) -> None:
        place(yuna, 40, 70, roles=["user", "drafter", "user"], signs=["awaited"], stance="for")
        place(yuna, 45, 70)
        row = Stakeholder.objects.get()
        assert (row.rank, row.influence, row.roles, row.stance, row.version) == (
            45,
            70,
            ["user", "drafter"],
            "for",
            2,
        )
        assert row.by_id == acme.rep.pk
        assert DealEvent.objects.filter(kind=EventKind.STRATEGY).count() == 1

    def test_the_same_again_writes_nothing(self, yuna: Contact, place: Any) -> None:
        assert [place(yuna, 40, 70).version for _again in range(2)] == [1, 1]

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"rank": 101, "influence": 5}, "rank"),
            ({"rank": 5, "influence": -1}, "influence"),
            ({"rank": 50}, "influence"),
            ({"influence": 50}, "rank"),
            ({"stance": "maybe"}, "stance"),
            ({"roles": ["king"]}, "roles"),
            ({"signs": ["loud\x00"]}, "signs"),
            ({"deal": None}, "deal"),
        ],
    )
    def test_refuses_what_cannot_be(
        self, acme: Cast, deal: Deal, yuna: Contact, changes: dict[str, Any], field: str
    ) -> None:
        with pytest.raises(InvalidInput) as refused:
            place_stakeholder(deal_id=deal.pk, contact_id=yuna.pk, changes=changes, actor=acme.actor())
        assert refused.value.errors[0].field == field
        assert not Stakeholder.objects.exists()

    def test_who_is_not_on_the_deal_a_viewer_and_a_late_one(
        self, acme: Cast, deal: Deal, yuna: Contact
    ) -> None:
        stranger = Contact.objects.create(name="딴 사람")
        on_map = {"rank": 1, "influence": 1}
        with pytest.raises(NotFound):
            place_stakeholder(deal_id=deal.pk, contact_id=stranger.pk, changes=on_map, actor=acme.actor())
        with pytest.raises(NotAllowed):
            place_stakeholder(deal_id=deal.pk, contact_id=yuna.pk, changes=on_map, actor=acme.actor("viewer"))
        place_stakeholder(
            deal_id=deal.pk, contact_id=yuna.pk, changes=on_map, actor=acme.actor(), expected_version=0
        )
        with pytest.raises(StaleVersion) as late:
            place_stakeholder(
                deal_id=deal.pk,
                contact_id=yuna.pk,
                changes={"rank": 9, "influence": 9},
                actor=acme.actor("other_rep"),
                expected_version=0,
            )
        assert late.value.current.rank == 1

    def test_the_place_outlives_leaving_the_deal(
        self, acme: Cast, deal: Deal, yuna: Contact, place: Any
    ) -> None:
        place(yuna, 40, 70)
        remove_person(deal_id=deal.pk, contact_id=yuna.pk, actor=acme.actor())
        assert facts.holding("influence_named", [deal.pk]) == set()
        DealContact.objects.create(deal=deal, contact=yuna)
        assert facts.holding("influence_named", [deal.pk]) == {deal.pk}

    def test_a_merged_person_keeps_the_place_and_the_undo_gives_it_back(
        self, acme: Cast, deal: Deal, yuna: Contact, place: Any
    ) -> None:
        place(yuna, 40, 70)
        twin = Contact.objects.create(name="정유나")
        kept = merge_contacts(kept_id=twin.pk, gone_id=yuna.pk, actor=acme.actor("leader"))
        assert Stakeholder.objects.get().contact_id == twin.pk
        assert kept.last_change
        undo_merge(change_id=kept.last_change.pk, actor=acme.actor("leader"))
        assert Stakeholder.objects.get().contact_id == yuna.pk


class TestWarnings:
    def test_talk_with_the_low_alone(
        self, deal: Deal, yuna: Contact, sehun: Contact, place: Any, meet: Any
    ) -> None:
        place(yuna, 30, 20)
        assert "only_low" not in codes(deal)
        meet(yuna)
        assert "only_low" in codes(deal)
        assert marks.marks_on([deal.pk])[deal.pk][0].name == "only_low_met"
        meet(sehun)
        # Heard from somebody who is not placed yet: nobody knows.
        assert "only_low" not in codes(deal)
        place(sehun, 20, 80)
        assert "only_low" not in codes(deal)
        assert deal.pk not in marks.marks_on([deal.pk])

    def test_no_executive_from_the_second_stage_that_counts_on(
        self, acme: Cast, model: Any, deal: Deal, sehun: Contact, place: Any, meet: Any
    ) -> None:
        assert "no_executive" not in codes(deal)
        Deal.objects.filter(pk=deal.pk).update(stage=model.stages.get(position=2))
        assert {"no_executive", "no_influence"} <= set(codes(deal))
        assert [mark.name for mark in marks.marks_on([deal.pk])[deal.pk]] == ["no_executive"]
        place(sehun, 80, 60)
        meet(sehun, direction="out")
        # Written to is not met.
        assert "no_executive" in codes(deal)
        assert facts.holding("executive_met", [deal.pk]) == set()
        meet(sehun)
        assert not {"no_executive", "no_influence"} & set(codes(deal))
        assert facts.holding("executive_met", [deal.pk]) == {deal.pk}
        assert deal.pk not in marks.marks_on([deal.pk])

    def test_a_board_without_the_tool_bears_no_marks(self, acme: Cast, model: Any, deal: Deal) -> None:
        Deal.objects.filter(pk=deal.pk).update(stage=model.stages.get(position=3))
        assert deal.pk in marks.marks_on([deal.pk])
        PipelineTool.objects.filter(pipeline=model, tool="stakeholders").delete()
        assert not marks.marks_on([deal.pk])

    def test_a_person_of_influence_who_is_silent_or_against(
        self, deal: Deal, sehun: Contact, place: Any, meet: Any
    ) -> None:
        place(sehun, 80, 60)
        assert codes(deal) == ["influence_silent"]
        meet(sehun, days_ago=16)
        assert codes(deal) == ["influence_silent"]
        meet(sehun, days_ago=13)
        assert codes(deal) == []
        place(sehun, 80, 60, stance="against")
        assert codes(deal) == ["influence_against"]

    def test_influence_named_asks_for_sixty(self, deal: Deal, yuna: Contact, place: Any) -> None:
        place(yuna, 10, 59)
        assert facts.holding("influence_named", [deal.pk]) == set()
        place(yuna, 10, 60)
        assert facts.holding("influence_named", [deal.pk]) == {deal.pk}

    def test_state(self, deal: Deal, yuna: Contact, place: Any) -> None:
        assert stakeholder_state(deal).text == "1 person · approver ?"
        place(yuna, 10, 59, roles=["approver"])
        assert stakeholder_state(deal).text == "1 person"

    def test_boards_ask_in_a_statement_for_each_mark(
        self, acme: Cast, model: Any, deal: Deal, django_assert_num_queries: Any
    ) -> None:
        ids = [deal.pk, *(make_deal(actor=acme.actor(), pipeline=model).pk for _more in range(5))]
        # Two of the map, one of the value case.
        with django_assert_num_queries(3):
            marks.marks_on(ids)


class TestPage:
    def test_shows_the_placed_and_those_who_are_not(
        self, rep: Client, deal: Deal, yuna: Contact, sehun: Contact, place: Any, meet: Any
    ) -> None:
        place(sehun, 80, 90, roles=["approver"])
        meet(sehun, days_ago=16)
        page = rep.get(url(deal)).content.decode()
        assert f'id="person-{sehun.pk}"' in page
        assert "Rank 80, influence 90." in page
        assert "Silent for 16 days" in page
        assert f'id="unplaced-{yuna.pk}"' in page
        assert "style=" not in page

    def test_nobody_yet(self, rep: Client, deal: Deal) -> None:
        assert "Add the first person below" in rep.get(url(deal)).content.decode()

    def test_a_drag_is_saved_said_and_taken_back(self, rep: Client, deal: Deal, yuna: Contact) -> None:
        path = url(deal, f"{yuna.pk}/place/")
        moved = rep.post(path, {"rank": 40, "influence": 70, "version": 0}, headers=HTMX)
        assert f'id="person-{yuna.pk}"' in moved.content.decode()
        assert "rank 40, influence 70" in moved["HX-Trigger"]
        undo = rep.post(
            path + "?rank=&influence=&stance=unknown&version=1&back=1", headers=HTMX
        ).content.decode()
        assert "hx-swap-oob" in undo
        assert f'id="unplaced-{yuna.pk}"' in undo
        assert Stakeholder.objects.get().rank is None

    def test_a_late_drag_shows_theirs_and_bad_numbers_change_nothing(
        self, rep: Client, deal: Deal, yuna: Contact, place: Any
    ) -> None:
        place(yuna, 40, 70)
        path = url(deal, f"{yuna.pk}/place/")
        late = rep.post(path, {"rank": 5, "influence": 5, "version": 0}, headers=HTMX)
        assert late.status_code == 200
        assert "in the meantime" in late["HX-Trigger"]
        assert 'data-rank="40"' in late.content.decode()
        for rank in ("x", "1000", "-1"):
            bad = rep.post(path, {"rank": rank, "influence": 5, "version": 1}, headers=HTMX)
            assert "from 0 to 100" in bad["HX-Trigger"]
        half = rep.post(path, {"rank": "", "influence": 5, "version": 1}, headers=HTMX)
        assert "both" in half["HX-Trigger"]
        assert Stakeholder.objects.get().version == 1

    def test_the_dialog_keeps_what_was_typed_beside_theirs(
        self, rep: Client, deal: Deal, yuna: Contact, place: Any
    ) -> None:
        path = url(deal, f"{yuna.pk}/")
        assert "Speaks up before executives" in rep.get(path).content.decode()
        values = {"m-rank": "35", "m-influence": "65", "m-stance": "for", "m-signs": ["awaited"]}
        saved = rep.post(path, values | {"m-version": "0"}, headers=HTMX)
        assert "dialog-done" in saved["HX-Trigger"]
        place(yuna, 90, 10)
        late = rep.post(path, values | {"m-version": "1", "m-stance": "against"}, headers=HTMX)
        assert "Rank 90, influence 10." in late.content.decode()
        assert 'value="65"' in late.content.decode()
        rep.post(path, values | {"m-version": "2", "m-stance": "against"}, headers=HTMX)
        assert Stakeholder.objects.get().stance == "against"
        wrong = rep.post(path, values | {"m-version": "3", "m-rank": "500"}, headers=HTMX)
        assert 'value="500"' in wrong.content.decode()
        assert "errorlist" in wrong.content.decode()

    def test_people_are_found_made_and_taken_off(self, rep: Client, acme: Cast, deal: Deal) -> None:
        known = Contact.objects.create(name="윤재석", title="상무")
        assert "윤재석" in rep.get(url(deal, "add/?q=재석")).content.decode()
        rep.post(url(deal, "add/"), {"contact": str(known.pk)}, headers=HTMX)
        made = rep.post(url(deal, "add/"), {"n-name": "<b>새 사람</b>", "n-title": "과장"}, headers=HTMX)
        assert "&lt;b&gt;새 사람&lt;/b&gt;" in made.content.decode()
        assert DealContact.objects.filter(deal=deal).count() == 2
        nameless = rep.post(url(deal, "add/"), {"n-name": " ", "n-title": "과장"}, headers=HTMX)
        assert nameless["HX-Retarget"] == "#map-add"
        gone = rep.post(url(deal, f"{known.pk}/remove/"), headers=HTMX)
        assert f'id="row-{known.pk}"' not in gone.content.decode()
        rep.post(url(deal, f"{known.pk}/remove/?back=1"), headers=HTMX)
        assert DealContact.objects.filter(deal=deal, contact=known).exists()

    def test_a_viewer_reads_and_another_workspace_does_not(
        self, logged_in: Any, mallory: Client, deal: Deal, yuna: Contact, place: Any
    ) -> None:
        place(yuna, 40, 70)
        viewer = logged_in("viewer")
        page = viewer.get(url(deal)).content.decode()
        assert "Rank 40, influence 70." in page
        assert 'name="stance"' not in page
        assert viewer.post(url(deal, f"{yuna.pk}/place/"), {"rank": 1, "influence": 1}).status_code == 403
        assert viewer.post(url(deal, "add/"), {"n-name": "x"}).status_code == 403
        assert mallory.get(f"/w/rival/deals/{deal.pk}/strategy/stakeholders/").status_code == 404

    def test_statements(
        self, rep: Client, acme: Cast, deal: Deal, place: Any, meet: Any, query_count: Any
    ) -> None:
        for number in range(12):
            person = add_new_person(deal_id=deal.pk, actor=acme.actor(), name=f"사람 {number}").contact
            place(person, number, 50)
            meet(person, days_ago=number)
        rep.get(url(deal))
        with query_count() as counted:
            rep.get(url(deal))
        assert counted() <= 24

    def test_fifty_on_one_spot_are_drawn_apart(self, rep: Client, acme: Cast, deal: Deal, place: Any) -> None:
        for number in range(50):
            person = add_new_person(deal_id=deal.pk, actor=acme.actor(), name=f"사람 {number}").contact
            place(person, 50, 100)
        page = rep.get(url(deal)).content.decode()
        points = {part.split(" data-person")[0] for part in page.split('overflow="visible" x="')[1:]}
        assert len([point for point in points if "%" in point]) >= 50


class TestApi:
    def test_reads_and_places(
        self, client: Client, cast: Cast, acme: Cast, deal: Deal, yuna: Contact
    ) -> None:
        headers = {"Authorization": f"Bearer {cast.token()}"}
        path = f"/api/v1/deals/{deal.pk}/stakeholders/"
        person = client.get(path, headers=headers).json()["results"][0]
        assert (person["name"], person["rank"], person["version"]) == ("정유나", None, 0)

        def patch(body: dict[str, Any]) -> Any:
            return client.patch(f"{path}{yuna.pk}/", body, content_type="application/json", headers=headers)

        placed = patch({"rank": 30, "influence": 20, "signs": ["awaited"], "version": 0})
        assert placed.status_code == 200, placed.content
        assert (placed.json()["proposed_influence"], placed.json()["version"]) == (45, 1)
        assert patch({"stance": "for"}).json()["rank"] == 30
        stale = patch({"rank": 1, "influence": 1, "version": 1})
        assert (stale.status_code, stale.json()["current"]["version"]) == (409, 2)
        assert patch({"rank": None}).status_code == 400
        assert patch({"mood": 1}).status_code == 400
        assert patch({"rank": None, "influence": None}).json()["rank"] is None
        with workspace_scope(cast.workspace.pk):
            assert Stakeholder.objects.get().version == 3
