"""My day: what one's deals ask for, settled where it stands, with a way back."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.clock import frozen_at
from deals.models import Deal, Note, Task
from deals.selectors.criteria import criteria_of
from deals.services.tasks import add_task, change_task
from tenancy.scope import workspace_scope
from tests.deals.views.conftest import HTMX
from tests.deals.views.test_bulk import tick_all
from tests.factories import make_deal

NOW = datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Asia/Seoul"))
TODAY = NOW.date()
URL = "/w/acme/tasks/"


@pytest.fixture(autouse=True)
def frozen() -> Any:
    with frozen_at(NOW):
        yield


@pytest.fixture
def deal_of(cast):
    """A deal of the rep's with a task and a date to come, unless said otherwise."""

    def make(name: str, *, days: int = 0, closes: int | None = 30, task: bool = True, **fields: Any) -> Deal:
        with workspace_scope(cast.workspace.pk):
            with frozen_at(NOW - timedelta(days=days)):
                day = None if closes is None else TODAY + timedelta(days=closes)
                fields.setdefault("owner", cast.rep)
                deal = make_deal(actor=cast.actor(), name=name, expected_close_date=day, **fields)
            if task:
                add_task(
                    deal_id=deal.pk, name=f"{name} 일", due_on=None, assignee=cast.rep, actor=cast.actor()
                )
            deal.refresh_from_db()
            return deal

    return make


def row(group: str, deal: Deal) -> str:
    return f'id="{group}-{deal.pk}"'


def events(response) -> dict:
    return json.loads(response["HX-Trigger"])


def settle(client, deal: Deal, group: str, **data: Any):
    return client.post(f"{URL}deals/{deal.pk}/{group}/", data, headers=HTMX)


def test_each_deal_lies_in_the_groups_that_it_belongs_to(rep, cast, deal_of):
    quiet = deal_of("조용한 딜")
    stalled = deal_of("정체된 딜", days=40)
    bare = deal_of("할일 없는 딜", task=False)
    late = deal_of("날짜 지난 딜", closes=-5)
    hers = deal_of("남의 딜", task=False, closes=-5, owner=cast.other_rep)
    page = rep.get(URL).content.decode()
    assert row("stalled", stalled) in page
    assert row("no_task", bare) in page
    assert row("date_passed", late) in page
    assert page.count("data-day-deal") == 3
    assert str(quiet.pk) in page  # by its task
    assert str(hers.pk) not in page
    other = rep.get(URL, {"assignee": cast.other_rep.pk}).content.decode()
    assert row("no_task", hers) in other
    assert "data-day-deal" not in rep.get(URL, {"assignee": "all"}).content.decode()


def test_a_next_task_is_added_and_taken_back(rep, cast, deal_of):
    deal = deal_of("할일 없는 딜", task=False)
    refused = settle(rep, deal, "no_task", name=" ")
    assert refused["HX-Retarget"] == f"#no_task-{deal.pk}"
    assert "errorlist" in refused.content.decode()
    response = settle(rep, deal, "no_task", name="전화하기", due_on="2026-11-25")
    assert (response["HX-Retarget"], response["HX-Reswap"]) == (f"#no_task-{deal.pk}", "delete")
    assert 'id="count-no_task" hx-swap-oob="outerHTML">0<' in response.content.decode()
    with workspace_scope(cast.workspace.pk):
        task = Task.objects.get()
        assert (task.name, task.assignee) == ("전화하기", cast.rep)
    undo = events(response)["notice"]["undo_url"]
    assert "day-changed" in events(rep.post(undo))
    assert row("no_task", deal) in rep.get(URL).content.decode()
    assert rep.post(undo).status_code == 404


def test_a_task_that_is_done_or_of_the_stage_is_not_taken_back(rep, cast, deal_of):
    deal_of("딜")
    with workspace_scope(cast.workspace.pk):
        task = Task.objects.get(name="딜 일")
        change_task(task_id=task.pk, actor=cast.actor(), done=True)
    response = rep.post(f"{URL}{task.pk}/withdraw/")
    assert events(response)["notice"]["kind"] == "error"
    with workspace_scope(cast.workspace.pk):
        assert Task.objects.get().voided_at is None


def test_a_new_date_and_back(rep, cast, deal_of):
    deal = deal_of("날짜 지난 딜", closes=-5)
    for bad in ("", "2026-11-22", "20255-01-01", "2400-01-01"):
        response = settle(rep, deal, "date_passed", day=bad, version=deal.version)
        assert "errorlist" in response.content.decode(), bad
    response = settle(rep, deal, "date_passed", day="2026-12-15", version=deal.version)
    assert response["HX-Reswap"] == "delete"
    with workspace_scope(cast.workspace.pk):
        assert str(Deal.objects.get().expected_close_date) == "2026-12-15"
    rep.post(events(response)["notice"]["undo_url"])
    assert row("date_passed", deal) in rep.get(URL).content.decode()


def test_somebody_was_quicker(rep, cast, deal_of):
    deal = deal_of("날짜 지난 딜", closes=-5)
    response = settle(rep, deal, "date_passed", day="2026-12-15", version=deal.version + 5)
    html = response.content.decode()
    assert row("date_passed", deal) in html
    assert 'value="2026-12-15"' in html
    with workspace_scope(cast.workspace.pk):
        assert Deal.objects.get().version == deal.version


def test_put_aside_for_a_reason_and_watched_again(rep, cast, deal_of):
    deal = deal_of("정체된 딜", days=40)
    assert "errorlist" in settle(rep, deal, "stalled", until="2026-12-15", reason="").content.decode()
    assert "errorlist" in settle(rep, deal, "stalled", until="2026-11-23", reason="예산").content.decode()
    response = settle(rep, deal, "stalled", until="2026-12-15", reason="예산 심의 중")
    with workspace_scope(cast.workspace.pk):
        assert Note.objects.get().body == "예산 심의 중"
    assert row("stalled", deal) not in rep.get(URL).content.decode()
    rep.post(events(response)["notice"]["undo_url"])
    assert row("stalled", deal) in rep.get(URL).content.decode()


def test_refusals(rep, mallory, logged_in, cast, deal_of):
    deal = deal_of("할일 없는 딜", task=False)
    assert settle(rep, deal, "no_such_group", name="x").status_code == 404
    assert settle(logged_in("viewer"), deal, "no_task", name="x").status_code == 403
    url = f"/w/rival/tasks/deals/{deal.pk}/no_task/"
    assert mallory.post(url, {"name": "x"}, headers=HTMX).status_code == 404
    assert "day-settle" not in logged_in("viewer").get(URL, {"assignee": cast.rep.pk}).content.decode()


def test_the_page_costs_the_same_with_many(rep, deal_of, query_count):
    def cost() -> int:
        with query_count() as counted:
            rep.get(URL)
        return counted()

    deal_of("a", days=40, closes=-1, task=False)
    few = cost()
    for i in range(8):
        deal_of(f"b{i}", days=40, closes=-1, task=False)
    assert cost() == few <= 18


def test_the_last_task_done_shows_that_the_next_is_missing(rep, cast, deal_of):
    deal = deal_of("딜")
    deal_of("다른 딜")
    with workspace_scope(cast.workspace.pk):
        task = Task.objects.get(name="딜 일")
    response = rep.post(f"{URL}{task.pk}/done/", headers=HTMX)
    assert row("no_task", deal) in response.content.decode()


def stages_of(cast) -> list[Any]:
    with workspace_scope(cast.workspace.pk):
        return list(cast.pipeline.stages.order_by("position"))


def move(client, deal: Deal, stage: Any, **data: Any):
    values = {"surface": "day", "stage": stage.pk, "version": deal.version, **data}
    return client.post(f"/w/acme/deals/{deal.pk}/move/", values, headers=HTMX)


def test_a_stalled_deal_is_moved_on_from_its_row_and_back(rep, cast, deal_of):
    deal = deal_of("정체된 딜", days=40)
    stages = stages_of(cast)
    page = rep.get(URL).content.decode()
    menu = page.split(row("stalled", deal))[1].split("day-move")[1].split("</details>")[0]
    assert [stage.name in menu for stage in stages] == [True] * len(stages)
    assert menu.count("hx-post") == len(stages) - 1  # not to where it is
    tick_all(cast, deal)
    response = move(rep, deal, stages[1])
    assert (response["HX-Retarget"], response["HX-Reswap"]) == (f"#stalled-{deal.pk}", "delete")
    assert '<span id="count-stalled" hx-swap-oob="outerHTML">0</span>' in response.content.decode()
    said = events(response)
    assert said["move-done"]["deal"] == str(deal.pk)
    assert stages[1].name in said["notice"]["text"]
    back = events(rep.post(said["notice"]["undo_url"], headers=HTMX))
    assert "day-changed" in back  # the list is fetched anew
    assert row("stalled", deal) in rep.get(URL).content.decode()


def test_a_gate_that_holds_says_what_is_missing_and_is_passed_right_there(rep, cast, deal_of):
    deal = deal_of("정체된 딜", days=40)
    stages = stages_of(cast)
    response = move(rep, deal, stages[1])
    html = response.content.decode()
    assert response["HX-Retarget"] == "#overlay"
    assert "data-refused-form" in html
    assert '<input type="hidden" name="surface" value="day">' in html
    assert 'id="overlay"' in rep.get(URL).content.decode()
    with workspace_scope(cast.workspace.pk):
        assert Deal.objects.get(pk=deal.pk).stage_id == stages[0].pk
        met = [str(state.id) for state in criteria_of(deal) if state.criterion.stage_id == stages[0].pk]
    response = move(rep, deal, stages[1], met=met)
    assert response["HX-Retarget"] == f"#stalled-{deal.pk}"


def test_who_comes_second_sees_the_list_as_it_is(rep, cast, deal_of):
    deal = deal_of("정체된 딜", days=40)
    tick_all(cast, deal)
    response = move(rep, deal, stages_of(cast)[1], version=deal.version + 7)
    said = events(response)
    assert said["notice"]["kind"] == "error"
    assert "day-changed" in said
    assert response["HX-Reswap"] == "none"


def test_who_may_not_edit_has_nothing_to_move_with(logged_in, cast, deal_of):
    deal = deal_of("정체된 딜", days=40)
    page = logged_in("viewer").get(URL, {"assignee": cast.rep.pk}).content.decode()
    assert row("stalled", deal) in page
    assert "day-move" not in page


def test_moving_asks_no_more_queries_for_more_rows(rep, deal_of, query_count):
    counts = []
    for _ in range(2):
        for number in range(3):
            deal_of(f"정체 {number}", days=40)
        with query_count() as counted:
            rep.get(URL)
        counts.append(counted())
    assert counts[0] == counts[1]
