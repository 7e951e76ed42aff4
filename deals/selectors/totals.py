"""Sums over deals from their running totals: the same at any number of deals, exact inside the transaction too."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet, Sum

from deals.models import DealTotal, DealTotalChange
from deals.models.total import KEY_COLUMNS, counted_sql, summed_sql
from tenancy.permissions import Actor, Permission
from tenancy.scope import current_workspace_id


def totals_by(*names: str, actor: Actor, asked: Q, **expressions: Any) -> list[QuerySet[Any]]:
    """Rows (…names, deals, ten-thousandths) of the totals and of the changes not folded yet: to be added up.

    Two query sets for the arms of one statement (`union(all=True)`), because only a single snapshot sees each change
    once. `names` and `expressions` are columns of `Counted`, or made of them.
    """
    # Everybody sees every deal of the workspace (deals.selectors.visible). A rule there must be met here: one by owner
    # can be, since the owner is part of the key; for any other the deals themselves must be read.
    actor.require(Permission.VIEW)
    return [
        model.objects.filter(asked)
        .order_by()
        .annotate(**expressions)
        .values(*names)
        .annotate(count=Sum("deals"), amount=Sum("units"))
        .values_list(*names, "count", "amount")
        for model in (DealTotal, DealTotalChange)
    ]


def total_differences() -> list[tuple[Any, ...]]:
    """What the deals say more (or less) than their totals, by key, with deals and ten-thousandths: nothing, if all is well.

    One statement, so one snapshot: changes that are just being made do not appear as differences.
    """
    with connection.cursor() as cursor:
        cursor.execute(differences_sql(), workspace_parameters())
        return [row[1:] for row in cursor.fetchall()]


def differences_sql() -> str:
    """Rows as `deals_dealtotalchange` takes them."""
    inside = f"SELECT -deals, -units, {KEY_COLUMNS} FROM {{}} WHERE workspace_id = %(workspace)s"  # noqa: S608 - names of our own
    sources = [
        f"{counted_sql('deals_deal')} AND workspace_id = %(workspace)s",
        inside.format("deals_dealtotal"),
        inside.format("deals_dealtotalchange"),
    ]
    return summed_sql(sources)


def workspace_parameters() -> dict[str, uuid.UUID]:
    return {"workspace": current_workspace_id()}
