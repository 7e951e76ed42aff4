"""The buyer's people on a deal, and its tags."""

from __future__ import annotations

import json

import pytest

from contacts.models import Company, Contact
from deals.models import Deal, DealContact, DealEvent, DealTag, Tag
from deals.services.edit_deal import edit_deal
from deals.services.people import add_person
from tenancy.scope import workspace_scope
from tests.factories import make_deal


@pytest.fixture
def acme(cast):
    with workspace_scope(cast.workspace.pk):
        yield cast


@pytest.fixture
def deal(acme):
    company = Company.objects.create(name="한결모터스")
    deal = make_deal(actor=acme.actor(), owner=acme.rep, name="첫째")
    return edit_deal(deal_id=deal.pk, changes={"company": company}, actor=acme.actor())


def url(deal: Deal, action: str = "") -> str:
    return f"/w/acme/deals/{deal.pk}/{action}"


def undo_of(response) -> str:
    return json.loads(response["HX-Trigger"])["notice"]["undo_url"]


class TestPeople:
    def test_the_companys_people_are_offered_first(self, rep, acme, deal):
        ours = Contact.objects.create(name="하나 정", company=deal.company)
        Contact.objects.create(name="가람 정", email="garam@else.test")
        Contact.objects.create(name="삭제 정", deleted_at=deal.created_at)
        on_it = Contact.objects.create(name="이미 정", company=deal.company)
        add_person(deal_id=deal.pk, contact=on_it, actor=acme.actor())
        opened = rep.get(url(deal, "people/?add")).content.decode()
        assert "하나 정" in opened
        assert "가람 정" not in opened
        found = rep.get(url(deal, "people/search/?q=정")).content.decode()
        assert found.index("하나 정") < found.index("가람 정")
        assert "삭제 정" not in found
        assert "이미 정" not in found
        assert "가람 정" in rep.get(url(deal, "people/search/?q=ELSE.test")).content.decode()
        assert str(ours.pk) in found

    def test_added_once_however_often_it_is_pressed(self, rep, deal):
        contact = Contact.objects.create(name="정유나")
        for _again in range(2):
            assert "정유나" in rep.post(url(deal, "people/"), {"contact": contact.pk}).content.decode()
        assert DealContact.objects.count() == 1
        assert DealEvent.objects.filter(kind="person_added").count() == 1

    def test_another_workspaces_contact_is_a_404(self, rep, cast, deal):
        with workspace_scope(cast.rival.pk):
            theirs = Contact.objects.create(name="남의 사람")
        with workspace_scope(cast.workspace.pk):
            assert rep.post(url(deal, "people/"), {"contact": theirs.pk}).status_code == 404
            assert rep.post(url(deal, "people/"), {"contact": "x"}).status_code == 404

    def test_somebody_new_belongs_to_the_company(self, rep, deal):
        rep.post(
            url(deal, "people/new/"),
            {
                "p-name": "오세훈",
                "p-title": "본부장",
                "p-role": "승인",
                "p-email": "oh@hangyul.test",
                "p-phone": "010",
            },
        )
        link = DealContact.objects.select_related("contact").get()
        assert (link.role, link.contact.title, link.contact.company_id) == ("승인", "본부장", deal.company_id)

    @pytest.mark.parametrize(
        "bad", [{"p-name": " "}, {"p-name": "가" * 201}, {"p-email": "no address"}, {"p-role": "x" * 81}]
    )
    def test_bad_values_are_said_and_kept(self, rep, deal, bad):
        answer = rep.post(url(deal, "people/new/"), {"p-name": "오세훈", "p-title": "<b>본부장", **bad})
        html = answer.content.decode()
        assert "errorlist" in html
        assert "&lt;b&gt;본부장" in html
        assert not Contact.objects.exists()

    def test_an_address_that_is_known_leads_to_who_has_it(self, rep, deal):
        Contact.objects.create(name="오세훈", email="oh@hangyul.test")
        answer = rep.post(url(deal, "people/new/"), {"p-name": "오 세훈", "p-email": "OH@hangyul.test"})
        assert "오세훈" in answer.content.decode()
        assert Contact.objects.count() == 1

    def test_a_role_is_edited_where_it_stands(self, rep, acme, deal):
        contact = Contact.objects.create(name="정유나")
        add_person(deal_id=deal.pk, contact=contact, actor=acme.actor(), role="기안")
        assert 'value="기안"' in rep.get(url(deal, f"people/{contact.pk}/")).content.decode()
        assert "승인" in rep.post(url(deal, f"people/{contact.pk}/"), {"r-role": " 승인 "}).content.decode()
        refused = rep.post(url(deal, f"people/{contact.pk}/"), {"r-role": "x" * 81}).content.decode()
        assert "errorlist" in refused
        assert DealContact.objects.get().role == "승인"
        changed = rep.post(url(deal, f"people/{contact.pk}/"), {"r-role": "서명 & 발주"})
        assert rep.post(undo_of(changed)).status_code in (200, 204)
        assert DealContact.objects.get().role == "승인"
        deal.refresh_from_db()
        assert deal.version == 2

    def test_taken_off_and_brought_back_with_the_role(self, rep, acme, deal):
        contact = Contact.objects.create(name="정유나")
        add_person(deal_id=deal.pk, contact=contact, actor=acme.actor(), role="기안 & 검토")
        gone = rep.post(url(deal, f"people/{contact.pk}/remove/"))
        assert not DealContact.objects.exists()
        assert rep.post(url(deal, f"people/{contact.pk}/remove/")).status_code == 404
        rep.post(undo_of(gone))
        assert DealContact.objects.get().role == "기안 & 검토"

    def test_viewers_look_only(self, logged_in, acme, deal):
        contact = Contact.objects.create(name="정유나")
        add_person(deal_id=deal.pk, contact=contact, actor=acme.actor())
        viewer = logged_in("viewer")
        assert "정유나" in viewer.get(url(deal)).content.decode()
        for action in ("people/", "people/new/", f"people/{contact.pk}/", f"people/{contact.pk}/remove/"):
            data = {"contact": contact.pk, "p-name": "x", "r-role": "x"}
            assert viewer.post(url(deal, action), data).status_code == 403


class TestTags:
    def test_made_where_first_used_and_shared_whatever_the_case(self, rep, acme, deal):
        other = make_deal(actor=acme.actor(), name="둘째")
        rep.post(url(deal, "tags/"), {"g-name": " #전시회  2026 "})
        rep.post(url(deal, "tags/"), {"g-name": "VIP"})
        rep.post(url(other, "tags/"), {"g-name": "vip"})
        rep.post(url(other, "tags/"), {"g-name": "vip"})
        assert list(Tag.objects.order_by("name").values_list("name", flat=True)) == ["VIP", "전시회 2026"]
        assert DealTag.objects.count() == 3
        assert "전시회 2026" in rep.get(url(other, "tags/search/?g-name=전시")).content.decode()

    @pytest.mark.parametrize("name", ["", "  ", "#", "가" * 41, "x" * 100])
    def test_a_bad_name_is_said_and_kept(self, rep, deal, name):
        answer = rep.post(url(deal, "tags/"), {"g-name": name}).content.decode()
        assert "errorlist" in answer
        assert f'value="{name}"' in answer
        assert not Tag.objects.exists()

    def test_twenty_are_enough(self, rep, deal):
        for number in range(20):
            rep.post(url(deal, "tags/"), {"g-name": f"태그 {number}"})
        assert "errorlist" in rep.post(url(deal, "tags/"), {"g-name": "하나 더"}).content.decode()
        assert DealTag.objects.count() == 20

    def test_removed_and_brought_back(self, rep, logged_in, deal):
        rep.post(url(deal, "tags/"), {"g-name": "전시회"})
        tag = Tag.objects.get()
        assert logged_in("viewer").post(url(deal, f"tags/{tag.pk}/remove/")).status_code == 403
        gone = rep.post(url(deal, f"tags/{tag.pk}/remove/"))
        assert not DealTag.objects.exists()
        rep.post(undo_of(gone))
        assert DealTag.objects.count() == 1
        assert [event.kind for event in DealEvent.objects.filter(kind__startswith="tag").order_by("id")] == [
            "tag_added",
            "tag_removed",
            "tag_added",
        ]
