"""Which version the caller saw: `If-Match: "3"`, or `version` in the body."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request

from core.errors import InvalidInput

# A proxy that compresses replies turns "3" into W/"3".
TAG = re.compile(r'(?:W/)?"([0-9]{1,9})"\Z')


def etag(version: int) -> str:
    return f'"{version}"'


def expected_version(request: Request, body: dict[str, Any] | None = None) -> int | None:
    """The version that the caller last saw, taken out of `body`; None: do not check.

    Raises InvalidInput when the header is no version's tag, or header and body differ.
    """
    given: int | None = (body or {}).pop("version", None)
    header = request.headers.get("If-Match")
    if header is None or header.strip() == "*":
        return given
    match = TAG.match(header.strip())
    if match is None:
        raise InvalidInput.of("If-Match", _('Send the version as it came in ETag, for example "3".'))
    if given is not None and given != int(match[1]):
        raise InvalidInput.of("version", _("If-Match names another version than the body."))
    return int(match[1])
