"""A company by the name that somebody typed."""

from __future__ import annotations

from django.db.models import Value
from django.utils.translation import gettext as _

from contacts.keys import NameKey
from contacts.models import Company
from contacts.selectors.merged import live_survivor
from core.errors import InvalidInput

MAX_NAME = 200


def get_or_create_company(*, name: str) -> Company:
    """The workspace's company of that name, made where there is none. Case and doubled spaces do not matter."""
    name = " ".join(name.split())
    if not name or len(name) > MAX_NAME or "\x00" in name:
        raise InvalidInput.of(
            "company", _("A company's name has 1 to %(max)s characters.") % {"max": MAX_NAME}
        )
    same = Company.objects.filter(name_key=NameKey(Value(name)), name__iexact=name)
    found = same.filter(deleted_at=None).order_by("created_at", "id").first()
    if found is None:
        # The name of a duplicate that was merged means the company that stayed.
        merged = same.filter(merged_into__isnull=False).order_by("created_at", "id").first()
        found = live_survivor(merged) if merged else None
    return found or Company.objects.create(name=name)
