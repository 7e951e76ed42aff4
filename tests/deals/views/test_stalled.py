"""Stalled deals: which they are, the list, and what the talk ends in."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from core import clock
from core.clock import frozen_at
from deals.models import Deal, DealEvent, EventKind, Note, Task
from deals.selectors.nav import nav_counts
from deals.selectors.stalled import near_stall_q, stalled_q
from deals.selectors.talk import talk_about
from deals.services.close_deal import lose_deal
from deals.services.create_deal import Past
from deals.services.criteria import check_criterion
from deals.services.edit_deal import delete_deal, edit_deal
from deals.services.tasks import add_task
from pipeline.models import LossReason
from tenancy.scope import workspace_scope
from tests.deals.views.conftest import HTMX
from tests.factories import Cast, give_rate, make_deal

SEOUL = ZoneInfo("Asia/Seoul")
NOW = datetime(2026, 11, 23, 10, tzinfo=SEOUL)
TODAY = NOW.date()
URL = "/w/acme/stalled/"


@pytest.fixture(autouse=True)
def frozen() -> Any:
    with frozen_at(NOW):
        yield


@pytest.fixture
def english(logged_in: Callable[[str], Client]) -> Callable[[str], Client]:
    def log_in(who: str) -> Client:
        client = logged_in(who)
        client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
        return client

    return log_in


def stayed(cast: Cast, days: int, **fields: Any) -> Deal:
    """A deal that entered its stage so many local days ago, late in the evening."""
    entered = datetime(TODAY.year, TODAY.month, TODAY.day, 23, 50, tzinfo=SEOUL) - timedelta(days=days)
    with workspace_scope(cast.workspace.pk), frozen_at(entered):
        return make_deal(actor=cast.actor("owner"), **fields)


def stalled_ids(moment: datetime = NOW) -> set[Any]:
    return set(Deal.objects.filter(stalled_q(as_of=moment)).values_list("pk", flat=True))


def reload(cast: Cast, deal: Deal) -> Deal:
    with workspace_scope(cast.workspace.pk):
        return Deal.objects.select_related("stage").get(pk=deal.pk)


# The condition --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "stalled", "near"),
    [
        (0, False, False),
        (10, False, False),
        (11, False, True),
        (13, False, True),
        (14, True, False),
        (400, True, False),
    ],
)
def test_a_deal_stalls_on_its_fourteenth_local_day(cast: Cast, days: int, stalled: bool, near: bool) -> None:
    deal = stayed(cast, days)
    with workspace_scope(cast.workspace.pk):
        assert (deal.pk in stalled_ids()) is stalled
        assert Deal.objects.filter(near_stall_q(as_of=NOW)).exists() is near
        assert deal.is_stalled(today=TODAY, zone=SEOUL) is stalled


def test_the_day_turns_at_midnight_in_the_workspace(cast: Cast) -> None:
    deal = stayed(cast, 13)
    midnight = clock.start_of_day(TODAY + timedelta(days=1), SEOUL)
    with workspace_scope(cast.workspace.pk):
        assert deal.pk not in stalled_ids(midnight - timedelta(seconds=1))
        assert deal.pk in stalled_ids(midnight)


def test_the_condition_agrees_with_the_deal_on_every_stage_and_day(cast: Cast) -> None:
    with workspace_scope(cast.workspace.pk):
        stages = list(cast.pipeline.stages.order_by("position"))
        stages[1].stall_days = 0
        stages[1].save()
    deals = [
        stayed(cast, days, stage=stage.name) for stage in stages for days in (0, 1, 6, 7, 13, 14, 20, 21, 50)
    ]
    with workspace_scope(cast.workspace.pk):
        found = stalled_ids()
        for deal in Deal.objects.select_related("stage"):
            assert (deal.pk in found) is deal.is_stalled(today=TODAY, zone=SEOUL)
        assert 0 < len(found) < len(deals)


def test_snoozed_closed_and_deleted_deals_are_not_stalled(cast: Cast) -> None:
    until_tomorrow, until_today, lost, deleted = (stayed(cast, 20, name=f"딜 {index}") for index in range(4))
    with workspace_scope(cast.workspace.pk):
        for deal, day in ((until_tomorrow, TODAY + timedelta(days=1)), (until_today, TODAY)):
            edit_deal(deal_id=deal.pk, changes={"snoozed_until": day}, actor=cast.actor())
        lose_deal(deal_id=lost.pk, reason=LossReason.objects.first(), actor=cast.actor())
        delete_deal(deal_id=deleted.pk, actor=cast.actor())
        assert stalled_ids() == {until_today.pk}


def test_sums_count_other_currencies_by_their_rate(cast: Cast, leader: Client) -> None:
    with workspace_scope(cast.workspace.pk):
        deal = make_deal(actor=cast.actor(), amount=1000, currency="USD")
        Deal.objects.filter(pk=deal.pk).update(stage_entered_at=clock.now() - timedelta(days=40))
        assert "1 deal in another currency has no exchange rate" in leader.get(URL).content.decode()
        give_rate(cast, "USD", "1400")
    page = leader.get(URL).content.decode()
    assert "₩1.4M" in page
    assert "USD at 1,400 (" in page


def test_the_rail_counts_in_two_queries(cast: Cast, query_count: Any) -> None:
    deal = stayed(cast, 20)
    stayed(cast, 2)
    with workspace_scope(cast.workspace.pk):
        for day in (TODAY - timedelta(days=3), TODAY, TODAY + timedelta(days=1), None):
            add_task(deal_id=deal.pk, name="전화", due_on=day, assignee=cast.rep, actor=cast.actor())
        add_task(deal_id=deal.pk, name="남의 일", due_on=TODAY, assignee=cast.leader, actor=cast.actor())
        with query_count() as counted:
            counts = nav_counts(cast.actor())
    assert counts == {"tasks_due": 2, "stalled": 1}
    assert counted() <= 3  # the workspace's row is read once in a scope


# The list -------------------------------------------------------------------------------------------------------


def names(page: str) -> list[str]:
    return re.findall(r'class="deal-link"[^>]*><b>([^<]+)</b>', page)


def test_stalled_first_by_overshoot_then_near_then_put_aside(
    cast: Cast, english: Callable[[str], Client]
) -> None:
    stayed(cast, 16, name="둘 넘김")
    stayed(cast, 30, name="한참 넘김")
    stayed(cast, 12, name="곧")
    stayed(cast, 3, name="멀쩡")
    aside = stayed(cast, 40, name="미뤄 둠")
    with workspace_scope(cast.workspace.pk):
        edit_deal(deal_id=aside.pk, changes={"snoozed_until": TODAY + timedelta(days=9)}, actor=cast.actor())
    page = english("leader").get(URL).content.decode()
    assert names(page) == ["한참 넘김", "둘 넘김", "곧", "미뤄 둠"]
    assert "16 days over" in page
    assert "2 days over" in page
    assert "2 days left" in page
    assert "2 deals · ₩20M" in page
    assert 'style="' not in page


def test_orders_and_filters(cast: Cast, english: Callable[[str], Client]) -> None:
    stayed(cast, 20, name="작고 오래", amount=1_000_000, owner=cast.rep)
    stayed(cast, 15, name="크고 새것", amount=90_000_000, owner=cast.other_rep)
    stayed(cast, 17, name="모름", amount=None)
    client = english("leader")

    def listed(**asked: Any) -> list[str]:
        return names(client.get(URL, asked).content.decode())

    assert listed() == ["작고 오래", "모름", "크고 새것"]
    assert listed(sort="amount") == ["크고 새것", "작고 오래", "모름"]
    assert listed(sort="owner") == ["작고 오래", "크고 새것", "모름"]  # 김도현, 최하은, nobody
    assert listed(sort="nonsense") == listed()
    assert listed(owner=cast.rep.pk) == ["작고 오래"]
    assert listed(owner="none") == ["모름"]
    assert listed(pipeline=cast.pipeline.pk) == listed()
    nothing = client.get(URL, {"owner": cast.viewer.pk}).content.decode()
    assert "No deal here is stalled" in nothing
    assert "Clear filters" in nothing


def test_nothing_stalled_says_so(cast: Cast, english: Callable[[str], Client]) -> None:
    stayed(cast, 1)
    assert "Nothing is stalled" in english("rep").get(URL).content.decode()


def test_a_row_says_what_is_missing_and_what_comes_next(cast: Cast, english: Callable[[str], Client]) -> None:
    deal = stayed(cast, 20, owner=cast.rep)
    with workspace_scope(cast.workspace.pk):
        criterion = deal.stage.exit_criteria.order_by("position").first()
        check_criterion(deal_id=deal.pk, criterion_id=criterion.pk, met=True, actor=cast.actor())
        Task.objects.all().delete()
        add_task(
            deal_id=deal.pk, name="견적 다시 보내기", due_on=TODAY - timedelta(days=5), actor=cast.actor()
        )
        Deal.objects.filter(pk=deal.pk).update(last_heard_at=NOW - timedelta(days=19))
    page = english("leader").get(URL).content.decode().replace("\xa0", " ")
    assert "팔로업 이메일 발송 완료, 무료 체험 계정 발급 및 회원 가입 완료" in page
    assert criterion.name not in page
    assert "견적 다시 보내기 · 5 days late" in page
    assert "19 days ago" in page
    assert "20 / 14 days" in page


def test_query_count_is_fixed(cast: Cast, english: Callable[[str], Client], query_count: Any) -> None:
    client = english("leader")

    def count() -> int:
        with query_count() as counted:
            client.get(URL)
        return int(counted())

    stayed(cast, 20, owner=cast.rep)
    few = count()
    for index in range(9):
        stayed(cast, 20 - index, name=f"딜 {index}", owner=cast.leader)
    assert count() == few
    assert few <= 8 + 6  # the frame: session, user, workspace, member, entering it


# The talk -------------------------------------------------------------------------------------------------------


def test_the_talk_shows_what_was_missed(cast: Cast, english: Callable[[str], Client]) -> None:
    deal = stayed(cast, 20, expected_close_date=date(2026, 10, 30))
    with workspace_scope(cast.workspace.pk):
        for day in (date(2026, 11, 25), date(2026, 11, 10), date(2026, 12, 15)):
            edit_deal(deal_id=deal.pk, changes={"expected_close_date": day}, actor=cast.actor())
        Task.objects.all().delete()
    page = english("leader").get(f"{URL}{deal.pk}/", headers=HTMX).content.decode().replace("\xa0", " ")
    assert "0 of 3 exit criteria are met" in page
    assert "There is no next task" in page
    assert "pushed back 2 times" in page  # the step back to 10 November is no push
    assert "(30 Oct → 25 Nov → 15 Dec)" in page
    assert "Too few deals have stayed this long" in page
    closed = english("leader").get(f"{URL}{deal.pk}/", {"close": 1}, headers=HTMX).content.decode()
    assert "exit criteria are met" not in closed


def test_like_deals_are_counted_from_real_stays(cast: Cast) -> None:
    deal = stayed(cast, 20)
    with workspace_scope(cast.workspace.pk):
        reason = LossReason.objects.first()
        for index, (days, outcome) in enumerate(
            [(14, "won"), (20, "lost"), (30, "lost"), (40, "lost"), (13, "won"), (60, "lost")]
        ):
            closed = NOW - timedelta(days=5)
            entered = closed - timedelta(days=days)
            past = Past(entered, entered, outcome, closed, reason if outcome == "lost" else None)
            make_deal(actor=cast.actor("owner"), name=f"지난 딜 {index}", past=past)
        like = talk_about(deal, actor=cast.actor()).like
    assert like is not None
    assert (like.days, like.count, like.won, like.won_percent) == (14, 5, 1, 20)


def test_the_talk_opens_without_a_script(cast: Cast, english: Callable[[str], Client]) -> None:
    deal = stayed(cast, 20)
    assert "Where can I help?" in english("rep").get(URL, {"open": str(deal.pk)}).content.decode()
    assert "Where can I help?" not in english("viewer").get(URL, {"open": str(deal.pk)}).content.decode()


def test_help_becomes_a_note_and_a_task_for_the_owner(cast: Cast, english: Callable[[str], Client]) -> None:
    deal = stayed(cast, 20, owner=cast.rep)
    body = {"body": "본부장과 함께 방문\n다음 주 안에", "until": "2026-11-26", "version": 1, "end": "task"}
    response = english("leader").post(f"{URL}{deal.pk}/end/?sort=amount", body, headers=HTMX)
    assert response.status_code == 200
    assert 'id="stalled"' in response.content.decode()
    assert "A note and a task were added" in response.headers["HX-Trigger"]
    with workspace_scope(cast.workspace.pk):
        note = Note.objects.get(deal=deal)
        task = Task.objects.get(deal=deal, source="manual")
    assert (note.body, note.author_id) == ("본부장과 함께 방문\n다음 주 안에", cast.leader.pk)
    assert (task.name, task.due_on, task.assignee_id) == (
        "본부장과 함께 방문",
        date(2026, 11, 26),
        cast.rep.pk,
    )


def test_the_rail_counts_anew_after_a_talk_and_after_putting_aside(
    cast: Cast, english: Callable[[str], Client]
) -> None:
    deal = stayed(cast, 20)
    leader, url = english("leader"), f"{URL}{deal.pk}/"
    rail = leader.get(URL).content.decode().split("hx-trigger=")[1].split(">")[0]
    assert "deal-changed from:document" in rail
    ended = leader.post(f"{url}end/", {"body": "방문", "end": "task"}, headers=HTMX)
    aside = leader.post(
        f"{url}end/", {"body": "대기", "until": "2026-12-10", "version": "1", "end": "snooze"}, headers=HTMX
    )
    for response in (ended, aside, leader.post(f"{url}wake/", headers=HTMX)):
        assert json.loads(response.headers["HX-Trigger"])["deal-changed"] == {"deal": str(deal.pk)}


def test_a_task_cannot_be_due_before_today(cast: Cast, english: Callable[[str], Client]) -> None:
    deal = stayed(cast, 20)
    body = {"body": "방문", "until": "2026-11-22", "end": "task"}
    page = english("leader").post(f"{URL}{deal.pk}/end/", body, headers=HTMX).content.decode()
    assert "Choose today or a later day." in page
    assert 'min="2026-11-23"' in page
    with workspace_scope(cast.workspace.pk):
        assert not Task.objects.filter(deal=deal, source="manual").exists()
        assert not Note.objects.exists()
    saved = english("leader").post(f"{URL}{deal.pk}/end/", body | {"until": "2026-11-23"}, headers=HTMX)
    assert "A note and a task were added" in saved.headers["HX-Trigger"]


def test_a_long_text_gives_a_task_that_still_fits(cast: Cast, english: Callable[[str], Client]) -> None:
    deal = stayed(cast, 20)
    response = english("leader").post(
        f"{URL}{deal.pk}/end/", {"body": "가" * 500, "end": "task"}, headers=HTMX
    )
    assert "A note and a task were added" in response.headers["HX-Trigger"]
    with workspace_scope(cast.workspace.pk):
        assert len(Task.objects.get(deal=deal, source="manual").name) == 200


def test_putting_aside_needs_a_day_to_come_and_can_be_taken_back(
    cast: Cast, english: Callable[[str], Client]
) -> None:
    deal = stayed(cast, 20)
    leader = english("leader")
    url = f"{URL}{deal.pk}/end/"
    asked = {"body": "예산 심의 대기", "version": "1", "end": "snooze"}
    for until in ("", "2026-11-23"):
        refused = leader.post(url, asked | {"until": until}, headers=HTMX)
        assert refused.headers["HX-Retarget"] == f"#stalled-{deal.pk}"
        page = refused.content.decode()
        assert "Choose a day after today" in page
        assert "예산 심의 대기</textarea>" in page
    with workspace_scope(cast.workspace.pk):
        assert not Note.objects.exists()
    saved = leader.post(url, asked | {"until": "2026-12-10"}, headers=HTMX)
    assert "is put aside until" in saved.headers["HX-Trigger"]
    after = reload(cast, deal)
    assert (after.snoozed_until, after.version) == (date(2026, 12, 10), 2)
    with workspace_scope(cast.workspace.pk):
        assert Note.objects.get(deal=deal).body == "예산 심의 대기"
        assert stalled_ids() == set()
    undone = leader.post(f"{URL}{deal.pk}/wake/", headers=HTMX)
    assert "is watched again" in undone.headers["HX-Trigger"]
    assert reload(cast, deal).snoozed_until is None


def test_a_stale_version_changes_nothing_and_shows_the_fresh_one(
    cast: Cast, english: Callable[[str], Client]
) -> None:
    deal = stayed(cast, 20)
    with workspace_scope(cast.workspace.pk):
        edit_deal(deal_id=deal.pk, changes={"amount": Decimal(7)}, actor=cast.actor())
    body = {"body": "대기", "until": "2026-12-10", "version": "1", "end": "snooze"}
    page = english("leader").post(f"{URL}{deal.pk}/end/", body, headers=HTMX).content.decode()
    assert "Somebody changed this deal in the meantime" in page
    assert 'name="version" value="2"' in page
    assert reload(cast, deal).snoozed_until is None
    with workspace_scope(cast.workspace.pk):
        assert not Note.objects.exists()


def test_an_empty_text_is_refused(cast: Cast, english: Callable[[str], Client]) -> None:
    deal = stayed(cast, 20)
    page = english("leader").post(f"{URL}{deal.pk}/end/", {"body": "  ", "end": "task"}, headers=HTMX)
    assert "Write what was agreed." in page.content.decode()
    plain = english("leader").post(f"{URL}{deal.pk}/end/", {"body": "", "end": "task"})
    assert "Write what was agreed." in plain.content.decode()
    with workspace_scope(cast.workspace.pk):
        assert not DealEvent.objects.filter(kind=EventKind.NOTE_ADDED).exists()


def test_a_viewer_looks_but_changes_nothing(cast: Cast, english: Callable[[str], Client]) -> None:
    deal = stayed(cast, 20)
    viewer = english("viewer")
    assert viewer.get(URL).status_code == 200
    assert viewer.get(f"{URL}{deal.pk}/", headers=HTMX).status_code == 200
    body = {"body": "대기", "until": "2026-12-10", "end": "snooze"}
    assert viewer.post(f"{URL}{deal.pk}/end/", body).status_code == 403
    assert viewer.post(f"{URL}{deal.pk}/wake/").status_code == 403
    assert reload(cast, deal).snoozed_until is None


def test_an_outsider_finds_nothing(cast: Cast, english: Callable[[str], Client]) -> None:
    deal = stayed(cast, 20)
    mallory = english("mallory")
    assert mallory.get(URL).status_code == 404
    for slug in ("acme", "rival"):
        base = f"/w/{slug}/stalled/{deal.pk}/"
        assert mallory.get(base).status_code == 404
        assert mallory.post(f"{base}end/", {"body": "x", "end": "task"}).status_code == 404
        assert mallory.post(f"{base}wake/").status_code == 404
    assert names(mallory.get("/w/rival/stalled/").content.decode()) == []
