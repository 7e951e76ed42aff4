"""How merges read in the change history. Entries cannot be erased, so people are named by nothing but what they were."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tenancy.audit_words import Sentence, Told, register, register_kind


def register_all() -> None:
    register_kind("customer", gettext_lazy("Companies and people"))
    for action, sentence in SENTENCES.items():
        register(action, sentence)


def companies_merged(told: Told) -> str:
    return " · ".join([_("merged two companies"), *counted(told)])


def companies_unmerged(told: Told) -> str:
    return _("undid the merging of two companies")


def people_merged(told: Told) -> str:
    return " · ".join([_("merged two people"), *counted(told)])


def people_unmerged(told: Told) -> str:
    return _("undid the merging of two people")


def counted(told: Told) -> list[str]:
    """What changed hands."""
    counts = told.detail.get("counts") or {}
    deals, people = int(counts.get("deals", 0)), int(counts.get("people", 0))
    return [
        *([ngettext("%(count)s deal", "%(count)s deals", deals) % {"count": deals}] if deals else []),
        *([ngettext("%(count)s person", "%(count)s people", people) % {"count": people}] if people else []),
    ]


SENTENCES: dict[str, Sentence] = {
    "customer.companies_merged": companies_merged,
    "customer.companies_unmerged": companies_unmerged,
    "customer.people_merged": people_merged,
    "customer.people_unmerged": people_unmerged,
}
