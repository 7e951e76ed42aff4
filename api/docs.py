"""The schema, a page to read it, and the answer for addresses that do not exist."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_GET
from drf_spectacular.generators import SchemaGenerator
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


class OpenApi(APIView):
    """The OpenAPI 3.1 document. Open to everybody: it holds no customer data."""

    authentication_classes = ()
    permission_classes = ()
    schema = None

    def get(self, request: Request) -> Response:
        return Response(openapi_document())


@cache
def openapi_document() -> dict[str, Any]:
    """The same for everybody, so made once for a process."""
    with translation.override("en"):
        document = SchemaGenerator().get_schema(request=None, public=True)
        return json.loads(json.dumps(document, default=str))


@require_GET
def reference(request: HttpRequest) -> HttpResponse:
    return render(request, "api/reference.html")


class Nowhere(APIView):
    """Any other address under /api/v1/: 404, whatever the method, without asking who calls."""

    authentication_classes = ()
    permission_classes = ()
    schema = None

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        raise NotFound

    def get(self, request: Request) -> Response:
        raise NotFound
