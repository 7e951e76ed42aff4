"""Make an API token for a member; print it alone."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tenancy.models import Membership
from tenancy.models.tokens import TokenScope
from tenancy.scope import workspace_scope
from tenancy.selectors.workspaces import workspace_id_for_slug
from tenancy.services.api_tokens import create_api_token


class Command(BaseCommand):
    help = "Makes an API token for a member of a workspace, and prints it. It is not shown again."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--workspace", required=True, help="the workspace's slug")
        parser.add_argument("--email", required=True, help="the member's address")
        parser.add_argument("--name", required=True, help="what the token is for")
        parser.add_argument("--scope", default=TokenScope.WRITE, help="read, write or admin")

    def handle(self, *args: Any, **options: Any) -> None:
        slug, email = options["workspace"], options["email"].strip().lower()
        name, scope = options["name"].strip(), options["scope"]
        if scope not in TokenScope.values:
            raise CommandError(f"Unknown scope “{scope}”. Choose one of: {', '.join(TokenScope.values)}.")
        if not name:
            raise CommandError("A token needs a name.")
        workspace_id = workspace_id_for_slug(slug)
        if workspace_id is None:
            raise CommandError(f"There is no workspace “{slug}”.")
        with workspace_scope(workspace_id):
            member = Membership.objects.filter(user__email=email, deactivated_at=None).first()
            if member is None:
                raise CommandError(f"{email} is not an active member of “{slug}”.")
            _token, secret = create_api_token(member=member, name=name, scope=scope)
        self.stdout.write(secret)
