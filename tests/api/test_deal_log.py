"""Notes, contacts with the buyer, people and tags through the API."""

from __future__ import annotations

import pytest

from contacts.models import Contact
from deals.models import Activity, Deal, DealContact, DealTag, Note
from tenancy.scope import workspace_scope
from tests.factories import make_deal


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
