"""Make a tenant with its first owner."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import FieldError, InvalidInput
from core.ids import uuid7
from tenancy.models import Membership, User, Workspace, WorkspaceKey
from tenancy.models.members import Role
from tenancy.scope import workspace_scope
from tenancy.services.members import add_member


@transaction.atomic
def create_workspace(
    *,
    slug: str,
    name: str,
    owner_email: str,
    password: str,
    owner_name: str = "",
    language: str = "ko",
    currency: str = "KRW",
    timezone: str = "Asia/Seoul",
    fiscal_year_start: int = 1,
) -> tuple[Workspace, Membership]:
    """The workspace and its owner's membership. The owner can log in at once: the address counts as verified.

    An existing user keeps the password they have. Raises InvalidInput with a reason for each wrong value.
    """
    workspace = Workspace(
        id=uuid7(),
        slug=slug,
        name=name,
        language=language,
        currency=currency,
        timezone=timezone,
        fiscal_year_start=fiscal_year_start,
    )
    check_workspace(workspace)
    user = user_for_email(email=owner_email, password=password, name=owner_name)
    WorkspaceKey.objects.create(workspace_id=workspace.pk, slug=slug)
    with workspace_scope(workspace.pk):
        workspace.save(force_insert=True)
        owner = add_member(
            user=user,
            display_name=owner_name or user.name or owner_email.split("@", maxsplit=1)[0],
            role=Role.OWNER,
        )
    return workspace, owner


def check_workspace(workspace: Workspace) -> None:
    try:
        workspace.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        problems = [
            FieldError(field, "invalid", message)
            for field, messages in error.message_dict.items()
            for message in messages
        ]
        raise InvalidInput("; ".join(f"{p.field}: {p.detail}" for p in problems), errors=problems) from error
    if WorkspaceKey.objects.filter(slug=workspace.slug).exists():
        raise InvalidInput.of(
            "slug", _("There is a workspace “%(slug)s” already.") % {"slug": workspace.slug}
        )


def user_for_email(*, email: str, password: str, name: str = "") -> User:
    """The user of that address, made and verified where there is none."""
    email = email.strip().lower()
    user = User.objects.filter(email=email).first()
    if user is None:
        check_field("email", validate_email, email)
        check_field("password", validate_password, password, User(email=email, name=name))
        user = User.objects.create_user(email=email, password=password, name=name)
    EmailAddress.objects.get_or_create(
        user=user,
        email=email,
        defaults={"verified": True, "primary": not EmailAddress.objects.filter(user=user).exists()},
    )
    return user


def check_field(field: str, validate: Callable[..., Any], *values: Any) -> None:
    """Run one of Django's validators; its refusal becomes InvalidInput of that field."""
    try:
        validate(*values)
    except ValidationError as error:
        raise InvalidInput.of(field, " ".join(error.messages)) from error
