"""What a person chooses for themselves, in every workspace."""

from __future__ import annotations

from tenancy.models import User


def choose_theme(*, user: User, theme: str) -> None:
    """Light, dark or auto."""
    user.theme = theme
    user.save(update_fields=["theme"])


def choose_language(*, user: User, language: str) -> None:
    """A language of settings.LANGUAGES."""
    user.language = language
    user.save(update_fields=["language"])
