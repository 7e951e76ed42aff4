"""The demo's past is one that the services could have left: each rule as a statement that finds what breaks it."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection

from tenancy.scope import workspace_scope

BROKEN = {
    "stays of a deal touch": """
        SELECT 1 FROM (SELECT entered_at, lag(left_at) OVER (PARTITION BY deal_id ORDER BY entered_at) AS before,
            lag(id) OVER (PARTITION BY deal_id ORDER BY entered_at) AS previous FROM deals_stagestay) s
        WHERE previous IS NOT NULL AND before IS DISTINCT FROM entered_at""",
    "the first stay begins with the deal": """
        SELECT 1 FROM deals_deal d WHERE d.created_at <>
            (SELECT min(entered_at) FROM deals_stagestay s WHERE s.deal_id = d.id)""",
    "an open deal has one open stay, a closed one none": """
        SELECT 1 FROM deals_deal d WHERE (outcome = 'open')::int <>
            (SELECT count(*) FROM deals_stagestay s WHERE s.deal_id = d.id AND left_at IS NULL)""",
    "the last stay is the deal's": """
        SELECT 1 FROM deals_deal d JOIN LATERAL (SELECT * FROM deals_stagestay s WHERE s.deal_id = d.id
            ORDER BY entered_at DESC LIMIT 1) s ON true
        WHERE (s.stage_id, s.entered_at) <> (d.stage_id, d.stage_entered_at)
            OR s.left_at IS DISTINCT FROM d.closed_at""",
    "a closed deal counts on the local day of its closing": """
        SELECT 1 FROM deals_deal d JOIN tenancy_workspace w ON w.id = d.workspace_id
        WHERE closed_on <> (closed_at AT TIME ZONE w.timezone)::date""",
    "a lost deal has its reason, and only that": """
        SELECT 1 FROM deals_deal WHERE (outcome = 'lost') <> (loss_reason_id IS NOT NULL)""",
    "no lead was won": """
        SELECT 1 FROM deals_deal d JOIN pipeline_stage s ON s.id = d.stage_id
        WHERE outcome = 'won' AND s.kind = 'lead'""",
    "a deal is qualified once it has left the lead stage": """
        SELECT 1 FROM deals_deal d WHERE qualified_at IS DISTINCT FROM (SELECT min(entered_at)
            FROM deals_stagestay s JOIN pipeline_stage g ON g.id = s.stage_id
            WHERE s.deal_id = d.id AND g.kind = 'open')""",
    "the deal's version counts its changes": """
        SELECT 1 FROM deals_deal d WHERE version <> 1 + (SELECT count(*) FROM deals_dealevent e
            WHERE e.deal_id = d.id AND kind IN ('stage_changed', 'edited', 'won', 'lost'))""",
    "the latest version row is what the deal is": """
        SELECT 1 FROM deals_deal d JOIN LATERAL (SELECT * FROM deals_dealversion v WHERE v.pgh_obj_id = d.id
            ORDER BY pgh_created_at DESC, pgh_id DESC LIMIT 1) v ON true
        WHERE (d.pipeline_id, d.stage_id, d.owner_id, d.amount, d.currency, d.expected_close_date, d.outcome,
            d.closed_on, d.deleted_at) IS DISTINCT FROM (v.pipeline_id, v.stage_id, v.owner_id, v.amount, v.currency,
            v.expected_close_date, v.outcome, v.closed_on, v.deleted_at)""",
    "the first version row is valid from the deal's creation": """
        SELECT 1 FROM deals_deal d WHERE d.created_at IS DISTINCT FROM
            (SELECT min(pgh_created_at) FROM deals_dealversion v WHERE v.pgh_obj_id = d.id AND pgh_label = 'insert')""",
    "a version row for each change that is tracked, at its moment": """
        SELECT deal_id, at FROM deals_dealevent WHERE kind IN ('created', 'stage_changed', 'won', 'lost')
            OR (kind = 'edited' AND data->'fields' ?| array['amount', 'expected_close_date', 'owner'])
        EXCEPT SELECT pgh_obj_id, pgh_created_at FROM deals_dealversion""",
    "each version row is a change": """
        SELECT pgh_obj_id, pgh_created_at FROM deals_dealversion EXCEPT SELECT deal_id, at FROM deals_dealevent""",
    "a move has its stay": """
        SELECT 1 FROM deals_dealevent e LEFT JOIN deals_stagestay s ON s.id = e.stay_id AND s.entered_at = e.at
        WHERE kind = 'stage_changed' AND (s.id IS NULL OR (data->>'to')::uuid <> s.stage_id)""",
    "the gate held: what was asked for was ticked before, or a leader gave a reason": """
        SELECT 1 FROM deals_dealevent e
            JOIN pipeline_stage f ON f.id = (data->>'from')::uuid JOIN pipeline_stage t ON t.id = (data->>'to')::uuid
            JOIN pipeline_stage s ON s.pipeline_id = f.pipeline_id AND s.position >= f.position
                AND s.position < t.position
            JOIN pipeline_exitcriterion c ON c.stage_id = s.id AND c.required
        WHERE e.kind = 'stage_changed' AND NOT (data ? 'override_reason') AND NOT EXISTS (
            SELECT 1 FROM deals_criterioncheck k
            WHERE k.deal_id = e.deal_id AND k.criterion_id = c.id AND k.met AND k.checked_at < e.at)""",
    "winning asked for the rest": """
        SELECT 1 FROM deals_dealevent e JOIN pipeline_stage f ON f.id = (data->>'stage')::uuid
            JOIN pipeline_stage s ON s.pipeline_id = f.pipeline_id AND s.position >= f.position
            JOIN pipeline_exitcriterion c ON c.stage_id = s.id AND c.required
        WHERE e.kind = 'won' AND NOT (data ? 'override_reason') AND NOT EXISTS (
            SELECT 1 FROM deals_criterioncheck k
            WHERE k.deal_id = e.deal_id AND k.criterion_id = c.id AND k.met AND k.checked_at < e.at)""",
    "only leaders and above override": """
        SELECT 1 FROM deals_dealevent e JOIN tenancy_membership m ON m.id = e.actor_id
        WHERE data ? 'override_reason' AND m.role NOT IN ('leader', 'admin', 'owner')""",
    "events lie between the deal's creation and its end": """
        SELECT 1 FROM deals_dealevent e JOIN deals_deal d ON d.id = e.deal_id
        WHERE e.at < d.created_at OR (e.at > d.closed_at AND e.kind <> 'task_done')""",
    "each entry made its stage's tasks, once": """
        SELECT 1 FROM deals_stagestay s WHERE
            (SELECT count(*) FROM pipeline_entrytask r WHERE r.stage_id = s.stage_id) <>
            (SELECT count(*) FROM deals_task t WHERE t.stay_id = s.id AND t.source = 'stage_entry')""",
    "tasks are done after they were made": """
        SELECT 1 FROM deals_task WHERE done_at <= created_at OR (done_at IS NULL) <> (done_by_id IS NULL)""",
    "nothing is left to do for a closed deal": """
        SELECT 1 FROM deals_task t JOIN deals_deal d ON d.id = t.deal_id
        WHERE d.outcome <> 'open' AND t.done_at IS NULL""",
    "the buyer was last heard from when an activity says so": """
        SELECT 1 FROM deals_deal d WHERE last_heard_at IS DISTINCT FROM
            (SELECT max(occurred_at) FROM deals_activity a WHERE a.deal_id = d.id AND direction <> 'out')""",
    "who takes part works at the deal's company": """
        SELECT 1 FROM deals_activityparticipant p JOIN deals_activity a ON a.id = p.activity_id
            JOIN deals_deal d ON d.id = a.deal_id JOIN contacts_contact c ON c.id = p.contact_id
        WHERE c.company_id <> d.company_id""",
    "a stay that was alerted on has its alert": """
        SELECT 1 FROM deals_stagestay s FULL JOIN automation_stallalert a ON a.stay_id = s.id
        WHERE s.alerted_at IS DISTINCT FROM a.created_at""",
    "alerts tell the owner and the team's leader": """
        SELECT 1 FROM automation_stallalert a WHERE NOT EXISTS (SELECT 1 FROM automation_notification n
            JOIN tenancy_membership m ON m.id = n.member_id WHERE n.alert_id = a.id AND m.role = 'leader')""",
    "ranks in a column are unique": """
        SELECT 1 FROM deals_deal WHERE outcome = 'open' GROUP BY stage_id, rank HAVING count(*) > 1""",
    "nothing lies in the future": """
        SELECT 1 FROM deals_dealevent WHERE at > '2026-11-23T00:00+09' UNION ALL
        SELECT 1 FROM deals_dealversion WHERE pgh_created_at > '2026-11-23T00:00+09' UNION ALL
        SELECT 1 FROM deals_activity WHERE occurred_at > '2026-11-23T00:00+09' UNION ALL
        SELECT 1 FROM automation_notification WHERE read_at > '2026-11-23T14:00+09'""",
    "stages and members are older than the deals": """
        SELECT 1 FROM pipeline_stageversion
        WHERE pgh_label = 'insert' AND pgh_created_at > (SELECT min(created_at) FROM deals_deal)""",
    "a stage is what its last version says": """
        SELECT 1 FROM pipeline_stage s JOIN LATERAL (
            SELECT * FROM pipeline_stageversion v WHERE v.pgh_obj_id = s.id ORDER BY pgh_created_at DESC, pgh_id DESC LIMIT 1
        ) v ON true WHERE (v.win_rate, v.stall_days) IS DISTINCT FROM (s.win_rate, s.stall_days)""",
    "settings were changed in the past": """
        SELECT 1 FROM tenancy_auditentry WHERE at > '2026-11-23T00:00+09'""",
}


@pytest.mark.parametrize("rule", BROKEN)
def test_history_keeps_its_rules(on_monday: uuid.UUID, rule: str) -> None:
    with workspace_scope(on_monday), connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({BROKEN[rule]}) AS broken")
        assert cursor.fetchone() == (0,), rule


def test_the_rules_find_what_breaks_them(on_monday: uuid.UUID) -> None:
    """A stay pulled out of its place is found."""
    with workspace_scope(on_monday), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE deals_stagestay SET left_at = left_at + interval '1 second' WHERE id ="
            " (SELECT id FROM deals_stagestay WHERE left_at IS NOT NULL LIMIT 1)"
        )
        found = set()
        for rule in ("stays of a deal touch", "the last stay is the deal's"):
            cursor.execute(f"SELECT count(*) FROM ({BROKEN[rule]}) AS broken")
            found.add(cursor.fetchone()[0])
        assert 1 in found
