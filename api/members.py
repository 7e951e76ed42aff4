"""`me/` and `members/`: tenancy's rooms in the API (tenancy itself lies below this floor)."""

from __future__ import annotations

import uuid
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import ApiView
from api.fields import Flag, Moment, Ref, Text
from api.pagination import ordering_field, orders
from api.schema import operation, page_of
from api.serializers import PageQuery, Shown
from core.errors import NotFound
from tenancy.models import Membership
from tenancy.models.members import Role
from tenancy.models.tokens import TokenScope
from tenancy.permissions import Permission
from tenancy.scope import current_workspace
from tenancy.selectors.members import members

MEMBER_ORDERS = orders("display_name", "-display_name", "id", "-id")


class MemberShown(Shown):
    """A person in the workspace. `email` is null for people known only from an import."""

    id = serializers.UUIDField()
    display_name = serializers.CharField()
    email = serializers.EmailField(source="user.email", allow_null=True, default=None)
    role = serializers.ChoiceField(Role.choices)
    team = Ref(Membership.objects.none, source="team_id", allow_null=True)
    team_name = serializers.CharField(source="team.name", allow_null=True, default=None)
    is_active = serializers.BooleanField()
    created_at = Moment()


class WorkspaceShown(Shown):
    id = serializers.UUIDField()
    slug = serializers.CharField()
    name = serializers.CharField()
    currency = serializers.CharField()
    timezone = serializers.CharField()
    language = serializers.CharField()


class TokenShown(Shown):
    id = serializers.UUIDField()
    name = serializers.CharField()
    scope = serializers.ChoiceField(TokenScope.choices)
    expires_at = Moment(allow_null=True)


class MeShown(MemberShown):
    """`effective_role` is the smaller of the member's role and what the token's scope admits."""

    effective_role = serializers.ChoiceField(Role.choices)
    permissions = serializers.ListField(child=serializers.ChoiceField([(p, p) for p in Permission]))
    workspace = WorkspaceShown()
    token = TokenShown()


class MemberQuery(PageQuery):
    ordering = ordering_field(MEMBER_ORDERS)
    active = Flag(required=False)
    search = Text(required=False, max_length=200, help_text="Part of the name.")


class MeView(ApiView):
    @operation("me", "Who am I: the token, its member and workspace", answers={200: MeShown})
    def get(self, request: Request) -> Response:
        member = self.actor.member
        body: dict[str, Any] = dict(MemberShown(member).data)
        body["effective_role"] = self.actor.role
        body["permissions"] = [permission for permission in Permission if self.actor.can(permission)]
        body["workspace"] = WorkspaceShown(current_workspace()).data
        body["token"] = TokenShown(request.auth).data
        return Response(body)


class MemberListView(ApiView):
    queries = {"GET": MemberQuery}

    @operation("members_list", "The workspace's people", answers={200: page_of(MemberShown)})
    def get(self, request: Request) -> Response:
        rows = members()
        if "active" in self.query:
            rows = rows.filter(deactivated_at__isnull=self.query["active"])
        if search := self.query.get("search"):
            rows = rows.filter(display_name__icontains=search)
        return self.list_response(self.page(rows, MEMBER_ORDERS), MemberShown)


class MemberView(ApiView):
    @operation("members_get", "One person", answers={200: MemberShown})
    def get(self, request: Request, member_id: uuid.UUID) -> Response:
        found = members().filter(pk=member_id).first()
        if found is None:
            raise NotFound
        return Response(MemberShown(found).data)
