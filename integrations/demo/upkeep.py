"""What the demo's admin did to the workspace itself over the months: the settings have a past too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from random import Random

from core import clock
from integrations.demo.calendar import Calendar
from pipeline.models import Stage
from pipeline.selectors.review import journey_steps
from pipeline.services.change_stage import change_stage
from pipeline.services.journey import begin_deals_at, start_journey
from pipeline.services.review import answer_question, note_answer
from pipeline.templates import Bilingual
from tenancy.models import Membership
from tenancy.permissions import Actor
from tenancy.services.let_go import let_go
from tenancy.services.members import add_member

LEFT = Bilingual("문지환", "Miles Freeman")  # worked here once
IMPORTED = Bilingual("이전 CRM 담당자", "Owner in the old CRM")  # known only from a file
# Days ago, pipeline, stage from the left, field, value: what stands today was found step by step.
TUNING = (
    (520, "new", 0, "win_rate", Decimal(25)),
    (430, "new", 2, "stall_days", 28),
    (310, "new", 2, "stall_days", 21),
    (285, "new", 0, "win_rate", Decimal(20)),
    (205, "big", 4, "win_rate", Decimal(95)),
    (64, "big", 4, "win_rate", Decimal(90)),
)
DOUBT = Bilingual(
    "결재가 어디까지 갔는지는 고객이 알려 줄 때만 보입니다.",
    "How far the approval has come is seen only when the buyer tells us.",
)


def keep_up(
    *,
    people: Mapping[str, Membership],
    stages: Mapping[str, Sequence[Stage]],
    calendar: Calendar,
    random: Random,
    language: str,
) -> None:
    """Through the services, each at its own time. Ends with the settings that the deals were told under."""
    admin = Actor.of(people["admin"])
    owner = Actor.of(people["owner"])
    for days, pipeline, position, field, value in TUNING:
        with clock.frozen_at(calendar.at(days, random)):
            change_stage(stage_id=stages[pipeline][position].pk, changes={field: value}, actor=admin)
    with clock.frozen_at(calendar.at(46, random)):
        _review(stages, admin, language)
    with clock.frozen_at(calendar.beginning):
        leaver = add_member(user=None, display_name=LEFT.text(language))
        add_member(user=None, display_name=IMPORTED.text(language))
    with clock.frozen_at(calendar.at(120, random)):
        let_go(member_id=leaver.pk, heirs={}, actor=owner)


def _review(stages: Mapping[str, Sequence[Stage]], admin: Actor, language: str) -> None:
    """The journey of new business is written down; of the large accounts' last stage somebody doubts that it can be seen."""
    pipeline = stages["new"][0].pipeline
    start_journey(pipeline_id=pipeline.pk, actor=admin, language=language, from_stages=False)
    begins = next(step for step in journey_steps(pipeline) if step.stage_id is not None)
    begin_deals_at(pipeline_id=pipeline.pk, step_id=begins.pk, actor=admin)
    approval = stages["big"][-1]
    answer_question(stage_id=approval.pk, question="verifiable", answer=False, actor=admin)
    note_answer(stage_id=approval.pk, question="verifiable", note=DOUBT.text(language), actor=admin)
