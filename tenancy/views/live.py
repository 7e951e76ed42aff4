"""What an open page needs to hear of changes."""

from __future__ import annotations

from django.http import Http404, HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from tenancy.http import WorkspaceRequest
from tenancy.live_tickets import issue_ticket


@require_GET
@never_cache
def ticket(request: WorkspaceRequest) -> JsonResponse:
    """A ticket to this workspace's stream, for this session, for a minute."""
    member = request.actor.member
    if member is None:
        raise Http404
    text = issue_ticket(
        workspace_id=request.workspace.pk,
        member_id=member.pk,
        session_key=session_key_of(request),
    )
    return JsonResponse({"ticket": text})


def session_key_of(request: HttpRequest) -> str:
    return request.session.session_key or ""
