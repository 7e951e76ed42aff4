"""Notes and contacts with the buyer, on the deal page."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from automation.models import Notification
from contacts.models import Company, Contact
from core import clock
from deals.models import Activity, Deal, DealEvent, Note
from deals.services.activities import log_activity
from deals.services.dispatch_events import dispatch_events
from deals.services.edit_deal import edit_deal
from deals.services.notes import add_note
from deals.services.people import add_person
from tenancy.models import Membership
from tenancy.scope import workspace_scope
from tests.deals.views.conftest import HTMX
from tests.factories import make_deal

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)  # 15:00 in Seoul


@pytest.fixture
def acme(cast):
    """Inside the workspace, at a fixed time."""
    with clock.frozen_at(NOW), workspace_scope(cast.workspace.pk):
        yield cast


@pytest.fixture
def deal(acme):
    return make_deal(actor=acme.actor(), owner=acme.rep, name="첫째")


def url(deal: Deal, action: str = "") -> str:
    return f"/w/acme/deals/{deal.pk}/{action}"


def undo_of(response) -> str:
    return json.loads(response["HX-Trigger"])["notice"]["undo_url"]


def log(client, deal, kind="call", **fields):
    given = {"kind": kind, "direction": "both", "occurred_at": "2026-11-23T14:00", **fields}
    return client.post(url(deal, "activities/"), {f"a-{name}": value for name, value in given.items()})


class TestNotes:
    def test_markdown_is_shown_and_nothing_else_of_it_runs(self, rep, deal):
        rep.post(
            url(deal, "notes/"),
            {"n-body": "**중요** <script>alert(1)</script> [x](javascript:alert(1)) \u202e😀"},
        )
        page = rep.get(url(deal)).content.decode()
        assert "<strong>중요</strong>" in page
        assert "<script>alert(1)" not in page
        assert 'href="javascript' not in page

    @pytest.mark.parametrize("body", ["", "   ", "x" * 20_001])
    def test_what_cannot_be_kept_is_said_and_kept_in_the_field(self, rep, deal, body):
        answer = rep.post(url(deal, "notes/"), {"n-body": body}, headers=HTMX)
        assert answer.status_code == 200
        assert "errorlist" in answer.content.decode()
        assert body in answer.content.decode()
        assert not Note.objects.exists()

    def test_own_notes_are_edited_and_the_edit_taken_back(self, rep, deal):
        rep.post(url(deal, "notes/"), {"n-body": "처음"})
        note = Note.objects.get()
        form = rep.get(url(deal, f"notes/{note.pk}/")).content.decode()
        assert "처음" in form
        saved = rep.post(url(deal, f"notes/{note.pk}/"), {f"n{note.pk}-body": "나중"})
        assert "나중" in saved.content.decode()
        assert "처음" not in saved.content.decode()
        rep.post(undo_of(saved))
        note.refresh_from_db()
        assert note.body == "처음"
        again = rep.post(undo_of(saved))
        assert json.loads(again["HX-Trigger"])["notice"]["kind"] == "error"

    def test_deleted_and_brought_back_once_each(self, rep, deal):
        rep.post(url(deal, "notes/"), {"n-body": "지울 메모"})
        note = Note.objects.get()
        gone = rep.post(url(deal, f"notes/{note.pk}/delete/"))
        assert "지울 메모" not in gone.content.decode()
        rep.post(url(deal, f"notes/{note.pk}/delete/"))
        rep.post(undo_of(gone))
        assert "지울 메모" in rep.get(url(deal)).content.decode()
        kinds = list(
            DealEvent.objects.filter(kind__startswith="note").order_by("id").values_list("kind", flat=True)
        )
        assert kinds == ["note_added", "note_deleted", "note_restored"]

    def test_somebody_elses_note_is_left_alone(self, rep, logged_in, acme, deal):
        note = add_note(deal_id=deal.pk, body="남의 메모", actor=acme.actor("leader"))
        for action in ("", "delete/", "restore/", "undo/"):
            assert (
                rep.post(url(deal, f"notes/{note.pk}/{action}"), {f"n{note.pk}-body": "x"}).status_code == 403
            )
        assert logged_in("viewer").post(url(deal, "notes/"), {"n-body": "x"}).status_code == 403
        note.refresh_from_db()
        assert (note.body, note.deleted_at) == ("남의 메모", None)

    def test_a_note_of_another_deal_is_a_404(self, rep, acme, deal):
        other = make_deal(actor=acme.actor(), name="둘째")
        note = add_note(deal_id=other.pk, body="x", actor=acme.actor())
        assert rep.get(url(deal, f"notes/{note.pk}/")).status_code == 404


class TestMentions:
    def test_a_name_is_kept_as_its_owner_and_follows_a_new_one(self, rep, acme, deal):
        rep.post(url(deal, "notes/"), {"n-body": "@이서연님 확인 부탁드립니다. kim@최하은 아님"})
        note = Note.objects.get()
        assert note.body == f"@{{{acme.leader.pk}}}님 확인 부탁드립니다. kim@최하은 아님"
        Membership.objects.filter(pk=acme.leader.pk).update(display_name="이서윤")
        page = rep.get(url(deal)).content.decode()
        assert '<span class="mention">@이서윤</span>님' in page
        assert "@이서윤님 확인" in rep.get(url(deal, f"notes/{note.pk}/")).content.decode()

    def test_of_two_of_one_name_the_chosen_one_is_meant_and_nobody_otherwise(self, rep, acme, deal):
        Membership.objects.filter(pk=acme.other_rep.pk).update(display_name="이서연")
        rep.post(url(deal, "notes/"), {"n-body": "@이서연 봐 주세요"})
        assert Note.objects.get().body == "@이서연 봐 주세요"
        rep.post(url(deal, "notes/"), {"n-body": "@이서연 봐", "n-mentioned": str(acme.other_rep.pk)})
        assert Note.objects.latest("id").body == f"@{{{acme.other_rep.pk}}} 봐"

    def test_who_is_called_is_told_once_and_not_who_calls_themselves(self, rep, logged_in, acme, deal):
        rep.post(url(deal, "notes/"), {"n-body": "@이서연 @김도현 @이서연"})
        note = Note.objects.get()
        for _again in range(2):
            DealEvent.objects.update(dispatched_at=None)
            dispatch_events(workspace_id=acme.workspace.pk)
        assert [(row.member_id, row.note_id) for row in Notification.objects.all()] == [
            (acme.leader.pk, note.pk)
        ]
        leader = logged_in("leader")
        assert "김도현" in leader.get("/w/acme/notifications/").content.decode()
        rep.post(url(deal, f"notes/{note.pk}/delete/"))
        assert 'data-notice-id="' not in leader.get("/w/acme/notifications/").content.decode()

    def test_an_edit_tells_only_who_is_newly_called(self, rep, acme, deal):
        rep.post(url(deal, "notes/"), {"n-body": "@이서연"})
        note = Note.objects.get()
        rep.post(url(deal, f"notes/{note.pk}/"), {f"n{note.pk}-body": "@이서연 @최하은"})
        data = DealEvent.objects.get(kind="note_edited").data
        assert data["mentions"] == [str(acme.other_rep.pk)]

    def test_the_list_offers_active_members_of_this_workspace(self, rep, acme):
        Membership.objects.filter(pk=acme.other_rep.pk).update(deactivated_at=NOW)
        offered = rep.get("/w/acme/deals/names/").content.decode()
        assert "이서연" in offered
        assert "최하은" not in offered
        assert "Mallory" not in offered
        assert "이서연" not in rep.get("/w/acme/deals/names/?q=박").content.decode()


class TestContact:
    def test_the_form_comes_filled_for_now_on_the_readers_clock(self, rep, deal):
        form = rep.get(url(deal, "activities/?kind=call")).content.decode()
        assert 'value="2026-11-23T15:00"' in form
        assert rep.get(url(deal, "activities/?kind=pigeon")).status_code == 404

    def test_hearing_from_the_buyer_is_told_on_the_deal_and_its_version_stays(self, rep, deal):
        log(rep, deal, "email", direction="out", subject="견적")
        deal.refresh_from_db()
        assert deal.last_heard_at is None
        log(rep, deal, "email", direction="in", occurred_at="2026-11-20T09:00", subject="회신")
        log(rep, deal, "call", occurred_at="2026-11-18T09:00")
        deal.refresh_from_db()
        assert deal.last_heard_at == datetime(2026, 11, 20, 0, 0, tzinfo=UTC)
        assert deal.version == 1
        page = rep.get(url(deal)).content.decode()
        assert "회신" in page

    def test_it_follows_an_edit_a_deletion_and_their_undo(self, rep, deal):
        log(rep, deal, direction="in", occurred_at="2026-11-20T09:00")
        newest = Activity.objects.get()
        log(rep, deal, occurred_at="2026-11-10T09:00")

        def heard() -> str:
            deal.refresh_from_db()
            return f"{deal.last_heard_at:%m-%d}"

        changed = rep.post(
            url(deal, f"activities/{newest.pk}/"),
            {"a-kind": "call", "a-direction": "out", "a-occurred_at": "2026-11-20T09:00"},
        )
        assert heard() == "11-10"
        rep.post(undo_of(changed))
        assert heard() == "11-20"
        gone = rep.post(url(deal, f"activities/{newest.pk}/delete/"))
        assert heard() == "11-10"
        rep.post(undo_of(gone))
        assert heard() == "11-20"
        newest.refresh_from_db()
        assert newest.direction == "in"

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("occurred_at", "2026-11-24T09:00"),
            ("occurred_at", "20255-01-01T09:00"),
            ("occurred_at", "1989-01-01T09:00"),
            ("occurred_at", ""),
            ("direction", "sideways"),
            ("subject", "가" * 301),
            ("body", "x" * 20_001),
        ],
    )
    def test_a_bad_value_is_said_and_what_was_typed_stays(self, rep, deal, field, value):
        answer = log(rep, deal, **{"body": "할 말", field: value})
        html = answer.content.decode()
        assert answer.status_code == 200
        assert "errorlist" in html
        assert ("할 말" if field != "body" else value) in html
        assert not Activity.objects.exists()

    def test_people_of_the_deal_and_its_company_take_part_and_nobody_else(self, rep, acme, deal):
        company = Company.objects.create(name="한결모터스")
        edit_deal(deal_id=deal.pk, changes={"company": company}, actor=acme.actor())
        ours = Contact.objects.create(name="정유나", company=company)
        guest = Contact.objects.create(name="외부 자문")
        add_person(deal_id=deal.pk, contact=guest, actor=acme.actor())
        stranger = Contact.objects.create(name="모르는 사람")
        log(rep, deal, "meeting", contacts=[ours.pk, guest.pk])
        assert set(Activity.objects.get().participants.values_list("contact_id", flat=True)) == {
            ours.pk,
            guest.pk,
        }
        refused = log(rep, deal, "meeting", contacts=[stranger.pk])
        assert "errorlist" in refused.content.decode()
        assert Activity.objects.count() == 1

    def test_what_somebody_else_logged_is_left_alone(self, rep, acme, deal):
        activity = log_activity(deal_id=deal.pk, kind="call", actor=acme.actor("leader"))
        for action in ("", "delete/", "restore/", "undo/"):
            assert rep.post(url(deal, f"activities/{activity.pk}/{action}")).status_code == 403


class TestStory:
    def test_chips_show_a_part(self, rep, deal):
        rep.post(url(deal, "notes/"), {"n-body": "메모 글"})
        log(rep, deal, subject="통화 제목")
        rep.post(url(deal, "edit/source/"), {"source": "전시회", "version": deal.version})
        shown = {
            part: rep.get(url(deal, f"log/?part={part}"), headers=HTMX).content.decode()
            for part in ("all", "notes", "contact", "changes")
        }
        for text, parts in {
            "메모 글": {"all", "notes"},
            "통화 제목": {"all", "contact"},
            "changed the source": {"all", "changes"},
        }.items():
            assert {part for part, html in shown.items() if text in html} == parts

    def test_more_than_a_page_is_read_on_without_gap_or_double(self, rep, acme, deal):
        for number in range(130):
            with clock.frozen_at(NOW - timedelta(minutes=number // 2)):
                add_note(deal_id=deal.pk, body=f"메모 {number:03} 끝", actor=acme.actor())
        first = rep.get(url(deal, "log/?part=notes"), headers=HTMX).content.decode()
        link = first.split('class="earlier"')[1].split('hx-get="')[1].split('"')[0].replace("&amp;", "&")
        second = rep.get(link, headers=HTMX).content.decode()
        for number in range(130):
            assert (first + second).count(f"메모 {number:03} 끝") == 1
        assert 'class="earlier"' not in second
        assert rep.get(url(deal, "log/?before=nonsense"), headers=HTMX).status_code == 404

    def test_a_page_costs_the_same_however_much_there_is(self, rep, acme, deal, query_count):
        def cost() -> int:
            with query_count() as counted:
                assert rep.get(url(deal, "log/"), headers=HTMX).status_code == 200
            return counted()

        rep.post(url(deal, "notes/"), {"n-body": "@이서연"})
        log(rep, deal)
        few = cost()
        for _number in range(5):
            rep.post(url(deal, "notes/"), {"n-body": "@이서연 @최하은"})
            log(rep, deal)
        assert cost() == few <= 14
