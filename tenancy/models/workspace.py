"""The tenant."""

from __future__ import annotations

from functools import cached_property
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from core import clock
from core.ids import uuid7
from core.money import CURRENCY_DIGITS
from tenancy.scope import current_workspace_id
from tenancy.zones import zone_names

slug_validator = RegexValidator(
    r"^[a-z0-9](?:[a-z0-9-]{0,48}[a-z0-9])?\Z",
    _("Use small letters a-z, digits and hyphens, 50 at most."),
)


def validate_zone(name: str) -> None:
    if name not in zone_names():
        raise ValidationError(
            _("Unknown time zone “%(name)s”. Use a name such as Asia/Seoul."), params={"name": name}
        )


class WorkspaceManager(models.Manager["Workspace"]):
    def get_queryset(self) -> models.QuerySet[Workspace]:
        return super().get_queryset().filter(pk=current_workspace_id())


class Workspace(models.Model):
    """One customer company of ours. Nothing crosses it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.CharField(max_length=50, validators=[slug_validator])
    name = models.CharField(max_length=120)
    language = models.CharField(max_length=8, choices=settings.LANGUAGES, default="ko")
    currency = models.CharField(
        max_length=3, choices=[(code, code) for code in CURRENCY_DIGITS], default="KRW"
    )
    timezone = models.CharField(max_length=64, default="Asia/Seoul", validators=[validate_zone])
    fiscal_year_start = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(12)], help_text=_("Month, 1 to 12")
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = WorkspaceManager()

    def __str__(self) -> str:
        return self.name

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)
