"""Pages outside any workspace."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from tenancy.selectors.members import workspace_slugs


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """To the only workspace's board, or to the choice."""
    slugs = workspace_slugs(user=request.user)
    if len(slugs) == 1:
        return redirect("deals:board", slug=slugs[0])
    return render(request, "tenancy/workspaces.html", {"slugs": slugs})


@login_required
@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Keep the person's choice of light, dark or automatic."""
    theme = request.POST.get("theme", "auto")
    request.user.theme = theme if theme in {"light", "dark", "auto"} else "auto"  # type: ignore[union-attr]
    request.user.save(update_fields=["theme"])
    return HttpResponse(status=204)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)
