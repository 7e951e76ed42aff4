"""The approval: what is written down of it, the day that follows, and the team's own questions."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client

from contacts.models import Contact
from core import clock
from core.errors import InvalidInput, NotAllowed, NotFound, StaleVersion
from customers.services.merge import merge_contacts
from deals import facts
from deals.models import Deal, DealEvent
from deals.services.edit_deal import edit_deal
from deals.services.people import add_new_person
from strategy.models import (
    Approval,
    ApprovalAnswer,
    ApprovalDepartment,
    ApprovalMeeting,
    ApprovalQuestion,
    Tool,
)
from strategy.selectors.approval import approval_state, earliest_signature, sheet_of
from strategy.services.approval import edit_approval
from strategy.services.approval_lines import Department, Meeting, remove_line, restore_line, write_line
from strategy.services.approval_questions import (
    MAX_QUESTIONS,
    add_question,
    answer_question,
    change_question,
    remove_question,
    restore_question,
)
from tenancy.models import AuditEntry
from tests.factories import Cast

HTMX = {"HX-Request": "true"}
MONDAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def monday() -> Any:
    with clock.frozen_at(datetime(2026, 11, 23, 3, tzinfo=UTC)):
        yield


def url(deal: Deal, rest: str = "") -> str:
    return f"/w/acme/deals/{deal.pk}/strategy/approval/{rest}"


def plain(text: str) -> str:
    """Days hold together by blanks that do not break."""
    return text.replace("\xa0", " ")


@pytest.fixture
def yuna(acme: Cast, deal: Deal) -> Contact:
    return add_new_person(deal_id=deal.pk, actor=acme.actor(), name="정유나", title="과장").contact


@pytest.fixture
def edit(acme: Cast, deal: Deal) -> Any:
    def edit(version: int | None = None, who: str = "rep", **changes: Any) -> Approval:
        return edit_approval(
            deal_id=deal.pk, changes=changes, actor=acme.actor(who), expected_version=version
        )

    return edit


class TestService:
    def test_keeps_what_is_known_and_tells_of_beginning_and_handing_in(
        self, rep: Client, deal: Deal, yuna: Contact, edit: Any
    ) -> None:
        edit(drafter=yuna, way="paper")
        edit(begun_on=MONDAY)
        edit(submitted_on=MONDAY)
        row = Approval.objects.get()
        assert (row.drafter_id, row.way, row.version) == (yuna.pk, "paper", 3)
        acts = [event.data["act"] for event in DealEvent.objects.filter(kind="strategy").order_by("id")]
        assert acts == ["worked", "begun", "submitted"]
        page = plain(rep.get(f"/w/acme/deals/{deal.pk}/").content.decode())
        assert "the papers for the approval went in on 23 Nov" in page

    def test_the_same_again_writes_nothing(self, edit: Any) -> None:
        assert [edit(way="paper").version for _again in range(2)] == [1, 1]

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"way": "smoke"}, "way"),
            ({"passed_before": "often"}, "passed_before"),
            ({"drafting_days": -1}, "drafting_days"),
            ({"signing_days": 251}, "signing_days"),
            ({"absent_from": MONDAY}, "absent_to"),
            ({"absent_from": MONDAY, "absent_to": date(2026, 11, 20)}, "absent_to"),
            ({"submitted_on": date(2026, 11, 24)}, "submitted_on"),
            ({"begun_on": MONDAY, "submitted_on": date(2026, 11, 20)}, "submitted_on"),
            ({"begun_on": date(1980, 1, 1)}, "begun_on"),
            ({"deal": None}, "deal"),
        ],
    )
    def test_refuses_what_cannot_be(self, edit: Any, changes: dict[str, Any], field: str) -> None:
        with pytest.raises(InvalidInput) as refused:
            edit(**changes)
        assert refused.value.errors[0].field == field
        assert not Approval.objects.exists()

    def test_a_stranger_a_viewer_and_a_late_one(self, yuna: Contact, edit: Any) -> None:
        with pytest.raises(InvalidInput):
            edit(signer=Contact.objects.create(name="딴 회사 사람"))
        with pytest.raises(NotAllowed):
            edit(who="viewer", signer=yuna)
        edit(0, signer=yuna)
        with pytest.raises(StaleVersion) as late:
            edit(0, way="paper")
        assert late.value.current.signer_id == yuna.pk

    def test_a_merged_person_is_shown_as_who_stayed(
        self, acme: Cast, deal: Deal, yuna: Contact, edit: Any
    ) -> None:
        edit(signer=yuna)
        twin = Contact.objects.create(name="정유나")
        merge_contacts(kept_id=twin.pk, gone_id=yuna.pk, actor=acme.actor("leader"))
        assert sheet_of(deal).person("signer") == twin
        # Saved once more as it stands, it is no error.
        edit(signer=Approval.objects.get().signer, way="paper")


class TestLines:
    def test_meetings_and_departments_come_go_and_come_back(self, acme: Cast, deal: Deal) -> None:
        meeting = Meeting("이사회", date(2026, 12, 8), papers_due=date(2026, 12, 4))
        line = write_line(deal_id=deal.pk, values=meeting, actor=acme.actor())
        write_line(deal_id=deal.pk, values=Department("법무", 2), actor=acme.actor())
        assert earliest_signature(deal).signed_on == date(2026, 12, 9)
        for _twice in range(2):
            remove_line(deal_id=deal.pk, line_id=line.pk, kind=ApprovalMeeting, actor=acme.actor())
        assert earliest_signature(deal).signed_on == date(2026, 12, 1)
        restore_line(deal_id=deal.pk, line_id=line.pk, kind=ApprovalMeeting, actor=acme.actor())
        assert earliest_signature(deal).signed_on == date(2026, 12, 9)

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            (Meeting("", MONDAY), "name"),
            (Meeting("이사회", None), "on"),
            (Meeting("이사회", MONDAY, papers_due=date(2026, 11, 24)), "papers_due"),
            (Meeting("이사회", MONDAY, next_on=MONDAY), "next_on"),
            (Meeting("이사회", MONDAY, if_missed="pray"), "if_missed"),
            (Meeting("이사회", MONDAY, missed_days=999), "missed_days"),
            (Department("x" * 121), "name"),
            (Department("a\x00"), "name"),
            (Department("법무", -1), "days"),
        ],
    )
    def test_refuses_what_cannot_be(self, acme: Cast, deal: Deal, values: Any, field: str) -> None:
        with pytest.raises(InvalidInput) as refused:
            write_line(deal_id=deal.pk, values=values, actor=acme.actor())
        assert refused.value.errors[0].field == field

    def test_too_many_a_late_one_and_another_deal(self, acme: Cast, deal: Deal) -> None:
        for number in range(20):
            line = write_line(deal_id=deal.pk, values=Department(f"부서 {number}"), actor=acme.actor())
        with pytest.raises(InvalidInput):
            write_line(deal_id=deal.pk, values=Department("하나 더"), actor=acme.actor())
        with pytest.raises(StaleVersion):
            write_line(
                deal_id=deal.pk,
                values=Department("다른 이름"),
                actor=acme.actor(),
                line_id=line.pk,
                expected_version=9,
            )
        remove_line(deal_id=deal.pk, line_id=line.pk, kind=ApprovalDepartment, actor=acme.actor())
        with pytest.raises(NotFound):
            write_line(deal_id=deal.pk, values=Department("사라짐"), actor=acme.actor(), line_id=line.pk)


class TestFactAndState:
    def test_begun_asks_for_a_drafter_and_a_day_or_for_the_papers(
        self, deal: Deal, yuna: Contact, edit: Any
    ) -> None:
        edit(begun_on=date(2026, 11, 24))
        assert facts.holding("approval_begun", [deal.pk]) == set()
        edit(drafter=yuna)
        # Its day is still to come.
        assert facts.holding("approval_begun", [deal.pk]) == set()
        edit(begun_on=MONDAY)
        assert facts.holding("approval_begun", [deal.pk]) == {deal.pk}
        edit(begun_on=None)
        assert facts.holding("approval_begun", [deal.pk]) == set()
        edit(submitted_on=MONDAY)
        assert facts.holding("approval_begun", [deal.pk]) == {deal.pk}

    def test_state(self, acme: Cast, deal: Deal, edit: Any) -> None:
        assert approval_state(deal).text == "not asked yet"
        edit(drafting_days=3, signing_days=1)
        assert (plain(approval_state(deal).text), approval_state(deal).tone) == ("27 Nov possible", "")
        edit_deal(deal_id=deal.pk, changes={"expected_close_date": MONDAY}, actor=acme.actor())
        assert approval_state(Deal.objects.get(pk=deal.pk)).tone == "due"
        write_line(deal_id=deal.pk, values=Meeting("이사회", MONDAY, papers_due=MONDAY), actor=acme.actor())
        assert plain(approval_state(deal).text) == "not before 27 Nov"


class TestPage:
    def test_draws_the_walk_and_says_what_to_find_out(
        self, rep: Client, acme: Cast, deal: Deal, edit: Any
    ) -> None:
        assert "not asked yet" in rep.get(url(deal)).content.decode()
        edit(way="paper", passed_before="no", absent_from=date(2026, 11, 26), absent_to=date(2026, 12, 1))
        write_line(deal_id=deal.pk, values=Department("<b>법무</b>", 1), actor=acme.actor())
        page = plain(rep.get(url(deal)).content.decode())
        assert "&lt;b&gt;법무&lt;/b&gt;" in page
        assert "away until 1 Dec, and not approved electronically" in page
        assert "Nobody knows who signs the order." in page
        assert "The drafter has not passed one of this size before." in page
        assert "style=" not in page

    def test_a_part_is_saved_where_it_stands_and_the_walk_follows(
        self, rep: Client, deal: Deal, yuna: Contact
    ) -> None:
        path = url(deal, "parts/people/")
        assert 'name="a-people-signer"' in rep.get(path + "?edit").content.decode()
        saved = rep.post(
            path, {"a-people-signer": str(yuna.pk), "a-people-version": "0"}, headers=HTMX
        ).content.decode()
        assert "정유나" in saved
        assert 'id="approval-plan"' in saved
        assert "hx-swap-oob" in saved
        late = rep.post(path, {"a-people-signer": "", "a-people-version": "0"}, headers=HTMX)
        assert "Somebody changed this" in late["HX-Trigger"]
        assert Approval.objects.get().signer_id == yuna.pk

    def test_what_is_wrong_is_said_and_kept(self, rep: Client, deal: Deal) -> None:
        values = {
            "a-way-way": "paper",
            "a-way-signing_days": "2",
            "a-way-absent_from": "2026-12-05",
            "a-way-absent_to": "2026-12-01",
            "a-way-version": "0",
        }
        refused = rep.post(url(deal, "parts/way/"), values, headers=HTMX).content.decode()
        assert "This is before the first day." in refused
        assert 'value="2026-12-05"' in refused
        assert rep.get(url(deal, "parts/mood/")).status_code == 404
        assert rep.get(url(deal, "lines/moods/")).status_code == 404

    def test_lines_are_added_changed_and_taken_back(self, rep: Client, deal: Deal) -> None:
        path = url(deal, "lines/departments/")
        assert 'name="l-departments-name"' in rep.get(path + "?edit").content.decode()
        values = {"l-departments-name": "법무", "l-departments-days": "4", "l-departments-version": "0"}
        assert "법무" in rep.post(path, values, headers=HTMX).content.decode()
        line = ApprovalDepartment.objects.get()
        one = url(deal, f"lines/departments/{line.pk}/")
        late = rep.post(one, values | {"l-departments-days": "9"}, headers=HTMX)
        assert "Somebody changed this" in late["HX-Trigger"]
        assert 'value="9"' in late.content.decode()
        rep.post(one, values | {"l-departments-days": "9", "l-departments-version": "1"}, headers=HTMX)
        assert ApprovalDepartment.objects.get().days == 9
        gone = rep.post(one + "remove/", headers=HTMX)
        assert "None known" in gone.content.decode()
        undo = json.loads(gone["HX-Trigger"])["notice"]["undo_url"]
        assert "법무" in rep.post(undo, headers=HTMX).content.decode()
        missing = rep.post(path, values | {"l-departments-name": ""}, headers=HTMX).content.decode()
        assert "errorlist" in missing

    def test_the_expected_close_date_follows_at_a_press_and_goes_back(
        self, rep: Client, acme: Cast, deal: Deal, edit: Any
    ) -> None:
        edit(drafting_days=3)
        edit_deal(deal_id=deal.pk, changes={"expected_close_date": MONDAY}, actor=acme.actor())
        deal.refresh_from_db()
        assert "that is before they can sign" in rep.get(url(deal)).content.decode()
        late = rep.post(url(deal, "close-date/"), {"version": deal.version - 1}, headers=HTMX)
        assert "in the meantime" in late["HX-Trigger"]
        done = rep.post(url(deal, "close-date/"), {"version": deal.version}, headers=HTMX)
        deal.refresh_from_db()
        assert deal.expected_close_date == date(2026, 11, 27)
        assert "that is before they can sign" not in done.content.decode()
        rep.post(json.loads(done["HX-Trigger"])["notice"]["undo_url"], headers=HTMX)
        deal.refresh_from_db()
        assert deal.expected_close_date == MONDAY

    def test_a_viewer_reads_and_another_workspace_does_not(
        self, logged_in: Any, mallory: Client, deal: Deal, edit: Any
    ) -> None:
        edit(way="paper")
        viewer = logged_in("viewer")
        assert "On paper" in viewer.get(url(deal)).content.decode()
        for rest in ("parts/way/", "lines/meetings/", "close-date/", "questions/"):
            assert viewer.post(url(deal, rest), {}).status_code == 403
        assert mallory.get(f"/w/rival/deals/{deal.pk}/strategy/approval/").status_code == 404

    def test_statements(
        self, rep: Client, acme: Cast, deal: Deal, yuna: Contact, edit: Any, query_count: Any
    ) -> None:
        edit(drafter=yuna, signer=yuna)
        for number in range(6):
            write_line(deal_id=deal.pk, values=Department(f"부서 {number}"), actor=acme.actor())
            write_line(deal_id=deal.pk, values=Meeting(f"회의 {number}", MONDAY), actor=acme.actor())
            question = add_question(text=f"물음 {number}", actor=acme.actor())
            answer_question(deal_id=deal.pk, question_id=question.pk, text="답", actor=acme.actor())
        rep.get(url(deal))
        with query_count() as counted:
            rep.get(url(deal))
        assert counted() <= 26


class TestQuestions:
    def test_a_rep_adds_an_admin_changes_and_takes_back(self, acme: Cast, deal: Deal) -> None:
        question = add_question(text=" 구매팀은  언제 부릅니까? ", actor=acme.actor(), from_deal=deal)
        assert (question.text, question.from_deal_id) == ("구매팀은 언제 부릅니까?", deal.pk)
        assert add_question(text="구매팀은 언제 부릅니까?", actor=acme.actor()) == question
        with pytest.raises(NotAllowed):
            remove_question(question_id=question.pk, actor=acme.actor("leader"))
        admin = acme.actor("admin")
        change_question(question_id=question.pk, text="누가 구매팀을 부릅니까?", actor=admin)
        remove_question(question_id=question.pk, actor=admin)
        with pytest.raises(NotFound):
            answer_question(deal_id=deal.pk, question_id=question.pk, text="x", actor=acme.actor())
        again = add_question(text="누가 구매팀을 부릅니까?", actor=acme.actor())
        with pytest.raises(InvalidInput):
            restore_question(question_id=question.pk, actor=admin)
        remove_question(question_id=again.pk, actor=admin)
        restore_question(question_id=question.pk, actor=admin)
        assert ApprovalQuestion.objects.filter(removed_at=None).get() == question
        assert AuditEntry.objects.filter(action__startswith="strategy.question").count() == 6

    @pytest.mark.parametrize("text", ["", "  ", "x" * 301, "a\x00b"])
    def test_refuses_what_is_no_question(self, acme: Cast, text: str) -> None:
        with pytest.raises(InvalidInput):
            add_question(text=text, actor=acme.actor())

    def test_at_most_so_many(self, acme: Cast) -> None:
        for number in range(MAX_QUESTIONS):
            add_question(text=f"물음 {number}", actor=acme.actor())
        with pytest.raises(InvalidInput):
            add_question(text="하나 더", actor=acme.actor())

    def test_an_answer_is_kept_per_deal_and_two_at_once_lose_nothing(
        self, rep: Client, acme: Cast, deal: Deal
    ) -> None:
        question = add_question(text="<i>누가</i>?", actor=acme.actor())
        path, name = url(deal, f"questions/{question.pk}/"), f"q-{question.pk}"
        values = {f"{name}-text": "재무팀 <b>김</b>", f"{name}-version": "0"}
        assert "&lt;b&gt;" in rep.post(path, values, headers=HTMX).content.decode()
        late = rep.post(path, values | {f"{name}-text": "나의 답"}, headers=HTMX)
        assert "재무팀" in late.content.decode()
        assert "나의 답" in late.content.decode()
        assert ApprovalAnswer.objects.get().version == 1
        assert "&lt;i&gt;누가&lt;/i&gt;?" in rep.get(url(deal)).content.decode()

    def test_asked_from_a_deal(self, rep: Client, deal: Deal) -> None:
        assert 'name="ask-text"' in rep.get(url(deal, "questions/?edit")).content.decode()
        rep.post(url(deal, "questions/"), {"ask-text": "임원 회의는 몇 주마다?"}, headers=HTMX)
        assert ApprovalQuestion.objects.get().from_deal_id == deal.pk
        wrong = rep.post(url(deal, "questions/"), {"ask-text": ""}, headers=HTMX)
        assert "errorlist" in wrong.content.decode()

    def test_settings(self, rep: Client, logged_in: Any, acme: Cast) -> None:
        path = "/w/acme/settings/approval-questions/"
        assert "None yet" in rep.get(path).content.decode()
        added = rep.post(path, {"new-text": "몇 주마다?"}, headers=HTMX).content.decode()
        assert "몇 주마다?" in added
        question = ApprovalQuestion.objects.get()
        assert rep.post(f"{path}{question.pk}/remove/").status_code == 403
        admin = logged_in("admin")
        prefix = f"q-{question.pk}"
        assert f'name="{prefix}-text"' in admin.get(f"{path}{question.pk}/").content.decode()
        values = {f"{prefix}-text": "몇 달마다?", f"{prefix}-version": "1"}
        assert "몇 달마다?" in admin.post(f"{path}{question.pk}/", values, headers=HTMX).content.decode()
        late = admin.post(f"{path}{question.pk}/", values | {f"{prefix}-text": "늦음"}, headers=HTMX)
        assert "Somebody changed it to" in late.content.decode()
        gone = admin.post(f"{path}{question.pk}/remove/", headers=HTMX)
        assert "몇 달마다?" not in gone.content.decode()
        admin.post(json.loads(gone["HX-Trigger"])["notice"]["undo_url"], headers=HTMX)
        assert ApprovalQuestion.objects.get().removed_at is None
        history = admin.get("/w/acme/settings/history/").content.decode()
        assert "asks again of approvals" in history


class TestApi:
    def test_reads_and_writes_all_of_it(
        self, client: Client, cast: Cast, acme: Cast, deal: Deal, yuna: Contact
    ) -> None:
        headers = {"Authorization": f"Bearer {cast.token('admin', 'admin')}"}
        path = f"/api/v1/deals/{deal.pk}/approval/"

        def call(method: str, rest: str, body: Any = None) -> Any:
            target = rest if rest.startswith("/") else path + rest
            return getattr(client, method)(target, body, content_type="application/json", headers=headers)

        empty = client.get(path, headers=headers).json()
        assert (empty["version"], empty["plan"]) == (0, None)
        body = {"drafter": str(yuna.pk), "way": "paper", "begun_on": "2026-11-23", "version": 0}
        assert call("patch", "", body).json()["plan"]["signed_on"] == "2026-11-27"
        assert call("patch", "", body).status_code == 409
        assert call("patch", "", {"way": "smoke"}).status_code == 400
        meeting = call("post", "meetings/", {"name": "이사회", "on": "2026-12-08"})
        assert meeting.status_code == 201, meeting.content
        one = f"meetings/{meeting.json()['id']}/"
        changed = call("put", one, {"name": "이사회", "on": "2026-12-09", "version": 1})
        assert changed.json()["version"] == 2
        stale = call("put", one, {"name": "x", "on": "2026-12-09", "version": 1})
        assert (stale.status_code, stale.json()["current"]["version"]) == (409, 2)
        department = call("post", "departments/", {"name": "법무", "days": 2}).json()
        assert call("put", f"departments/{department['id']}/", {"name": "보안"}).json()["days"] == 3
        assert call("delete", f"departments/{department['id']}/").status_code == 204
        question = call("post", "/api/v1/approval-questions/", {"text": "누가?"}).json()
        answered = call("put", f"questions/{question['id']}/", {"text": "재무팀", "version": 0})
        assert answered.json()["answer"] == "재무팀"
        whole = client.get(path, headers=headers).json()
        assert [step["kind"] for step in whole["plan"]["steps"]] == ["drafting", "meeting", "signing"]
        assert whole["questions"][0]["answer"] == "재무팀"
        assert call("delete", one).status_code == 204
        reworded = call("put", f"/api/v1/approval-questions/{question['id']}/", {"text": "어느 팀?"})
        assert reworded.json()["version"] == 2
        assert call("delete", f"/api/v1/approval-questions/{question['id']}/").status_code == 204
        assert call("get", "/api/v1/approval-questions/").json()["results"] == []

    def test_a_rep_adds_questions_and_takes_none_away(self, client: Client, cast: Cast, acme: Cast) -> None:
        headers = {"Authorization": f"Bearer {cast.token()}"}
        path = "/api/v1/approval-questions/"
        made = client.post(path, {"text": "누가?"}, content_type="application/json", headers=headers)
        assert made.status_code == 201
        assert client.delete(f"{path}{made.json()['id']}/", headers=headers).status_code == 403


def test_the_tool_is_named_in_work_events(acme: Cast, deal: Deal, edit: Any) -> None:
    edit(way="paper")
    assert DealEvent.objects.get(kind="strategy").data["tool"] == Tool.APPROVAL
