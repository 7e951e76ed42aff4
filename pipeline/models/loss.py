"""Why deals are lost: a list that the workspace keeps."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tenancy.models import TenantModel


class LossReason(TenantModel):
    name = models.CharField(max_length=120)
    position = models.PositiveIntegerField(default=0)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "name"],
                condition=Q(archived_at=None),
                name="pipeline_lossreason_name_key",
            )
        ]

    def __str__(self) -> str:
        return self.name
