"""What one chooses for oneself."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.errors import InvalidInput
from tenancy.forms import ProfileForm
from tenancy.http import WorkspaceRequest
from tenancy.pages import add_errors, http_404, render_settings, settle
from tenancy.selectors.members import has_second_factor
from tenancy.services.members import rename_member
from tenancy.services.users import choose_language, choose_theme, choose_timezone

YEAR = 31_536_000  # seconds


@require_http_methods(["GET", "POST"])
@http_404
def profile_page(request: WorkspaceRequest) -> HttpResponse:
    """Name in this workspace; language, time zone and appearance in all of them."""
    form = ProfileForm(
        request.POST if request.method == "POST" else None, user=request.user, initial=chosen(request)
    )
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                save(request, form)
        except InvalidInput as problem:
            add_errors(form, problem)
        else:
            translation.activate(form.cleaned_data["language"])
            response = settle(request, "tenancy:profile", _("Saved."))
            # For pages without a login; a login's own choice goes before it (theme.js keeps the same cookie).
            response.set_cookie("theme", form.cleaned_data["theme"], max_age=YEAR, samesite="Lax")
            return response
    context = {"form": form, "second_factor": has_second_factor(request.user)}
    return render_settings(request, "tenancy/profile.html", context, section="profile")


def chosen(request: WorkspaceRequest) -> dict[str, str]:
    user, member = request.user, request.actor.member
    return {
        "display_name": member.display_name if member else "",
        "language": user.language or translation.get_language() or request.workspace.language,
        "timezone": user.timezone,
        "theme": user.theme,
    }


def save(request: WorkspaceRequest, form: ProfileForm) -> None:
    wanted = form.cleaned_data
    if request.actor.member_id is not None:
        rename_member(member_id=request.actor.member_id, name=wanted["display_name"], actor=request.actor)
    choose_language(user=request.user, language=wanted["language"])
    choose_timezone(user=request.user, timezone=wanted["timezone"])
    choose_theme(user=request.user, theme=wanted["theme"])
