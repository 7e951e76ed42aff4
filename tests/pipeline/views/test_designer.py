"""The designer through HTTP: the change beside its refusal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from core import clock
from pipeline.models import ExitCriterion, LossReason, Pipeline, Stage
from pipeline.selectors.stages import loss_reasons, stages_of
from tenancy.scope import workspace_scope
from tests.factories import Cast, make_deal
from tests.pipeline.views.conftest import HTMX

SETTINGS = "/w/acme/settings"


def form_of(stage: Stage, **changes: Any) -> dict[str, Any]:
    shown = {
        "name": stage.name,
        "kind": stage.kind,
        "win_rate": stage.win_rate,
        "stall_days": stage.stall_days,
        "category": stage.category,
        "seen": stage.version,
    }
    return shown | changes


def again(cast: Cast, stage: Stage) -> Stage:
    with workspace_scope(cast.workspace.pk):
        return Stage.objects.get(pk=stage.pk)


@pytest.mark.parametrize("who", ["viewer", "rep", "leader", "admin", "owner"])
def test_everybody_may_read_how_stages_are_meant(
    logged_in: Callable[[str], Client], stages: list[Stage], cast: Cast, who: str
) -> None:
    client = logged_in(who)
    for path in (
        "/pipelines/",
        f"/pipelines/{cast.pipeline.pk}/",
        f"/stages/{stages[0].pk}/",
        "/loss-reasons/",
    ):
        page = client.get(SETTINGS + path)
        assert page.status_code == 200
        designs = (
            b"Add stage" in page.content or b"New pipeline" in page.content or b"Add</button>" in page.content
        )
        assert designs == (who in ("admin", "owner"))


def test_what_reps_send_is_refused(rep: Client, cast: Cast, stages: list[Stage]) -> None:
    with workspace_scope(cast.workspace.pk):
        criterion, task = stages[0].exit_criteria.all()[0], stages[0].entry_tasks.all()[0]
        reason = loss_reasons()[0]
    pipeline, stage = f"/pipelines/{cast.pipeline.pk}", f"/stages/{stages[0].pk}"
    for path in (
        "/pipelines/new/",
        f"{pipeline}/rename/",
        f"{pipeline}/copy/",
        f"{pipeline}/default/",
        f"{pipeline}/stages/",
        f"{pipeline}/order/",
        f"{pipeline}/archive/",
        f"{stage}/",
        f"{stage}/retire/",
        f"{stage}/criteria/",
        f"{stage}/tasks/",
        f"/criteria/{criterion.pk}/",
        f"/criteria/{criterion.pk}/step/",
        f"/criteria/{criterion.pk}/remove/",
        f"/entry-tasks/{task.pk}/",
        f"/entry-tasks/{task.pk}/remove/",
        "/loss-reasons/",
        f"/loss-reasons/{reason.pk}/",
        f"/loss-reasons/{reason.pk}/remove/",
    ):
        answer = rep.post(SETTINGS + path, {"name": "x", "template": "empty"})
        assert answer.status_code == 403, path
    with workspace_scope(cast.workspace.pk):
        assert Pipeline.objects.count() == 1
        assert ExitCriterion.objects.filter(archived_at__isnull=False).count() == 0


def test_a_pipeline_is_made_and_opened(admin: Client, cast: Cast) -> None:
    answer = admin.post(f"{SETTINGS}/pipelines/new/", {"name": "대기업 영업", "template": "the-model"})
    with workspace_scope(cast.workspace.pk):
        made = Pipeline.objects.get(name="대기업 영업")
    assert answer.headers["Location"] == f"{SETTINGS}/pipelines/{made.pk}/"
    twice = admin.post(f"{SETTINGS}/pipelines/new/", {"name": "대기업 영업", "template": "the-model"})
    assert twice.status_code == 200
    assert "대기업 영업” already" in twice.content.decode()


def test_a_name_may_hold_anything_and_stays_text(admin: Client, cast: Cast) -> None:
    name = "<img src=x onerror=alert(1)>\"'😀 عربي"
    answer = admin.post(f"{SETTINGS}/pipelines/{cast.pipeline.pk}/stages/", {"name": name}, follow=True)
    body = answer.content.decode()
    assert "<img src=x" not in body
    assert "&lt;img src=x onerror=alert(1)&gt;" in body


def test_settings_without_effect_are_saved_at_once(admin: Client, cast: Cast, stages: list[Stage]) -> None:
    url = f"{SETTINGS}/stages/{stages[0].pk}/"
    admin.post(url, form_of(stages[0], win_rate="25.5", stall_days=10), headers=HTMX)
    changed = again(cast, stages[0])
    assert (changed.win_rate, changed.stall_days) == (pytest.approx(25.5), 10)
    assert "Nobody" not in admin.get(url).content.decode()


def test_a_refused_form_comes_back_on_the_whole_page_without_scripts(
    admin: Client, stages: list[Stage]
) -> None:
    refused = admin.post(f"{SETTINGS}/stages/{stages[0].pk}/", form_of(stages[0], win_rate="101"))
    assert "Settings of the stage" in refused.content.decode()
    assert f"{SETTINGS}/history/" in refused.content.decode()


def test_an_effect_is_told_before_it_is_saved(admin: Client, cast: Cast, stages: list[Stage]) -> None:
    with workspace_scope(cast.workspace.pk):
        soon = clock.local_date(clock.now(), cast.workspace.zone) + timedelta(days=9)
        make_deal(actor=cast.actor("admin"), expected_close_date=soon)
    url = f"{SETTINGS}/stages/{stages[0].pk}/"
    asked = admin.post(url, form_of(stages[0], win_rate="50"), headers=HTMX)
    told = asked.content.decode()
    assert "₩2M" in told
    assert "₩5M" in told
    assert "Nothing is saved yet" in told
    assert again(cast, stages[0]).win_rate == 20
    agreed = told.split('name="agreed" value="')[1].split('"')[0]
    admin.post(url, form_of(stages[0], win_rate="50", agreed=agreed), headers=HTMX)
    assert again(cast, stages[0]).win_rate == 50


def test_who_agreed_to_other_effects_is_asked_again(admin: Client, cast: Cast, stages: list[Stage]) -> None:
    with workspace_scope(cast.workspace.pk):
        soon = clock.local_date(clock.now(), cast.workspace.zone) + timedelta(days=9)
        make_deal(actor=cast.actor("admin"), expected_close_date=soon)
    url = f"{SETTINGS}/stages/{stages[0].pk}/"
    seen = admin.get(f"{url}effects/", form_of(stages[0], win_rate="50"), headers=HTMX).content.decode()
    agreed = seen.split('name="agreed" value="')[1].split('"')[0]
    with workspace_scope(cast.workspace.pk):
        make_deal(actor=cast.actor("admin"), expected_close_date=soon)
    admin.post(url, form_of(stages[0], win_rate="50", agreed=agreed), headers=HTMX)
    assert again(cast, stages[0]).win_rate == 20


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"win_rate": "101"}, "100"),
        ({"win_rate": ""}, "percentage"),
        ({"stall_days": "-1"}, "0"),
        ({"stall_days": "soon"}, "whole number"),
        ({"name": ""}, "required"),
        ({"name": "제품 살펴보는 중"}, "already"),
    ],
)
def test_what_cannot_be_saved_says_why_and_keeps_what_was_typed(
    admin: Client, cast: Cast, stages: list[Stage], changes: dict[str, str], said: str
) -> None:
    answer = admin.post(
        f"{SETTINGS}/stages/{stages[0].pk}/", form_of(stages[0], **changes), headers=HTMX
    ).content.decode()
    assert said in answer
    (value,) = changes.values()
    assert f'value="{value}"' in answer or not value
    assert again(cast, stages[0]).version == 1


def test_the_second_of_two_admins_sees_the_first_ones_change(
    admin: Client, logged_in: Callable[[str], Client], cast: Cast, stages: list[Stage]
) -> None:
    url = f"{SETTINGS}/stages/{stages[0].pk}/"
    logged_in("owner").post(url, form_of(stages[0], stall_days=9), headers=HTMX)
    answer = admin.post(url, form_of(stages[0], stall_days=8), headers=HTMX).content.decode()
    assert "in the meantime" in answer
    assert 'value="8"' in answer
    assert again(cast, stages[0]).stall_days == 9
    admin.post(url, form_of(again(cast, stages[0]), stall_days=8), headers=HTMX)
    assert again(cast, stages[0]).stall_days == 8


def test_the_order_is_saved_or_refused_with_a_reason(admin: Client, cast: Cast, stages: list[Stage]) -> None:
    url = f"{SETTINGS}/pipelines/{cast.pipeline.pk}/order/"
    ids = [str(stage.pk) for stage in reversed(stages)]
    admin.post(url, {"order": ",".join(ids)}, headers=HTMX)
    with workspace_scope(cast.workspace.pk):
        assert [str(stage.pk) for stage in stages_of(cast.pipeline.pk)] == ids
    refused = admin.post(url, {"order": ",".join(ids[1:])}, headers=HTMX)
    assert "in the meantime" in refused.headers["HX-Trigger"]


def test_a_removed_criterion_can_be_taken_back(admin: Client, cast: Cast, stages: list[Stage]) -> None:
    with workspace_scope(cast.workspace.pk):
        criterion = stages[0].exit_criteria.all()[0]
    answer = admin.post(f"{SETTINGS}/criteria/{criterion.pk}/remove/", headers=HTMX)
    assert f"{SETTINGS}/criteria/{criterion.pk}/restore/" in answer.headers["HX-Trigger"]
    assert admin.get(f"{SETTINGS}/criteria/{criterion.pk}/").status_code == 404
    admin.post(f"{SETTINGS}/criteria/{criterion.pk}/restore/", headers=HTMX)
    assert admin.get(f"{SETTINGS}/criteria/{criterion.pk}/").status_code == 200


def test_a_new_criterion_guards_the_gate_at_once(admin: Client, cast: Cast, stages: list[Stage]) -> None:
    answer = admin.post(
        f"{SETTINGS}/stages/{stages[1].pk}/criteria/",
        {"name": "예산 확인", "question": "we_learn", "looks_at": "field:amount", "required": "on"},
        headers=HTMX,
    )
    assert answer.headers["HX-Retarget"] == "#designer"
    assert "Amount" in answer.content.decode()
    wrong = admin.post(
        f"{SETTINGS}/stages/{stages[1].pk}/criteria/",
        {"name": "", "question": "we_learn", "looks_at": "field:salary"},
        headers=HTMX,
    ).content.decode()
    assert wrong.count("errorlist") == 2


def test_loss_reasons_are_added_renamed_removed(admin: Client, cast: Cast) -> None:
    admin.post(f"{SETTINGS}/loss-reasons/", {"name": "담당자 퇴사"}, headers=HTMX)
    with workspace_scope(cast.workspace.pk):
        reason = LossReason.objects.get(name="담당자 퇴사")
    url = f"{SETTINGS}/loss-reasons/{reason.pk}/"
    admin.post(url, {"r-name": "담당자가 떠남"}, headers=HTMX)
    assert "담당자가 떠남" in admin.get(f"{SETTINGS}/loss-reasons/").content.decode()
    assert (
        "already"
        in admin.post(f"{SETTINGS}/loss-reasons/", {"name": "담당자가 떠남"}, headers=HTMX).content.decode()
    )
    answer = admin.post(f"{url}remove/", headers=HTMX)
    assert "restore" in answer.headers["HX-Trigger"]


def test_retiring_asks_where_the_deals_go(admin: Client, cast: Cast, stages: list[Stage]) -> None:
    with workspace_scope(cast.workspace.pk):
        make_deal(actor=cast.actor("admin"))
    url = f"{SETTINGS}/stages/{stages[0].pk}/retire/"
    assert "1 open deal" in admin.get(url, headers=HTMX).content.decode()
    assert "errorlist" in admin.post(url, {"to_stage": ""}, headers=HTMX).content.decode()
    assert again(cast, stages[0]).archived_at is None
    done = admin.post(url, {"to_stage": str(stages[1].pk)}, headers=HTMX)
    assert done.headers["HX-Redirect"] == f"{SETTINGS}/pipelines/{cast.pipeline.pk}/"
    assert again(cast, stages[0]).archived_at is not None
    page = admin.get(done.headers["HX-Redirect"]).content.decode()
    assert "1 deal went to “제품 살펴보는 중”" in page
    back = admin.post(f"{SETTINGS}/stages/{stages[0].pk}/restore/")
    assert back.headers["Location"] == f"{SETTINGS}/stages/{stages[0].pk}/"


def test_the_default_pipeline_is_not_archived(admin: Client, cast: Cast) -> None:
    answer = admin.post(f"{SETTINGS}/pipelines/{cast.pipeline.pk}/archive/", headers=HTMX)
    assert "Make another one the default first" in answer.content.decode()


def test_pages_cost_a_fixed_number_of_queries(
    admin: Client, cast: Cast, stages: list[Stage], query_count: Callable[..., Any]
) -> None:
    for path, most in (
        ("/pipelines/", 10),
        (f"/pipelines/{cast.pipeline.pk}/", 14),
        (f"/stages/{stages[0].pk}/", 18),
        ("/loss-reasons/", 9),
    ):
        with query_count() as counted:
            assert admin.get(SETTINGS + path).status_code == 200
        assert counted() <= most, path
