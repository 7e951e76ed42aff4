"""Ready pipelines, in Korean and English.

`salesmap` is the result of the articles on designing a pipeline: five stages named for what the buyer has reached, with
the tense plain. `the-model` has the five stages of the book *The Model*; its first is a lead stage. The articles give
14 stall days and the criteria of "meeting booked", and 70 % for onboarding; the other figures are sensible ascending ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from pipeline.models.criteria import Question
from pipeline.models.stage import Category, StageKind


@dataclass(frozen=True, slots=True)
class Bilingual:
    ko: str
    en: str

    def text(self, language: str) -> str:
        return self.ko if language == "ko" else self.en


@dataclass(frozen=True, slots=True)
class CriterionTemplate:
    name: Bilingual
    question: str


@dataclass(frozen=True, slots=True)
class TaskTemplate:
    name: Bilingual
    due_days: int


@dataclass(frozen=True, slots=True)
class StageTemplate:
    name: Bilingual
    win_rate: Decimal
    stall_days: int
    category: str
    criteria: tuple[CriterionTemplate, ...] = ()
    tasks: tuple[TaskTemplate, ...] = ()
    kind: str = StageKind.OPEN


@dataclass(frozen=True, slots=True)
class PipelineTemplate:
    name: Bilingual
    stages: tuple[StageTemplate, ...]


def _criterion(ko: str, en: str, question: str = Question.WE_KNOW) -> CriterionTemplate:
    return CriterionTemplate(Bilingual(ko, en), question)


def _task(ko: str, en: str, due_days: int) -> TaskTemplate:
    return TaskTemplate(Bilingual(ko, en), due_days)


SALESMAP = PipelineTemplate(
    Bilingual("신규 영업", "New business"),
    (
        StageTemplate(
            Bilingual("미팅 약속 완료", "Meeting booked"),
            Decimal(20),
            14,
            Category.PIPELINE,
            (
                _criterion("데모 미팅 진행 완료", "Demo meeting held", Question.WE_DO),
                _criterion("팔로업 이메일 발송 완료", "Follow-up e-mail sent", Question.WE_DO),
                _criterion(
                    "무료 체험 계정 발급 및 회원 가입 완료",
                    "Trial account issued and buyer signed up",
                    Question.WE_KNOW,
                ),
            ),
            (
                _task("미팅 진행", "Hold the meeting", 3),
                _task("체험 계정 발급", "Issue the trial account", 5),
            ),
        ),
        StageTemplate(
            Bilingual("제품 살펴보는 중", "Exploring the product"),
            Decimal(40),
            21,
            Category.PIPELINE,
            (
                _criterion(
                    "해결할 업무 문제를 고객이 직접 말함",
                    "Buyer named the problem to solve",
                    Question.WE_LEARN,
                ),
                _criterion("도입을 결정할 사람을 확인함", "Decision maker identified", Question.WE_LEARN),
                _criterion("온보딩 교육 날짜를 약속받음", "Onboarding date promised", Question.WE_GET),
            ),
            (
                _task("체험 사용 현황 확인", "Check how the trial is used", 5),
                _task("온보딩 교육 일정 제안", "Propose onboarding dates", 7),
            ),
        ),
        StageTemplate(
            Bilingual("온보딩 교육 중", "In onboarding training"),
            Decimal(70),
            21,
            Category.BEST_CASE,
            (
                _criterion("관리자 교육 완료", "Admins trained", Question.WE_DO),
                _criterion("현업 담당자 로그인 확인", "Users logged in", Question.WE_KNOW),
                _criterion("견적 요청을 받음", "Quote requested by the buyer", Question.WE_GET),
            ),
            (
                _task("온보딩 교육 진행", "Hold the onboarding training", 5),
                _task("데이터 이관 범위 확정", "Agree the data to migrate", 7),
            ),
        ),
        StageTemplate(
            Bilingual("계약/견적 전달 받음", "Contract and quote received"),
            Decimal(80),
            14,
            Category.COMMIT,
            (
                _criterion(
                    "최종 승인자와 결재 절차 확인",
                    "Final approver and approval process known",
                    Question.WE_LEARN,
                ),
                _criterion("계약 조건 합의", "Contract terms agreed", Question.WE_GET),
            ),
            (
                _task("견적 전달 확인", "Confirm that the quote arrived", 1),
                _task("결재 일정 확인", "Ask for the approval dates", 5),
            ),
        ),
        StageTemplate(
            Bilingual("최종 결정 및 계약 싸인 완료", "Decided and signed"),
            Decimal(95),
            7,
            Category.COMMIT,
            (_criterion("서명된 계약서 수령", "Signed contract received", Question.WE_GET),),
            (
                _task("서명된 계약서 수령", "Collect the signed contract", 2),
                _task("수주 처리", "Mark as won", 3),
            ),
        ),
    ),
)

THE_MODEL = PipelineTemplate(
    Bilingual("더 모델", "The Model"),
    (
        StageTemplate(
            Bilingual("리드 이상, 상담 미만", "More than a lead, less than a deal"),
            Decimal(0),
            30,
            Category.PIPELINE,
            (
                _criterion(
                    "우리가 해결할 수 있는 비즈니스 과제가 있음",
                    "There is a business problem we can solve",
                    Question.WE_LEARN,
                ),
                _criterion(
                    "정해진 기간 안에 의사 결정이 필요함",
                    "A decision is needed within a set period",
                    Question.WE_GET,
                ),
            ),
            (_task("다음 연락일 정하기", "Set the next contact date", 1),),
            kind=StageKind.LEAD,
        ),
        StageTemplate(
            Bilingual("비즈니스 과제를 인식함", "Business problem recognised"),
            Decimal(20),
            21,
            Category.PIPELINE,
            (
                _criterion(
                    "요건을 상세히 확인하고 데모·프로토타입 검증을 시작함",
                    "Requirements checked and a demo or prototype begun",
                    Question.WE_DO,
                ),
                _criterion(
                    "타사 제품과 비교 검토를 시작함", "Comparison with others begun", Question.WE_KNOW
                ),
            ),
            (
                _task("예산·결재권·필요성·시기 확인", "Ask for budget, authority, need, timeframe", 5),
                _task("임원 미팅 요청", "Ask to meet an executive", 7),
            ),
        ),
        StageTemplate(
            Bilingual("평가·선정 중", "Evaluating and selecting"),
            Decimal(40),
            21,
            Category.BEST_CASE,
            (
                _criterion("우리 제품이 선정됨", "Our product is selected", Question.WE_GET),
                _criterion(
                    "영향력 있는 사람을 확인함", "The person with influence is identified", Question.WE_LEARN
                ),
            ),
            (
                _task("고객의 선정 기준 확인", "Learn the buyer's selection criteria", 3),
                _task("경쟁 비교 정리", "Lay out the comparison", 7),
            ),
        ),
        StageTemplate(
            Bilingual("최종 교섭·의사 결정 중", "Negotiating and deciding"),
            Decimal(70),
            14,
            Category.COMMIT,
            (
                _criterion("클로즈 플랜을 서로 합의함", "Mutual close plan agreed by both", Question.WE_GET),
                _criterion(
                    "고객 담당자가 품의 준비를 시작함",
                    "Contact begins preparing the approval",
                    Question.WE_KNOW,
                ),
            ),
            (_task("클로즈 플랜 초안 보내기", "Send a draft of the close plan", 3),),
        ),
        StageTemplate(
            Bilingual("품의 결재 중", "In approval"),
            Decimal(90),
            14,
            Category.COMMIT,
            (_criterion("최종 승인 확인", "Final approval confirmed", Question.WE_KNOW),),
            (
                _task("최종 승인자와 발주 서명자 확인", "Identify the final approver and the signer", 1),
                _task("이사회·경영 회의 일정 확인", "Ask for board and management meeting dates", 2),
            ),
        ),
    ),
)

TEMPLATES: dict[str, PipelineTemplate] = {
    "salesmap": SALESMAP,
    "the-model": THE_MODEL,
    "empty": PipelineTemplate(Bilingual("신규 영업", "New business"), ()),
}

LOSS_REASONS = (
    Bilingual("가격", "Price"),
    Bilingual("경쟁사 선정", "Chose a competitor"),
    Bilingual("예산 없음", "No budget"),
    Bilingual("필요성 부족", "No pressing need"),
    Bilingual("기능 부족", "Missing features"),
    Bilingual("시기 미룸", "Postponed"),
    Bilingual("연락 두절", "Went silent"),
    Bilingual("기타", "Other"),
)
