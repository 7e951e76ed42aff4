"""What tagging many deals at once would do, and which tags and sources there are to choose from."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from deals.models import Deal, DealTag, Tag
from deals.models.links import MAX_TAGS
from deals.selectors.bulk import BulkPlan
from deals.selectors.visible import visible_to
from tenancy.permissions import Actor

OFFERED = 50


def tag_name(text: str) -> str:
    """A tag's name as somebody typed it: without the sign in front, blanks made one."""
    return " ".join(text.split()).lstrip("#").strip()


def tag_named(name: str) -> Tag | None:
    """The tag of that name, whatever its case."""
    return Tag.objects.filter(name__iexact=name).order_by("name").first()


def plan_tag(deals: Sequence[Deal], tag: Tag | None, *, plan: BulkPlan | None = None) -> BulkPlan:
    """`tag` None: a new one. One query."""
    plan = plan or BulkPlan()
    tagged = _tagged(deals, tag) if tag else set()
    full = _full(deals)
    for deal in deals:
        if deal.pk in tagged:
            plan.same.append(deal)
        elif deal.pk in full:
            plan.refuse(deal, "too-many-tags", _("A deal has at most %(max)s tags.") % {"max": MAX_TAGS})
        else:
            plan.goes.append(deal)
    return plan


def plan_untag(deals: Sequence[Deal], tag: Tag | None, *, plan: BulkPlan | None = None) -> BulkPlan:
    """One query."""
    plan = plan or BulkPlan()
    tagged = _tagged(deals, tag) if tag else set()
    for deal in deals:
        (plan.goes if deal.pk in tagged else plan.same).append(deal)
    return plan


def _tagged(deals: Collection[Deal], tag: Tag) -> set[uuid.UUID]:
    links = DealTag.objects.filter(tag=tag, deal__in=[deal.pk for deal in deals])
    return set(links.values_list("deal_id", flat=True))


def _full(deals: Collection[Deal]) -> set[uuid.UUID]:
    links = DealTag.objects.filter(deal__in=[deal.pk for deal in deals]).order_by()
    counted = links.values("deal_id").annotate(count=Count("pk")).filter(count__gte=MAX_TAGS)
    return set(counted.values_list("deal_id", flat=True))


def tags_on(deals: Collection[Deal]) -> QuerySet[Tag]:
    """Those that one of the deals has, by name."""
    links = DealTag.objects.filter(deal__in=[deal.pk for deal in deals])
    return Tag.objects.filter(pk__in=links.values("tag_id")).order_by("name")


def tags_offered() -> list[str]:
    """The names of the tags used most."""
    used = Tag.objects.annotate(uses=Count("deal_tags")).order_by("-uses", "name")
    return list(used.values_list("name", flat=True)[:OFFERED])


def sources_offered(actor: Actor) -> list[str]:
    """The sources that deals name."""
    named = visible_to(actor).exclude(source="").order_by("source")
    return list(named.values_list("source", flat=True).distinct()[:OFFERED])
