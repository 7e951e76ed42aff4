"""A company by the name that somebody typed."""

from __future__ import annotations

from django.utils.translation import gettext as _

from contacts.models import Company
from core.errors import InvalidInput

MAX_NAME = 200


def get_or_create_company(*, name: str) -> Company:
    """The workspace's company of that name, made where there is none. Case and doubled spaces do not matter."""
    name = " ".join(name.split())
    if not name or len(name) > MAX_NAME or "\x00" in name:
        raise InvalidInput.of(
            "company", _("A company's name has 1 to %(max)s characters.") % {"max": MAX_NAME}
        )
    found = Company.objects.filter(deleted_at=None, name__iexact=name).order_by("created_at", "id").first()
    return found or Company.objects.create(name=name)
