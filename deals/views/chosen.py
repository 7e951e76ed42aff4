"""The filters that several pages share, kept in the URL: ?pipeline=…&owner=me|none|….

What cannot be read is said in a message, and the page shows the default.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.contrib import messages
from django.utils.translation import gettext as _

from core.ids import parse_uuid
from pipeline.models import Pipeline
from pipeline.selectors.stages import pipelines
from tenancy.http import WorkspaceRequest
from tenancy.models import Membership
from tenancy.selectors.members import active_members


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was chosen, and what there is to choose from."""

    pipelines: list[Pipeline]
    members: list[Membership]
    pipeline: Pipeline | None = None
    owner: Membership | None = None
    unowned: bool = False

    @property
    def pipeline_id(self) -> uuid.UUID | None:
        return self.pipeline.pk if self.pipeline else None

    @property
    def owner_id(self) -> uuid.UUID | None:
        return self.owner.pk if self.owner else None

    @property
    def is_active(self) -> bool:
        return bool(self.pipeline or self.owner or self.unowned)


def chosen_by(request: WorkspaceRequest) -> Chosen:
    """The pipeline and the owner that the URL names. Two queries."""
    found_pipelines, found_members = list(pipelines()), list(active_members())
    wanted_pipeline = request.GET.get("pipeline", "")
    pipeline = next((each for each in found_pipelines if each.pk == parse_uuid(wanted_pipeline)), None)
    if wanted_pipeline and pipeline is None:
        messages.warning(request, _("There is no such pipeline. All pipelines are shown."))
    wanted_owner = request.GET.get("owner", "")
    unowned = wanted_owner == "none"
    owner = None if unowned else member_named(request, wanted_owner, found_members)
    if wanted_owner and not unowned and owner is None:
        messages.warning(request, _("There is no such member. Everybody is shown."))
    return Chosen(found_pipelines, found_members, pipeline, owner, unowned)


def member_named(request: WorkspaceRequest, wanted: str, members: list[Membership]) -> Membership | None:
    """The member of that id; "me" is the reader."""
    wanted_id = request.actor.member_id if wanted == "me" else parse_uuid(wanted)
    return next((member for member in members if member.pk == wanted_id), None)
