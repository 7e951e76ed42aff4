"""Names of stages as other products ship them and as teams write them: what we say of each, and what we propose."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.naming import NameFault, Tense, guess_tense, name_findings
from pipeline.templates import TEMPLATES

GOOD = None
OURS, OPEN, VAGUE, OUTCOME = NameFault.OUR_ACTION, NameFault.OPEN_TENSE, NameFault.VAGUE, NameFault.OUTCOME
DONE, UNDER_WAY, NOT_BEGUN, UNCLEAR = Tense.FINISHED, Tense.IN_PROGRESS, Tense.NOT_BEGUN, Tense.UNCLEAR

ENGLISH: dict[str, tuple[NameFault | None, Tense]] = {
    # HubSpot
    "Appointment scheduled": (GOOD, DONE),
    "Qualified to buy": (OURS, DONE),
    "Presentation scheduled": (GOOD, DONE),
    "Decision maker bought-in": (GOOD, DONE),
    "Contract sent": (OURS, DONE),
    "Closed won": (OUTCOME, DONE),
    "Closed lost": (OUTCOME, DONE),
    # Salesforce
    "Prospecting": (OURS, UNDER_WAY),
    "Qualification": (OURS, UNCLEAR),
    "Needs Analysis": (OURS, UNCLEAR),
    "Value Proposition": (OURS, UNCLEAR),
    "Id. Decision Makers": (OURS, UNCLEAR),
    "Perception Analysis": (OURS, UNCLEAR),
    "Proposal/Price Quote": (OPEN, UNCLEAR),
    "Negotiation/Review": (OPEN, UNCLEAR),
    "Closed Won": (OUTCOME, DONE),
    # Pipedrive
    "Qualified": (OURS, DONE),
    "Contact made": (OURS, DONE),
    "Contact Made": (OURS, DONE),
    "Demo scheduled": (GOOD, DONE),
    "Proposal made": (OURS, DONE),
    "Negotiations started": (GOOD, DONE),
    # Odoo
    "New": (VAGUE, UNCLEAR),
    "Proposition": (OPEN, UNCLEAR),
    "Won": (OUTCOME, DONE),
    # Zoho, Freshsales, monday, Attio, Copper, Close
    "Identify Decision Makers": (OURS, UNCLEAR),
    "Closed-Lost to Competition": (OUTCOME, DONE),
    "Discovery": (OPEN, UNCLEAR),
    "Demo": (OPEN, UNCLEAR),
    "Negotiation": (OPEN, UNCLEAR),
    "Proposal": (OPEN, UNCLEAR),
    "Lost": (OUTCOME, DONE),
    "Lead": (VAGUE, UNCLEAR),
    "In Progress": (VAGUE, UNDER_WAY),
    "Presentation": (OPEN, UNCLEAR),
    "Demo Completed": (GOOD, DONE),
    "Proposal Sent": (OURS, DONE),
    "Stage 1": (VAGUE, UNCLEAR),
    "On hold": (VAGUE, UNCLEAR),
    "Pending": (VAGUE, NOT_BEGUN),
    # Orders to the rep
    "send proposal": (OURS, UNCLEAR),
    "Send the quote": (OURS, UNCLEAR),
    "Follow-up": (OURS, UNCLEAR),
    "Follow up": (OURS, UNCLEAR),
    "Followed up": (OURS, DONE),
    "Cold call": (OURS, UNCLEAR),
    "Call the customer": (OURS, UNCLEAR),
    "Demo the product": (OURS, UNCLEAR),
    "Prepare quote": (OURS, UNCLEAR),
    "Set up trial": (OURS, UNCLEAR),
    "Close the deal": (OURS, UNCLEAR),
    "Reach out": (OURS, UNCLEAR),
    "Book a meeting": (OURS, UNCLEAR),
    "Contact lead": (OURS, UNCLEAR),
    # What we did or are doing
    "Demo given": (OURS, DONE),
    "Quote sent": (OURS, DONE),
    "E-mail sent": (OURS, DONE),
    "Presentation delivered": (OURS, DONE),
    "Proposal submitted": (OURS, DONE),
    "Presenting": (OURS, UNDER_WAY),
    "Pitching to the board": (OURS, UNDER_WAY),
    "Voicemail left": (OURS, DONE),
    "Customer contacted": (OURS, DONE),
    "Decision maker identified": (OURS, DONE),
    "Preparing the proposal": (OURS, UNDER_WAY),
    # The same words, and the buyer's step
    "Purchase order sent": (GOOD, DONE),
    "RFP sent by the buyer": (GOOD, DONE),
    "Buyer sent the requirements": (GOOD, DONE),
    "Decision made": (GOOD, DONE),
    "Contact replied": (GOOD, DONE),
    "Close date agreed": (GOOD, DONE),
    "Payment made": (GOOD, DONE),
    "Approval given": (GOOD, DONE),
    "Client preparing the approval": (GOOD, UNDER_WAY),
    # Open tense
    "meeting": (OPEN, UNCLEAR),
    "Meeting": (OPEN, UNCLEAR),
    "Contract": (OPEN, UNCLEAR),
    "Pricing": (OPEN, UNCLEAR),
    "Onboarding": (OPEN, UNCLEAR),
    "Sign contract": (OPEN, UNCLEAR),
    "Review proposal": (OPEN, UNCLEAR),
    "Security review": (OPEN, UNCLEAR),
    "Trial": (OPEN, UNCLEAR),
    "Decision": (OPEN, UNCLEAR),
    "3. Proof of concept": (OPEN, UNCLEAR),
    "PoC": (OPEN, UNCLEAR),
    "Needs": (OPEN, UNCLEAR),
    "Legal": (OPEN, UNCLEAR),
    # Good
    "Meeting booked": (GOOD, DONE),
    "Meeting held": (GOOD, DONE),
    "Exploring the product": (GOOD, UNDER_WAY),
    "In onboarding training": (GOOD, UNDER_WAY),
    "Contract received": (GOOD, DONE),
    "Contract and quote received": (GOOD, DONE),
    "Decided and signed": (GOOD, DONE),
    "Proposal received": (GOOD, DONE),
    "Reviewing the proposal": (GOOD, UNDER_WAY),
    "Terms agreed": (GOOD, DONE),
    "Under review": (GOOD, UNDER_WAY),
    "Awaiting signature": (GOOD, NOT_BEGUN),
    "To be signed": (GOOD, NOT_BEGUN),
    "Security review under way": (GOOD, UNDER_WAY),
    "Quote requested": (GOOD, DONE),
    "Trial started": (GOOD, DONE),
    "Budget approved": (GOOD, DONE),
    "More than a lead, less than a deal": (GOOD, NOT_BEGUN),
    "Business problem recognised": (GOOD, DONE),
    "Evaluating and selecting": (GOOD, UNDER_WAY),
    "Negotiating and deciding": (GOOD, UNDER_WAY),
    "In approval": (GOOD, UNDER_WAY),
}

KOREAN: dict[str, tuple[NameFault | None, Tense]] = {
    # What we do
    "제안서 발송": (OURS, UNCLEAR),
    "제안서 발송 완료": (OURS, DONE),
    "제안서발송": (OURS, UNCLEAR),
    "견적 보내기": (OURS, UNCLEAR),
    "견적서 발송됨": (OURS, DONE),
    "견적 전달": (OURS, UNCLEAR),
    "견적 산출 중": (OURS, UNDER_WAY),
    "팔로업": (OURS, UNCLEAR),
    "팔로우업": (OURS, UNCLEAR),
    "팔로우 업 중": (OURS, UNDER_WAY),
    "Follow-up 예정": (OURS, NOT_BEGUN),
    "후속 연락": (OURS, UNCLEAR),
    "전화하기": (OURS, UNCLEAR),
    "1차 콜": (OURS, UNCLEAR),
    "콜드콜": (OURS, UNCLEAR),
    "첫 연락": (OURS, UNCLEAR),
    "연락 완료": (OURS, DONE),
    "컨택 완료": (OURS, DONE),
    "데모 진행": (OURS, UNCLEAR),
    "데모 진행 완료": (OURS, DONE),
    "데모하기": (OURS, UNCLEAR),
    "제품 시연 진행 중": (OURS, UNDER_WAY),
    "서비스 소개": (OURS, UNCLEAR),
    "회사 소개 완료": (OURS, DONE),
    "제안 완료": (OURS, DONE),
    "가격 제안": (OURS, UNCLEAR),
    "제안서 제출": (OURS, UNCLEAR),
    "제안서 작성 중": (OURS, UNDER_WAY),
    "니즈 파악": (OURS, UNCLEAR),
    "고객 요구사항 분석": (OURS, UNCLEAR),
    "결정권자 파악 완료": (OURS, DONE),
    "리드 발굴": (OURS, UNCLEAR),
    "리드 검증": (OURS, UNCLEAR),
    "연락처 확보": (OURS, UNCLEAR),
    "고객 관리": (OURS, UNCLEAR),
    "고객사 방문": (OURS, UNCLEAR),
    "계약서 송부": (OURS, UNCLEAR),
    "체험 계정 발급": (OURS, UNCLEAR),
    "자료 공유 완료": (OURS, DONE),
    "클로징": (OURS, UNCLEAR),
    "견적 제시": (OURS, UNCLEAR),
    "데모 준비 중": (OURS, UNDER_WAY),
    "안내 메일 발송 예정": (OURS, NOT_BEGUN),
    # The same words, and the buyer's step
    "견적 전달 받음": (GOOD, DONE),
    "견적 전달받음": (GOOD, DONE),
    "제품 소개 받음": (GOOD, DONE),
    "시연 참석 완료": (GOOD, DONE),
    "발주서 발송 완료": (GOOD, DONE),
    "고객이 RFP 제출함": (GOOD, DONE),
    "고객사가 제안서 검토 중": (GOOD, UNDER_WAY),
    "품의서 작성 중": (GOOD, UNDER_WAY),
    # Open tense
    "미팅": (OPEN, UNCLEAR),
    "1차 미팅": (OPEN, UNCLEAR),
    "미팅(1차)": (OPEN, UNCLEAR),
    "미팅 약속": (OPEN, UNCLEAR),
    "미팅 진행": (OPEN, UNCLEAR),
    "상담": (OPEN, UNCLEAR),
    "데모": (OPEN, UNCLEAR),
    "제안": (OPEN, UNCLEAR),
    "제안 단계": (OPEN, UNCLEAR),
    "견적": (OPEN, UNCLEAR),
    "견적 요청": (OPEN, UNCLEAR),
    "협상": (OPEN, UNCLEAR),
    "협상하기": (OPEN, UNCLEAR),
    "가격 협상": (OPEN, UNCLEAR),
    "계약": (OPEN, UNCLEAR),
    "계약 체결": (OPEN, UNCLEAR),
    "계약 진행": (OPEN, UNCLEAR),
    "문의": (OPEN, UNCLEAR),
    "온보딩": (OPEN, UNCLEAR),
    "제품 살펴보기": (OPEN, UNCLEAR),
    "온보딩 교육 받기": (OPEN, UNCLEAR),
    "계약/견적 전달 받기": (OPEN, UNCLEAR),
    "최종 결정 및 계약 싸인": (OPEN, UNCLEAR),
    "내부 검토": (OPEN, UNCLEAR),
    "의사 결정": (OPEN, UNCLEAR),
    "다음 모임": (OPEN, UNCLEAR),
    "상반기": (OPEN, UNCLEAR),
    "업무 집중": (OPEN, UNCLEAR),
    # Names that name nothing
    "신규": (VAGUE, UNCLEAR),
    "1단계": (VAGUE, UNCLEAR),
    "진행 중": (VAGUE, UNDER_WAY),
    "잠재 고객": (VAGUE, UNCLEAR),
    "A급": (VAGUE, UNCLEAR),
    "수주": (OUTCOME, UNCLEAR),
    "수주 완료": (OUTCOME, DONE),
    "실주": (OUTCOME, UNCLEAR),
    "수주/실주": (OUTCOME, UNCLEAR),
    "계약 실패": (OUTCOME, UNCLEAR),
    # Good
    "미팅 약속 완료": (GOOD, DONE),
    "미팅 진행 완료": (GOOD, DONE),
    "1차 미팅 완료": (GOOD, DONE),
    "미팅완료": (GOOD, DONE),
    "데모 완료": (GOOD, DONE),
    "데모 예정": (GOOD, NOT_BEGUN),
    "제품 살펴보는 중": (GOOD, UNDER_WAY),
    "온보딩 교육 중": (GOOD, UNDER_WAY),
    "계약/견적 전달 받음": (GOOD, DONE),
    "최종 결정 및 계약 싸인 완료": (GOOD, DONE),
    "제안서 받음": (GOOD, DONE),
    "제안서 검토 중": (GOOD, UNDER_WAY),
    "제안서 검토중": (GOOD, UNDER_WAY),
    "조건 합의 완료": (GOOD, DONE),
    "예산 확인됨": (GOOD, DONE),
    "요구사항 정리하고 있음": (GOOD, UNDER_WAY),
    "승인 대기": (GOOD, NOT_BEGUN),
    "승인 대기 중": (GOOD, NOT_BEGUN),
    "계약 전": (GOOD, NOT_BEGUN),
    "계약서에 서명했습니다": (GOOD, DONE),
    "미팅 booked": (GOOD, DONE),
    "리드 이상, 상담 미만": (GOOD, NOT_BEGUN),
    "비즈니스 과제를 인식함": (GOOD, DONE),
    "평가·선정 중": (GOOD, UNDER_WAY),
    "최종 교섭·의사 결정 중": (GOOD, UNDER_WAY),
    "품의 결재 중": (GOOD, UNDER_WAY),
}
NAMES = ENGLISH | KOREAN
WORDS = sorted({word for name in NAMES for word in name.split()})


def fault_of(name: str) -> NameFault | None:
    found = name_findings(name)
    return found[0].code if found else None


def test_the_table_is_wide() -> None:
    assert min(len(ENGLISH), len(KOREAN)) >= 90


@pytest.mark.parametrize("name", NAMES)
def test_what_is_said_of_a_name(name: str) -> None:
    assert (fault_of(name), guess_tense(name)) == NAMES[name]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_proposed_is_itself_a_good_name_in_the_same_language(name: str) -> None:
    for finding in name_findings(name):
        assert len(finding.suggestions) <= 3
        assert str(finding.message)
        for proposal in finding.suggestions:
            assert name_findings(proposal) == []
            assert guess_tense(proposal) is not UNCLEAR
            assert proposal != name
            assert (name in KOREAN) == any("가" <= char <= "힣" for char in proposal)


PROPOSED = {
    "제안서 발송": ("제안서 받음", "제안서 검토 중"),
    "send proposal": ("Proposal received", "Reviewing the proposal"),
    "meeting": ("Meeting booked", "Meeting held"),
    "미팅": ("미팅 약속 완료", "미팅 진행 완료"),
    "견적 보내기": ("견적 받음", "견적 검토 중"),
    "데모 진행": ("제품 살펴보는 중", "데모 참석 완료"),
    "Demo given": ("Exploring the product", "Demo booked", "Demo attended"),
    # The articles' own five.
    "미팅 약속": ("미팅 약속 완료",),
    "제품 살펴보기": ("제품 살펴보는 중",),
    "온보딩 교육 받기": ("온보딩 교육 중",),
    "계약/견적 전달 받기": ("계약/견적 전달 받음",),
    "최종 결정 및 계약 싸인": ("최종 결정 및 계약 싸인 완료",),
    "보고서 만들기": ("보고서 만드는 중", "보고서 만듦"),
    "Sign contract": ("Contract signed",),
    "Security review": ("Terms approved",),
    "Workload comparison": ("Workload comparison completed", "Workload comparison under way"),
    "Closed won": ("Decided and signed",),
    "수주": ("최종 결정 및 계약 싸인 완료",),
}


@pytest.mark.parametrize("name", PROPOSED)
def test_proposals(name: str) -> None:
    assert set(PROPOSED[name]) <= set(name_findings(name)[0].suggestions)


@pytest.mark.parametrize("name", ["Closed lost", "실주", "계약 실패"])
def test_for_a_lost_deal_there_is_no_stage(name: str) -> None:
    assert name_findings(name)[0].suggestions == ()


def test_the_ready_templates_pass() -> None:
    for template in TEMPLATES.values():
        for stage in template.stages:
            for name in (stage.name.ko, stage.name.en):
                assert name_findings(name) == [], name
                assert guess_tense(name) is not UNCLEAR, name


@pytest.mark.parametrize("name", ["", "   ", "…", "見積書送付", "Angebot geprüft", "🙂", "12"])
def test_what_cannot_be_judged_is_not(name: str) -> None:
    assert name_findings(name) == []
    assert guess_tense(name) is UNCLEAR


def test_syllables_taken_apart_are_put_together() -> None:
    import unicodedata

    assert fault_of(unicodedata.normalize("NFD", "제안서 발송")) is OURS
    assert guess_tense(unicodedata.normalize("NFD", "미팅 약속 완료")) is DONE


def test_a_long_name_gets_no_longer_one() -> None:
    name = "아주 " * 24 + "긴 이름의 협상"
    assert all(len(proposal) <= 80 for proposal in name_findings(name)[0].suggestions)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=80) | st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join))
def test_every_text_has_an_answer(name: str) -> None:
    for finding in name_findings(name):
        assert all(name_findings(proposal) == [] for proposal in finding.suggestions)
    assert guess_tense(name) in Tense
