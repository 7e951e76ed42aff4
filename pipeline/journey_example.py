"""The journey that the articles' own pipeline comes from, as an example to begin with.

What has no stage is what they leave off the pipeline: lead work before the meeting is booked, a follow-up that can be
automated, and what the buyer discusses inside, which nobody can verify.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.templates import SALESMAP, Bilingual, StageTemplate

BOOKED, EXPLORING, TRAINING, RECEIVED, SIGNED = SALESMAP.stages


@dataclass(frozen=True, slots=True)
class ExampleStep:
    buyer_does: Bilingual
    we_do: Bilingual
    stage: StageTemplate | None = None


EXAMPLE_JOURNEY = (
    ExampleStep(
        Bilingual("우리를 알게 되어 연락처를 남깁니다", "Hears of us and leaves an address"),
        Bilingual("첫 연락을 드립니다", "Get in touch"),
    ),
    ExampleStep(
        Bilingual("미팅 약속을 잡습니다", "Books a meeting"),
        Bilingual("일정을 제안하고 초대장을 보냅니다", "Propose dates and send the invitation"),
        BOOKED,
    ),
    ExampleStep(
        Bilingual(
            "데모에서 제품을 살펴보고 자기 문제에 맞는지 알아봅니다",
            "Explores the product in a demo and on trial",
        ),
        Bilingual("데모 미팅을 진행하고 체험 계정을 발급합니다", "Hold the demo and issue a trial account"),
        EXPLORING,
    ),
    ExampleStep(
        Bilingual("궁금한 점에 대한 답을 받아 봅니다", "Reads the answers to its questions"),
        Bilingual("팔로업 이메일을 보냅니다", "Send follow-up e-mails"),
    ),
    ExampleStep(
        Bilingual("온보딩 교육을 받습니다", "Is trained"),
        Bilingual("교육을 진행하고 데이터 이관을 돕습니다", "Hold the training and help to migrate data"),
        TRAINING,
    ),
    ExampleStep(
        Bilingual("내부에서 도입을 의논합니다", "Discusses the purchase inside"),
        Bilingual("결정에 필요한 자료를 보냅니다", "Send what the decision needs"),
    ),
    ExampleStep(
        Bilingual("계약서와 견적을 전달 받습니다", "Receives contract and quote"),
        Bilingual("계약서와 견적을 보냅니다", "Send contract and quote"),
        RECEIVED,
    ),
    ExampleStep(
        Bilingual("최종 결정하고 계약에 싸인합니다", "Decides and signs"),
        Bilingual("서명된 계약서를 받습니다", "Collect the signed contract"),
        SIGNED,
    ),
)
