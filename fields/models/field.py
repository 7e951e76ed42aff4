"""What a workspace keeps of its deals, companies and people besides what everybody does."""

from __future__ import annotations

import re

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import clock
from tenancy.models import TenantModel

KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
PREFIX = "cf_"  # before a field's key, wherever its name stands beside those that every record has


class Subject(models.TextChoices):
    """What the field is of."""

    DEAL = "deal", _("Deals")
    COMPANY = "company", _("Companies")
    CONTACT = "contact", pgettext_lazy("at the buyer's", "People")


class FieldKind(models.TextChoices):
    TEXT = "text", _("Text")
    NUMBER = "number", _("Number")
    MONEY = "money", _("Money")
    DATE = "date", _("Date")
    CHOICE = "choice", _("One of a list")
    CHOICES = "choices", _("Several of a list")
    CHECKBOX = "checkbox", _("Yes or no")
    LINK = "link", _("Link")
    MEMBER = "member", _("A member")


# Kinds of which the value is one of the field's choices, a text, a number of ten-thousandths.
CHOOSING = frozenset({FieldKind.CHOICE, FieldKind.CHOICES})
WRITTEN = frozenset({FieldKind.TEXT, FieldKind.LINK})
COUNTED = frozenset({FieldKind.NUMBER, FieldKind.MONEY})


class CustomField(TenantModel):
    """`key` never changes: the API, files, links to a filter and exit criteria know the field by it.

    `currency` is that of every amount in a money field, "" for the other kinds.
    """

    subject = models.CharField(max_length=7, choices=Subject)
    key = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=8, choices=FieldKind)
    help_text = models.CharField(max_length=200, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    position = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "subject", "key"], name="fields_customfield_key"),
            models.UniqueConstraint(
                fields=["workspace", "subject", "name"],
                condition=Q(archived_at=None),
                name="fields_customfield_name_key",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def column(self) -> str:
        """Its name beside the names of the record's own fields."""
        return f"{PREFIX}{self.key}"

    @property
    def is_figure(self) -> bool:
        return self.kind in (FieldKind.NUMBER, FieldKind.MONEY, FieldKind.DATE)
