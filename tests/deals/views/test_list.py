"""The list of deals: rows, order, columns, totals, cells edited in place."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal

import pytest

from contacts.models import Company
from deals.models import Deal, ListLayout
from deals.selectors.deal_rows import PAGE
from tenancy.scope import workspace_scope
from tests.deals.views.conftest import HTMX
from tests.factories import give_rate, make_deal, make_pipeline

LIST = "/w/acme/deals/"
LINK = r"data-open-deal[^>]*>([^<]+)</a>"


@pytest.fixture
def deals(cast):
    with workspace_scope(cast.workspace.pk):
        rep = cast.actor()
        return {
            name: make_deal(actor=rep, owner=cast.rep, name=name, amount=amount, expected_close_date=day)
            for name, amount, day in (
                ("나", 30_000_000, date(2031, 5, 1)),
                ("가", 10_000_000, None),
                ("다", None, date(2030, 5, 1)),
                ("라", 20_000_000, date(2032, 5, 1)),
            )
        }


def page(client, query: str = "", **headers: str) -> str:
    response = client.get(LIST + query, headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def shown(html: str) -> list[str]:
    return re.findall(LINK, html)


class TestRows:
    def test_carry_what_selecting_them_needs(self, rep, deals):
        html = page(rep)
        assert (
            len(re.findall(r"<tr id=\"row-[^\"]+\" data-deal-id=\"[^\"]+\" data-version=\"1\">", html)) == 4
        )
        assert html.count("data-select aria-label=") == 4
        assert "data-select-all" in html
        assert 'data-matching="4"' in html
        assert 'id="bulk-bar"' in html

    def test_query_ceiling_is_flat(self, rep, cast, deals, query_count):
        columns = "&columns=name,company,stage,amount,criteria,tags,pipeline,owner,reason,next_task"
        with query_count() as counted:
            page(rep, f"?sort=name{columns}")
        few = counted()
        with workspace_scope(cast.workspace.pk):
            for number in range(20):
                make_deal(actor=cast.actor(), name=f"더 {number}", owner=cast.admin)
        with query_count() as counted:
            page(rep, f"?sort=name{columns}")
        assert counted() == few <= 18

    def test_amounts_are_in_the_captions_unit(self, rep, deals):
        html = page(rep, **{"accept-language": "ko"})
        assert "단위: 만원" in html
        assert ">3,000</span>" in html

    def test_of_another_workspace_are_not_there(self, mallory, cast, deals):
        assert mallory.get(LIST).status_code == 404
        html = mallory.get("/w/rival/deals/").content.decode()
        assert shown(html) == []

    def test_an_empty_workspace_says_what_to_do(self, rep, cast):
        assert "There are no open deals yet" in page(rep, **{"accept-language": "en"})

    def test_a_name_with_markup_is_text(self, rep, cast):
        with workspace_scope(cast.workspace.pk):
            make_deal(actor=cast.actor(), name='<img src=x onerror="alert(1)">')
        assert "<img src=x" not in page(rep)


class TestOrder:
    @pytest.mark.parametrize(
        ("sort", "expected"),
        [
            ("", ["나", "라", "가", "다"]),
            ("-amount", ["나", "라", "가", "다"]),
            ("amount", ["가", "라", "나", "다"]),
            ("name", ["가", "나", "다", "라"]),
            ("-name", ["라", "다", "나", "가"]),
            ("close", ["다", "나", "라", "가"]),
            ("-close", ["라", "나", "다", "가"]),
            ("created", ["나", "가", "다", "라"]),
            ("-days", ["나", "가", "다", "라"]),
            ("tags", ["나", "라", "가", "다"]),
            ("x%00", ["나", "라", "가", "다"]),
        ],
    )
    def test_is_what_the_head_says_and_nothing_comes_last(self, rep, deals, sort, expected):
        assert shown(page(rep, f"?sort={sort}")) == expected

    def test_the_head_says_it_and_turns_it(self, rep, deals):
        html = page(rep, "?sort=name&owner=me")
        assert re.search(
            r'aria-sort="ascending"><a data-filter="sort-name" href="\?sort=-name&amp;owner=me"', html
        )
        assert 'data-filter="sort-tags"' not in html

    @pytest.mark.parametrize(
        "sort", ["-amount", "amount", "name", "heard", "-close", "company", "-owner", "stage"]
    )
    def test_each_row_comes_once_over_all_pages(self, rep, cast, sort):
        with workspace_scope(cast.workspace.pk):
            for number in range(PAGE * 2 + 3):
                amount = None if number % 3 == 0 else number % 5
                make_deal(actor=cast.actor(), name=f"딜 {number % 7} {number}", amount=amount)
        html = page(rep, f"?sort={sort}")
        found = re.findall(r'id="row-([^"]+)"', html)
        pages = 1
        while more := re.search(r'hx-get="([^"]*after=[^"]*)"', html):
            html = rep.get(more.group(1).replace("&amp;", "&"), headers=HTMX).content.decode()
            assert "<thead" not in html
            found += re.findall(r'id="row-([^"]+)"', html)
            pages += 1
        assert pages == 3
        assert len(found) == len(set(found)) == PAGE * 2 + 3

    def test_by_what_a_deal_refers_to_and_those_without_come_last(self, rep, cast, deals):
        with workspace_scope(cast.workspace.pk):
            garam, hangyul = (Company.objects.create(name=name) for name in ("가람", "(주) 한결"))
            Deal.objects.filter(name="라").update(company=garam, owner=cast.leader)
            Deal.objects.filter(name="다").update(company=hangyul, owner=None)
            last = cast.pipeline.stages.order_by("-position")[0]
            Deal.objects.filter(name="나").update(stage=last)
        columns = "&columns=name,company,stage,owner"
        assert shown(page(rep, f"?sort=company{columns}"))[:2] == ["라", "다"]
        assert shown(page(rep, f"?sort=-company{columns}"))[:2] == ["다", "라"]
        assert shown(page(rep, f"?sort=owner{columns}"))[2:] == ["라", "다"]
        assert shown(page(rep, f"?sort=stage{columns}"))[3] == "나"
        assert shown(page(rep, f"?sort=-stage{columns}"))[0] == "나"

    def test_a_mark_that_we_did_not_write_begins_anew(self, rep, deals):
        assert len(shown(page(rep, "?after=rubbish"))) == 4


class TestTotals:
    def totals(self, html: str) -> list[str]:
        return re.findall(r'data-count="(\d+)" data-amount="(\d+)" data-weighted="(\d+)"', html)[0]

    def test_are_over_everything_that_matches(self, rep, cast, deals):
        assert self.totals(page(rep)) == ("4", "60000000", "12000000")
        assert self.totals(page(rep, "?amount_from=15000000")) == ("2", "50000000", "10000000")
        with workspace_scope(cast.workspace.pk):
            for _ in range(PAGE):
                make_deal(actor=cast.actor(), amount=10)
        assert self.totals(page(rep)) == (
            str(4 + PAGE),
            str(60_000_000 + 10 * PAGE),
            str(12_000_000 + 2 * PAGE),
        )
        assert self.totals(page(rep, "?totals=1")) == self.totals(page(rep))

    def test_leave_out_leads_and_other_currencies_and_say_so(self, rep, cast, deals):
        with workspace_scope(cast.workspace.pk):
            other = (
                make_pipeline("the-model", name="다른 파이프라인") if not cast.pipeline.is_default else None
            )
            cast.pipeline.is_default = False
            cast.pipeline.save()
            other = other or make_pipeline("the-model")
            make_deal(actor=cast.actor(), pipeline=other, stage="리드 이상, 상담 미만", amount=7)
            make_deal(actor=cast.actor(), pipeline=cast.pipeline, amount=999, currency="USD")
        for query in ("", "?amount_from=1"):
            html = page(rep, query, **{"accept-language": "en"})
            assert self.totals(html)[1:] == ("60000000", "12000000")
            assert "1 lead not added up" in html
            assert "1 deal in another currency has no exchange rate" in html

    @pytest.mark.parametrize("query", ["", "?amount_from=1"])
    def test_convert_at_the_rate_that_they_show(self, rep, cast, deals, query):
        with workspace_scope(cast.workspace.pk):
            make_deal(actor=cast.actor(), pipeline=cast.pipeline, amount=1000, currency="USD")
            give_rate(cast, "USD", "1385.5")
        html = page(rep, query)
        assert self.totals(html)[1:] == ("61385500", "12277100")
        assert "USD at 1,385.5 (" in html
        assert "no exchange rate" not in html


class TestColumns:
    def heads(self, html: str) -> list[str]:
        return [
            re.sub(r"<[^>]+>", "", head).strip()
            for head in re.findall(r'<th scope="col"[^>]*>(.*?)</th>', html, re.DOTALL)
        ]

    def test_are_chosen_and_ordered_and_kept_for_the_member(self, rep, logged_in, cast, deals):
        response = rep.post(
            f"{LIST}columns/?owner=me", {"column": ["name", "owner", "source", "amount", "x"]}, headers=HTMX
        )
        assert response["HX-Redirect"] == f"{LIST}?owner=me"
        assert self.heads(page(rep)) == ["Deal", "Owner", "Source", "Amount"]
        assert len(self.heads(page(logged_in("leader")))) == 10
        html = rep.get(f"{LIST}columns/", headers=HTMX).content.decode()
        assert re.findall(r'value="(\w+)" checked', html) == ["owner", "source", "amount"]
        rep.post(f"{LIST}columns/", {"usual": "1"}, headers=HTMX)
        assert len(self.heads(page(rep))) == 10

    def test_the_name_is_always_first(self, rep, deals):
        assert self.heads(page(rep, "?columns=amount,name"))[0] == "Deal"

    def test_none_is_refused(self, rep, cast, deals):
        html = rep.post(
            f"{LIST}columns/", {"column": ["x"]}, headers={**HTMX, "accept-language": "en"}
        ).content.decode()
        assert "Choose at least one column." in html
        with workspace_scope(cast.workspace.pk):
            assert not ListLayout.objects.exists()

    def test_every_column_is_drawn(self, rep, cast, deals):
        from deals.selectors.columns import COLUMNS

        html = page(rep, f"?outcome=all&columns={','.join(COLUMNS)}")
        assert len(self.heads(html)) == len(COLUMNS)


class TestCell:
    def url(self, deal: Deal, field: str) -> str:
        return f"{LIST}{deal.pk}/cell/{field}/?columns=name,amount,owner"

    @pytest.mark.parametrize(
        ("field", "value", "expected"),
        [
            ("name", "새 이름", "새 이름"),
            ("amount", "12,345,000", Decimal(12_345_000)),
            ("expected_close_date", "2030-01-02", date(2030, 1, 2)),
            ("source", "전시회", "전시회"),
        ],
    )
    def test_is_edited_where_it_stands_and_taken_back(self, rep, cast, deals, field, value, expected):
        deal = deals["나"]
        before = getattr(deal, field)
        form = rep.get(self.url(deal, field), headers=HTMX)
        assert form["HX-Retarget"] == f"#cell-{deal.pk}-{field}"
        assert 'name="version" value="1"' in form.content.decode()

        response = rep.post(self.url(deal, field), {field: value, "version": "1"}, headers=HTMX)
        assert response["HX-Retarget"] == f"#row-{deal.pk}"
        assert 'data-version="2"' in response.content.decode()
        with workspace_scope(cast.workspace.pk):
            deal.refresh_from_db()
            assert getattr(deal, field) == expected

        undo = json.loads(response["HX-Trigger"])["notice"]["undo_url"]
        assert 'data-version="3"' in rep.post(undo, headers=HTMX).content.decode()
        with workspace_scope(cast.workspace.pk):
            deal.refresh_from_db()
            assert getattr(deal, field) == before

    def test_the_owner_changes_and_comes_back(self, rep, cast, deals):
        deal = deals["나"]
        response = rep.post(
            self.url(deal, "owner"), {"owner": str(cast.other_rep.pk), "version": "1"}, headers=HTMX
        )
        assert "최하은" in response.content.decode()
        undo = json.loads(response["HX-Trigger"])["notice"]["undo_url"]
        assert "김도현" in rep.post(undo, headers=HTMX).content.decode()
        nobody = rep.post(self.url(deal, "owner"), {"owner": "", "version": "3"}, headers=HTMX)
        assert nobody.status_code == 200
        foreign = rep.post(
            self.url(deal, "owner"), {"owner": str(cast.mallory.pk), "version": "4"}, headers=HTMX
        )
        assert "errorlist" in foreign.content.decode()

    def test_what_is_wrong_stays_with_the_reason(self, rep, deals):
        response = rep.post(self.url(deals["나"], "amount"), {"amount": "viel", "version": "1"}, headers=HTMX)
        html = response.content.decode()
        assert response["HX-Retarget"] == f"#cell-{deals['나'].pk}-amount"
        assert 'value="viel"' in html
        assert "errorlist" in html

    def test_another_version_is_refused_and_shown_as_it_is(self, rep, cast, deals):
        deal = deals["나"]
        rep.post(self.url(deal, "name"), {"name": "다른 사람이", "version": "1"}, headers=HTMX)
        response = rep.post(self.url(deal, "name"), {"name": "나도", "version": "1"}, headers=HTMX)
        assert "다른 사람이" in response.content.decode()
        assert json.loads(response["HX-Trigger"])["notice"]["kind"] == "error"
        with workspace_scope(cast.workspace.pk):
            deal.refresh_from_db()
            assert deal.name == "다른 사람이"

    def test_undo_after_somebody_elses_change_changes_nothing(self, rep, cast, deals):
        deal = deals["나"]
        first = rep.post(self.url(deal, "name"), {"name": "하나", "version": "1"}, headers=HTMX)
        rep.post(self.url(deal, "name"), {"name": "둘", "version": "2"}, headers=HTMX)
        response = rep.post(json.loads(first["HX-Trigger"])["notice"]["undo_url"], headers=HTMX)
        assert json.loads(response["HX-Trigger"])["notice"]["kind"] == "error"
        with workspace_scope(cast.workspace.pk):
            deal.refresh_from_db()
            assert deal.name == "둘"

    def test_a_viewer_sees_no_buttons_and_may_not(self, logged_in, deals):
        viewer = logged_in("viewer")
        assert "data-cell=" not in page(viewer)
        assert viewer.get(self.url(deals["나"], "name"), headers=HTMX).status_code == 403
        assert viewer.post(self.url(deals["나"], "name"), {"name": "x"}, headers=HTMX).status_code == 403
        assert viewer.get(self.url(deals["나"], "name") + "&plain=1", headers=HTMX).status_code == 200

    def test_outsiders_and_unknown_fields_are_404(self, rep, mallory, deals):
        assert mallory.get(self.url(deals["나"], "name")).status_code == 404
        assert rep.get(self.url(deals["나"], "stage")).status_code == 404
        assert rep.get(self.url(deals["나"], "company")).status_code == 404


def test_a_choice_of_a_filter_is_answered_with_the_list_alone(rep, deals):
    html = rep.get(f"{LIST}?owner=me", headers=HTMX).content.decode()
    assert html.lstrip().startswith('<div id="list"')
