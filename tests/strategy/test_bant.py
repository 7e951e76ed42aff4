"""BANT: what is known, how sure it is, and what is left to ask."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from core.errors import InvalidInput, NotAllowed, StaleVersion
from deals import facts
from deals.models import Deal, DealEvent, EventKind
from strategy.models import BantAnswer, Part
from strategy.selectors.bant import bant_of, bant_state
from strategy.services.bant import Known, answer_bant
from tenancy.scope import workspace_scope
from tests.factories import Cast


def url(deal: Deal, part: str = "") -> str:
    return f"/w/acme/deals/{deal.pk}/strategy/bant/{part}"


def form(part: str, version: int = 0, **values: Any) -> dict[str, Any]:
    return {f"b-{part}-{name}": value for name, value in ({"version": version} | values).items()}


class TestService:
    def test_is_kept_with_who_said_it_and_when(self, acme: Cast, deal: Deal) -> None:
        known = Known("confirmed", "내년 상반기 예산", "재무팀 정유나", amount=Decimal(50_000_000))
        answer_bant(deal_id=deal.pk, part="budget", known=known, actor=acme.actor())
        answer = BantAnswer.objects.get()
        assert (answer.text, answer.amount, answer.by_id, answer.version) == (
            "내년 상반기 예산",
            Decimal(50_000_000),
            acme.rep.pk,
            1,
        )

    def test_the_same_again_writes_nothing(self, acme: Cast, deal: Deal) -> None:
        for _again in range(2):
            answer_bant(deal_id=deal.pk, part="need", known=Known("assumed", "엑셀"), actor=acme.actor())
        assert BantAnswer.objects.get().version == 1

    def test_a_sitting_is_told_once(self, acme: Cast, deal: Deal) -> None:
        for part in Part:
            answer_bant(deal_id=deal.pk, part=part, known=Known("assumed", "가정"), actor=acme.actor())
        assert DealEvent.objects.filter(kind=EventKind.STRATEGY).count() == 1

    @pytest.mark.parametrize(
        ("part", "known", "field"),
        [
            ("need", Known("sure"), "certainty"),
            ("need", Known("confirmed"), "text"),
            ("need", Known("assumed", "x", amount=Decimal(1)), "amount"),
            ("need", Known("assumed", "x", day=date(2027, 1, 1)), "day"),
            ("budget", Known("assumed", amount=Decimal(-1)), "amount"),
            ("budget", Known("assumed", amount=Decimal("0.5")), "amount"),
            ("timeframe", Known("assumed", day=date(9999, 1, 1)), "day"),
            ("authority", Known("assumed", "x" * 1001), "text"),
            ("authority", Known("assumed", "x", "y" * 201), "source"),
            ("authority", Known("assumed", "a\x00b"), "text"),
            ("mood", Known("assumed", "x"), "part"),
        ],
    )
    def test_refuses_what_cannot_be(
        self, acme: Cast, deal: Deal, part: str, known: Known, field: str
    ) -> None:
        with pytest.raises(InvalidInput) as refused:
            answer_bant(deal_id=deal.pk, part=part, known=known, actor=acme.actor())
        assert refused.value.errors[0].field == field
        assert not BantAnswer.objects.exists()

    def test_a_viewer_may_not(self, acme: Cast, deal: Deal) -> None:
        with pytest.raises(NotAllowed):
            answer_bant(deal_id=deal.pk, part="need", known=Known("assumed", "x"), actor=acme.actor("viewer"))

    def test_two_at_once_lose_nothing(self, acme: Cast, deal: Deal) -> None:
        answer_bant(
            deal_id=deal.pk,
            part="need",
            known=Known("assumed", "첫째"),
            actor=acme.actor(),
            expected_version=0,
        )
        with pytest.raises(StaleVersion):
            answer_bant(
                deal_id=deal.pk,
                part="need",
                known=Known("assumed", "둘째"),
                actor=acme.actor("other_rep"),
                expected_version=0,
            )
        assert BantAnswer.objects.get().text == "첫째"


class TestFact:
    def test_holds_when_all_four_are_confirmed(self, acme: Cast, deal: Deal) -> None:
        for part in Part:
            assert facts.holding("bant_confirmed", [deal.pk]) == set()
            answer_bant(deal_id=deal.pk, part=part, known=Known("confirmed", "들음"), actor=acme.actor())
        assert facts.holding("bant_confirmed", [deal.pk]) == {deal.pk}
        assert bant_state(deal).tone == "won"
        assert not any(row.questions for row in bant_of(deal))
        answer_bant(deal_id=deal.pk, part="need", known=Known("assumed", "들음"), actor=acme.actor())
        assert facts.holding("bant_confirmed", [deal.pk]) == set()


class TestPage:
    def test_unknown_parts_ask(self, rep: Client, deal: Deal) -> None:
        page = rep.get(url(deal)).content.decode()
        assert "Is there a budget for this" in page
        assert page.count('class="bant-part is-unknown"') == 4

    def test_an_answer_is_saved_in_its_place(self, rep: Client, deal: Deal) -> None:
        opened = rep.get(url(deal, "timeframe/?edit")).content.decode()
        assert 'name="b-timeframe-day"' in opened
        assert "b-timeframe-amount" not in opened
        values = form("timeframe", certainty="assumed", day="2027-03-01", text="<b>3월</b>")
        saved = rep.post(url(deal, "timeframe/"), values).content.decode()
        assert "&lt;b&gt;3월&lt;/b&gt;" in saved
        assert "<form" not in saved
        assert BantAnswer.objects.get().day == date(2027, 3, 1)

    def test_what_is_wrong_is_said_and_kept(self, rep: Client, deal: Deal) -> None:
        values = form("budget", certainty="assumed", amount="많이", text="어림")
        refused = rep.post(url(deal, "budget/"), values).content.decode()
        assert "어림" in refused
        assert "errorlist" in refused
        assert not BantAnswer.objects.exists()

    def test_who_is_too_late_sees_theirs_and_keeps_their_own(
        self, rep: Client, acme: Cast, deal: Deal
    ) -> None:
        answer_bant(
            deal_id=deal.pk, part="need", known=Known("assumed", "동료의 말"), actor=acme.actor("leader")
        )
        late = rep.post(url(deal, "need/"), form("need", certainty="assumed", text="나의 말"))
        told = late.content.decode()
        assert "동료의 말" in told
        assert "나의 말" in told
        assert "Somebody changed this" in late["HX-Trigger"]
        again = form("need", 1, certainty="assumed", text="나의 말")
        rep.post(url(deal, "need/"), again)
        assert BantAnswer.objects.get().text == "나의 말"

    def test_unknown_part_and_other_workspace(self, rep: Client, mallory: Client, deal: Deal) -> None:
        assert rep.get(url(deal, "mood/")).status_code == 404
        assert mallory.get(f"/w/rival/deals/{deal.pk}/strategy/bant/").status_code == 404

    def test_statements(self, rep: Client, acme: Cast, deal: Deal, query_count: Any) -> None:
        for part in Part:
            answer_bant(deal_id=deal.pk, part=part, known=Known("assumed", "가정"), actor=acme.actor())
        rep.get(url(deal))
        with query_count() as counted:
            rep.get(url(deal))
        assert counted() <= 20


class TestApi:
    def test_reads_and_answers(self, client: Client, cast: Cast, acme: Cast, deal: Deal) -> None:
        headers = {"Authorization": f"Bearer {cast.token()}"}
        path = f"/api/v1/deals/{deal.pk}/bant/"
        parts = client.get(path, headers=headers).json()["results"]
        assert [part["part"] for part in parts] == ["budget", "authority", "need", "timeframe"]
        assert parts[0]["version"] == 0
        body = {"certainty": "confirmed", "text": "Yes", "amount": "1000000", "version": 0}
        put = client.put(f"{path}budget/", body, content_type="application/json", headers=headers)
        assert put.status_code == 200, put.content
        assert (put.json()["amount"], put.json()["version"]) == ("1000000", 1)
        stale = client.put(f"{path}budget/", body, content_type="application/json", headers=headers)
        assert stale.status_code == 409
        assert stale.json()["current"]["version"] == 1
        wrong = client.put(f"{path}mood/", body, content_type="application/json", headers=headers)
        assert wrong.status_code == 404
        with workspace_scope(cast.workspace.pk):
            assert BantAnswer.objects.count() == 1
