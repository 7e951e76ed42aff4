"""The buyer's approval: who approves and signs, by which way, what lies before it, and the team's own questions."""

from __future__ import annotations

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contacts.models import Contact
from core import clock
from deals.models import Deal
from deals.models.changes import BOTH, changes_beside
from tenancy.models import Membership, TenantForeignKey, TenantModel

MAX_DAYS = 250
LATEST_WAIT = [MaxValueValidator(MAX_DAYS)]


class Way(models.TextChoices):
    ELECTRONIC = "electronic", _("Electronic")
    PAPER = "paper", _("On paper")
    VERBAL = "verbal", _("Verbal")


class IfMissed(models.TextChoices):
    NEXT = "next", _("The next regular one")
    EXTRAORDINARY = "extraordinary", _("An extraordinary one is called")
    BRIEFING = "briefing", _("The members are briefed one by one")


class PassedBefore(models.TextChoices):
    YES = "yes", _("Yes")
    NO = "no", _("No")


def person() -> TenantForeignKey:
    return TenantForeignKey(Contact, on_delete=models.PROTECT, null=True, blank=True, related_name="+")


def written_by() -> TenantForeignKey:
    return TenantForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")


class Approval(TenantModel):
    """What is known of one deal's approval, but its meetings and departments. Days are working days.

    `approver_on_paper` signs off officially; `approver_in_truth` decides what that one signs. `absent_from` … `absent_to`:
    the approver's travel. `begun_on`: the buyer began (or will begin) drafting; `submitted_on`: the papers went in.
    """

    deal = TenantForeignKey(Deal, on_delete=models.CASCADE, related_name="approvals")
    approver_on_paper = person()
    approver_in_truth = person()
    signer = person()
    drafter = person()
    way = models.CharField(max_length=10, choices=Way, blank=True)
    passed_before = models.CharField(max_length=3, choices=PassedBefore, blank=True)
    drafting_days = models.PositiveSmallIntegerField(default=3, validators=LATEST_WAIT)
    signing_days = models.PositiveSmallIntegerField(default=1, validators=LATEST_WAIT)
    begun_on = models.DateField(null=True, blank=True)
    submitted_on = models.DateField(null=True, blank=True)
    absent_from = models.DateField(null=True, blank=True)
    absent_to = models.DateField(null=True, blank=True)
    by = written_by()
    at = models.DateTimeField(default=clock.now)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "deal"], name="strategy_approval_key"),
            models.CheckConstraint(
                condition=Q(absent_from=None, absent_to=None) | Q(absent_from__lte=F("absent_to")),
                name="strategy_approval_absence",
            ),
        ]
        triggers = [*changes_beside("'strategy'", *BOTH)]

    def __str__(self) -> str:
        return f"approval of {self.deal_id}"


class ApprovalMeeting(TenantModel):
    """A board's or the management's meeting that must decide. `if_missed`: what happens when the papers come late, with
    the next regular one's day, or the working days that it takes."""

    deal = TenantForeignKey(Deal, on_delete=models.CASCADE, related_name="approval_meetings")
    name = models.CharField(max_length=120)
    on = models.DateField()
    papers_due = models.DateField(null=True, blank=True)
    if_missed = models.CharField(max_length=14, choices=IfMissed, blank=True)
    next_on = models.DateField(null=True, blank=True)
    missed_days = models.PositiveSmallIntegerField(default=5, validators=LATEST_WAIT)
    removed_at = models.DateTimeField(null=True, blank=True)
    by = written_by()
    at = models.DateTimeField(default=clock.now)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(papers_due=None) | Q(papers_due__lte=F("on")), name="strategy_meeting_papers"
            ),
            models.CheckConstraint(
                condition=Q(next_on=None) | Q(next_on__gt=F("on")), name="strategy_meeting_next"
            ),
        ]
        indexes = [
            models.Index(
                fields=["workspace", "deal", "on"],
                condition=Q(removed_at=None),
                name="strategy_meeting_deal",
            )
        ]
        triggers = [*changes_beside("'strategy'", *BOTH)]

    def __str__(self) -> str:
        return self.name


class ApprovalDepartment(TenantModel):
    """Another department with a strong say, and the working days that it takes. They agree in the order of `id`."""

    deal = TenantForeignKey(Deal, on_delete=models.CASCADE, related_name="approval_departments")
    name = models.CharField(max_length=120)
    days = models.PositiveSmallIntegerField(default=3, validators=LATEST_WAIT)
    removed_at = models.DateTimeField(null=True, blank=True)
    by = written_by()
    at = models.DateTimeField(default=clock.now)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(
                fields=["workspace", "deal", "id"],
                condition=Q(removed_at=None),
                name="strategy_department_deal",
            )
        ]
        triggers = [*changes_beside("'strategy'", *BOTH)]

    def __str__(self) -> str:
        return self.name


class ApprovalQuestion(TenantModel):
    """A question that the team asks of every approval. `from_deal`: the lost deal that left it. Removed ones keep their
    answers."""

    text = models.CharField(max_length=300)
    from_deal = TenantForeignKey(Deal, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by = written_by()
    at = models.DateTimeField(default=clock.now)
    removed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "text"], condition=Q(removed_at=None), name="strategy_question_key"
            )
        ]

    def __str__(self) -> str:
        return self.text


class ApprovalAnswer(TenantModel):
    deal = TenantForeignKey(Deal, on_delete=models.CASCADE, related_name="approval_answers")
    question = TenantForeignKey(ApprovalQuestion, on_delete=models.PROTECT, related_name="answers")
    text = models.CharField(max_length=1000, blank=True)
    by = written_by()
    at = models.DateTimeField(default=clock.now)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "deal", "question"], name="strategy_approvalanswer_key"
            )
        ]
        triggers = [*changes_beside("'strategy'", *BOTH)]

    def __str__(self) -> str:
        return self.text
