"""`custom-fields/`: what a workspace keeps besides. To read; admins make them in the settings."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import ApiView
from api.pagination import ordering_field, orders
from api.schema import operation, page_of
from api.serializers import PageQuery, Shown
from fields.models import CustomField, FieldKind, Subject
from fields.selectors.definitions import with_choices

ORDERS = orders("position", "-position", "key", "-key")


class FieldQuery(PageQuery):
    ordering = ordering_field(ORDERS)
    subject = serializers.ChoiceField(Subject.choices, required=False)


class ChoiceShown(Shown):
    id = serializers.UUIDField()
    name = serializers.CharField()
    archived = serializers.SerializerMethodField(help_text="No longer offered; records may still have it.")

    def get_archived(self, choice: object) -> bool:
        return getattr(choice, "archived_at", None) is not None


class CustomFieldShown(Shown):
    id = serializers.UUIDField()
    subject = serializers.ChoiceField(Subject.choices)
    key = serializers.CharField(
        help_text="Its name in `custom_fields`, in filters and mappings. It never changes."
    )
    name = serializers.CharField()
    kind = serializers.ChoiceField(FieldKind.choices)
    help_text = serializers.CharField()  # type: ignore[assignment]
    currency = serializers.CharField(help_text="Of a money field; empty for the others.")
    position = serializers.IntegerField()
    choices = serializers.SerializerMethodField()

    @extend_schema_field(ChoiceShown(many=True))
    def get_choices(self, field: CustomField) -> list[ChoiceShown]:
        shown: list[ChoiceShown] = ChoiceShown(field.choices.all(), many=True).data  # type: ignore[assignment]
        return shown


class CustomFieldListView(ApiView):
    queries = {"GET": FieldQuery}

    @operation("custom_fields_list", "Custom fields", answers={200: page_of(CustomFieldShown)})
    def get(self, request: Request) -> Response:
        rows = CustomField.objects.filter(archived_at=None)
        if subject := self.query.get("subject"):
            rows = rows.filter(subject=subject)
        return self.list_response(self.page(with_choices(rows), ORDERS), CustomFieldShown)
