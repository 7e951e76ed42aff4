"""The page behind an invitation's link: outside any workspace until the secret has named one."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods

from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from tenancy.forms import JoinForm
from tenancy.models import Invitation, User
from tenancy.pages import add_errors
from tenancy.scope import Scope, workspace_scope
from tenancy.selectors.invitations import open_invitation
from tenancy.selectors.members import user_of_address
from tenancy.services.accept_invitation import find_invitation, is_for, join_as, join_as_new_person


@require_http_methods(["GET", "POST"])
@cache_control(no_store=True)
def join(request: HttpRequest, secret: str) -> HttpResponse:
    """Set name and password, or join with the account that one has. A link that counts no more says so, whatever the
    reason: used, withdrawn, too old, mistyped."""
    entrance = find_invitation(secret)
    if entrance is None:
        return gone(request)
    workspace_id, invitation_id = entrance
    try:
        with workspace_scope(workspace_id) as scope, timezone.override(scope.workspace.zone):
            invitation = open_invitation(invitation_id)
            speak(request, scope)
            answer = answered(request, invitation, scope)
            if answer.status_code >= 400:
                transaction.set_rollback(True)
            return answer
    except NotFound:
        return gone(request)


def gone(request: HttpRequest) -> HttpResponse:
    return render(request, "tenancy/join_gone.html", status=404)


def speak(request: HttpRequest, scope: Scope) -> None:
    """A newcomer whose browser asks for neither language reads the workspace's."""
    if not request.user.is_authenticated and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        accepted = request.headers.get("Accept-Language", "")
        if not any(code in accepted for code, _name in settings.LANGUAGES):
            translation.activate(scope.workspace.language)
            request.LANGUAGE_CODE = scope.workspace.language


def answered(request: HttpRequest, invitation: Invitation, scope: Scope) -> HttpResponse:
    context: dict[str, Any] = {"invitation": invitation, "joined": scope.workspace}
    if isinstance(request.user, User):
        return joined_as(request, request.user, invitation, context)
    if user_of_address(invitation.email) is not None:
        return render(request, "tenancy/join_login.html", context)
    form = JoinForm(request.POST or None, initial={"name": invitation.display_name})
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                user, _member = join_as_new_person(
                    invitation_id=invitation.pk,
                    name=form.cleaned_data["name"],
                    password=form.cleaned_data["password"],
                )
        except InvalidInput as problem:
            add_errors(form, problem)
        except Conflict as problem:
            form.add_error(None, str(problem.detail))
        else:
            login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
            return redirect("deals:board", slug=scope.workspace.slug)
    return render(request, "tenancy/join.html", {**context, "form": form})


def joined_as(
    request: HttpRequest, user: User, invitation: Invitation, context: dict[str, Any]
) -> HttpResponse:
    if not is_for(invitation, user):
        return render(request, "tenancy/join_other.html", context)
    if request.method == "GET":
        return render(request, "tenancy/join_confirm.html", context)
    try:
        with transaction.atomic():
            join_as(invitation_id=invitation.pk, user=user)
    except (Conflict, NotAllowed) as problem:
        return render(request, "tenancy/join_confirm.html", {**context, "problem": problem.detail})
    return redirect("deals:board", slug=context["joined"].slug)
