"""What a person chooses for themselves, in every workspace."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.errors import InvalidInput
from tenancy.models import User
from tenancy.models.workspace import validate_zone


def choose_theme(*, user: User, theme: str) -> None:
    """Light, dark or auto."""
    user.theme = theme
    user.save(update_fields=["theme"])


def choose_language(*, user: User, language: str) -> None:
    """A language of settings.LANGUAGES."""
    user.language = language
    user.save(update_fields=["language"])


def choose_timezone(*, user: User, timezone: str) -> None:
    """Where the person reads clock times; "" is the workspace's zone. Raises InvalidInput."""
    if timezone:
        try:
            validate_zone(timezone)
        except ValidationError as error:
            raise InvalidInput.of(
                "timezone", _("Choose a time zone of the list."), "invalid_choice"
            ) from error
    user.timezone = timezone
    user.save(update_fields=["timezone"])
