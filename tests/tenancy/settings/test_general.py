"""The workspace's own settings, for admins."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core import clock
from core.errors import InvalidInput, NotAllowed
from deals.services.close_deal import lose_deal
from pipeline.models import LossReason
from tenancy.models import Workspace
from tenancy.services.change_workspace import change_workspace
from tests.factories import Cast, make_deal
from tests.tenancy.settings.conftest import entries

FORM = {
    "name": "Acme",
    "language": "ko",
    "currency": "KRW",
    "timezone": "Asia/Seoul",
    "fiscal_year_start": "1",
}


def now(cast: Cast) -> Workspace:
    return Workspace.objects.get(pk=cast.workspace.pk)


def test_each_field_changed_is_an_entry_with_from_and_to(acme: Cast, door) -> None:
    changes = {
        "name": "  Acme   Korea ",
        "language": "en",
        "currency": "USD",
        "timezone": "Europe/Berlin",
        "fiscal_year_start": "4",
    }
    assert door("admin").post("general/", htmx=False, **changes).status_code == 302
    workspace = now(acme)
    assert (workspace.name, workspace.language, workspace.currency) == ("Acme Korea", "en", "USD")
    assert (workspace.timezone, workspace.fiscal_year_start) == ("Europe/Berlin", 4)
    assert entries("workspace.currency")[0].detail == {"from": "KRW", "to": "USD"}
    assert entries("workspace.timezone")[0].detail == {"from": "Asia/Seoul", "to": "Europe/Berlin"}
    assert entries("workspace.fiscal_year_start")[0].detail == {"from": 1, "to": 4}
    assert len(entries("workspace.name")) == len(entries("workspace.language")) == 1


def test_saving_what_stands_writes_nothing(acme: Cast, door) -> None:
    assert door("admin").post("general/", htmx=False, **FORM).status_code == 302
    assert not entries("workspace.name")


def test_the_currency_stays_once_there_are_deals(acme: Cast, door) -> None:
    make_deal(actor=acme.actor())
    page = door("admin").get("general/").content.decode()
    assert "There are deals in this currency" in page
    door("admin").post("general/", htmx=False, **{**FORM, "currency": "USD", "name": "New"})
    assert (now(acme).currency, now(acme).name) == ("KRW", "New")
    with pytest.raises(InvalidInput) as problem:
        change_workspace(changes={"currency": "USD", "name": "x"}, actor=acme.actor("owner"))
    assert [error.field for error in problem.value.errors] == ["currency"]
    assert now(acme).name == "New"


def test_another_zone_leaves_closed_days_as_they_were(acme: Cast) -> None:
    with clock.frozen_at(datetime(2026, 11, 30, 16, tzinfo=UTC)):  # 1 December in Seoul
        deal = make_deal(actor=acme.actor())
        lose_deal(deal_id=deal.pk, reason=LossReason.objects.first(), actor=acme.actor())
    change_workspace(changes={"timezone": "America/New_York"}, actor=acme.actor("admin"))
    deal.refresh_from_db()
    assert str(deal.closed_on) == "2026-12-01"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("name", "x" * 121),
        ("language", "fr"),
        ("currency", "XXX"),
        ("timezone", "Mars/Olympus"),
        ("fiscal_year_start", 13),
        ("slug", "other"),
    ],
)
def test_what_will_not_do(acme: Cast, field: str, value: object) -> None:
    with pytest.raises(InvalidInput) as problem:
        change_workspace(changes={field: value}, actor=acme.actor("owner"))
    assert [error.field for error in problem.value.errors] == [field]
    assert now(acme).name == "Acme"


@pytest.mark.parametrize("who", ["leader", "rep", "viewer"])
def test_others_neither_see_nor_change_it(acme: Cast, door, who: str) -> None:
    assert door(who).get("general/").status_code == 403
    assert door(who).post("general/", htmx=False, **{**FORM, "name": "x"}).status_code == 403
    with pytest.raises(NotAllowed):
        change_workspace(changes={"name": "x"}, actor=acme.actor(who))
    assert now(acme).name == "Acme"
