"""DATA_DIR/demo.json: how to get into the demo. Written last, so that a first start that was killed is repeated."""

from __future__ import annotations

import json
import os
import uuid
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection, transaction

from tenancy.selectors.workspaces import workspace_id_for_slug

SLUG = "demo"
PASSWORD = "stagecraft-demo"  # noqa: S105 - printed at each start; the data are invented
DOMAIN = "demo.example"  # reserved by RFC 2606: no mail can reach anybody
LOGINS = (
    "owner",
    "admin",
    "leader",
    "rep",
    "viewer",
)  # one of each role; also the part of the address before the @
LANGUAGES = ("ko", "en")
LOCK = 0x5354_4147  # an advisory lock: two first starts on one database make one demo
TOKEN_NAME = "Demo"  # noqa: S105 - a name


def prepare_demo(*, language: str | None) -> None:
    """Make the demo where there is none, and say in demo.json how to get in. Quick when both are there."""
    path = access_file()
    if made_workspace() is not None:
        return
    path.unlink(missing_ok=True)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        workspace_id = workspace_id_for_slug(SLUG)
        if workspace_id is None:
            from integrations.demo.make import make_demo

            workspace_id = make_demo(language=_checked(language or os.environ.get("DEMO_LANGUAGE") or "ko"))
        content = _access(workspace_id)
    _write_private(path, json.dumps(content, ensure_ascii=False, indent=2))


def address(key: str) -> str:
    return f"{key}@{DOMAIN}"


def access_file() -> Path:
    directory: Path = settings.DATA_DIR
    return directory / "demo.json"


def made_workspace() -> uuid.UUID | None:
    """The demo's workspace, if it is the one of which this instance's file tells: another one of that name is not."""
    written_for = _read(access_file()).get("workspace")
    workspace_id = workspace_id_for_slug(SLUG) if written_for else None
    return workspace_id if str(workspace_id) == written_for else None


def _checked(language: str) -> str:
    if language not in LANGUAGES:
        raise CommandError(f"The demo speaks {' and '.join(LANGUAGES)}, not “{language}”.")
    return language


def _access(workspace_id: uuid.UUID) -> dict[str, Any]:
    from tenancy.models import ApiToken, Membership
    from tenancy.scope import workspace_scope
    from tenancy.services.api_tokens import create_api_token, revoke_api_token

    with workspace_scope(workspace_id):
        owner = Membership.objects.filter(user__email=address("owner"), deactivated_at=None).first()
        if owner is None:
            raise CommandError(f"There is a workspace “{SLUG}” already, and it is not the demo.")
        for lost in ApiToken.objects.filter(member=owner, name=TOKEN_NAME, revoked_at=None):
            revoke_api_token(token=lost)
        _token, secret = create_api_token(member=owner, name=TOKEN_NAME, scope="admin")
        logins = [{"role": role, "email": address(role), "password": PASSWORD} for role in LOGINS]
    return {"url_path": "/", "logins": logins, "token": secret, "workspace": str(workspace_id)}


def _read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _write_private(path: Path, text: str) -> None:
    beside = path.with_suffix(".tmp")
    beside.unlink(missing_ok=True)
    with os.fdopen(
        os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
