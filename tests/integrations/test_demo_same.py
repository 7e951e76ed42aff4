"""Two demos made on one day tell the same, whatever the hour and the database's ids."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import connection, transaction

from core import clock
from integrations.demo.make import make_demo
from tenancy.scope import workspace_scope

# What there is to see of each row; ids differ from one demo to the next.
CONTENT = {
    "deals": """
        SELECT p.name, s.name, d.name, c.name, c.domain, m.display_name, amount, currency, expected_close_date, outcome,
            r.name, loss_note, source, rank, d.version, stage_entered_at, qualified_at, snoozed_until, last_heard_at,
            closed_at, closed_on, d.created_at
        FROM deals_deal d JOIN pipeline_pipeline p ON p.id = pipeline_id JOIN pipeline_stage s ON s.id = stage_id
            LEFT JOIN contacts_company c ON c.id = company_id LEFT JOIN tenancy_membership m ON m.id = d.owner_id
            LEFT JOIN pipeline_lossreason r ON r.id = loss_reason_id""",
    "stays": """
        SELECT d.name, s.name, entered_at, left_at, override_reason, alerted_at, m.display_name
        FROM deals_stagestay y JOIN deals_deal d ON d.id = deal_id JOIN pipeline_stage s ON s.id = y.stage_id
            LEFT JOIN tenancy_membership m ON m.id = entered_by_id""",
    "events": """
        SELECT d.name, kind, at, m.display_name FROM deals_dealevent e JOIN deals_deal d ON d.id = deal_id
            LEFT JOIN tenancy_membership m ON m.id = actor_id""",
    "versions": """
        SELECT pgh_label, pgh_created_at, s.name, amount, expected_close_date, outcome, closed_on
        FROM deals_dealversion v JOIN pipeline_stage s ON s.id = stage_id""",
    "tasks": """
        SELECT d.name, t.name, due_on, t.source, t.created_at, done_at, m.display_name FROM deals_task t
            JOIN deals_deal d ON d.id = deal_id LEFT JOIN tenancy_membership m ON m.id = assignee_id""",
    "ticks": "SELECT c.name, met, checked_at FROM deals_criterioncheck JOIN pipeline_exitcriterion c ON c.id = criterion_id",
    "notes": "SELECT body, created_at FROM deals_note",
    "activities": """
        SELECT kind, direction, subject, occurred_at, c.name FROM deals_activity a
            JOIN deals_activityparticipant p ON p.activity_id = a.id JOIN contacts_contact c ON c.id = contact_id""",
    "people": "SELECT name, email, phone, title FROM contacts_contact",
    "members": "SELECT display_name, role, t.name FROM tenancy_membership m LEFT JOIN tenancy_team t ON t.id = team_id",
    "settings": """
        SELECT action, e.at, m.display_name, detail->>'name', detail->>'field', detail->>'from', detail->>'to'
        FROM tenancy_auditentry e LEFT JOIN tenancy_membership m ON m.id = actor_id""",
    "stages": """
        SELECT v.pgh_created_at, s.name, v.win_rate, v.stall_days FROM pipeline_stageversion v
            JOIN pipeline_stage s ON s.id = v.pgh_obj_id""",
    "journey": "SELECT position, buyer_does, we_do, begins_deal FROM pipeline_journeystep",
    "notices": """
        SELECT m.display_name, n.created_at, read_at, d.name FROM automation_notification n
            JOIN tenancy_membership m ON m.id = member_id JOIN deals_deal d ON d.id = deal_id""",
}
HOURS = [datetime(2026, 2, 27, 23, 5, tzinfo=UTC), datetime(2026, 2, 28, 4, 55, tzinfo=UTC)]  # one Saturday


def digests_at(moment: datetime, language: str) -> dict[str, tuple[int, str]]:
    """Table → number of rows, and a digest of what they say; of a demo made at the moment and taken back."""
    with transaction.atomic():
        with clock.frozen_at(moment):
            workspace_id = make_demo(language=language)
        with workspace_scope(workspace_id), connection.cursor() as cursor:
            found = {table: digest(cursor, statement) for table, statement in CONTENT.items()}
        transaction.set_rollback(True)
    return found


def digest(cursor, statement: str) -> tuple[int, str]:
    cursor.execute(
        f"SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text COLLATE \"C\")) FROM ({statement}) AS t"
    )
    return cursor.fetchone()


def test_two_demos_of_one_day_are_the_same(db: None) -> None:
    first, second = (digests_at(moment, "ko") for moment in HOURS)
    assert first == second
    english = digests_at(HOURS[0], "en")
    # The same deals in other words; what happened in them follows the hours of another office.
    assert english["deals"][0] == first["deals"][0]
    assert english["deals"] != first["deals"]
    assert first["deals"][0] > 1000
