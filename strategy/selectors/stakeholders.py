"""The people of one deal on the map, and what a board asks of all maps at once."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contacts.models import Contact
from deals.models import ActivityParticipant, Deal, DealContact
from deals.models.activity import Direction
from deals.models.deal import ON_BOARD
from deals.selectors.people import Person, people_on
from pipeline.models import Stage, StageKind
from strategy.models import DecisionRole, PipelineTool, Stakeholder, Stance, Tool
from strategy.registry import State
from strategy.standing import EXECUTIVE, INFLUENTIAL, MIDDLE, rank_of


@dataclass(frozen=True, slots=True)
class Placed:
    """One person of the deal. `row`: None where nothing was written down yet. `is_latest`: of all, heard from last."""

    person: Person
    row: Stakeholder | None
    is_latest: bool = False

    @property
    def contact(self) -> Contact:
        return self.person.contact

    @property
    def rank(self) -> int | None:
        return self.row.rank if self.row else None

    @property
    def influence(self) -> int | None:
        return self.row.influence if self.row else None

    @property
    def is_placed(self) -> bool:
        return self.rank is not None

    @property
    def stance(self) -> Stance:
        return Stance(self.row.stance) if self.row else Stance.UNKNOWN

    @property
    def roles(self) -> list[str]:
        """What they are in the decision, in words; before anything was ticked, as it stands on the deal."""
        if self.row and self.row.roles:
            return [str(DecisionRole(each).label) for each in self.row.roles]
        return [self.person.role] if self.person.role else []

    @property
    def version(self) -> int:
        return self.row.version if self.row else 0

    @property
    def is_silent(self) -> bool:
        return self.person.is_silent

    @property
    def is_met(self) -> bool:
        return self.person.heard_at is not None

    @property
    def is_low(self) -> bool:
        return self.rank is not None and self.rank < MIDDLE and (self.influence or 0) < MIDDLE

    @property
    def is_high(self) -> bool:
        """In the upper right of the map."""
        return self.rank is not None and self.rank >= MIDDLE and (self.influence or 0) >= MIDDLE

    @property
    def is_influential(self) -> bool:
        return self.influence is not None and self.influence >= INFLUENTIAL

    @property
    def is_executive(self) -> bool:
        return self.rank is not None and self.rank >= EXECUTIVE

    @property
    def proposed_rank(self) -> int:
        """By the title; the middle where it says nothing."""
        return rank_of(self.contact.title) or MIDDLE


def stakeholders_of(deal: Deal, *, today: date, zone: ZoneInfo) -> list[Placed]:
    """In the order in which they came. Three queries."""
    rows = {row.contact_id: row for row in Stakeholder.objects.filter(deal=deal).select_related("by")}
    people = people_on(deal, today=today, zone=zone)
    heard = [person.heard_at for person in people if person.heard_at]
    latest = max(heard, default=None)
    return [
        Placed(
            person,
            rows.get(person.contact.pk),
            latest is not None and person.heard_at == latest and not person.is_silent,
        )
        for person in people
    ]


def counted_stage(deal: Deal) -> int:
    """The how-manieth of the stages that count the deal's is; 0 in a lead stage. One query."""
    if deal.stage.kind == StageKind.LEAD:
        return 0
    stages = Stage.objects.filter(pipeline=deal.pipeline_id, kind=StageKind.OPEN, archived_at=None)
    return stages.filter(position__lt=deal.stage.position).count() + 1


def stakeholder_state(deal: Deal) -> State:
    people = DealContact.objects.filter(deal=deal, contact__deleted_at=None)
    count = people.count()
    if not count:
        return State(_("nobody yet"), "due")
    text = ngettext("%(count)s person", "%(count)s people", count) % {"count": count}
    if people.filter(_stands(roles__contains=[DecisionRole.APPROVER])).exists():
        return State(text)
    return State(_("%(people)s · approver ?") % {"people": text}, "due")


def _stands(**facts: object) -> Exists:
    """Whether the DealContact's person stands like that on its deal's map."""
    rows = Stakeholder.objects.filter(deal=OuterRef("deal"), contact=OuterRef("contact"), **facts)
    return Exists(rows)


def _met_people() -> QuerySet[DealContact]:
    """Of a deal (the outer row): those on it that were heard from."""
    heard = ActivityParticipant.objects.filter(
        contact=OuterRef("contact"), activity__deal=OuterRef("deal"), activity__deleted_at=None
    ).exclude(activity__direction=Direction.TO_BUYER)
    on_it = DealContact.objects.filter(deal=OuterRef("pk"), contact__deleted_at=None)
    return on_it.filter(Exists(heard))


def influence_named(deal_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """The deals on which somebody of influence is placed. One query."""
    people = DealContact.objects.filter(deal__in=deal_ids, contact__deleted_at=None)
    found = people.filter(_stands(influence__gte=INFLUENTIAL))
    return set(found.values_list("deal_id", flat=True).distinct())


def executive_met(deal_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """The deals of which somebody of an executive's rank was heard from. One query."""
    met = Exists(_met_people().filter(_stands(rank__gte=EXECUTIVE)))
    return set(Deal.objects.filter(met, pk__in=deal_ids).values_list("pk", flat=True))


def _asked(deal_ids: Collection[uuid.UUID]) -> QuerySet[Deal]:
    """Those of the deals that are open, and in a stage from which on their pipeline asks for the map."""
    asks = PipelineTool.objects.filter(
        Q(opens_at=None) | Q(opens_at__position__lte=OuterRef("stage__position")),
        pipeline=OuterRef("pipeline"),
        tool=Tool.STAKEHOLDERS,
    )
    return Deal.objects.filter(ON_BOARD, Exists(asks), pk__in=deal_ids)


def only_low_met(deal_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """The deals of which nobody but people of low rank and low influence was heard from. One query."""
    low = _stands(rank__lt=MIDDLE, influence__lt=MIDDLE)
    some, others = Exists(_met_people().filter(low)), Exists(_met_people().filter(~low))
    return set(_asked(deal_ids).filter(some, ~others).values_list("pk", flat=True))


def no_executive_met(deal_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """The deals past the first stage that counts, without an executive heard from. One query."""
    before = Stage.objects.filter(
        pipeline=OuterRef("pipeline"),
        kind=StageKind.OPEN,
        archived_at=None,
        position__lt=OuterRef("stage__position"),
    )
    met = Exists(_met_people().filter(_stands(rank__gte=EXECUTIVE)))
    rows = _asked(deal_ids).filter(Exists(before), ~met, stage__kind=StageKind.OPEN)
    return set(rows.values_list("pk", flat=True))
