"""Files beside a deal."""

from __future__ import annotations

import uuid
from urllib.parse import unquote

from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import ApiView
from api.fields import Moment
from api.idempotency import HEADER
from api.pagination import ordering_field, orders
from api.schema import operation, page_of
from api.serializers import PageQuery, Shown
from core.errors import InvalidInput, NotFound
from deals.downloads import announced_size, attachment, body_chunks
from deals.selectors.deal_records import files_on
from deals.selectors.extras import get_file
from deals.selectors.visible import get_deal
from deals.services.files import add_file, check_size, delete_file

FILE_ORDERS = orders("-created_at", "created_at")
FILE_NAME = OpenApiParameter(
    "X-File-Name", str, OpenApiParameter.HEADER, description="The file's name, percent-encoded."
)


class FileQuery(PageQuery):
    ordering = ordering_field(FILE_ORDERS)


class FileShown(Shown):
    """`content_type` is what the file's first bytes say."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    size = serializers.IntegerField()
    content_type = serializers.CharField()
    sha256 = serializers.CharField()
    uploaded_by = serializers.UUIDField(source="uploaded_by_id", allow_null=True)
    created_at = Moment()


class FileListView(ApiView):
    queries = {"GET": FileQuery}
    takes_stream = True

    @operation("deals_files", "What files lie beside the deal", answers={200: page_of(FileShown)})
    def get(self, request: Request, deal_id: uuid.UUID) -> Response:
        rows = files_on(get_deal(deal_id, actor=self.actor))
        return self.list_response(self.page(rows, FILE_ORDERS), FileShown)

    @operation(
        "deals_files_add",
        "Lay a file beside the deal",
        body={"application/octet-stream": {"type": "string", "format": "binary"}},
        answers={201: FileShown},
        parameters=[FILE_NAME],
    )
    def post(self, request: Request, deal_id: uuid.UUID) -> Response:
        """The body is the file as it is."""
        if HEADER in request.headers:
            raise InvalidInput.of(HEADER, _("A file is not held against a key. Send it without this header."))
        get_deal(deal_id, actor=self.actor)
        check_size(announced_size(request._request))
        name = unquote(request.headers.get("X-File-Name", ""))
        chunks = body_chunks(request._request)
        found = add_file(deal_id=deal_id, name=name, chunks=chunks, actor=self.actor)
        return Response(FileShown(found).data, status=201)


class FileView(ApiView):
    @operation(
        "deals_files_get",
        "The file itself",
        answers={(200, "application/octet-stream"): {"type": "string", "format": "binary"}},
    )
    def get(self, request: Request, deal_id: uuid.UUID, file_id: uuid.UUID) -> HttpResponseBase:
        """As bytes, whatever they are; `content_type` of the list says what."""
        try:
            response = attachment(get_file(deal_id, file_id, actor=self.actor))
        except Http404 as error:
            raise NotFound from error
        response.headers["Content-Type"] = "application/octet-stream"
        return response

    @operation("deals_files_delete", "Delete a file", answers={204: None})
    def delete(self, request: Request, deal_id: uuid.UUID, file_id: uuid.UUID) -> Response:
        get_deal(deal_id, actor=self.actor)
        delete_file(deal_id=deal_id, file_id=file_id, actor=self.actor)
        return Response(status=204)
