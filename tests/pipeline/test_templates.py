"""The ready pipelines, against the field's own description of them."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from django.db import IntegrityError, transaction

from core.errors import InvalidInput, NotFound
from core.ids import uuid7
from pipeline.models import LossReason, Pipeline, Stage, StageKind
from pipeline.naming import Tense, guess_tense
from pipeline.selectors.stages import loss_reasons, pipeline_for_board, pipelines, stages_of
from pipeline.services.create_from_template import create_pipeline_from_template
from pipeline.templates import LOSS_REASONS, TEMPLATES
from tenancy.scope import workspace_scope
from tests.factories import Cast

NAMES = {
    ("salesmap", "ko"): [
        "미팅 약속 완료",
        "제품 살펴보는 중",
        "온보딩 교육 중",
        "계약/견적 전달 받음",
        "최종 결정 및 계약 싸인 완료",
    ],
    ("salesmap", "en"): [
        "Meeting booked",
        "Exploring the product",
        "In onboarding training",
        "Contract and quote received",
        "Decided and signed",
    ],
    ("the-model", "ko"): [
        "리드 이상, 상담 미만",
        "비즈니스 과제를 인식함",
        "평가·선정 중",
        "최종 교섭·의사 결정 중",
        "품의 결재 중",
    ],
    ("the-model", "en"): [
        "More than a lead, less than a deal",
        "Business problem recognised",
        "Evaluating and selecting",
        "Negotiating and deciding",
        "In approval",
    ],
    ("empty", "ko"): [],
}


@pytest.fixture
def inside(cast: Cast):
    with workspace_scope(cast.rival.pk):
        Pipeline.objects.update(is_default=False)
        yield cast


def made(template: str, language: str) -> list[Stage]:
    pipeline = create_pipeline_from_template(
        template=template, language=language, name=f"{template} {language}"
    )
    return stages_of(pipeline.pk)


@pytest.mark.parametrize(("template", "language"), NAMES)
def test_stages_are_named_for_what_the_buyer_has_reached(inside: Cast, template: str, language: str) -> None:
    stages = made(template, language)
    assert [stage.name for stage in stages] == NAMES[template, language]
    assert [stage.position for stage in stages] == list(range(len(stages)))
    assert all(low.win_rate < high.win_rate for low, high in pairwise(stages))
    for stage in stages:
        assert stage.stall_days > 0
        assert stage.exit_criteria.all()
        assert stage.entry_tasks.all()
        assert all([stage.is_essential, stage.is_fact_based, stage.is_verifiable, stage.is_buyer_centric])
        assert stage.tense == guess_tense(stage.name) != Tense.UNCLEAR


def test_meeting_booked_is_as_the_articles_say(inside: Cast) -> None:
    korean, english = made("salesmap", "ko"), made("salesmap", "en")
    assert korean[0].stall_days == english[0].stall_days == 14
    assert [criterion.name for criterion in korean[0].exit_criteria.all()] == [
        "데모 미팅 진행 완료",
        "팔로업 이메일 발송 완료",
        "무료 체험 계정 발급 및 회원 가입 완료",
    ]
    assert [criterion.name for criterion in english[0].exit_criteria.all()] == [
        "Demo meeting held",
        "Follow-up e-mail sent",
        "Trial account issued and buyer signed up",
    ]
    assert all(
        criterion.required and criterion.kind == "manual" for criterion in korean[0].exit_criteria.all()
    )
    assert [task.name for task in korean[0].entry_tasks.all()] == ["미팅 진행", "체험 계정 발급"]
    assert [task.name for task in english[0].entry_tasks.all()] == [
        "Hold the meeting",
        "Issue the trial account",
    ]
    assert (korean[2].name, korean[2].win_rate) == ("온보딩 교육 중", Decimal(70))


def test_only_the_models_first_stage_is_a_lead_stage(inside: Cast) -> None:
    assert [stage.kind for stage in made("the-model", "ko")] == [StageKind.LEAD] + [StageKind.OPEN] * 4
    assert {stage.kind for stage in made("salesmap", "ko")} == {StageKind.OPEN}


def test_every_text_has_both_languages() -> None:
    for template in TEMPLATES.values():
        texts = [template.name]
        for stage in template.stages:
            texts += [stage.name, *(c.name for c in stage.criteria), *(t.name for t in stage.tasks)]
        for text in texts:
            assert text.ko.strip()
            assert text.en.strip().isascii() or "’" in text.en
            assert text.text("ko") == text.ko
            assert text.text("en") == text.text("fr") == text.en


def test_reasons_for_losing_come_with_the_first_pipeline_alone(inside: Cast) -> None:
    assert [reason.name for reason in loss_reasons()] == [reason.ko for reason in LOSS_REASONS]
    made("the-model", "en")
    assert LossReason.objects.count() == len(LOSS_REASONS)


def test_an_unknown_template_is_refused(inside: Cast) -> None:
    with pytest.raises(InvalidInput, match="salesmap"):
        create_pipeline_from_template(template="magic", language="ko")


def test_there_is_one_default_pipeline(inside: Cast) -> None:
    create_pipeline_from_template(template="salesmap", language="ko", is_default=True, name="a")
    with pytest.raises(IntegrityError), transaction.atomic():
        create_pipeline_from_template(template="salesmap", language="ko", is_default=True, name="b")


def test_the_board_shows_the_default_pipeline_or_the_one_asked_for(cast: Cast) -> None:
    with workspace_scope(cast.workspace.pk):
        other = create_pipeline_from_template(template="the-model", language="ko")
        assert list(pipelines()) == [cast.pipeline, other]
        assert pipeline_for_board(None) == cast.pipeline
        assert pipeline_for_board(other.pk) == other
        for pipeline_id in (cast.rival_pipeline.pk, uuid7()):
            with pytest.raises(NotFound):
                pipeline_for_board(pipeline_id)


def test_reading_stages_takes_three_statements(cast: Cast, query_count) -> None:
    with workspace_scope(cast.workspace.pk), query_count() as counted:
        stages = stages_of(cast.pipeline.pk)
        assert [len(stage.exit_criteria.all()) + len(stage.entry_tasks.all()) for stage in stages]
    assert counted() == 3
