"""Make a workspace with its owner and first pipeline; print its id alone."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError, transaction

from core.errors import StagecraftError
from pipeline.services.create_from_template import create_pipeline_from_template
from tenancy.models import User
from tenancy.scope import workspace_scope
from tenancy.services.create_workspace import create_workspace


class Command(BaseCommand):
    help = "Makes a workspace with its owner and a default pipeline, and prints the workspace's id."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--slug", required=True, help="its part of the address: /w/SLUG/")
        parser.add_argument("--name", required=True, help="the company's name")
        parser.add_argument("--owner-email", required=True, help="the owner's address; counts as verified")
        parser.add_argument("--password", required=True, help="the owner's; an existing user keeps theirs")
        parser.add_argument("--owner-name", default="", help="default: the part of the address before the @")
        parser.add_argument("--language", default="ko", help="ko or en (default: %(default)s)")
        parser.add_argument("--currency", default="KRW", help="default: %(default)s")
        parser.add_argument("--timezone", default="Asia/Seoul", help="default: %(default)s")
        parser.add_argument("--template", default="salesmap", help="salesmap, the-model or empty")

    def handle(self, *args: Any, **options: Any) -> None:
        email = options["owner_email"].strip().lower()
        is_known = User.objects.filter(email=email).exists()
        try:
            self.stdout.write(_create(options))
        except StagecraftError as error:
            raise CommandError(" ".join(str(error.detail).split())) from error
        except IntegrityError as error:
            taken = f"There is a workspace “{options['slug']}” already, or one is being made just now."
            raise CommandError(taken) from error
        if is_known:
            self.stderr.write(f"{email} is a user already and keeps their password.")


@transaction.atomic
def _create(options: dict[str, Any]) -> str:
    workspace, _owner = create_workspace(
        slug=options["slug"],
        name=options["name"],
        owner_email=options["owner_email"],
        password=options["password"],
        owner_name=options["owner_name"],
        language=options["language"],
        currency=options["currency"],
        timezone=options["timezone"],
    )
    with workspace_scope(workspace.pk):
        create_pipeline_from_template(
            template=options["template"], language=workspace.language, is_default=True
        )
    return str(workspace.pk)
