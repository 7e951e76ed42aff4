"""Files of a deal: taken in as they come, handed out as attachments only."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from urllib.parse import unquote

from django.db import transaction
from django.http import FileResponse, Http404, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.errors import InvalidInput
from deals.models import Deal, DealFile
from deals.selectors.extras import files_of, get_file
from deals.selectors.visible import get_deal
from deals.services.files import add_file, check_size, delete_file, file_storage, max_bytes, restore_file
from deals.views.log import told, undone
from tenancy.http import WorkspaceRequest
from tenancy.pages import http_404, notice
from tenancy.permissions import Permission

CHUNK = 64 * 1024
# Not even a browser that opens it in place may run anything of it.
SANDBOX = "sandbox; default-src 'none'"


@require_http_methods(["GET", "POST"])
@http_404
def files(request: WorkspaceRequest, deal_id: uuid.UUID) -> HttpResponse:
    """The files. A POST's body is one file as it is, its name in X-File-Name, percent-encoded.

    So a file is never parsed as a form, and one that says it is too large is refused before it is read. A refusal is
    an answer with `ok` false: the browser writes 4xx to its console.
    """
    deal = get_deal(deal_id, actor=request.actor)
    if request.method == "GET":
        return section(request, deal)
    request.actor.require(Permission.EDIT_DEALS)
    try:
        check_size(_announced(request))
        with transaction.atomic():
            name = unquote(request.headers.get("X-File-Name", ""))
            add_file(deal_id=deal_id, name=name, chunks=_chunks(request), actor=request.actor)
    except InvalidInput as problem:
        return JsonResponse({"ok": False, "detail": str(problem.detail)})
    return JsonResponse({"ok": True})


def _announced(request: WorkspaceRequest) -> int:
    """The length that was announced; 1 where none was: then what comes is counted."""
    text = request.headers.get("Content-Length", "")
    return int(text) if text.isascii() and text.isdigit() else 1


def _chunks(request: WorkspaceRequest) -> Iterator[bytes]:
    """At most one piece more than may be kept: who sends more is refused on the way."""
    left = max_bytes() + CHUNK
    while left > 0 and (chunk := request.read(min(CHUNK, left))):
        left -= len(chunk)
        yield chunk


@require_GET
@http_404
def download(request: WorkspaceRequest, deal_id: uuid.UUID, file_id: uuid.UUID) -> HttpResponseBase:
    file = get_file(deal_id, file_id, actor=request.actor)
    return attachment(file)


def attachment(file: DealFile) -> HttpResponseBase:
    """The bytes, to be saved: never shown by the browser, whatever they are."""
    response = FileResponse(
        _opened(file.key), as_attachment=True, filename=file.name, content_type=file.content_type
    )
    response.headers["Content-Length"] = str(file.size)
    return _guarded(response)


@require_GET
@http_404
def thumb(request: WorkspaceRequest, deal_id: uuid.UUID, file_id: uuid.UUID) -> HttpResponseBase:
    """The small picture: drawn by us from the pixels, so it may be shown."""
    file = get_file(deal_id, file_id, actor=request.actor)
    if not file.has_thumb:
        raise Http404
    response = FileResponse(_opened(file.thumb_key), content_type="image/webp")
    response.headers["Content-Disposition"] = "inline"
    guarded = _guarded(response)
    guarded.headers["Cache-Control"] = "private, max-age=86400, immutable"
    return guarded


def _opened(key: str) -> object:
    try:
        return file_storage().open(key)
    except FileNotFoundError as error:
        raise Http404 from error


def _guarded(response: FileResponse) -> FileResponse:
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@require_POST
@http_404
def remove(request: WorkspaceRequest, deal_id: uuid.UUID, file_id: uuid.UUID) -> HttpResponse:
    file = delete_file(deal_id=deal_id, file_id=file_id, actor=request.actor)
    undo = reverse("deals:restore_file", args=[request.workspace.slug, deal_id, file_id])
    said = _("“%(file)s” was deleted.") % {"file": file.name}
    return notice(told(section(request, file.deal), file.deal), said, strong=file.name, undo_url=undo)


@require_POST
@http_404
def bring_back(request: WorkspaceRequest, deal_id: uuid.UUID, file_id: uuid.UUID) -> HttpResponse:
    file = restore_file(deal_id=deal_id, file_id=file_id, actor=request.actor)
    return undone(file.deal, _("“%(file)s” is back.") % {"file": file.name})


def section(request: WorkspaceRequest, deal: Deal) -> HttpResponse:
    context = {
        "deal": deal,
        "files": files_of(deal),
        "max_file_mb": max_bytes() // (1024 * 1024),
        "can_edit": request.actor.can(Permission.EDIT_DEALS),
    }
    return render(request, "deals/_deal_files.html", context)
