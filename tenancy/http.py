"""The request that a page under /w/{slug}/ receives."""

from __future__ import annotations

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from tenancy.models import User, Workspace
from tenancy.permissions import Actor


class WorkspaceRequest(HttpRequest):
    """For annotations: `WorkspaceMiddleware` has set `workspace` and `actor`, and the user is logged in."""

    workspace: Workspace
    actor: Actor
    user: User
    htmx: HtmxDetails
