"""The walk through HTTP: where it goes on, what is saved at once, what comes back with a reason."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from core import clock
from core.ids import uuid7
from pipeline.models import JourneyStep, Stage, StageAnswer
from pipeline.naming import Tense
from pipeline.selectors.review import journey_steps
from tenancy.scope import workspace_scope
from tests.factories import Cast

HTMX = {"HX-Request": "true"}


@pytest.fixture
def logged_in(cast: Cast) -> Callable[..., Client]:
    def log_in(who: str, language: str = "ko") -> Client:
        client = Client(headers={"Accept-Language": language})
        client.force_login(getattr(cast, who).user)
        return client

    return log_in


@pytest.fixture
def admin(logged_in: Callable[..., Client]) -> Client:
    return logged_in("admin")


@pytest.fixture
def url(cast: Cast) -> Callable[..., str]:
    def url_of(path: str = "") -> str:
        return f"/w/acme/settings/pipelines/{cast.pipeline.pk}/review/{path}"

    return url_of


@pytest.fixture
def stage(cast: Cast) -> Stage:
    with workspace_scope(cast.workspace.pk):
        return Stage.objects.filter(pipeline=cast.pipeline).earliest("position")


@pytest.fixture
def steps(cast: Cast) -> list[JourneyStep]:
    with workspace_scope(cast.workspace.pk):
        return [
            JourneyStep.objects.create(pipeline=cast.pipeline, position=position, buyer_does=text)
            for position, text in enumerate(("연락처를 남깁니다", "미팅을 잡습니다", "계약에 싸인합니다"))
        ]


def now(cast: Cast, stage: Stage) -> Stage:
    with workspace_scope(cast.workspace.pk):
        return Stage.objects.get(pk=stage.pk)


def said(cast: Cast) -> list[str]:
    with workspace_scope(cast.workspace.pk):
        return [step.buyer_does for step in journey_steps(cast.pipeline)]


def shown_notice(response: Any) -> dict[str, str]:
    return dict(json.loads(response.headers["HX-Trigger"])["notice"])


class TestWalk:
    def test_it_goes_on_where_it_was_left(
        self, cast: Cast, admin: Client, url: Callable[..., str], stage: Stage
    ) -> None:
        assert admin.get(url()).headers["Location"] == url("journey/")
        admin.post(url("journey/start/"), {"source": "stages"})
        assert admin.get(url()).headers["Location"] == url("begin/")
        with workspace_scope(cast.workspace.pk):
            step = journey_steps(cast.pipeline)[0]
        admin.post(url("begin/choose/"), {"step": step.pk})
        assert admin.get(url()).headers["Location"] == url("result/")
        admin.post(url(f"stages/{stage.pk}/answer/"), {"question": "essential", "answer": ""})
        assert admin.get(url()).headers["Location"] == url(f"stages/{stage.pk}/")

    def test_exactly_one_step_is_lit_and_one_is_here(
        self, admin: Client, url: Callable[..., str], stage: Stage
    ) -> None:
        for path in ("journey/", "begin/", f"stages/{stage.pk}/", "result/"):
            page = admin.get(url(path)).content.decode()
            assert page.count('aria-current="step"') == 1
            assert len(re.findall(r'<li class="[^"]*is-next', page)) == 1

    @pytest.mark.parametrize(
        ("language", "words"), [("ko", "고객의 구매 여정"), ("en", "The buyer&#x27;s journey")]
    )
    def test_both_languages(
        self, logged_in: Callable[..., Client], url: Callable[..., str], language: str, words: str
    ) -> None:
        assert words in logged_in("admin", language).get(url("journey/")).content.decode()

    @pytest.mark.parametrize("path", ["journey/", "begin/", "stages/{stage}/", "result/"])
    def test_a_page_takes_as_many_queries_with_a_long_journey(
        self,
        cast: Cast,
        admin: Client,
        url: Callable[..., str],
        stage: Stage,
        steps: Any,
        query_count,
        path: str,
    ) -> None:
        def counted() -> int:
            with query_count() as count:
                assert admin.get(url(path.format(stage=stage.pk))).status_code == 200
            return int(count())

        few = counted()
        with workspace_scope(cast.workspace.pk):
            JourneyStep.objects.bulk_create(
                JourneyStep(pipeline=cast.pipeline, position=position, buyer_does="가", stage=stage)
                for position in range(3, 40)
            )
        assert counted() == few <= 12

    @pytest.mark.parametrize("who", ["viewer", "rep", "leader"])
    def test_every_member_reads_it_and_only_admins_answer(
        self, logged_in: Callable[..., Client], url: Callable[..., str], stage: Stage, steps: Any, who: str
    ) -> None:
        reader = logged_in(who)
        for path in ("journey/", "begin/", f"stages/{stage.pk}/", "result/"):
            page = reader.get(url(path)).content.decode()
            assert "hx-post" not in page.split('id="review-part"')[1].split("</main>")[0]
        step = steps[0].pk
        for path in (
            f"stages/{stage.pk}/answer/",
            f"stages/{stage.pk}/note/",
            f"stages/{stage.pk}/rename/",
            "journey/start/",
            "journey/add/",
            f"journey/{step}/",
            f"journey/{step}/move/",
            f"journey/{step}/remove/",
            f"journey/{step}/restore/",
            "begin/choose/",
        ):
            sent = {
                "question": "essential", "answer": "no", "note": "가", "name": "가", "buyer_does": "가",
                "to": "down", "step": step,
            }  # fmt: skip
            assert reader.post(url(path), sent).status_code == 403, path


class TestStagePage:
    def test_an_answer_is_saved_at_once(
        self, cast: Cast, admin: Client, url: Callable[..., str], stage: Stage
    ) -> None:
        path = url(f"stages/{stage.pk}/answer/")
        response = admin.post(path, {"question": "essential", "answer": "no"}, headers=HTMX)
        answer = response.content.decode()
        assert now(cast, stage).is_essential is False
        assert 'id="review-part" hx-swap-oob' in answer
        assert 'id="review-walk"' in answer
        assert "자동화하거나 앞 스테이지의 할일로" in answer
        assert "박지호" in answer  # who answered
        plain = admin.post(path, {"question": "essential", "answer": "yes"})
        assert plain.headers["Location"] == url(f"stages/{stage.pk}/")
        assert now(cast, stage).is_essential is True

    @pytest.mark.parametrize(
        "sent",
        [{"question": "essential", "answer": "maybe"}, {"question": "tense", "answer": "yes"}, {}],
    )
    def test_what_is_no_answer_is_refused_with_a_reason(
        self, cast: Cast, admin: Client, url: Callable[..., str], stage: Stage, sent: dict[str, str]
    ) -> None:
        response = admin.post(url(f"stages/{stage.pk}/answer/"), sent, headers=HTMX)
        assert 'role="alert"' in response.content.decode()
        with workspace_scope(cast.workspace.pk):
            assert not StageAnswer.objects.exists()

    def test_a_guess_is_offered_until_the_tense_is_answered(
        self, cast: Cast, admin: Client, url: Callable[..., str], stage: Stage
    ) -> None:
        path = url(f"stages/{stage.pk}/answer/")
        open_again = admin.post(path, {"question": "tense", "answer": ""}, headers=HTMX).content.decode()
        assert "이름으로 보면 <b>완료</b>" in open_again
        assert open_again.count("is-guess") == 1
        answered = admin.post(
            path, {"question": "tense", "answer": "finished"}, headers=HTMX
        ).content.decode()
        assert "is-guess" not in answered
        assert now(cast, stage).tense == Tense.FINISHED

    def test_a_note_is_kept_and_a_long_one_comes_back_whole(
        self, cast: Cast, admin: Client, url: Callable[..., str], stage: Stage
    ) -> None:
        path = url(f"stages/{stage.pk}/note/")
        admin.post(path, {"question": "verifiable", "note": "초대장으로 확인"}, headers=HTMX)
        assert "초대장으로 확인" in admin.get(url(f"stages/{stage.pk}/")).content.decode()
        refused = admin.post(
            path, {"question": "verifiable", "note": "나" * 501}, headers=HTMX
        ).content.decode()
        assert "나" * 501 in refused
        assert "500" in refused
        with workspace_scope(cast.workspace.pk):
            assert StageAnswer.objects.get().note == "초대장으로 확인"

    def test_a_suggested_name_is_taken_with_one_press_and_given_back(
        self, cast: Cast, admin: Client, url: Callable[..., str], stage: Stage
    ) -> None:
        with workspace_scope(cast.workspace.pk):
            Stage.objects.filter(pk=stage.pk).update(name="제안서 발송")
        page = admin.get(url(f"stages/{stage.pk}/")).content.decode()
        assert 'name="name" value="제안서 받음"' in page
        response = admin.post(url(f"stages/{stage.pk}/rename/"), {"name": "제안서 받음"}, headers=HTMX)
        assert now(cast, stage).name == "제안서 받음"
        undo = shown_notice(response)["undo_url"]
        undone = admin.post(undo, headers=HTMX)
        assert now(cast, stage).name == "제안서 발송"
        assert "HX-Trigger" not in undone.headers

    def test_a_name_that_another_stage_has_comes_back_with_the_reason(
        self, cast: Cast, admin: Client, url: Callable[..., str], stage: Stage
    ) -> None:
        response = admin.post(url(f"stages/{stage.pk}/rename/"), {"name": "온보딩 교육 중"}, headers=HTMX)
        answer = response.content.decode()
        assert "이름이 ‘온보딩 교육 중’인 것이 이미 있습니다" in answer
        assert 'value="온보딩 교육 중"' in answer
        assert now(cast, stage).name == "미팅 약속 완료"

    def test_names_are_proposed_in_their_own_language(
        self, cast: Cast, logged_in: Callable[..., Client], url: Callable[..., str], stage: Stage
    ) -> None:
        with workspace_scope(cast.workspace.pk):
            Stage.objects.filter(pk=stage.pk).update(name="Send proposal")
        for language, words in (("ko", "우리가 하는 일을 나타내는 이름"), ("en", "This names what we do.")):
            page = logged_in("admin", language).get(url(f"stages/{stage.pk}/")).content.decode()
            assert words in page
            assert "Proposal received" in page


class TestJourney:
    def test_an_empty_one_offers_a_start(self, cast: Cast, admin: Client, url: Callable[..., str]) -> None:
        assert 'value="example"' in admin.get(url("journey/")).content.decode()
        admin.post(url("journey/start/"), {"source": "example"}, headers=HTMX)
        admin.post(url("journey/start/"), {"source": "stages"}, headers=HTMX)  # a second press
        assert len(said(cast)) == 8
        assert 'value="example"' not in admin.get(url("journey/")).content.decode()

    def test_the_example_speaks_the_readers_language(
        self, cast: Cast, logged_in: Callable[..., Client], url: Callable[..., str]
    ) -> None:
        logged_in("admin", "en").post(url("journey/start/"), {"source": "example"})
        assert said(cast)[1] == "Books a meeting"

    def test_steps_are_added_and_what_says_nothing_is_not(
        self, cast: Cast, admin: Client, url: Callable[..., str], stage: Stage
    ) -> None:
        added = admin.post(
            url("journey/add/"), {"buyer_does": "미팅을 잡습니다", "stage": stage.pk}, headers=HTMX
        )
        assert "step-added" in added.headers["HX-Trigger"]
        for sent in ({}, {"buyer_does": "가" * 301}, {"buyer_does": "나", "stage": str(uuid7())}):
            refused = admin.post(url("journey/add/"), sent, headers=HTMX)
            assert 'id="add-error"' in refused.content.decode()
            assert sent.get("buyer_does", "") in refused.content.decode()
            assert "HX-Trigger" not in refused.headers
        assert said(cast) == ["미팅을 잡습니다"]

    def test_a_row_is_saved_as_it_is_left(
        self, cast: Cast, admin: Client, url: Callable[..., str], steps: list[JourneyStep]
    ) -> None:
        path = url(f"journey/{steps[1].pk}/")
        admin.post(path, {"buyer_does": "미팅 약속을 잡습니다", "we_do": "초대장을 보냅니다"}, headers=HTMX)
        assert said(cast)[1] == "미팅 약속을 잡습니다"
        refused = admin.post(path, {"buyer_does": " ", "we_do": ""}, headers=HTMX).content.decode()
        assert f'id="error-{steps[1].pk}"' in refused
        assert said(cast)[1] == "미팅 약속을 잡습니다"

    @pytest.mark.parametrize(
        ("to", "order"),
        [
            ("up", [1, 0, 2]),
            ("down", [0, 2, 1]),
            ("0", [1, 0, 2]),
            ("²", [0, 1, 2]),
            ("9" * 5000, [0, 1, 2]),
            ("", [0, 1, 2]),
        ],
    )
    def test_a_row_is_moved(
        self,
        cast: Cast,
        admin: Client,
        url: Callable[..., str],
        steps: list[JourneyStep],
        to: str,
        order: list[int],
    ) -> None:
        admin.post(url(f"journey/{steps[1].pk}/move/"), {"to": to}, headers=HTMX)
        assert said(cast) == [steps[place].buyer_does for place in order]

    def test_a_row_is_removed_and_given_back(
        self, cast: Cast, admin: Client, url: Callable[..., str], steps: list[JourneyStep]
    ) -> None:
        response = admin.post(url(f"journey/{steps[1].pk}/remove/"), headers=HTMX)
        assert len(said(cast)) == 2
        undone = admin.post(shown_notice(response)["undo_url"], headers=HTMX)
        assert 'id="review-part" hx-swap-oob' in undone.content.decode()
        assert said(cast) == [step.buyer_does for step in steps]


class TestWhereADealBegins:
    def test_what_lies_before_is_lead_work(
        self, cast: Cast, admin: Client, url: Callable[..., str], stage: Stage, steps: list[JourneyStep]
    ) -> None:
        with workspace_scope(cast.workspace.pk):
            JourneyStep.objects.filter(pk=steps[0].pk).update(stage=stage)
        answer = admin.post(url("begin/choose/"), {"step": steps[1].pk}, headers=HTMX).content.decode()
        assert answer.count("파이프라인에 두지 않음") == 1
        assert "딜이 시작되기 전인데 딜로 세는 스테이지가 있습니다" in answer
        assert "딜의 시작" in answer

    @pytest.mark.parametrize("step", ["", "nonsense", "01a22035-0ad8-7786-af8e-846eb1dc1c87"])
    def test_a_step_that_is_not_there_is_refused(
        self, cast: Cast, admin: Client, url: Callable[..., str], steps: list[JourneyStep], step: str
    ) -> None:
        answer = admin.post(url("begin/choose/"), {"step": step}, headers=HTMX).content.decode()
        assert "여정의 단계를 하나 골라 주십시오" in answer
        with workspace_scope(cast.workspace.pk):
            assert not JourneyStep.objects.filter(begins_deal=True).exists()

    def test_without_a_journey_it_leads_there(self, admin: Client, url: Callable[..., str]) -> None:
        assert url("journey/") in admin.get(url("begin/")).content.decode().split('id="review-part"')[1]


class TestResult:
    def test_it_says_per_stage_what_fails_and_renames_in_place(
        self, cast: Cast, admin: Client, url: Callable[..., str], stage: Stage
    ) -> None:
        assert "모든 스테이지가 다섯 질문을 통과했습니다" in admin.get(url("result/")).content.decode()
        with workspace_scope(cast.workspace.pk):
            Stage.objects.filter(pk=stage.pk).update(name="미팅", is_fact_based=False)
        page = admin.get(url("result/")).content.decode()
        assert "스테이지 5개 중 4개가" in page
        assert "주관적인 느낌으로 판단합니다" in page
        sent = {"name": "미팅 약속 완료", "back": "result"}
        response = admin.post(url(f"stages/{stage.pk}/rename/"), sent, headers=HTMX)
        assert "스테이지 5개 중 4개가" in response.content.decode()
        assert now(cast, stage).name == "미팅 약속 완료"
        assert "back=result" in shown_notice(response)["undo_url"]
        taken = admin.post(
            url(f"stages/{stage.pk}/rename/"), {"name": "온보딩 교육 중", "back": "result"}, headers=HTMX
        )
        assert "이미 있습니다" in taken.content.decode()
        assert admin.post(url(f"stages/{stage.pk}/rename/"), sent).headers["Location"] == url("result/")

    def test_it_names_stages_that_no_step_leads_to_and_steps_without_a_stage(
        self, cast: Cast, admin: Client, url: Callable[..., str], stage: Stage, steps: list[JourneyStep]
    ) -> None:
        assert "여정에 이어진 단계가 없는" not in admin.get(url("result/")).content.decode()
        with workspace_scope(cast.workspace.pk):
            JourneyStep.objects.filter(pk=steps[1].pk).update(stage=stage)
        page = admin.get(url("result/")).content.decode()
        assert "여정에 이어진 단계가 없는" in page
        assert "계약에 싸인합니다" in page

    def test_a_pipeline_without_stages_says_so(
        self, cast: Cast, admin: Client, url: Callable[..., str]
    ) -> None:
        with workspace_scope(cast.workspace.pk):
            Stage.objects.update(archived_at=clock.now())
        assert "아직" in admin.get(url("result/")).content.decode().split('id="review-part"')[1]


def test_a_stage_of_another_pipeline_is_not_there(cast: Cast, admin: Client, url: Callable[..., str]) -> None:
    with workspace_scope(cast.workspace.pk):
        type(cast.pipeline).objects.update(is_default=False)
        from tests.factories import make_pipeline

        other = make_pipeline("the-model").stages.first()
    assert admin.get(url(f"stages/{other.pk}/")).status_code == 404
    sent = {"question": "essential", "answer": "no"}
    assert admin.post(url(f"stages/{other.pk}/answer/"), sent).status_code == 404
    assert now(cast, other).is_essential is True
