"""Who calls: a bearer token, which belongs to one workspace and one member."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from core import clock
from tenancy.models import ApiToken, Membership
from tenancy.permissions import Actor
from tenancy.scope import Scope, current_scope, has_scope
from tenancy.services.api_tokens import find_credential

SCHEME = "bearer "


def bearer_secret(request: HttpRequest) -> str | None:
    """The secret of `Authorization: Bearer …`, or None."""
    header: str = request.META.get("HTTP_AUTHORIZATION", "")
    if header[: len(SCHEME)].lower() != SCHEME:
        return None
    return header[len(SCHEME) :].strip()


def find_workspace(request: HttpRequest) -> tuple[uuid.UUID, uuid.UUID] | None:
    """(workspace id, token id) that the request's token names; from the global table, before any scope."""
    secret = bearer_secret(request)
    return find_credential(secret) if secret else None


class TokenAuthentication(BaseAuthentication):
    """Runs inside the workspace that `ApiView.dispatch` entered; sets `request.actor`."""

    def authenticate(self, request: Request) -> tuple[Membership, ApiToken] | None:
        token_id = getattr(request._request, "api_token_id", None)
        if token_id is None or not has_scope():
            if request.META.get("HTTP_AUTHORIZATION"):
                raise refusal()
            return None
        token = ApiToken.objects.select_related("member__user", "workspace").filter(pk=token_id).first()
        if token is None or not usable(token):
            raise refusal()
        scope = current_scope()
        scope.remember(token.workspace)
        note_use(token, scope)
        actor = Actor.of(token.member, scope=token.scope, token_id=token.pk)
        request.actor = request._request.actor = actor  # type: ignore[attr-defined]
        return token.member, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def refusal() -> AuthenticationFailed:
    """One text for every reason: a token's state is nobody's business but its owner's."""
    return AuthenticationFailed(_("This token does not exist, has expired, or was revoked."))


def usable(token: ApiToken) -> bool:
    if token.revoked_at is not None or not token.member.is_active:
        return False
    user = token.member.user
    if user is not None and not user.is_active:
        return False
    return token.expires_at is None or token.expires_at > clock.now()


def note_use(token: ApiToken, scope: Scope) -> None:
    """Once a day. Skips a row that another request holds: the day's first calls must not wait for each other."""
    today = clock.local_date(clock.now(), scope.workspace.zone)
    if token.last_used_on == today:
        return
    free = ApiToken.objects.select_for_update(skip_locked=True).filter(pk=token.pk).values("pk")
    ApiToken.objects.filter(pk__in=free).update(last_used_on=today)


def actor_of(request: Any) -> Actor:
    """The actor of an authenticated request."""
    return request.actor
