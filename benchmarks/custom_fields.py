"""Deals found by custom fields: a choice, a range of numbers and of days, the beginning of a text, what is empty. `./run bench custom_fields --deals 100000`"""

from __future__ import annotations

import uuid
from typing import Any

from _setup import scratch_database  # isort: skip - Django is set up by it
from _data import Filled, filled_workspace
from _measure import Line, asked_for, bare_time, measured, print_table
from _pages import answered, page_client
from django.db import connection, connections

from fields.models import CustomField, FieldKind
from fields.services.definitions import add_field
from tenancy.permissions import Actor
from tenancy.scope import workspace_scope

TARGET = 100.0
REGIONS = 10
FIELDS = {
    "region": FieldKind.CHOICE,
    "seats": FieldKind.NUMBER,
    "renewal": FieldKind.DATE,
    "contract": FieldKind.TEXT,
}
# Nine of ten deals have a value in each field.
INSERT = """
INSERT INTO deals_dealfieldvalue (id, workspace_id, deal_id, field_id, {column})
SELECT gen_random_uuid(), workspace_id, id, %s, {value} FROM deals_deal WHERE workspace_id = %s AND random() < 0.9
"""
VALUES = {
    "seats": ("units", "(random() * 10000)::bigint * 10000"),
    "renewal": ("day", "current_date + (random() * 730)::int"),
    "contract": ("text", "'CT-' || lpad((random() * 99999)::int::text, 5, '0')"),
}
BARE = """
SELECT count(*) FROM deals_deal d WHERE d.workspace_id = %s AND d.deleted_at IS NULL AND d.outcome = 'open'
AND d.id IN (SELECT deal_id FROM deals_dealfieldvalue v WHERE v.workspace_id = d.workspace_id AND v.field_id = %s AND {})
"""


def measure(filled: Filled) -> list[Line]:
    with workspace_scope(filled.workspace_id):
        fields = _with_values(filled)
        region = str(fields["region"].choices.order_by("position")[0].pk)
    settle_values()
    client, base = page_client(filled), f"/w/{filled.slug}/deals/"

    def line(label: str, query: str, name: str, condition: str) -> Line:
        found = measured(lambda: answered(client.get(f"{base}?{query}")))
        return Line(label, filled.deals, found, _bare(filled, fields[name], condition), TARGET)

    return [
        line("the list's page, one choice", f"cf_region={region}", "region", f"v.choice_id = '{region}'"),
        line(
            "  a hundredth of the numbers",
            "cf_seats=100..200",
            "seats",
            "v.units BETWEEN 1000000 AND 2000000",
        ),
        line(
            "  a month of days",
            "cf_renewal=2027-03-01..2027-03-31",
            "renewal",
            "v.day BETWEEN '2027-03-01' AND '2027-03-31'",
        ),
        line(
            "  the beginning of a text",
            "cf_contract=ct-12",
            "contract",
            "v.text_key >= 'ct-12' AND v.text_key < 'ct-13'",
        ),
        line("  what is empty", "cf_seats=none", "seats", "true"),
        line(
            "  four columns of them",
            "columns=name,cf_region,cf_seats,cf_renewal,cf_contract",
            "seats",
            "true",
        ),
    ]


def _with_values(filled: Filled) -> dict[str, CustomField]:
    actor = Actor.of(filled.owner)
    names = [f"Region {number}" for number in range(REGIONS)]
    fields = {
        key: add_field(
            subject="deal",
            name=key,
            key=key,
            kind=kind,
            choices=names if key == "region" else (),
            actor=actor,
        )
        for key, kind in FIELDS.items()
    }
    choices: list[uuid.UUID] = list(
        fields["region"].choices.order_by("position").values_list("pk", flat=True)
    )
    with connection.cursor() as cursor:
        for key, (column, value) in VALUES.items():
            cursor.execute(INSERT.format(column=column, value=value), [fields[key].pk, filled.workspace_id])
        chosen = INSERT.format(
            column="choice_id", value=f"(%s::uuid[])[1 + floor(random() * {REGIONS})::int]"
        )
        cursor.execute(chosen, [fields["region"].pk, choices, filled.workspace_id])
    return fields


def _bare(filled: Filled, field: CustomField, condition: str) -> float:
    parameters: list[Any] = [filled.workspace_id, field.pk]
    with workspace_scope(filled.workspace_id), connection.cursor() as cursor:

        def read() -> None:
            cursor.execute(BARE.format(condition), parameters)
            cursor.fetchall()

        return bare_time(read)


def settle_values() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) deals_dealfieldvalue")


if __name__ == "__main__":
    sizes = asked_for(__doc__)
    with scratch_database():
        print_table("Custom fields", [line for size in sizes for line in measure(filled_workspace(size))])
