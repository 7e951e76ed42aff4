"""Files of deals on their way in and out over HTTP: taken in as they come, handed out as attachments only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any

from django.http import FileResponse, Http404, HttpRequest

from deals.models import DealFile
from deals.services.files import file_storage, max_bytes

CHUNK = 64 * 1024
# Not even a browser that opens it in place may run anything of it.
SANDBOX = "sandbox; default-src 'none'"


def announced_size(request: HttpRequest) -> int:
    """The length that was announced; 1 where none was: then what comes is counted."""
    text = request.headers.get("Content-Length", "")
    return int(text) if text.isascii() and text.isdigit() else 1


def body_chunks(request: HttpRequest) -> Iterator[bytes]:
    """At most one piece more than may be kept: who sends more is refused on the way."""
    left = max_bytes() + CHUNK
    while left > 0 and (chunk := request.read(min(CHUNK, left))):
        left -= len(chunk)
        yield chunk


def attachment(file: DealFile) -> FileResponse:
    """The bytes, to be saved: never shown by the browser, whatever they are. Raises Http404."""
    response = FileResponse(
        opened(file.key), as_attachment=True, filename=file.name, content_type=file.content_type
    )
    response.headers["Content-Length"] = str(file.size)
    return guarded(response)


def opened(key: str) -> IO[Any]:
    try:
        found: Any = file_storage().open(key)
    except FileNotFoundError as error:
        raise Http404 from error
    return found


def guarded(response: FileResponse) -> FileResponse:
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "private, no-store"
    return response
