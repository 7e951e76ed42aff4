"""What the pages of companies and people have in common."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from contacts.models import Change
from core.errors import StagecraftError
from tenancy.http import WorkspaceRequest
from tenancy.pages import notice

TABS = "companies"  # the rail has one entry for both


def go_to(
    request: WorkspaceRequest, url: str, text: str, *, undo_url: str = "", kind: str = "success"
) -> HttpResponse:
    """Go there, and say so: the end of a form or dialog, with htmx or without."""
    level = messages.ERROR if kind == "error" else messages.SUCCESS
    messages.add_message(request, level, text, undo_url)
    return HttpResponse(headers={"HX-Redirect": url}) if request.htmx else redirect(url)


def undo_url(request: WorkspaceRequest, change: Change | None) -> str:
    return reverse("contacts:undo", args=[request.workspace.slug, change.pk]) if change else ""


def refused(request: WorkspaceRequest, problem: StagecraftError, *, back: str) -> HttpResponse:
    """Say why it cannot be done, and leave the page as it is."""
    if not request.htmx:
        return go_to(request, back, str(problem.detail), kind="error")
    response = HttpResponse(headers={"HX-Reswap": "none"})
    return notice(response, str(problem.detail), kind="error")
