"""Values on the deal: given in place, checked, told in the timeline, found again by filter, list, file and gate."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from django.test import Client

from deals.models import Deal, DealEvent, DealFieldValue, EventKind
from fields.models import CustomField
from pipeline.services.criteria import add_criterion
from tenancy.scope import workspace_scope
from tests.factories import Cast, make_deal
from tests.fields.conftest import choice_id

pytestmark = pytest.mark.django_db


def give(client: Client, deal: Deal, key: str, value: Any, **more: Any) -> Any:
    url = f"/w/acme/deals/{deal.pk}/edit/cf_{key}/"
    return client.post(url, {f"cf_{key}": value, **more}, headers={"HX-Request": "true"})


def good(cast: Cast, fields: dict[str, CustomField]) -> dict[str, tuple[Any, str]]:
    """Key → what is sent, and what is read on the page."""
    with workspace_scope(cast.workspace.pk):
        return {
            "note": ("<b>내년</b> 😀", "&lt;b&gt;내년&lt;/b&gt; 😀"),
            "seats": ("-1,200.5", "1,200.5"),
            "budget": ("35,000,000", "35,000,000"),
            "renewal": ("2031-03-31", "2031"),
            "region": (str(choice_id(fields["region"], "부산")), "부산"),
            "products": ([str(choice_id(fields["products"], name)) for name in ("전화", "CRM")], "CRM, 전화"),
            "nda": ("on", "custom-fields"),
            "site": ("example.com/a", "https://example.com/a"),
            "partner": (str(cast.leader.pk), "이서연"),
        }


def test_every_kind_is_given_shown_and_cleared(
    cast: Cast, rep: Client, deal: Deal, fields: dict[str, CustomField]
) -> None:
    for key, (sent, read) in good(cast, fields).items():
        assert rep.get(f"/w/acme/deals/{deal.pk}/edit/cf_{key}/").status_code == 200
        answer = give(rep, deal, key, sent).content.decode()
        assert read in answer.split("custom-fields", 1)[1] or key == "nda", key
        with workspace_scope(cast.workspace.pk):
            assert DealFieldValue.objects.filter(deal=deal, field=fields[key]).exists(), key
        # The same again writes nothing.
        with workspace_scope(cast.workspace.pk):
            version = Deal.objects.get(pk=deal.pk).version
        give(rep, deal, key, sent)
        with workspace_scope(cast.workspace.pk):
            assert Deal.objects.get(pk=deal.pk).version == version, key
        give(rep, deal, key, [] if key == "products" else "")
        with workspace_scope(cast.workspace.pk):
            assert not DealFieldValue.objects.filter(deal=deal, field=fields[key]).exists(), key


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("seats", "many"),
        ("seats", "1.00001"),
        ("seats", "NaN"),
        ("seats", "9" * 30),
        ("budget", "-1"),
        ("budget", "10.5"),  # won have no fractions
        ("renewal", "2031-02-30"),
        ("renewal", "1600-01-01"),
        ("region", "달"),
        ("products", ["달"]),
        ("site", "javascript:alert(1)"),
        ("site", "ftp://example.com"),
        ("site", "두 마디"),
        ("partner", "00000000-0000-0000-0000-000000000001"),
        ("note", "x" * 1001),
        ("note", "a\x00b"),
    ],
)
def test_what_does_not_fit_is_refused_and_stays_in_the_input(
    cast: Cast, rep: Client, deal: Deal, fields: dict[str, CustomField], key: str, value: Any
) -> None:
    answer = give(rep, deal, key, value)
    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()
    assert answer.headers["HX-Retarget"] == f"#field-cf_{key}"
    with workspace_scope(cast.workspace.pk):
        assert not DealFieldValue.objects.exists()
        assert Deal.objects.get(pk=deal.pk).version == deal.version


def test_a_link_leads_away_safely(rep: Client, deal: Deal, fields: dict[str, CustomField]) -> None:
    html = give(rep, deal, "site", "https://example.com/").content.decode()
    assert 'href="https://example.com/" target="_blank" rel="noopener noreferrer nofollow"' in html


def test_an_old_version_is_told_so(rep: Client, deal: Deal, fields: dict[str, CustomField]) -> None:
    give(rep, deal, "seats", "3")
    answer = give(rep, deal, "seats", "4", version=str(deal.version))
    html = answer.content.decode()
    assert "errorlist" in html
    assert 'value="4"' in html  # what was typed stays


def test_the_timeline_names_the_field_and_keeps_texts_out(
    cast: Cast, rep: Client, deal: Deal, fields: dict[str, CustomField]
) -> None:
    give(rep, deal, "seats", "3")
    give(rep, deal, "seats", "12")
    give(rep, deal, "note", "비밀 메모")
    with workspace_scope(cast.workspace.pk):
        events = [
            event.data["fields"] for event in DealEvent.objects.filter(deal=deal, kind=EventKind.EDITED)
        ]
    assert {"cf_seats": {"from": "3", "to": "12"}} in events
    assert {"cf_note": {}} in events
    assert "좌석 수" in rep.get(f"/w/acme/deals/{deal.pk}/").content.decode()


def test_viewers_and_strangers_change_nothing(
    cast: Cast, logged_in: Any, mallory: Client, deal: Deal, fields: dict[str, CustomField]
) -> None:
    assert give(logged_in("viewer"), deal, "seats", "3").status_code == 403
    url = f"/w/rival/deals/{deal.pk}/edit/cf_seats/"
    assert mallory.post(url, {"cf_seats": "3"}).status_code == 404


# Filters, list, file ---------------------------------------------------------------------------------------------------


@pytest.fixture
def three(cast: Cast, rep: Client, fields: dict[str, CustomField]) -> list[Deal]:
    with workspace_scope(cast.workspace.pk):
        deals = [
            make_deal(actor=cast.actor(), name=name, owner=cast.rep) for name in ("가람", "나래", "다온")
        ]
    for deal, note, seats, day, region in zip(
        deals[:2],
        ["Alpha One", "alphabet"],
        ["10", "20.5"],
        ["2031-01-10", "2031-02-20"],
        ["서울", "부산"],
        strict=True,
    ):
        with workspace_scope(cast.workspace.pk):
            chosen = str(choice_id(fields["region"], region))
            both = [str(each.pk) for each in fields["products"].choices.filter(name__in=("CRM", "메일"))]
        for key, value in (
            ("note", note),
            ("seats", seats),
            ("renewal", day),
            ("region", chosen),
            ("products", both),
        ):
            assert "errorlist" not in give(rep, deal, key, value).content.decode()
    give(rep, deals[0], "nda", "on")
    give(rep, deals[1], "partner", str(cast.rep.pk))
    return deals


def found(client: Client, query: str, where: str = "deals") -> str:
    html = client.get(f"/w/acme/{where}/?{query}").content.decode()
    return "".join(
        short
        for name, short in (("가람", "a"), ("나래", "b"), ("다온", "c"))
        if f">{name}<" in html or f">{name} " in html
    )


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("cf_note=any", "ab"),
        ("cf_note=none", "c"),
        ("cf_note=ALPHA", "ab"),
        ("cf_note=alphab", "b"),
        ("cf_note=%3Dalpha one", "a"),
        ("cf_note=beta", ""),
        ("cf_seats=10", "a"),
        ("cf_seats=10..20.5", "ab"),
        ("cf_seats=..15", "a"),
        ("cf_seats=15..", "b"),
        ("cf_renewal=2031-02-01..2031-02-28", "b"),
        ("cf_renewal=none", "c"),
        ("cf_nda=yes", "a"),
        ("cf_nda=no", "bc"),
        ("cf_partner=me", "b"),
        ("cf_products=any", "ab"),
        ("cf_seats=10..&cf_note=alphab", "b"),
        ("cf_seats=what&cf_unknown=3", "abc"),  # what cannot be read is left out
    ],
)
def test_filters(rep: Client, three: list[Deal], query: str, expected: str) -> None:
    assert found(rep, query) == expected


def test_choices_are_found_by_id_and_said_in_words(
    cast: Cast, rep: Client, three: list[Deal], fields: dict[str, CustomField]
) -> None:
    with workspace_scope(cast.workspace.pk):
        seoul, daegu = (choice_id(fields["region"], name) for name in ("서울", "대구"))
    assert found(rep, f"cf_region={seoul},{daegu}") == "a"
    html = rep.get(f"/w/acme/deals/?cf_region={seoul},{daegu}").content.decode()
    assert "지역: 서울, 대구" in html
    assert found(rep, f"cf_region={seoul}", where="board") == "a"


def test_columns_are_read_at_once_and_exported(
    cast: Cast, rep: Client, three: list[Deal], django_assert_max_num_queries: Any
) -> None:
    columns = "name,cf_seats,cf_note,cf_region,cf_products,cf_renewal,cf_nda,cf_partner"
    with django_assert_max_num_queries(34):
        html = rep.get(f"/w/acme/deals/?columns={columns}&sort=name").content.decode()
    for text in ("Alpha One", "20.5", "부산", "CRM, 메일", "좌석 수", "김도현"):
        assert text in html
    answer: Any = rep.post(f"/w/acme/deals/export/?columns={columns}&sort=name", {"format": "csv"})
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert rows[1][:6] == ["가람", "10", "Alpha One", "서울", "CRM, 메일", "2031-01-10"]
    assert rows[3][1:] == [""] * 7


def test_the_columns_dialog_offers_them_and_keeps_them(rep: Client, three: list[Deal]) -> None:
    assert 'value="cf_seats"' in rep.get("/w/acme/deals/columns/").content.decode()
    rep.post("/w/acme/deals/columns/", {"column": ["name", "cf_seats"]})
    assert "20.5" in rep.get("/w/acme/deals/?view=none").content.decode()


# A cell of the list ----------------------------------------------------------------------------------------------------


def test_every_kind_is_edited_in_its_cell_and_taken_back(
    cast: Cast, rep: Client, deal: Deal, fields: dict[str, CustomField]
) -> None:
    columns = "name," + ",".join(f"cf_{key}" for key in fields)
    assert f'id="cell-{deal.pk}-cf_seats"' in rep.get(f"/w/acme/deals/?columns={columns}").content.decode()
    for key, (sent, read) in good(cast, fields).items():
        url = f"/w/acme/deals/{deal.pk}/cell/cf_{key}/?columns=name,cf_{key}"
        form = rep.get(url, headers={"HX-Request": "true"})
        assert form["HX-Retarget"] == f"#cell-{deal.pk}-cf_{key}"
        assert f'name="cf_{key}"' in form.content.decode()
        count = values_there(cast, deal, fields[key])
        saved = rep.post(url, {f"cf_{key}": sent}, headers={"HX-Request": "true"})
        assert saved["HX-Retarget"] == f"#row-{deal.pk}", key
        assert read in saved.content.decode() or key == "nda", key
        assert count() != 0, key
        undo = json.loads(saved["HX-Trigger"])["notice"]["undo_url"]
        undone = rep.post(undo, headers={"HX-Request": "true"})
        assert "error" not in undone["HX-Trigger"], key
        assert count() == 0, key
        stale = rep.post(undo, headers={"HX-Request": "true"})
        assert "error" in stale["HX-Trigger"], key


def values_there(cast: Cast, deal: Deal, field: CustomField) -> Any:
    def count() -> int:
        with workspace_scope(cast.workspace.pk):
            return DealFieldValue.objects.filter(deal=deal, field=field).count()

    return count


def test_undo_in_a_cell_puts_several_choices_back(
    cast: Cast, rep: Client, three: list[Deal], fields: dict[str, CustomField]
) -> None:
    url = f"/w/acme/deals/{three[0].pk}/cell/cf_products/?columns=name,cf_products"
    with workspace_scope(cast.workspace.pk):
        phone = str(choice_id(fields["products"], "전화"))
    saved = rep.post(url, {"cf_products": [phone]}, headers={"HX-Request": "true"})
    assert ">전화<" in saved.content.decode()
    undo = json.loads(saved["HX-Trigger"])["notice"]["undo_url"]
    assert ">CRM, 메일<" in rep.post(undo, headers={"HX-Request": "true"}).content.decode()


def test_a_cell_refuses_what_does_not_fit(
    cast: Cast, rep: Client, logged_in: Any, mallory: Client, deal: Deal, fields: dict[str, CustomField]
) -> None:
    url = f"/w/acme/deals/{deal.pk}/cell/cf_seats/?columns=name,cf_seats"
    answer = rep.post(url, {"cf_seats": "viele"}, headers={"HX-Request": "true"}).content.decode()
    assert "errorlist" in answer
    assert 'value="viele"' in answer
    assert rep.get(f"/w/acme/deals/{deal.pk}/cell/cf_unknown/").status_code == 404
    assert logged_in("viewer").post(url, {"cf_seats": "3"}).status_code == 403
    assert (
        "data-cell=" not in logged_in("viewer").get("/w/acme/deals/?columns=name,cf_seats").content.decode()
    )
    assert mallory.post(url.replace("acme", "rival"), {"cf_seats": "3"}).status_code == 404


# The gate ------------------------------------------------------------------------------------------------------------


def test_a_stage_may_ask_for_a_field_and_offers_it_when_it_refuses(
    cast: Cast, logged_in: Any, rep: Client, deal: Deal, fields: dict[str, CustomField]
) -> None:
    admin = logged_in("admin")
    with workspace_scope(cast.workspace.pk):
        first, second = cast.pipeline.stages.filter(kind="open").order_by("position")[:2]
        first.exit_criteria.update(required=False)
        add_criterion(
            stage_id=first.pk,
            name="좌석 수를 안다",
            kind="field",
            subject="cf_seats",
            actor=cast.actor("admin"),
        )
        deal = Deal.objects.get(pk=deal.pk)
    assert (
        'value="field:cf_seats"'
        in admin.get(f"/w/acme/settings/stages/{first.pk}/criteria/").content.decode()
    )
    url, sent = f"/w/acme/deals/{deal.pk}/move/", {"stage": str(second.pk), "version": str(deal.version)}
    refused = rep.post(url, sent, headers={"HX-Request": "true"})
    assert 'name="cf_seats"' in refused.content.decode()
    moved = rep.post(url, {**sent, "cf_seats": "12"}, headers={"HX-Request": "true"})
    assert json.loads(moved.headers["HX-Trigger"])["move-done"]["stage"] == str(second.pk)
    said = admin.post(
        f"/w/acme/settings/fields/{fields['seats'].pk}/archive/", headers={"HX-Request": "true"}
    )
    assert "error" in said.headers["HX-Trigger"]
    with workspace_scope(cast.workspace.pk):
        assert CustomField.objects.get(key="seats").archived_at is None


# The sheet -------------------------------------------------------------------------------------------------------------


def test_the_sheet_offers_the_fields_and_makes_the_query(
    cast: Cast, rep: Client, three: list[Deal], fields: dict[str, CustomField]
) -> None:
    html = rep.get("/w/acme/deals/filter/?for=list").content.decode()
    assert 'name="f-cf_seats-from"' in html
    assert 'name="f-cf_region"' in html
    with workspace_scope(cast.workspace.pk):
        seoul, busan = (choice_id(fields["region"], name) for name in ("서울", "부산"))
    sent = {
        "apply": "1",
        "for": "list",
        "f-cf_seats-from": "1,000",
        "f-cf_region-in": [str(busan), str(seoul)],
        "f-cf_products": "none",
        "f-cf_note-text": "Al",
    }
    query = json.loads(rep.get("/w/acme/deals/filter/", sent).headers["HX-Trigger"])["filters-chosen"][
        "query"
    ]
    assert query == f"cf_note=Al&cf_products=none&cf_region={busan}%2C{seoul}&cf_seats=1000.."
    again = rep.get(f"/w/acme/deals/filter/?for=list&{query}").content.decode()
    assert 'value="1000"' in again
    assert again.count(" checked") == 2
    for wrong in ({"f-cf_seats-from": "viele"}, {"f-cf_seats-from": "5", "f-cf_seats-to": "3"}):
        assert "errorlist" in rep.get("/w/acme/deals/filter/", {"apply": "1", **wrong}).content.decode()
