"""Notes, contacts with the buyer, people and tags through the API."""

from __future__ import annotations

import pytest

from contacts.models import Contact
from deals.models import Activity, Deal, DealContact, DealTag, Note
from tenancy.scope import workspace_scope
from tests.api.conftest import problem_of
from tests.factories import make_deal

NOWHERE = "01a20949-b58d-7167-a355-0e13c57c7962"


@pytest.fixture
def deal(cast):
    with workspace_scope(cast.workspace.pk):
        return make_deal(actor=cast.actor(), owner=cast.rep)


@pytest.fixture
def contact(cast):
    with workspace_scope(cast.workspace.pk):
        return Contact.objects.create(name="정유나", title="과장")


@pytest.fixture
def api(api_of):
    return api_of("rep", "write")


def test_a_note_calls_whom_it_names(cast, api, deal):
    made = api.post(f"deals/{deal.pk}/notes/", {"body": "@이서연 **확인**"})
    assert made.status_code == 201
    assert made.json()["body"] == "@이서연 **확인**"
    assert made.json()["mentioned"] == [str(cast.leader.pk)]
    listed = api.get(f"deals/{deal.pk}/notes/").json()["results"]
    assert [note["id"] for note in listed] == [made.json()["id"]]
    assert api.post(f"deals/{deal.pk}/notes/", {"body": " "}).status_code == 400
    with workspace_scope(cast.workspace.pk):
        assert Note.objects.count() == 1


def test_a_logged_mail_says_when_the_buyer_was_heard_from(cast, api, deal, contact):
    api.post(f"deals/{deal.pk}/contacts/", {"contact": str(contact.pk), "role": "기안"})
    logged = api.post(
        f"deals/{deal.pk}/activities/",
        {
            "kind": "email",
            "direction": "in",
            "occurred_at": "2026-01-02T03:04:05Z",
            "contacts": [str(contact.pk)],
        },
    )
    assert logged.status_code == 201
    assert logged.json()["contacts"] == [str(contact.pk)]
    assert api.get(f"deals/{deal.pk}/activities/").json()["results"] == [logged.json()]
    for bad in (
        {"kind": "pigeon"},
        {"kind": "call", "occurred_at": "2190-01-01T00:00:00Z"},
        {"kind": "call", "contacts": [str(deal.pk)]},
    ):
        assert api.post(f"deals/{deal.pk}/activities/", bad).status_code == 400
    with workspace_scope(cast.workspace.pk):
        assert Activity.objects.count() == 1
        assert f"{Deal.objects.get().last_heard_at:%Y-%m-%d}" == "2026-01-02"


def test_people_and_tags_are_put_on_and_taken_off(cast, api, deal, contact):
    for _again in range(2):
        assert api.post(f"deals/{deal.pk}/contacts/", {"contact": str(contact.pk)}).status_code == 201
    people = api.get(f"deals/{deal.pk}/contacts/").json()["results"]
    assert [person["name"] for person in people] == ["정유나"]
    tag = api.post(f"deals/{deal.pk}/tags/", {"name": "전시회"}).json()
    assert api.get(f"deals/{deal.pk}/tags/").json()["results"] == [tag]
    assert api.call("DELETE", f"deals/{deal.pk}/tags/{tag['id']}/").status_code == 204
    assert api.call("DELETE", f"deals/{deal.pk}/contacts/{contact.pk}/").status_code == 204
    assert api.call("DELETE", f"deals/{deal.pk}/contacts/{contact.pk}/").status_code == 404
    with workspace_scope(cast.workspace.pk):
        assert not DealContact.objects.exists()
        assert not DealTag.objects.exists()


def test_one_edits_and_deletes_what_one_wrote(cast, api, api_of, deal):
    note = api.post(f"deals/{deal.pk}/notes/", {"body": "처음"}).json()
    path = f"deals/{deal.pk}/notes/{note['id']}/"
    assert api.patch(path, {"body": "나중"}).json()["body"] == "나중"
    problem_of(api.patch(path, {"body": ""}), 400, "invalid")
    problem_of(api_of("leader").patch(path, {"body": "남의 것"}), 403, "not-allowed")
    problem_of(api_of("mallory").delete(path), 404, "not-found")
    assert api.delete(path).status_code == 204
    problem_of(api.patch(path, {"body": "x"}), 404, "not-found")
    assert api.get(f"deals/{deal.pk}/notes/").json()["results"] == []


def test_a_logged_call_is_put_right_piece_by_piece(cast, api, deal, contact):
    api.post(f"deals/{deal.pk}/contacts/", {"contact": str(contact.pk)})
    made = api.post(
        f"deals/{deal.pk}/activities/",
        {"kind": "call", "direction": "in", "body": "통화", "contacts": [str(contact.pk)]},
    ).json()
    path = f"deals/{deal.pk}/activities/{made['id']}/"
    edited = api.patch(path, {"direction": "out"}).json()
    assert {**edited, "direction": "in"} == made
    with workspace_scope(cast.workspace.pk):
        assert Deal.objects.get().last_heard_at is None
    assert api.patch(path, {"contacts": []}).json()["contacts"] == []
    problem_of(api.patch(path, {"kind": "pigeon"}), 400, "invalid")
    assert api.delete(path).status_code == 204
    problem_of(api.delete(f"deals/{deal.pk}/activities/{NOWHERE}/"), 404, "not-found")


class TestFiles:
    def send(self, api, deal, content: bytes, name: str = "%EA%B2%AC%EC%A0%81.pdf", **headers: str):
        return api.call("POST", f"deals/{deal.pk}/files/", content, X_File_Name=name, **headers)

    def test_laid_beside_the_deal_taken_and_deleted(self, cast, api, api_of, deal):
        made = self.send(api, deal, b"%PDF-1.7 hello")
        assert made.status_code == 201
        assert (made.json()["name"], made.json()["content_type"]) == ("견적.pdf", "application/pdf")
        path = f"deals/{deal.pk}/files/{made.json()['id']}/"
        got = api.get(path)
        assert b"".join(got.streaming_content) == b"%PDF-1.7 hello"
        assert got.headers["Content-Disposition"].startswith("attachment")
        assert "sandbox" in got.headers["Content-Security-Policy"]
        problem_of(api_of("mallory").get(path), 404, "not-found")
        problem_of(api_of("viewer").delete(path), 403, "not-allowed")
        assert api.delete(path).status_code == 204
        problem_of(api.get(path), 404, "not-found")

    def test_what_is_not_kept(self, cast, api, api_of, deal, settings):
        settings.MAX_FILE_MB = 1
        for content, name in ((b"", "a.txt"), (b"x" * 1_100_000, "a.bin"), (b"MZ\x90\x00", "a.exe")):
            problem_of(self.send(api, deal, content, name), 400, "invalid")
        problem_of(self.send(api_of("viewer"), deal, b"a"), 403, "not-allowed")
        problem_of(self.send(api, deal, b"a", Idempotency_Key="k1"), 400, "invalid")
        assert api.get(f"deals/{deal.pk}/files/").json()["results"] == []
