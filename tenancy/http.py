"""The requests that pages receive, for annotations."""

from __future__ import annotations

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from tenancy.models import User, Workspace
from tenancy.permissions import Actor


class SignedInRequest(HttpRequest):
    """Behind `login_required`."""

    user: User
    htmx: HtmxDetails


class WorkspaceRequest(SignedInRequest):
    """Under /w/{slug}/: `WorkspaceMiddleware` has set `workspace` and `actor`."""

    workspace: Workspace
    actor: Actor
