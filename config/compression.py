"""Pages go out compressed: a board of 125 cards is 350 kB of HTML, and 25 kB with gzip."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware


class CompressPages(GZipMiddleware):
    """HTML alone: files are what they are, and a version in ETag stays strong for the API's callers.

    What a guesser could learn from lengths (BREACH) Django blurs with random bytes, and its CSRF tokens differ each time.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.streaming or not response.headers.get("Content-Type", "").startswith("text/html"):
            return response
        return super().process_response(request, response)
