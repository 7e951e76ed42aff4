"""JSON bodies, read strictly: UTF-8, finite and exact numbers, an object at the top."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser


def refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


class StrictJSONParser(BaseParser):
    """Numbers with a point become Decimal, so that an amount given as a number stays exact."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        try:
            data = json.loads(
                stream.read().decode("utf-8"), parse_float=Decimal, parse_constant=refuse_constant
            )
            # A lone surrogate ("\ud800") is valid JSON and no valid text: neither PostgreSQL nor a reply can hold it.
            json.dumps(data, ensure_ascii=False, default=str).encode("utf-8")
        except (ValueError, RecursionError) as error:
            raise ParseError(_("The body is not valid JSON in UTF-8.")) from error
        if not isinstance(data, dict):
            raise ParseError(_("The body must be a JSON object."))
        return data
