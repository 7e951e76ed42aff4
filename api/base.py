"""The base of every REST view: enters the token's workspace, and undoes everything when the answer is an error."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from api.authentication import actor_of, find_workspace
from api.idempotency import idempotent
from api.pagination import Order, Page, page_body, paginate
from api.problems import unexpected_problem
from api.serializers import Body, Query
from tenancy.permissions import Actor, Permission
from tenancy.scope import workspace_scope


class ApiView(APIView):
    """Views run and render inside one transaction in the workspace of the token.

    `write_permission`: what unsafe methods need. `queries`: method → its query parameters (none by default).
    """

    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    write_permission: ClassVar[Permission] = Permission.EDIT_DEALS
    queries: ClassVar[dict[str, type[Query]]] = {}
    takes_stream: ClassVar[bool] = False  # a body that is read piece by piece, and not as JSON
    query: dict[str, Any]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "post" in cls.__dict__ and not cls.takes_stream:
            cls.post = idempotent(cls.post)  # type: ignore[attr-defined]

    @property
    def default_response_headers(self) -> dict[str, str]:
        return {**super().default_response_headers, "Cache-Control": "no-store"}

    @property
    def actor(self) -> Actor:
        return actor_of(self.request)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            entrance = find_workspace(request)
            if entrance is None:
                return super().dispatch(request, *args, **kwargs)
            workspace_id, request.api_token_id = entrance  # type: ignore[attr-defined]
            with workspace_scope(workspace_id):
                response = super().dispatch(request, *args, **kwargs)
                if isinstance(response, Response):
                    response.render()
                if response.status_code >= 400:
                    transaction.set_rollback(True)
                return response
        except Exception as error:
            # What fails at the commit, or before DRF's own handling begins.
            return rendered(unexpected_problem(error))

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if not hasattr(self, str(request.method).lower()):
            self.http_method_not_allowed(request, *args, **kwargs)
        # Reading it here applies DATA_UPLOAD_MAX_MEMORY_SIZE, which DRF's parsers go around.
        if not self.takes_stream:
            _ = request._request.body
        wanted = self.queries.get("GET" if request.method == "HEAD" else str(request.method), Query)
        self.query = checked(wanted(data=request.query_params))

    def body(self, serializer: type[Body]) -> dict[str, Any]:
        """The request's body as `serializer` reads it. Raises ValidationError."""
        return checked(serializer(data=self.request.data))

    def page(self, rows: Any, offered: dict[str, Order]) -> Page:
        return paginate(self.request, rows, params=self.query, offered=offered)

    def list_response(self, page: Page, serializer: type[BaseSerializer[Any]], **context: Any) -> Response:
        shown = serializer(page.rows, many=True, context=context).data
        return Response(page_body(self.request, page, list(shown)))

    def current_of(self, row: Any) -> Any:
        """How a stale object's present state is shown; views of versioned objects say how."""
        return None


def checked(serializer: BaseSerializer[Any]) -> dict[str, Any]:
    serializer.is_valid(raise_exception=True)
    return serializer.validated_data


def rendered(response: Response) -> Response:
    response.accepted_renderer = JSONRenderer()
    response.accepted_media_type = "application/json"
    response.renderer_context = {}  # type: ignore[attr-defined]
    response.render()
    return response
