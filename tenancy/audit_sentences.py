"""How tenancy's own entries of the change history read."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.formats import day_brief, month_of_year
from tenancy.audit_words import NOTHING, Line, Sentence, Told, register, register_kind
from tenancy.models.members import Role
from tenancy.models.tokens import TokenScope

KINDS = {
    "member": gettext_lazy("Members"),
    "team": gettext_lazy("Teams"),
    "invitation": gettext_lazy("Invitations"),
    "token": gettext_lazy("API tokens"),
    "workspace": gettext_lazy("General"),
    "rate": gettext_lazy("Exchange rates"),
}
LANGUAGES = {"ko": "한국어", "en": "English"}


def register_all() -> None:
    for kind, label in KINDS.items():
        register_kind(kind, label)
    for action, sentence in SENTENCES.items():
        register(action, sentence)


def rate_set(told: Told) -> Line:
    what = _("set the exchange rate of %(currency)s from %(day)s on") % _rate_words(told)
    return Line(what, told.value("from"), told.value("to"))


def rate_removed(told: Told) -> Line:
    what = _("removed the exchange rate of %(currency)s from %(day)s on") % _rate_words(told)
    return Line(what, told.value("from"), NOTHING)


def _rate_words(told: Told) -> dict[str, str]:
    return {"currency": told.value("name"), "day": day_brief(date.fromisoformat(told.value("day")))}


# members ---------------------------------------------------------------------------------------------------------


def member_renamed(told: Told) -> str:
    return _("changed the name of %(name)s") % {"name": told.target}


def member_role(told: Told) -> Line:
    what = _("changed the role of %(name)s") % {"name": told.target}
    return Line(what, role(told.detail["from"]), role(told.detail["to"]))


def member_team(told: Told) -> Line:
    what = _("changed the team of %(name)s") % {"name": told.target}
    return Line(what, told.name("from"), told.name("to"))


def member_joined(told: Told) -> str:
    return _("joined as %(role)s") % {"role": role(told.detail["role"])}


def member_reactivated(told: Told) -> str:
    return _("reactivated %(name)s") % {"name": told.target}


def member_deactivated(told: Told) -> str:
    """With all that was handed over: kind, count, to whom."""
    what = _("deactivated %(name)s") % {"name": told.target}
    handed = told.detail.get("handed") or {}
    parts = [_handed(kind, told, **part) for kind, part in handed.items()]
    return " · ".join([what, *parts])


def _handed(kind: str, told: Told, *, count: int, to: str | None) -> str:
    if kind == "deals":
        things = ngettext("%(count)s open deal", "%(count)s open deals", count) % {"count": count}
    elif kind == "tasks":
        things = ngettext("%(count)s open task", "%(count)s open tasks", count) % {"count": count}
    else:
        things = f"{kind}: {count}"
    if to is None:
        return _("%(things)s left unassigned") % {"things": things}
    name = told.names.get(to) or _("(no longer there)")
    return _("%(things)s handed over to %(name)s") % {"things": things, "name": name}


# teams -----------------------------------------------------------------------------------------------------------


def team_created(told: Told) -> str:
    return _("made the team “%(name)s”") % {"name": told.value("name")}


def team_renamed(told: Told) -> Line:
    return Line(_("renamed a team"), told.value("from"), told.value("to"))


def team_archived(told: Told) -> str:
    return _("archived the team “%(name)s”") % {"name": told.value("name")}


def team_restored(told: Told) -> str:
    return _("brought the team “%(name)s” back") % {"name": told.value("name")}


# invitations, tokens -----------------------------------------------------------------------------------------------


def invitation_sent(told: Told) -> str:
    names = {"name": told.target, "role": role(told.detail["role"])}
    return _("invited %(name)s as %(role)s") % names


def invitation_resent(told: Told) -> str:
    return _("invited %(name)s once more") % {"name": told.target}


def invitation_revoked(told: Told) -> str:
    return _("withdrew the invitation of %(name)s") % {"name": told.target}


def token_created(told: Told) -> str:
    names = {"name": told.target, "scope": TokenScope(told.detail["scope"]).label}
    return _("made the API token “%(name)s” (%(scope)s)") % names


def token_revoked(told: Told) -> str:
    return _("revoked the API token “%(name)s”") % {"name": told.target}


# the workspace ---------------------------------------------------------------------------------------------------


def workspace_name(told: Told) -> Line:
    return Line(_("renamed the workspace"), told.value("from"), told.value("to"))


def workspace_language(told: Told) -> Line:
    was, now = (LANGUAGES.get(told.value(key), told.value(key)) for key in ("from", "to"))
    return Line(_("changed the workspace's language"), was, now)


def workspace_currency(told: Told) -> Line:
    return Line(_("changed the workspace's currency"), told.value("from"), told.value("to"))


def workspace_timezone(told: Told) -> Line:
    return Line(_("changed the workspace's time zone"), told.value("from"), told.value("to"))


def workspace_fiscal_year_start(told: Told) -> Line:
    was, now = (month_of_year(int(told.detail[key])) for key in ("from", "to"))
    return Line(_("changed the start of the fiscal year"), was, now)


def role(value: str | None) -> str:
    return str(Role(value).label) if value else NOTHING


SENTENCES: dict[str, Sentence] = {
    "member.renamed": member_renamed,
    "member.role": member_role,
    "member.team": member_team,
    "member.joined": member_joined,
    "member.reactivated": member_reactivated,
    "member.deactivated": member_deactivated,
    "rate.set": rate_set,
    "rate.removed": rate_removed,
    "team.created": team_created,
    "team.renamed": team_renamed,
    "team.archived": team_archived,
    "team.restored": team_restored,
    "invitation.sent": invitation_sent,
    "invitation.resent": invitation_resent,
    "invitation.revoked": invitation_revoked,
    "token.created": token_created,
    "token.revoked": token_revoked,
    "workspace.name": workspace_name,
    "workspace.language": workspace_language,
    "workspace.currency": workspace_currency,
    "workspace.timezone": workspace_timezone,
    "workspace.fiscal_year_start": workspace_fiscal_year_start,
}
