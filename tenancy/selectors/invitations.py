"""Who has been asked and has not come yet."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from core import clock, post
from core.errors import NotFound
from tenancy.models import Invitation
from tenancy.models.invitation import PENDING

LETTER = "invitation"
MOST = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """An invitation that waits, and whether its mail was given up."""

    invitation: Invitation
    is_undelivered: bool


def pending_invitations() -> Sequence[Asked]:
    """The latest first, MOST at most. Two queries, one where there are none."""
    rows = Invitation.objects.filter(PENDING).select_related("team", "invited_by")
    found = list(rows.order_by("-created_at", "pk")[:MOST])
    lost = post.undelivered(LETTER, [invitation.pk for invitation in found])
    return [Asked(invitation, invitation.pk in lost) for invitation in found]


def open_invitation(invitation_id: uuid.UUID) -> Invitation:
    """One that still lets somebody in, with who sent it. Raises NotFound."""
    found = Invitation.objects.select_related("invited_by", "team").filter(pk=invitation_id).first()
    if found is None or not found.is_open(as_of=clock.now()):
        raise NotFound
    return found
