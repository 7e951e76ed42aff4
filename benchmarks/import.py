"""The import of a CSV file, beside a bare COPY of it. `./run bench import --rows 100000`"""

from __future__ import annotations

import csv
import io
import random
import secrets
import time
from datetime import date, timedelta
from pathlib import Path

from _setup import scratch_database  # isort: skip - Django is set up by it
from _measure import asked_for, expect, machine
from django.db import connection

from integrations.importing.mapping import load_mapping
from integrations.services.import_deals import import_deals
from pipeline.services.create_from_template import create_pipeline_from_template
from tenancy.permissions import Actor
from tenancy.scope import workspace_scope
from tenancy.services.create_workspace import create_workspace

TARGET = 5000
MAPPING = Path(__file__).resolve().parents[1] / "integrations" / "mappings" / "sales_pipeline.json"
HEADER = (
    "opportunity_id",
    "sales_agent",
    "product",
    "account",
    "deal_stage",
    "engage_date",
    "close_date",
    "close_value",
)
PRODUCTS = ("GTX Basic", "MG Special", "GTXPro", "MG Advanced", "GTX Plus Basic", "GTX Plus Pro", "GTK 500")
STAGES = ("Won",) * 48 + ("Lost",) * 28 + ("Engaging",) * 18 + ("Prospecting",) * 6


def generate(rows: int) -> bytes:
    """A file of the shape of sales_pipeline.csv: the same columns, shares, names and gaps."""
    chance = random.Random(7)
    start = date(2016, 10, 20)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    for number in range(rows):
        stage = chance.choice(STAGES)
        engaged = start + timedelta(days=chance.randrange(430))
        is_closed = stage in ("Won", "Lost")
        writer.writerow(
            (
                f"{number:08X}",
                f"Agent {chance.randrange(30)}",
                chance.choice(PRODUCTS),
                f"Account {chance.randrange(85)}" if is_closed or chance.random() < 0.32 else "",
                stage,
                engaged if stage != "Prospecting" else "",
                engaged + timedelta(days=chance.randrange(138)) if is_closed else "",
                chance.randrange(38, 30_289) if stage == "Won" else 0 if stage == "Lost" else "",
            )
        )
    return out.getvalue().encode()


def bare_copy(content: bytes) -> float:
    """Seconds for COPY into a temporary table of eight text columns, without index or check."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE bare ({', '.join(f'{name} text' for name in HEADER)})")
        started = time.perf_counter()
        cursor.cursor.copy_expert("COPY bare FROM STDIN (FORMAT csv, HEADER)", io.BytesIO(content))
        taken = time.perf_counter() - started
        cursor.execute("DROP TABLE bare")
    return taken


def measured(rows: int) -> tuple[float, float, float]:
    """Seconds: bare COPY, first import, the same file again."""
    content = generate(rows)
    mapping = load_mapping(MAPPING.read_text(encoding="utf-8"))
    slug = f"bench-{secrets.token_hex(4)}"
    workspace, _owner = create_workspace(
        slug=slug,
        name="Benchmark",
        owner_email=f"{slug}@bench.example",
        password=secrets.token_urlsafe(),
        currency="USD",
    )
    with workspace_scope(workspace.pk):
        create_pipeline_from_template(template="empty", language="en", is_default=True)
    bare = bare_copy(content)
    taken = []
    for created in (rows, 0):
        started = time.perf_counter()
        with workspace_scope(workspace.pk):
            report = import_deals(content=content, actor=Actor.system(), mapping=mapping)
        taken.append(time.perf_counter() - started)
        counted = (report.created, report.updated, len(report.failures))
        expect(counted == (created, 0, 0), counted)
    return bare, taken[0], taken[1]


if __name__ == "__main__":
    counts = asked_for(__doc__, what="rows")
    with scratch_database():
        found = [(count, *measured(count)) for count in counts]
        title = machine()
    print(f"\nImport · {title}\n")
    print(f"{'work':<26}{'rows':>9}{'seconds':>10}{'rows/s':>10}{'target':>9}")
    for count, *seconds in found:
        works = (("bare COPY", None), ("import", TARGET), ("the same file again", None))
        for (work, target), taken in zip(works, seconds, strict=True):
            verdict = "" if target is None or count / taken >= target else "  missed"
            shown = "" if target is None else f"≥{target:,}"
            print(f"{work:<26}{count:>9,}{taken:>10.2f}{count / taken:>10,.0f}{shown:>9}{verdict}")
