"""The value case: lines in four boxes, how they hang together, and where the chain is broken."""

from __future__ import annotations

import itertools
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from core.errors import InvalidInput, NotAllowed, NotFound, StaleVersion
from deals import facts, marks
from deals.models import Deal, DealEvent, EventKind
from strategy.models import Box, ValueEntry, ValueGoal, ValueLink
from strategy.selectors.value_case import value_case_of, value_state
from strategy.selectors.value_return import return_of, rows_on_paper
from strategy.services.value_case import (
    MAX_LINES,
    add_line,
    edit_line,
    move_line,
    remove_line,
    restore_line,
    set_goal,
)
from strategy.services.value_links import link_lines
from tenancy.scope import workspace_scope
from tests.factories import Cast, make_deal

CHAIN = {
    "issue": "경쟁사에 대한 승률",
    "problem": "강점 자료가 없다",
    "solution": "비교표",
    "benefit": "승률 10% 향상",
}


class Writer:
    """Writes into one deal's case."""

    def __init__(self, deal: Deal, cast: Cast) -> None:
        self.deal = deal
        self.actor = cast.actor()

    def line(self, box: str, text: str = "", **more: Any) -> ValueEntry:
        return add_line(deal_id=self.deal.pk, box=box, text=text or CHAIN[box], actor=self.actor, **more)

    def link(self, one: ValueEntry, other: ValueEntry, **more: Any) -> None:
        link_lines(deal_id=self.deal.pk, one=one.pk, other=other.pk, actor=self.actor, **more)

    def edit(self, line: ValueEntry, **changes: Any) -> ValueEntry:
        return edit_line(deal_id=self.deal.pk, entry_id=line.pk, changes=changes, actor=self.actor)

    def whole(self) -> dict[str, ValueEntry]:
        lines = {box: self.line(box) for box in Box.values}
        chain = list(lines.values())
        for one, other in itertools.pairwise(chain):
            self.link(one, other)
        set_goal(deal_id=self.deal.pk, text="매출 두 배", actor=self.actor)
        return lines


@pytest.fixture
def write(acme: Cast, deal: Deal) -> Writer:
    return Writer(deal, acme)


def texts(deal: Deal, box: str) -> list[str]:
    return [
        line.entry.text for found in value_case_of(deal).boxes if found.box == box for line in found.lines
    ]


class TestLines:
    def test_stand_where_they_are_put(self, write: Writer, deal: Deal) -> None:
        one = write.line("problem", "하나")
        write.line("problem", "셋")
        write.line("problem", "둘", after=one.pk)
        assert texts(deal, "problem") == ["하나", "둘", "셋"]
        move_line(deal_id=deal.pk, entry_id=one.pk, box="problem", actor=write.actor, after=None)
        last = ValueEntry.objects.get(text="셋")
        move_line(deal_id=deal.pk, entry_id=one.pk, box="problem", actor=write.actor, after=last.pk)
        assert texts(deal, "problem") == ["둘", "셋", "하나"]

    def test_one_sent_twice_is_made_once(self, write: Writer, deal: Deal) -> None:
        chosen = uuid.uuid4()
        for _again in range(2):
            write.line("issue", entry_id=chosen)
        assert ValueEntry.objects.get().pk == chosen

    def test_an_id_of_another_deal_is_not_taken(self, write: Writer, acme: Cast, deal: Deal) -> None:
        line = write.line("issue")
        other = make_deal(actor=acme.actor(), owner=acme.rep)
        with pytest.raises(NotFound):
            add_line(deal_id=other.pk, box="issue", text="x", actor=acme.actor(), entry_id=line.pk)

    def test_is_removed_and_comes_back_with_its_links(self, write: Writer, deal: Deal) -> None:
        lines = write.whole()
        remove_line(deal_id=deal.pk, entry_id=lines["problem"].pk, actor=write.actor)
        assert texts(deal, "problem") == []
        with pytest.raises(InvalidInput):
            write.edit(lines["problem"], text="x")
        restore_line(deal_id=deal.pk, entry_id=lines["problem"].pk, actor=write.actor)
        assert value_case_of(deal).is_complete

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"text": " "}, "text"),
            ({"text": "x" * 301}, "text"),
            ({"text": "a\x00b"}, "text"),
            ({"amount": Decimal(-1)}, "amount"),
            ({"amount": Decimal("0.5")}, "amount"),
            ({"period": "weekly"}, "period"),
            ({"measure": "x" * 121}, "measure"),
            ({"source": "x" * 201}, "source"),
        ],
    )
    def test_refuses_what_cannot_be(self, write: Writer, changes: dict[str, Any], field: str) -> None:
        line = write.line("benefit")
        with pytest.raises(InvalidInput) as refused:
            write.edit(line, **changes)
        assert refused.value.errors[0].field == field

    def test_a_box_has_room_for_so_many(self, write: Writer, deal: Deal) -> None:
        for number in range(MAX_LINES):
            write.line("problem", f"문제 {number}")
        with pytest.raises(InvalidInput):
            write.line("problem", "하나 더")
        with pytest.raises(InvalidInput):
            write.line("mood", "x")
        other = write.line("issue")
        with pytest.raises(InvalidInput):
            move_line(deal_id=deal.pk, entry_id=other.pk, box="problem", actor=write.actor)

    def test_a_viewer_may_not(self, write: Writer, acme: Cast, deal: Deal) -> None:
        line = write.line("issue")
        viewer = acme.actor("viewer")
        with pytest.raises(NotAllowed):
            add_line(deal_id=deal.pk, box="issue", text="x", actor=viewer)
        with pytest.raises(NotAllowed):
            remove_line(deal_id=deal.pk, entry_id=line.pk, actor=viewer)
        with pytest.raises(NotAllowed):
            link_lines(deal_id=deal.pk, one=line.pk, other=line.pk, actor=viewer)

    def test_two_at_once_lose_nothing(self, write: Writer, deal: Deal) -> None:
        line = write.line("issue")
        write.edit(line, text="먼저")
        with pytest.raises(StaleVersion) as stale:
            edit_line(
                deal_id=deal.pk,
                entry_id=line.pk,
                changes={"text": "나중"},
                actor=write.actor,
                expected_version=1,
            )
        assert stale.value.current.text == "먼저"

    def test_a_sitting_is_told_once(self, write: Writer) -> None:
        write.whole()
        assert DealEvent.objects.filter(kind=EventKind.STRATEGY).count() == 1


class TestLinks:
    def test_either_end_may_be_named_and_twice_is_once(self, write: Writer, deal: Deal) -> None:
        issue, problem = write.line("issue"), write.line("problem")
        write.link(problem, issue)
        write.link(issue, problem)
        assert ValueLink.objects.count() == 1
        write.link(issue, problem, linked=False)
        assert [line.entry for line in value_case_of(deal).lines if line.is_loose] == [problem]
        write.link(issue, problem)
        assert not value_case_of(deal).gaps

    def test_only_neighbours(self, write: Writer, acme: Cast) -> None:
        issue, solution = write.line("issue"), write.line("solution")
        with pytest.raises(InvalidInput):
            write.link(issue, solution)
        with pytest.raises(InvalidInput):
            write.link(issue, write.line("issue", "다른"))
        other = Writer(make_deal(actor=acme.actor(), owner=acme.rep), acme).line("problem")
        with pytest.raises(NotFound):
            write.link(issue, other)

    def test_counts_again_when_the_line_comes_back(self, write: Writer, deal: Deal) -> None:
        lines = write.whole()
        problem = lines["problem"].pk
        move_line(deal_id=deal.pk, entry_id=problem, box="benefit", actor=write.actor)
        assert not value_case_of(deal).is_complete
        move_line(deal_id=deal.pk, entry_id=problem, box="problem", actor=write.actor)
        assert value_case_of(deal).is_complete


class TestFactAndMark:
    def test_complete_needs_a_goal_every_box_and_no_broken_chain(self, write: Writer, deal: Deal) -> None:
        def holds() -> bool:
            return facts.holding("value_case_complete", [deal.pk]) == {deal.pk}

        assert not holds()
        lines = write.whole()
        assert holds()
        assert value_state(deal).tone == "won"
        loose = write.line("problem", "또 다른 문제")
        assert not holds()
        assert value_state(deal).tone == "due"
        write.link(loose, lines["issue"])
        assert holds()
        write.link(lines["solution"], lines["benefit"], linked=False)
        assert not holds()
        write.link(lines["solution"], lines["benefit"])
        set_goal(deal_id=deal.pk, text="", actor=write.actor)
        assert not holds()

    def test_an_issue_that_was_removed_holds_nothing(self, write: Writer, deal: Deal) -> None:
        lines = write.whole()
        write.line("issue", "다른 이슈")
        remove_line(deal_id=deal.pk, entry_id=lines["issue"].pk, actor=write.actor)
        assert facts.holding("value_case_complete", [deal.pk]) == set()
        assert not value_case_of(deal).is_complete

    def test_problems_and_solutions_without_an_issue_are_a_mark(
        self, write: Writer, deal: Deal, query_count: Any
    ) -> None:
        def marked() -> list[str]:
            return [mark.name for mark in marks.marks_on([deal.pk]).get(deal.pk, ())]

        write.line("problem")
        assert "no_business_issue" not in marked()
        write.line("solution")
        assert "no_business_issue" in marked()
        with query_count() as counted:
            facts.holding("value_case_complete", [deal.pk])
        assert counted() == 1
        write.line("issue")
        assert "no_business_issue" not in marked()


class TestReturn:
    def test_adds_up_against_the_price(self, write: Writer, deal: Deal) -> None:
        lines = write.whole()
        deal.amount, deal.currency = Decimal(30_000_000), "KRW"
        write.edit(lines["benefit"], amount=Decimal(12_000_000))
        write.edit(write.line("benefit", "이관 비용"), amount=Decimal(6_000_000), period="once")
        write.line("benefit", "안심")
        worth = return_of(deal, value_case_of(deal))
        assert (worth.yearly, worth.once) == (12_000_000, 6_000_000)
        assert worth.payback_months == 24
        assert [entry.text for entry in worth.in_words] == ["안심"]
        assert worth.bars == (100, 60)

    def test_what_never_pays_back_and_what_is_paid_each_year(self, write: Writer, deal: Deal) -> None:
        line = write.line("benefit")
        write.edit(line, amount=Decimal(1_000), period="once")
        deal.amount = Decimal(2_000)
        assert return_of(deal, value_case_of(deal)).payback_months is None
        deal.amount = Decimal(500)
        assert return_of(deal, value_case_of(deal)).payback_months == 0
        write.edit(line, period="per_year")
        deal.revenue_type = "per_year"
        worth = return_of(deal, value_case_of(deal))
        assert (worth.times, worth.payback_months) == (Decimal("2.0"), None)
        deal.amount = None
        assert return_of(deal, value_case_of(deal)).bars is None

    def test_on_paper_each_problem_is_a_row(self, write: Writer, deal: Deal) -> None:
        lines = write.whole()
        loose = write.line("benefit", "홀로")
        rows = rows_on_paper(value_case_of(deal))
        assert [entry for cell in rows[0].cells for entry in cell] == list(lines.values())
        assert rows[1].cells == ([], [], [], [loose])


def url(deal: Deal, rest: str = "") -> str:
    return f"/w/acme/deals/{deal.pk}/strategy/value/{rest}"


class TestPage:
    def test_an_empty_one_asks(self, rep: Client, deal: Deal) -> None:
        page = rep.get(url(deal)).content.decode()
        assert "Questions for an executive" in page
        assert "What stands between the company and its goal is missing" in page

    def test_a_line_is_made_changed_and_shown_safely(self, rep: Client, write: Writer, deal: Deal) -> None:
        chosen = uuid.uuid4()
        made = rep.post(url(deal, f"{chosen}/"), {"text": "<b>문제</b>", "box": "problem"})
        assert made.status_code == 200
        assert '"version": 1' in made["HX-Trigger"]
        rep.post(url(deal, f"{chosen}/"), {"text": "<script>x</script>", "version": 1})
        page = rep.get(url(deal)).content.decode()
        assert "&lt;script&gt;x&lt;/script&gt;" in page
        assert "<script>x" not in page

    def test_what_is_refused_keeps_the_line(self, rep: Client, write: Writer, deal: Deal) -> None:
        refused = rep.post(url(deal, f"{uuid.uuid4()}/"), {"text": "x" * 301, "box": "problem"})
        assert refused["HX-Reswap"] == "none"
        assert "300" in refused["HX-Trigger"]
        assert "line-saved" not in refused["HX-Trigger"]
        nowhere = rep.post(url(deal, f"{uuid.uuid4()}/"), {"text": "x", "box": "mood"})
        assert "line-saved" not in nowhere["HX-Trigger"]
        assert not ValueEntry.objects.exists()

    def test_who_is_too_late_sees_theirs(self, rep: Client, write: Writer, deal: Deal) -> None:
        line = write.line("issue")
        write.edit(line, text="<i>동료의 말</i>")
        late = rep.post(url(deal, f"{line.pk}/"), {"text": "나의 말", "version": 1})
        assert "&lt;i&gt;동료의 말&lt;/i&gt;" in late.content.decode()
        assert "line-clash" in late["HX-Trigger"]
        set_goal(deal_id=deal.pk, text="동료의 목표", actor=write.actor)
        assert "line-clash" in rep.post(url(deal, "goal/"), {"text": "목표", "version": 0})["HX-Trigger"]
        rep.post(url(deal, "goal/"), {"text": "목표", "version": 1})
        assert ValueGoal.objects.get().text == "목표"

    def test_move_link_remove_and_undo(self, rep: Client, write: Writer, deal: Deal) -> None:
        issue, problem = write.line("issue"), write.line("solution", "실은 문제")
        rep.post(url(deal, f"{problem.pk}/move/"), {"box": "problem", "after": ""})
        linked = rep.post(url(deal, f"{problem.pk}/links/{issue.pk}/")).content.decode()
        assert f'data-back="{issue.pk} "' in linked
        far = rep.post(url(deal, f"{write.line('benefit').pk}/links/{issue.pk}/"))
        assert "Only lines of neighbouring boxes" in far["HX-Trigger"]
        removed = rep.post(url(deal, f"{issue.pk}/remove/"))
        assert f"{issue.pk}/restore/" in removed["HX-Trigger"]
        assert texts(deal, "issue") == []
        back = rep.post(url(deal, f"{issue.pk}/restore/")).content.decode()
        assert 'hx-target="#lines-issue" hx-swap="afterbegin"' in back
        rep.post(url(deal, f"{problem.pk}/links/{issue.pk}/"), {"part": "1"})
        assert [line.is_loose for line in value_case_of(deal).boxes[1].lines] == [True]

    def test_a_figure(self, rep: Client, write: Writer, deal: Deal) -> None:
        line = write.line("benefit")
        form = rep.get(url(deal, f"{line.pk}/figure/?edit")).content.decode()
        assert f'name="f-{line.pk}-amount"' in form

        def sent(**values: Any) -> Any:
            return rep.post(
                url(deal, f"{line.pk}/figure/"),
                {f"f-{line.pk}-{name}": value for name, value in values.items()},
            )

        wrong = sent(amount="많이", version=1, source="체험 14명").content.decode()
        assert "체험 14명" in wrong
        assert "errorlist" in wrong
        assert "₩12,000,000" in sent(amount="12,000,000", period="per_year", version=1).content.decode()
        stale = sent(measure="2시간", version=1)
        assert "2시간" in stale.content.decode()
        assert "theirs" in stale.content.decode()
        line.refresh_from_db()
        assert (line.amount, line.measure) == (12_000_000, "")

    def test_a_viewer_reads_and_another_workspace_does_not(
        self, logged_in: Any, mallory: Client, write: Writer, deal: Deal
    ) -> None:
        line = write.line("issue")
        viewer = logged_in("viewer")
        page = viewer.get(url(deal)).content.decode()
        assert CHAIN["issue"] in page
        assert "<textarea" not in page
        assert viewer.post(url(deal, f"{line.pk}/"), {"text": "x", "version": 1}).status_code == 403
        assert mallory.get(f"/w/rival/deals/{deal.pk}/strategy/value/").status_code == 404

    def test_statements_do_not_grow_with_the_lines(
        self, rep: Client, write: Writer, deal: Deal, query_count: Any
    ) -> None:
        write.whole()
        rep.get(url(deal))
        with query_count() as few:
            rep.get(url(deal))
        for number in range(10):
            write.line("problem", f"문제 {number}")
        with query_count() as many:
            rep.get(url(deal))
        assert many() == few() <= 24

    def test_a_stalled_deal_says_that_it_lacks_an_issue(self, rep: Client, write: Writer, deal: Deal) -> None:
        from datetime import timedelta

        from core import clock

        write.line("problem")
        write.line("solution")
        with clock.frozen_at(clock.now() + timedelta(days=90)):
            assert "No business issue" in rep.get("/w/acme/stalled/").content.decode()


class TestApi:
    def test_the_whole_way(self, client: Client, cast: Cast, acme: Cast, deal: Deal) -> None:
        headers = {"Authorization": f"Bearer {cast.token()}"}
        path = f"/api/v1/deals/{deal.pk}/value-case/"

        def call(method: str, rest: str = "", body: Any = None) -> Any:
            send = getattr(client, method)
            return send(f"{path}{rest}", body, content_type="application/json", headers=headers)

        assert call("put", "goal/", {"text": "매출 두 배", "version": 0}).json()["version"] == 1
        assert call("put", "goal/", {"text": "셋 배", "version": 0}).status_code == 409
        problem = call("post", "entries/", {"box": "problem", "text": "엑셀"}).json()
        assert problem["is_loose"]
        issue = call("post", "entries/", {"box": "issue", "text": "승률"}).json()
        linked = call("put", f"entries/{problem['id']}/links/{issue['id']}/")
        assert linked.json()["follows_from"] == [issue["id"]]
        benefit = call("post", "entries/", {"box": "solution", "text": "절감", "amount": "1200000"}).json()
        moved = call(
            "patch", f"entries/{benefit['id']}/", {"box": "benefit", "measure": "2시간", "version": 2}
        )
        assert (moved.status_code, moved.json()["box"]) == (200, "benefit"), moved.content
        stale = call("patch", f"entries/{benefit['id']}/", {"text": "x", "version": 1})
        assert (stale.status_code, stale.json()["current"]["measure"]) == (409, "2시간")
        assert call("delete", f"entries/{problem['id']}/links/{issue['id']}/").json()["follows_from"] == []
        assert call("delete", f"entries/{issue['id']}/").status_code == 204
        assert call("post", f"entries/{issue['id']}/restore/").status_code == 200
        assert call("post", "entries/", {"box": "mood", "text": "x"}).status_code == 400
        shown = call("get").json()
        assert [entry["box"] for entry in shown["entries"]] == ["issue", "problem", "benefit"]
        assert shown["worth"]["yearly"] == "1200000"
        assert shown["is_complete"] is False
        with workspace_scope(cast.workspace.pk):
            assert ValueEntry.objects.count() == 3
