"""The list of members: whom it shows to whom, and in how many statements."""

from __future__ import annotations

import pytest

from tenancy.models import Membership
from tenancy.selectors import people
from tenancy.selectors.people import Show, people_page
from tenancy.services.members import add_member, deactivate_member
from tests.factories import Cast, make_deal


def names(page: people.PeoplePage) -> list[str]:
    return [person.member.display_name for person in page.people]


def test_people_are_apart_by_how_they_belong(acme: Cast) -> None:
    add_member(user=None, display_name="Anna Snelling")
    deactivate_member(member=acme.other_rep)
    actor = acme.actor("admin")
    active = people_page(actor=actor, show=Show.ACTIVE)
    assert names(active) == ["김도현", "김민준", "박지호", "이서연", "정우진"]
    assert active.counts == {Show.ACTIVE: 5, Show.NO_LOGIN: 1, Show.LEFT: 1}
    assert names(people_page(actor=actor, show=Show.NO_LOGIN)) == ["Anna Snelling"]
    assert names(people_page(actor=actor, show=Show.LEFT)) == ["최하은"]


def test_search_finds_names_and_addresses(acme: Cast) -> None:
    actor = acme.actor()
    assert names(people_page(actor=actor, show=Show.ACTIVE, search="도현")) == ["김도현"]
    assert names(people_page(actor=actor, show=Show.ACTIVE, search="DOHYUN@")) == ["김도현"]
    nobody = people_page(actor=actor, show=Show.ACTIVE, search="mallory")
    assert names(nobody) == []
    assert sum(nobody.counts.values()) == 0


def test_open_deals_are_counted_and_closed_ones_are_not(acme: Cast) -> None:
    make_deal(actor=acme.actor(), owner=acme.rep)
    make_deal(actor=acme.actor(), owner=acme.rep)
    found = {p.member.pk: p.open_deals for p in people_page(actor=acme.actor(), show=Show.ACTIVE).people}
    assert found[acme.rep.pk] == 2
    assert found[acme.owner.pk] == 0


def test_pages_hold_each_person_once(acme: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "PAGE", 2)
    for _number in range(3):
        add_member(user=None, display_name="같은 이름")
    seen: list[object] = []
    after = None
    while True:
        page = people_page(actor=acme.actor(), show=Show.NO_LOGIN, after=after)
        seen += [person.member.pk for person in page.people]
        after = page.after
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 3


def test_the_number_of_statements_does_not_grow(acme: Cast, query_count) -> None:
    def counted() -> int:
        with query_count() as count:
            people_page(actor=acme.actor("admin"), show=Show.NO_LOGIN)
        return count()

    add_member(user=None, display_name="x", team=acme.team)
    few = counted()
    Membership.objects.bulk_create(
        Membership(display_name=f"Rep {number}", team=acme.team) for number in range(60)
    )
    assert counted() == few == 3


@pytest.mark.parametrize("who", ["owner", "admin", "leader", "rep", "viewer"])
def test_everybody_reads_the_list(acme: Cast, door, who: str) -> None:
    page = door(who).get("members/").content.decode()
    assert "dohyun@acme.test" in page
    may_change = who in ("owner", "admin")
    assert ("<select" in page) is may_change
    assert ("Invite a member" in page) is may_change
    assert ("settings/history/" in page) is may_change
    assert ("settings/general/" in page) is may_change


def test_an_admin_sees_owners_without_controls(acme: Cast, door) -> None:
    page = door("admin").get("members/").content.decode()
    assert f'id="role-{acme.owner.pk}"' not in page
    assert f"members/{acme.owner.pk}/deactivate/" not in page
    assert f'id="role-{acme.rep.pk}"' in page
    assert f"members/{acme.rep.pk}/deactivate/" in page


def test_a_search_comes_as_the_list_alone(acme: Cast, door) -> None:
    headers = {"HX-Request": "true", "HX-Target": "section#people"}
    answer = door("rep").client.get("/w/acme/settings/members/?q=도현", headers=headers)
    text = answer.content.decode()
    assert text.startswith("<section")
    assert "김도현" in text
    assert "이서연" not in text


def test_a_null_character_finds_what_the_rest_finds(acme: Cast, door) -> None:
    assert "김도현" in door("rep").get("members/", q="도\x00현").content.decode()


def test_whoever_is_searched_in_vain_is_named(acme: Cast, door) -> None:
    assert "Nobody is called “zzz”" in door("rep").get("members/", q="zzz").content.decode()
