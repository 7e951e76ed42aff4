"""What may be sent about deals."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.fields import Amount, Flag, Moment, Ref, Text, Whole
from api.pagination import ordering_field, orders
from api.serializers import Body, PageQuery
from contacts.models import Company
from contacts.services.external import MAX_ID, MAX_SOURCE
from core.ids import parse_uuid
from core.money import CURRENCY_DIGITS
from deals.models import Outcome
from deals.models.deal import RevenueType
from fields.api.values import CustomFieldsInput
from pipeline.models import LossReason, Pipeline, Stage
from pipeline.selectors.stages import loss_reasons, pipelines
from tenancy.models import Membership
from tenancy.selectors.members import members

NAME_LENGTH = 200

# Each has an index on (workspace, key, id), read forwards or backwards (deals/models/deal.py).
DEAL_ORDERS = orders(
    "-created_at",
    "created_at",
    "name",
    "-name",
    "amount",
    "-amount",
    "expected_close_date",
    "-expected_close_date",
    "stage_entered_at",
    "-stage_entered_at",
    nullable=("amount", "expected_close_date"),
)


def assignable_members() -> QuerySet[Membership]:
    return members().filter(deactivated_at=None)


def companies_in_use() -> QuerySet[Company]:
    return Company.objects.filter(deleted_at=None)


@extend_schema_field({"type": "string", "minLength": 1})
class LossReasonRef(Ref):
    """A loss reason by its id, or by its exact name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(loss_reasons, **kwargs)

    def to_internal_value(self, data: Any) -> LossReason:
        if isinstance(data, str) and parse_uuid(data) is None and data.isprintable():
            found = loss_reasons().filter(name=data).first()
            if found is None:
                self.fail("does_not_exist")
            return found
        return super().to_internal_value(data)  # type: ignore[return-value]


class DealQuery(PageQuery):
    """`close_from` and `close_to` bound the expected close date, both included."""

    ordering = ordering_field(DEAL_ORDERS)
    pipeline = Ref(Pipeline.objects.all, required=False)
    stage = Ref(Stage.objects.all, required=False)
    owner = Ref(members, required=False)
    outcome = serializers.ChoiceField(Outcome.choices, required=False)
    stalled = Flag(required=False)
    close_from = serializers.DateField(required=False)
    close_to = serializers.DateField(required=False)
    search = Text(required=False, max_length=NAME_LENGTH, help_text="Part of the deal's or company's name.")
    external_source = Text(required=False, max_length=MAX_SOURCE)
    external_id = Text(required=False, max_length=MAX_ID)


class DealFieldsBody(Body):
    """What a person may set."""

    name = Text(max_length=NAME_LENGTH, required=False)
    company = Ref(companies_in_use, required=False, allow_null=True)
    owner = Ref(members, required=False, allow_null=True)
    amount = Amount(required=False, allow_null=True)
    currency = serializers.ChoiceField(list(CURRENCY_DIGITS), required=False)
    revenue_type = serializers.ChoiceField(RevenueType.choices, required=False)
    expected_close_date = serializers.DateField(required=False, allow_null=True)
    source = Text(max_length=120, required=False, allow_blank=True)  # type: ignore[assignment]
    snoozed_until = serializers.DateField(required=False, allow_null=True)
    custom_fields = CustomFieldsInput()


class DealEditBody(DealFieldsBody):
    """Absent: left as it is. `version`: what you saw; a stale one gives 409."""

    version = Whole(min_value=1, required=False)


# Only for moving history in: the right to import it is needed.
PAST_FIELDS = ("created_at", "stage_entered_at", "outcome", "closed_at", "loss_reason")
HISTORY_FIELDS = (*PAST_FIELDS, "external_source", "external_id")


class DealBody(DealFieldsBody):
    """The fields from `created_at` on need a token of scope admin, of an admin."""

    name = Text(max_length=NAME_LENGTH)
    pipeline = Ref(pipelines)
    stage = Ref(Stage.objects.all, required=False, help_text="Default: the first open stage.")
    created_at = Moment(required=False)
    stage_entered_at = Moment(required=False)
    outcome = serializers.ChoiceField(Outcome.choices, required=False)
    closed_at = Moment(required=False)
    loss_reason = LossReasonRef(required=False, help_text="Id or exact name.")
    external_source = Text(max_length=MAX_SOURCE, required=False)
    external_id = Text(max_length=MAX_ID, required=False)


class VersionBody(Body):
    version = Whole(min_value=1, required=False, help_text="What you saw; a stale one gives 409.")


class WinBody(VersionBody):
    override_reason = Text(
        max_length=500,
        required=False,
        allow_blank=True,
        help_text="Leaders may pass the gate, with a reason.",
    )


class MoveBody(WinBody):
    stage = serializers.UUIDField()
    after = serializers.UUIDField(
        required=False, allow_null=True, help_text="A deal in the stage; null: top; absent: bottom."
    )


class LoseBody(VersionBody):
    reason = LossReasonRef(help_text="Id or exact name of a loss reason.")
    note = Text(max_length=2000, required=False, allow_blank=True)


class CriterionBody(Body):
    met = Flag(error_messages={"required": _("Say whether the criterion is met.")})
