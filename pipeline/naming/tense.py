"""Finished, in progress, not begun: what a name must say."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Tense(TextChoices):
    FINISHED = "finished", _("Finished")
    IN_PROGRESS = "in_progress", _("In progress")
    NOT_BEGUN = "not_begun", _("Not begun")
    UNCLEAR = "unclear", _("Unclear")
