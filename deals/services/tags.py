"""Tags on a deal: the workspace's own words, made where one is used first."""

from __future__ import annotations

import uuid

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core.errors import InvalidInput, NotFound
from deals.models import DealTag, EventKind, Tag
from deals.models.links import MAX_TAGS
from deals.selectors.bulk_tags import tag_name, tag_named
from deals.services.checks import checked_text
from deals.services.events import record_event
from deals.services.placing import lock_deal
from tenancy.permissions import Actor, Permission

MAX_NAME = 40


@transaction.atomic
def add_tag(*, deal_id: uuid.UUID, name: str, actor: Actor) -> Tag:
    """The deal has a tag of that name, whatever its case. One that it has already stays."""
    actor.require(Permission.EDIT_DEALS)
    deal = lock_deal(deal_id, actor=actor)
    tag = get_or_create_tag(name)
    if DealTag.objects.filter(deal=deal, tag=tag).exists():
        return tag
    if DealTag.objects.filter(deal=deal).count() >= MAX_TAGS:
        raise InvalidInput.of("name", _("A deal has at most %(max)s tags.") % {"max": MAX_TAGS}, "too_many")
    DealTag(deal=deal, tag=tag).save(force_insert=True)
    record_event(deal=deal, kind=EventKind.TAG_ADDED, actor=actor, data={"tag": str(tag.pk)})
    return tag


@transaction.atomic
def remove_tag(*, deal_id: uuid.UUID, tag_id: uuid.UUID, actor: Actor) -> Tag:
    """Take the tag off the deal. Raises NotFound where there is no such tag; one that is off already stays off."""
    actor.require(Permission.EDIT_DEALS)
    deal = lock_deal(deal_id, actor=actor)
    tag = Tag.objects.filter(pk=tag_id).first()
    if tag is None:
        raise NotFound
    removed, _by_model = DealTag.objects.filter(deal=deal, tag=tag).delete()
    if removed:
        record_event(deal=deal, kind=EventKind.TAG_REMOVED, actor=actor, data={"tag": str(tag.pk)})
    return tag


def get_or_create_tag(name: str) -> Tag:
    """The workspace's tag of that name; case and doubled spaces do not matter. Raises InvalidInput."""
    name = checked_tag_name(tag_name(name))
    found = tag_named(name)
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return Tag.objects.create(name=name)
    except IntegrityError:  # somebody made it at the same moment
        return Tag.objects.get(name=name)


def checked_tag_name(name: str) -> str:
    name = checked_text(name, "name", MAX_NAME)
    if not name:
        raise InvalidInput.of("name", _("Write the tag's name."), "required")
    return name
