"""My tasks."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from core.clock import frozen_at
from deals.models import Deal, DealEvent, EventKind, Task
from deals.selectors.tasks import PAGE
from deals.services.edit_deal import delete_deal
from deals.services.tasks import add_task, change_task
from tenancy.models import Membership
from tenancy.scope import workspace_scope
from tests.deals.views.conftest import HTMX
from tests.factories import Cast, make_deal

NOW = datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Asia/Seoul"))
TODAY = NOW.date()
URL = "/w/acme/tasks/"


@pytest.fixture(autouse=True)
def frozen() -> Any:
    with frozen_at(NOW):
        yield


@pytest.fixture
def deal(cast: Cast) -> Deal:
    with workspace_scope(cast.workspace.pk):
        # Somebody else's: what one's own deals ask for beside tasks is tested in test_my_day.py.
        return make_deal(actor=cast.actor(), owner=cast.other_rep)


@pytest.fixture
def english(logged_in: Callable[[str], Client]) -> Callable[[str], Client]:
    def log_in(who: str) -> Client:
        client = logged_in(who)
        client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
        return client

    return log_in


def make_task(
    cast: Cast, deal: Deal, name: str, due_on: date | None = None, assignee: Membership | None = None
) -> Task:
    with workspace_scope(cast.workspace.pk):
        return add_task(
            deal_id=deal.pk, name=name, due_on=due_on, assignee=assignee or cast.rep, actor=cast.actor()
        )


def shown(page: str) -> list[str]:
    return re.findall(r'class="task-name">([^<]+)<', page)


def group_counts(page: str) -> dict[str, int]:
    return {name: int(count) for name, count in re.findall(r'id="count-(\w+)"[^>]*>(\d+)<', page)}


def done_url(task: Task, slug: str = "acme") -> str:
    return f"/w/{slug}/tasks/{task.pk}/done/"


def is_done(cast: Cast, task: Task) -> bool:
    with workspace_scope(cast.workspace.pk):
        return Task.objects.get(pk=task.pk).done_at is not None


def test_late_today_coming_no_date(cast: Cast, deal: Deal, english: Callable[[str], Client]) -> None:
    for name, day in (
        ("없음", None),
        ("내일", TODAY + timedelta(days=1)),
        ("오늘", TODAY),
        ("사흘 전", TODAY - timedelta(days=3)),
    ):
        make_task(cast, deal, name, day)
    page = english("rep").get(URL).content.decode()
    assert shown(page) == ["사흘 전", "오늘", "내일", "없음"]
    assert group_counts(page) == {
        "late": 1,
        "today": 1,
        "coming": 1,
        "no_date": 1,
        "stalled": 0,
        "no_task": 0,
        "date_passed": 0,
    }
    assert "3 days late" in page.replace("\xa0", " ")
    assert f"/w/acme/deals/{deal.pk}/" in page


def test_mine_by_default_others_by_choice(cast: Cast, deal: Deal, english: Callable[[str], Client]) -> None:
    make_task(cast, deal, "내 일")
    make_task(cast, deal, "남의 일", assignee=cast.leader)
    rep = english("rep")
    assert shown(rep.get(URL).content.decode()) == ["내 일"]
    assert shown(rep.get(URL, {"assignee": cast.leader.pk}).content.decode()) == ["남의 일"]
    assert set(shown(rep.get(URL, {"assignee": "all"}).content.decode())) == {"내 일", "남의 일"}
    wrong = rep.get(URL, {"assignee": "nobody"}).content.decode()
    assert "There is no such member" in wrong
    assert shown(wrong) == ["내 일"]


def test_done_void_and_deleted_are_not_to_be_done(
    cast: Cast, deal: Deal, english: Callable[[str], Client]
) -> None:
    done = make_task(cast, deal, "끝난 일")
    void = make_task(cast, deal, "무효")
    with workspace_scope(cast.workspace.pk):
        change_task(task_id=done.pk, done=True, actor=cast.actor())
        Task.objects.filter(pk=void.pk).update(voided_at=NOW)
        gone = make_deal(actor=cast.actor(), name="지운 딜")
    make_task(cast, gone, "지운 딜의 일")
    with workspace_scope(cast.workspace.pk):
        delete_deal(deal_id=gone.pk, actor=cast.actor())
    assert "Nothing to do" in english("rep").get(URL).content.decode()


def test_a_tick_takes_the_row_away_and_undo_brings_it_back(
    cast: Cast, deal: Deal, english: Callable[[str], Client]
) -> None:
    task = make_task(cast, deal, "전화", TODAY)
    make_task(cast, deal, "메일", TODAY)
    rep = english("rep")
    response = rep.post(f"{done_url(task)}?assignee=me", headers=HTMX)
    assert response.status_code == 200
    assert (response.headers["HX-Retarget"], response.headers["HX-Reswap"]) == (f"#task-{task.pk}", "delete")
    assert group_counts(response.content.decode())["today"] == 1
    assert is_done(cast, task)
    undo_url = re.search(r'"undo_url": "([^"]+)"', response.headers["HX-Trigger"])
    assert undo_url
    undone = rep.post(undo_url[1], headers=HTMX)
    assert set(shown(undone.content.decode())) == {"전화", "메일"}
    assert not is_done(cast, task)
    with workspace_scope(cast.workspace.pk):
        kinds = set(DealEvent.objects.filter(deal=deal).values_list("kind", flat=True))
    assert {EventKind.TASK_DONE, EventKind.TASK_REOPENED} <= kinds


def test_the_last_tick_leaves_the_empty_state(
    cast: Cast, deal: Deal, english: Callable[[str], Client]
) -> None:
    task = make_task(cast, deal, "전화", TODAY)
    response = english("rep").post(done_url(task), headers=HTMX)
    assert "Nothing to do" in response.content.decode()
    assert "HX-Reswap" not in response.headers


def test_done_by_somebody_else_first(cast: Cast, deal: Deal, english: Callable[[str], Client]) -> None:
    task = make_task(cast, deal, "전화", TODAY)
    with workspace_scope(cast.workspace.pk):
        change_task(task_id=task.pk, done=True, actor=cast.actor("leader"))
    response = english("rep").post(done_url(task), headers=HTMX)
    assert "was done already" in response.headers["HX-Trigger"]
    with workspace_scope(cast.workspace.pk):
        assert Task.objects.get(pk=task.pk).done_by_id == cast.leader.pk


def test_without_a_script_the_page_comes_back(
    cast: Cast, deal: Deal, english: Callable[[str], Client]
) -> None:
    task = make_task(cast, deal, "전화", TODAY)
    response = english("rep").post(f"{done_url(task)}?assignee=all", follow=True)
    assert response.redirect_chain == [(f"{URL}?assignee=all", 302)]
    assert is_done(cast, task)


def test_more_rows_follow_in_order_and_none_twice(
    cast: Cast, deal: Deal, english: Callable[[str], Client]
) -> None:
    with workspace_scope(cast.workspace.pk):
        Task.objects.bulk_create(
            Task(
                deal=deal,
                name=f"일 {index}",
                assignee=cast.rep,
                due_on=TODAY + timedelta(days=index % 4) if index % 3 else None,
            )
            for index in range(PAGE * 2 + 7)
        )
    rep = english("rep")
    page = rep.get(URL).content.decode()
    seen = shown(page)
    pages = 1
    while after := re.search(r'hx-get="[^"]*after=([^"&]+)"', page):
        page = rep.get(URL, {"after": after[1]}, headers=HTMX).content.decode()
        seen += shown(page)
        pages += 1
    assert (pages, len(seen), len(set(seen))) == (3, PAGE * 2 + 7, PAGE * 2 + 7)
    assert rep.get(URL, {"after": "nonsense"}, headers=HTMX).status_code == 404


def test_query_count_is_fixed(
    cast: Cast, deal: Deal, english: Callable[[str], Client], query_count: Any
) -> None:
    rep = english("rep")

    def count() -> int:
        with query_count() as counted:
            rep.get(URL)
        return int(counted())

    make_task(cast, deal, "하나")
    few = count()
    for index in range(9):
        make_task(cast, deal, f"일 {index}", TODAY)
    assert count() == few
    assert few <= 8 + 6


def test_a_viewer_looks_but_ticks_nothing(cast: Cast, deal: Deal, english: Callable[[str], Client]) -> None:
    task = make_task(cast, deal, "전화")
    viewer = english("viewer")
    page = viewer.get(URL, {"assignee": "all"}).content.decode()
    assert shown(page) == ["전화"]
    assert done_url(task) not in page
    assert viewer.post(done_url(task)).status_code == 403
    assert not is_done(cast, task)


def test_an_outsider_finds_nothing(cast: Cast, deal: Deal, english: Callable[[str], Client]) -> None:
    task = make_task(cast, deal, "전화")
    mallory = english("mallory")
    assert mallory.get(URL).status_code == 404
    assert mallory.post(done_url(task)).status_code == 404
    assert mallory.post(done_url(task, "rival")).status_code == 404
    assert mallory.post(f"{done_url(task, 'rival')}?done=false").status_code == 404
    assert shown(mallory.get("/w/rival/tasks/", {"assignee": "all"}).content.decode()) == []
    assert not is_done(cast, task)
