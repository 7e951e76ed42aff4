"""The value case of one deal: its lines, how they hang together, where the chain is broken."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deals.models import Deal
from strategy.models import Box, ValueEntry, ValueGoal, ValueLink
from strategy.registry import State

BEFORE = {Box.PROBLEM: Box.ISSUE, Box.SOLUTION: Box.PROBLEM, Box.BENEFIT: Box.SOLUTION}

# What an empty box lacks, who can fill it, and what to ask them.
EMPTY: dict[str, Promise] = {
    Box.ISSUE: gettext_lazy("What stands between the company and its goal is missing"),
    Box.PROBLEM: gettext_lazy("What people on the ground feel of it is missing"),
    Box.SOLUTION: gettext_lazy("What of ours removes the problems is missing"),
    Box.BENEFIT: gettext_lazy("What the buyer has of it is missing"),
}
ASK: dict[str, Promise] = {
    Box.ISSUE: gettext_lazy("Questions for an executive"),
    Box.PROBLEM: gettext_lazy("Questions for those who do the work"),
    Box.SOLUTION: gettext_lazy("Questions for ourselves"),
    Box.BENEFIT: gettext_lazy("Questions for whoever answers for the budget"),
}
QUESTIONS: dict[str, tuple[Promise, ...]] = {
    Box.ISSUE: (
        gettext_lazy("What must be reached in the next three years, and what stands most in the way?"),
        gettext_lazy("What does it cost the company if that stays as it is?"),
        gettext_lazy("Who in the management answers for it?"),
    ),
    Box.PROBLEM: (
        gettext_lazy("Where in your day does that show, and how often?"),
        gettext_lazy("How do you help yourselves today, and what does it take?"),
        gettext_lazy("Which of it keeps you from what the management wants?"),
    ),
    Box.SOLUTION: (
        gettext_lazy("Which of our functions removes exactly this problem?"),
        gettext_lazy("What do we offer that answers no problem of theirs, and can be left out?"),
    ),
    Box.BENEFIT: (
        gettext_lazy("How much is it in money, time or risk, for a year?"),
        gettext_lazy("From whom is the figure, and would they stand by it before their management?"),
        gettext_lazy("What would they show after a year to call it a success?"),
    ),
}
BROKEN: dict[str, Promise] = {
    Box.PROBLEM: gettext_lazy("no issue"),
    Box.SOLUTION: gettext_lazy("no problem"),
    Box.BENEFIT: gettext_lazy("no solution"),
}


@dataclass(slots=True)
class Line:
    """A line with those it follows from (`back`) and those that follow from it (`on`), in their order."""

    entry: ValueEntry
    back: list[ValueEntry] = field(default_factory=list)
    on: list[ValueEntry] = field(default_factory=list)
    says_gap: bool = True

    @property
    def is_loose(self) -> bool:
        return not self.back and self.entry.box != Box.ISSUE

    @property
    def gap(self) -> str:
        """What the line lacks to hang together with the box before, in a word. Where that box is empty, the box says so."""
        return str(BROKEN[self.entry.box]) if self.is_loose and self.says_gap else ""

    @property
    def linked_ids(self) -> str:
        return " ".join(str(entry.pk) for entry in (*self.back, *self.on))


@dataclass(frozen=True, slots=True)
class BoxOf:
    box: Box
    lines: list[Line]

    @property
    def lacks(self) -> Promise:
        return EMPTY[self.box]

    @property
    def ask(self) -> Promise:
        return ASK[self.box]

    @property
    def questions(self) -> tuple[Promise, ...]:
        return QUESTIONS[self.box]

    @property
    def gaps(self) -> int:
        return sum(1 for line in self.lines if line.gap)


@dataclass(frozen=True, slots=True)
class ValueCase:
    goal: ValueGoal | None
    boxes: list[BoxOf]

    @property
    def goal_version(self) -> int:
        return self.goal.version if self.goal else 0

    @property
    def has_goal(self) -> bool:
        return bool(self.goal and self.goal.text)

    @property
    def lines(self) -> list[Line]:
        return [line for box in self.boxes for line in box.lines]

    @property
    def lacks_issue(self) -> bool:
        """The mark of a weak deal: problems and solutions, and nothing that the management cares for."""
        return not self.boxes[0].lines and bool(self.boxes[1].lines and self.boxes[2].lines)

    @property
    def empty(self) -> list[Box]:
        return [box.box for box in self.boxes if not box.lines]

    @property
    def gaps(self) -> int:
        return sum(box.gaps for box in self.boxes)

    @property
    def is_complete(self) -> bool:
        return self.has_goal and not self.empty and not self.gaps

    @property
    def state(self) -> State:
        return state_of(
            {box.box.value: len(box.lines) for box in self.boxes}, self.gaps, has_goal=self.has_goal
        )


def value_case_of(deal: Deal) -> ValueCase:
    """Three queries."""
    entries = list(ValueEntry.objects.filter(deal=deal, removed_at=None).order_by("rank", "id"))
    lines = {entry.pk: Line(entry) for entry in entries}
    links = ValueLink.objects.filter(deal=deal, removed_at=None).values_list("first_id", "then_id")
    linked = set(links)
    order = {entry.pk: at for at, entry in enumerate(entries)}
    for first, then in sorted(linked, key=lambda pair: (order.get(pair[0], 0), order.get(pair[1], 0))):
        if first in lines and then in lines:
            one, other = lines[first], lines[then]
            if BEFORE.get(Box(other.entry.box)) == one.entry.box:
                one.on.append(other.entry)
                other.back.append(one.entry)
    by_box: dict[str, list[Line]] = defaultdict(list)
    for line in lines.values():
        by_box[line.entry.box].append(line)
    for line in lines.values():
        line.says_gap = bool(by_box[BEFORE.get(Box(line.entry.box), Box.ISSUE)])
    return ValueCase(
        goal=ValueGoal.objects.filter(deal=deal).first(), boxes=[BoxOf(box, by_box[box]) for box in Box]
    )


def state_of(counts: dict[str, int], gaps: int, *, has_goal: bool) -> State:
    """Beside the tool, in a word: the worst that there is to say."""
    if not any(counts.values()):
        return State(_("not begun"), "" if not has_goal else "due")
    empty = [box for box in Box if not counts.get(box.value)]
    if empty:
        names = {
            Box.ISSUE: _("no issue"),
            Box.PROBLEM: _("no problem"),
            Box.SOLUTION: _("no solution"),
            Box.BENEFIT: _("no benefit"),
        }
        return State(names[empty[0]], "due")
    if gaps:
        return State(_("%(count)s loose") % {"count": gaps}, "due")
    if not has_goal:
        return State(_("no goal"), "due")
    return State(_("complete"), "won")


def value_state(deal: Deal) -> State:
    """Two queries."""
    counted = _chains([deal.pk]).values("box").annotate(lines=Count("pk"), loose=Count("pk", filter=LOOSE))
    rows = list(counted.order_by().values_list("box", "lines", "loose"))
    has_goal = ValueGoal.objects.filter(deal=deal).exclude(text="").exists()
    return state_of(
        {box: lines for box, lines, _loose in rows}, sum(row[2] for row in rows), has_goal=has_goal
    )


LOOSE = Q(hangs=False) & ~Q(box=Box.ISSUE)


def _chains(deal_ids: Collection[uuid.UUID]) -> QuerySet[ValueEntry]:
    """The lines, each with `hangs`: whether it follows from one of the box before."""
    before = Case(
        *(When(box=box.value, then=Value(first.value)) for box, first in BEFORE.items()),
        default=Value(""),
        output_field=CharField(),
    )
    links = ValueLink.objects.filter(
        then=OuterRef("pk"), removed_at=None, first__removed_at=None, first__box=OuterRef("before")
    )
    lines = ValueEntry.objects.filter(deal__in=deal_ids, removed_at=None)
    return lines.annotate(before=before).annotate(hangs=Exists(links)).order_by()


def value_case_complete(deal_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """The deals whose case has a goal, a line in each box, and no broken chain. One query."""
    with_goal = ValueGoal.objects.filter(deal=OuterRef("deal")).exclude(text="")
    counted = (
        _chains(deal_ids)
        .filter(Exists(with_goal))
        .values("deal_id")
        .annotate(boxes=Count("box", distinct=True), loose=Count("pk", filter=LOOSE))
        .filter(boxes=len(Box), loose=0)
    )
    return set(counted.values_list("deal_id", flat=True))


def without_issue(deal_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """The deals that have problems and solutions, and no business issue. One query."""
    counted = (
        ValueEntry.objects.filter(deal__in=deal_ids, removed_at=None)
        .order_by()
        .values("deal_id")
        .annotate(
            issues=Count("pk", filter=Q(box=Box.ISSUE)),
            problems=Count("pk", filter=Q(box=Box.PROBLEM)),
            solutions=Count("pk", filter=Q(box=Box.SOLUTION)),
        )
        .filter(issues=0, problems__gt=0, solutions__gt=0)
    )
    return set(counted.values_list("deal_id", flat=True))
