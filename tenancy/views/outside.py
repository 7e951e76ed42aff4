"""Pages outside any workspace."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import check_for_language
from django.views.decorators.http import require_POST
from django.views.i18n import set_language as django_set_language

from tenancy.http import SignedInRequest
from tenancy.selectors.members import workspace_choices, workspace_slugs
from tenancy.services.users import choose_language, choose_theme


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """To the only workspace's board, or to the choice."""
    slugs = workspace_slugs(user=request.user)
    if len(slugs) == 1:
        return redirect("deals:board", slug=slugs[0])
    return render(request, "tenancy/workspaces.html", {"choices": workspace_choices(user=request.user)})


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Django's language switch, kept on the account too, where it goes before the cookie."""
    response = django_set_language(request)
    language = request.POST.get("language", "")
    if request.user.is_authenticated and check_for_language(language):
        choose_language(user=request.user, language=language)
    return response


@login_required
@require_POST
def set_theme(request: SignedInRequest) -> HttpResponse:
    """Keep the person's choice of light, dark or automatic."""
    theme = request.POST.get("theme", "auto")
    choose_theme(user=request.user, theme=theme if theme in {"light", "dark"} else "auto")
    return HttpResponse(status=204)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    response = render(request, "403_csrf.html", status=403)
    response.headers["X-Refusal"] = "csrf"  # for a page's script: not a matter of rights (docs/frontend.md)
    return response
