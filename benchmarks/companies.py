"""The list of companies in each order, its search, duplicates while typing and over all. `./run bench companies --deals 100000`"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

from _setup import scratch_database  # isort: skip - Django is set up by it
from _data import Filled, filled_workspace
from _measure import Found, Line, asked_for, bare_time, expect, measured, print_table
from _pages import answered, page_client
from django.db import connection, connections

from tenancy.scope import workspace_scope

COMPANIES = 100_000
TARGET = 60.0
SCANS = 250.0  # what reads the workspace, as the orders by figures and the list of duplicates do
MORE = """
INSERT INTO contacts_company (id, workspace_id, name, domain, industry, external_source, created_at)
SELECT gen_random_uuid(), %(workspace)s, '회사 ' || md5(n::text), md5(n::text) || '.example', '', '',
    now() - n * interval '1 minute'
FROM generate_series(1, %(count)s) AS n
"""
BARE = """
SELECT * FROM contacts_company WHERE workspace_id = %s AND deleted_at IS NULL ORDER BY name_key, id LIMIT 51
"""


def measure(filled: Filled) -> list[Line]:
    with workspace_scope(filled.workspace_id), connection.cursor() as cursor:
        cursor.execute(MORE, {"workspace": filled.workspace_id, "count": COMPANIES})
        cursor.execute("SELECT name FROM contacts_company ORDER BY name_key DESC LIMIT 1")
        last = cursor.fetchone()[0]
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE contacts_company")
    with workspace_scope(filled.workspace_id), connection.cursor() as cursor:

        def read() -> None:
            cursor.execute(BARE, [filled.workspace_id])
            cursor.fetchall()

        bare = bare_time(read)
    return [
        Line("companies by name", COMPANIES, _page(filled, "companies/"), bare, TARGET),
        Line(
            "  search that many match",
            COMPANIES,
            _page(filled, f"companies/?q={quote('회사')}"),
            bare,
            TARGET,
        ),
        Line(
            "  search that one matches",
            COMPANIES,
            _page(filled, f"companies/?q={quote(last[6:])}"),
            bare,
            SCANS,
        ),
        Line("  search that none matches", COMPANIES, _page(filled, "companies/?q=zzzz"), bare, SCANS),
        Line("  by open amount", COMPANIES, _page(filled, "companies/?sort=amount"), bare, SCANS),
        Line("  by last contact", COMPANIES, _page(filled, "companies/?sort=heard"), bare, SCANS),
        Line("noticed while typing", COMPANIES, _similar(filled, last), bare, TARGET),
        Line("duplicates of all", COMPANIES, _page(filled, "companies/duplicates/"), bare, 2 * SCANS),
    ]


def _similar(filled: Filled, name: str) -> Found:
    return _page(filled, f"companies/similar/?{urlencode({'name': name[:5], 'domain': 'www.none.example'})}")


def _page(filled: Filled, path: str) -> Found:
    client = page_client(filled)

    def page() -> Any:
        answer = answered(client.get(f"/w/{filled.slug}/{path}", headers={"HX-Request": "true"}))
        expect(answer.status_code == 200, answer)
        return answer

    return measured(page)


if __name__ == "__main__":
    sizes = asked_for(__doc__)
    with scratch_database():
        print_table("Companies", [line for size in sizes for line in measure(filled_workspace(size))])
