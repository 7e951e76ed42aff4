"""Who may be let into the demo by one click on the login page.

It stands open only where four things hold: the operator said so (`DEMO`, which `./run demo` sets), this instance itself
made the workspace, the person is one of those whom the demo made, and is a member of no other workspace. Even then it
knows no more than anybody: it logs in with the password that each start prints, so that changing it shuts the door.
"""

from __future__ import annotations

from django.conf import settings

from integrations.demo.access import address, made_workspace
from tenancy.models import Membership, MembershipKey
from tenancy.scope import workspace_scope

SHOWN = ("rep", "leader", "admin", "owner", "viewer")  # the most telling first


def demo_members() -> dict[str, Membership]:
    """Role → the member with their user, in the order of the page; empty where there is no demo. Four statements."""
    workspace_id = made_workspace() if settings.DEMO else None
    if workspace_id is None:
        return {}
    with workspace_scope(workspace_id):
        rows = Membership.objects.filter(
            user__email__in=[address(role) for role in SHOWN], user__is_active=True, deactivated_at=None
        ).select_related("user")
        found = {member.user.email: member for member in rows if member.user is not None}
    elsewhere = set(
        MembershipKey.objects.filter(user__email__in=list(found))
        .exclude(workspace_id=workspace_id)
        .values_list("user__email", flat=True)
    )
    return {
        role: found[address(role)]
        for role in SHOWN
        if address(role) in found and address(role) not in elsewhere
    }
