"""The comparison of one deal: points in four quadrants, and for which deals it is done."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.formats import day_brief
from deals.models import Deal, DealEvent
from deals.telling import Told
from strategy.models import BuyerCriterion, Competitor, CriterionRating, Matters, Rival, Selection, Standing
from strategy.models.comparison import RIGHT, UPPER
from strategy.registry import State

ENOUGH = 3  # rated criteria that make a comparison
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Facing:
    """A rival, with the letter that it has where several lie over each other."""

    rival: Rival
    name: str
    letter: str


@dataclass(frozen=True, slots=True)
class Point:
    """A criterion against one rival. `standing` None: not known yet."""

    row: CriterionRow
    facing: Facing
    standing: int | None

    @property
    def is_placed(self) -> bool:
        return self.standing is not None and self.row.criterion.matters is not None

    @property
    def side(self) -> str:
        """Whose strength it is: "ours", "theirs" or "level"."""
        if not self.standing:
            return "level"
        return "ours" if self.standing > 0 else "theirs"

    @property
    def standing_label(self) -> str:
        return str(Standing(self.standing).label) if self.standing is not None else ""

    @property
    def verdict(self) -> str:
        """What the quadrant says: "build", "prepare", "idle", "leave"; "" while the point has no place."""
        matters = self.row.criterion.matters
        if self.standing is None or matters is None:
            return ""
        if matters >= UPPER:
            return "build" if self.standing >= RIGHT else "prepare"
        return "idle" if self.standing >= RIGHT else "leave"


@dataclass(slots=True)
class CriterionRow:
    number: int
    criterion: BuyerCriterion
    points: list[Point]

    @property
    def whose(self) -> str:
        contact = self.criterion.contact
        return contact.name if contact else self.criterion.role


@dataclass(frozen=True, slots=True)
class Cell:
    """A place in the quadrants, with the points that lie in it."""

    matters: int
    standing: int
    points: list[Point]


@dataclass(frozen=True, slots=True)
class Comparison:
    facing: list[Facing]
    rows: list[CriterionRow]
    selection: Selection | None

    @property
    def points(self) -> list[Point]:
        return [point for row in self.rows for point in row.points]

    def rated(self, rival_id: uuid.UUID) -> int:
        return sum(1 for point in self.points if point.facing.rival.pk == rival_id and point.is_placed)

    def count(self, verdict: str, shown: Collection[Facing]) -> int:
        return sum(1 for point in self.points if point.facing in shown and point.verdict == verdict)

    def cells(self, shown: Collection[Facing]) -> list[Cell]:
        """Row by row from above, as the page draws them."""
        placed = [point for point in self.points if point.facing in shown and point.is_placed]
        return [
            Cell(
                matters,
                standing,
                [p for p in placed if (p.row.criterion.matters, p.standing) == (matters, standing)],
            )
            for matters in sorted(Matters.values, reverse=True)
            for standing in sorted(Standing.values)
        ]


def comparison_of(deal: Deal) -> Comparison:
    """Four queries."""
    rivals = Rival.objects.filter(deal=deal, removed_at=None).select_related("competitor").order_by("id")
    facing = [
        Facing(rival, rival.competitor.name, letter) for rival, letter in zip(rivals, LETTERS, strict=False)
    ]
    ratings = {
        (criterion, rival): standing
        for criterion, rival, standing in CriterionRating.objects.filter(deal=deal).values_list(
            "criterion_id", "rival_id", "standing"
        )
    }
    criteria = (
        BuyerCriterion.objects.filter(deal=deal, removed_at=None)
        .select_related("contact", "by")
        .order_by("id")
    )
    rows = [CriterionRow(number, criterion, []) for number, criterion in enumerate(criteria, 1)]
    for row in rows:
        row.points = [Point(row, each, ratings.get((row.criterion.pk, each.rival.pk))) for each in facing]
    selection = Selection.objects.filter(deal=deal, removed_at=None).first()
    return Comparison(facing, rows, selection)


def competitor_names(limit: int = 200) -> list[str]:
    """What is offered while a name is typed."""
    return list(Competitor.objects.order_by("name").values_list("name", flat=True)[:limit])


def _rated(deal_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Deal → the rated criteria against the rival with the most. One query."""
    counted = (
        CriterionRating.objects.filter(
            deal__in=deal_ids,
            rival__removed_at=None,
            criterion__removed_at=None,
            criterion__matters__isnull=False,
        )
        .order_by()
        .values("deal_id", "rival_id")
        .annotate(rated=Count("pk"))
        .order_by(F("rated"))
    )
    return {row["deal_id"]: row["rated"] for row in counted}


def comparison_done(deal_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """The deals with a competitor against whom three criteria are rated. One query."""
    return {deal_id for deal_id, rated in _rated(deal_ids).items() if rated >= ENOUGH}


def selected_by_buyer(deal_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    found = Selection.objects.filter(deal__in=deal_ids, removed_at=None)
    return set(found.values_list("deal_id", flat=True))


def comparison_state(deal: Deal) -> State:
    """Three queries."""
    if selected_by_buyer([deal.pk]):
        return State(_("chosen"), "won")
    count = Rival.objects.filter(deal=deal, removed_at=None).count()
    if not count:
        return State(_("no competitor"))
    text = ngettext("%(count)s competitor", "%(count)s competitors", count) % {"count": count}
    return State(text, "" if comparison_done([deal.pk]) else "due")


def tell_comparison(event: DealEvent) -> Told | None:
    act = event.data.get("act")
    if act == "selected":
        day = day_brief(date.fromisoformat(event.data["on"]))
        return Told(_("recorded that the buyer has chosen us, on %(day)s") % {"day": day}, icon="trophy")
    if act == "unselected":
        return Told(_("took back that the buyer has chosen us"), icon="undo")
    return None


def shown_facing(comparison: Comparison, wanted: str) -> Sequence[Facing]:
    """Against whom the page is drawn: one, or ("all") every one over each other."""
    if wanted == "all":
        return comparison.facing
    found = [each for each in comparison.facing if str(each.rival.pk) == wanted]
    return found or comparison.facing[:1]
