"""Django's test client, logged in or with a token: a request in-process, without a server in between."""

from __future__ import annotations

from typing import Any

from _data import Filled
from _measure import expect
from django.conf import settings
from django.test import Client

from integrations.management.commands.prepare import collect_static


def page_client(filled: Filled) -> Client:
    collect_static()
    client = Client(SERVER_NAME=_host())
    client.force_login(filled.user)
    return client


def api_client(filled: Filled) -> Client:
    return Client(SERVER_NAME=_host(), headers={"Authorization": f"Bearer {filled.token}"})


def answered(response: Any, status: int = 200) -> Any:
    """The response, where it is what was asked for."""
    expect(response.status_code == status, response.content)
    return response


def _host() -> str:
    return next((host for host in settings.ALLOWED_HOSTS if host[0] not in ".*["), "localhost")
