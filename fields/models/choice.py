"""What one may choose in a field of the kinds "one of a list" and "several of a list"."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from fields.models.field import CustomField
from tenancy.models import TenantForeignKey, TenantModel


class FieldChoice(TenantModel):
    """An archived one is no longer offered; what was given it keeps it."""

    field = TenantForeignKey(CustomField, on_delete=models.CASCADE, related_name="choices")
    name = models.CharField(max_length=120)
    position = models.PositiveIntegerField(default=0)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "field", "name"],
                condition=Q(archived_at=None),
                name="fields_fieldchoice_name_key",
            )
        ]
        indexes = [models.Index(fields=["workspace", "field", "position"], name="fields_fieldchoice_order")]

    def __str__(self) -> str:
        return self.name
