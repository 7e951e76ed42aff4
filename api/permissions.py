"""The first door of rights: a method's least permission. Services check again, and more closely."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from tenancy.permissions import Permission


class HasActor(BasePermission):
    """An actor who may use the method: refused before the body or the object is looked at."""

    def has_permission(self, request: Request, view: Any) -> bool:
        actor = getattr(request, "actor", None)
        if actor is None:
            raise NotAuthenticated
        method = str(request.method)
        if not hasattr(view, method.lower()):
            return True  # 405 says more than 403
        needed = Permission.VIEW if method in SAFE_METHODS else view.write_permission
        actor.require(needed)
        return True
