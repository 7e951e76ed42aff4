"""An ordered list of stages."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from core import clock
from tenancy.models import TenantModel
from tenancy.models.change import DESIGN, change_trigger, touched

TOUCHED = touched("new_rows", repr(DESIGN), pipeline="new_rows.id")


class Pipeline(TenantModel):
    name = models.CharField(max_length=80)
    is_default = models.BooleanField(default=False)
    position = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace"],
                condition=Q(is_default=True, archived_at=None),
                name="pipeline_default_key",
            ),
            models.UniqueConstraint(
                fields=["workspace", "name"], condition=Q(archived_at=None), name="pipeline_name_key"
            ),
        ]
        triggers = [
            change_trigger(
                pgtrigger.Update,
                f"SELECT {TOUCHED} FROM new_rows JOIN old_rows USING (id)",  # noqa: S608 - names of our own
                when_changed=("name", "archived_at"),
            )
        ]

    def __str__(self) -> str:
        return self.name
