"""What a record has in a field: typed rows, so that each kind is found by an index of its own.

Not JSONB: its operators are not leakproof, so under row-level security no index could be used for them, and an
expression index would be needed for every field (docs/decisions/0016-typed-field-values.md).
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, GeneratedField, Q
from django.db.models.functions import Left, Lower

from fields.models.choice import FieldChoice
from fields.models.field import CustomField
from tenancy.models import Membership, TenantForeignKey, TenantModel

KEY_LENGTH = 200
MAX_TEXT = 1000


class TextKey(GeneratedField):
    """Checked without a server: every PostgreSQL that we run on stores generated columns."""

    def _check_supported(self, databases: object) -> list[object]:
        return []


class FieldValue(TenantModel):
    """One value of one field, in the column of its kind; several choices are several rows. No row: no value.

    `text_key` is folded for finding, in the order of code points, so that a prefix is a range of the index.
    """

    field = TenantForeignKey(CustomField, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=MAX_TEXT, null=True, blank=True)
    text_key = TextKey(
        expression=Left(Lower(F("text")), KEY_LENGTH),
        output_field=models.TextField(db_collation="C", null=True),
        db_persist=True,
    )
    units = models.BigIntegerField(null=True, blank=True)
    day = models.DateField(null=True, blank=True)
    flag = models.BooleanField(null=True, blank=True)
    choice = TenantForeignKey(FieldChoice, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    member = TenantForeignKey(Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.field_id}"


def value_key(owner: str, prefix: str) -> models.UniqueConstraint:
    """One row for a record and field, several where they are choices. It also answers what a record has."""
    return models.UniqueConstraint(
        fields=["workspace", owner, "field", "choice"], nulls_distinct=False, name=f"{prefix}_key"
    )


def value_indexes(owner: str, prefix: str) -> list[models.Index]:
    """For each kind: which records have this value, or one of this range."""
    return [
        models.Index(
            fields=["workspace", "field", column, owner],
            condition=Q(**{f"{column}__isnull": False}),
            name=f"{prefix}_{name}",
        )
        for column, name in (
            ("text_key", "text"),
            ("units", "units"),
            ("day", "day"),
            ("flag", "flag"),
            ("choice", "choice"),
            ("member", "member"),
        )
    ]
