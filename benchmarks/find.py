"""The finder's answers: a beginning, a part, what many or none have. `./run bench find --deals 100000`"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from _setup import scratch_database  # isort: skip - Django is set up by it
from _data import Filled, filled_workspace
from _measure import Found, Line, asked_for, bare_time, expect, measured, print_table
from _pages import answered, page_client
from django.db import connection, connections

from tenancy.scope import workspace_scope

COMPANIES, PEOPLE = 50_000, 100_000  # a company to every second deal
TARGET = 100.0
MORE = (
    """
INSERT INTO contacts_company (id, workspace_id, name, domain, industry, external_source, created_at)
SELECT gen_random_uuid(), %(workspace)s, '회사 ' || md5(n::text), md5(n::text) || '.example', '', '', now()
FROM generate_series(1, %(companies)s) AS n
""",
    """
INSERT INTO contacts_contact (id, workspace_id, name, email, phone, title, ad_consent, external_source, created_at)
SELECT gen_random_uuid(), %(workspace)s, '사람 ' || md5(n::text), md5(n::text) || '@mail.example', '', '', 'unknown',
    '', now()
FROM generate_series(1, %(people)s) AS n
""",
    "UPDATE deals_deal SET name = '도입 ' || md5(id::text) || CASE WHEN rank < '000000050' THEN ' 한결모터스' ELSE '' END",
)
BARE = """
SELECT id, name FROM deals_deal
WHERE workspace_id = %s AND deleted_at IS NULL AND name ILIKE %s ORDER BY outcome, name LIMIT 8
"""


def measure(filled: Filled) -> list[Line]:
    with workspace_scope(filled.workspace_id), connection.cursor() as cursor:
        for statement in MORE:
            cursor.execute(
                statement, {"workspace": filled.workspace_id, "companies": COMPANIES, "people": PEOPLE}
            )
        cursor.execute("SELECT name FROM deals_deal ORDER BY name DESC LIMIT 1")
        last = cursor.fetchone()[0][3:]
    with connections["owner"].cursor() as cursor:
        for table in ("deals_deal", "contacts_company", "contacts_contact"):
            cursor.execute(f"VACUUM ANALYZE {table}")
    asked = {
        "a name, whole": f"도입 {last}",
        "a beginning that all deals have": "도입",
        "  one syllable": "도",
        "  unfinished while typing": "도이",
        "a beginning that all companies have": "회사",
        "a word that few have": "한결모터스",
        "  a part of it": "모터",
        "a part that many have": "ab",
        "what none has": "zzzz",
        "nothing asked": "",
    }
    return [_line(filled, work, q) for work, q in asked.items()]


def _line(filled: Filled, work: str, q: str) -> Line:
    with workspace_scope(filled.workspace_id), connection.cursor() as cursor:

        def read() -> None:
            cursor.execute(BARE, [filled.workspace_id, f"%{q}%"])
            cursor.fetchall()

        bare = bare_time(read, runs=10) if q else None
    return Line(work, filled.deals, _page(filled, q), bare, TARGET)


def _page(filled: Filled, q: str) -> Found:
    client = page_client(filled)

    def page() -> Any:
        answer = answered(
            client.get(f"/w/{filled.slug}/find/?{urlencode({'q': q})}", headers={"HX-Request": "true"})
        )
        expect(b"find-entry" in answer.content or q == "zzzz", answer.content)
        return answer

    return measured(page, runs=20)


if __name__ == "__main__":
    sizes = asked_for(__doc__, default=(100_000,))
    with scratch_database():
        print_table("The finder", [line for size in sizes for line in measure(filled_workspace(size))])
