"""A workspace full of deals, made by the database itself."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection, connections

from contacts.models import Company
from deals.services.fold_totals import fold_totals
from pipeline.models import CriterionKind, ExitCriterion, Pipeline, Stage
from pipeline.services.create_from_template import create_pipeline_from_template
from tenancy.models import Membership, User
from tenancy.scope import workspace_scope
from tenancy.services.api_tokens import create_api_token
from tenancy.services.create_workspace import create_workspace
from tenancy.services.members import add_member

FILLED = (
    *("deals_deal", "deals_stagestay", "deals_task", "deals_dealversion", "deals_criterioncheck"),
    *("deals_dealtotal", "deals_dealtotalchange", "contacts_company", "tenancy_duework"),
)
OWNERS = 50
COMPANIES = 2000
CRITERIA = (
    ("The meeting was held", CriterionKind.MANUAL, ""),
    ("The amount is known", CriterionKind.FIELD, "amount"),
)
RATES = (10, 30, 50, 70, 90)
# Deals thin out towards the end of the pipeline, as they do in life.
SHARES = (0.35, 0.6, 0.8, 0.92, 1.0)


@dataclass(frozen=True, slots=True)
class Filled:
    """A workspace to measure: 70 of 100 deals are open, 20 won, 10 lost; half of the open ones have a task.

    Each stage asks for two things, a tick and a filled field, but requires neither: no gate stands in a move's way.
    """

    workspace_id: uuid.UUID
    slug: str
    pipeline: Pipeline
    stages: list[Stage]
    owner: Membership
    user: User
    token: str
    deals: int


def filled_workspace(deals: int) -> Filled:
    """Make one, as it stands after autovacuum has been by."""
    slug = f"bench-{secrets.token_hex(4)}"
    workspace, owner = create_workspace(
        slug=slug, name="Benchmark", owner_email=f"{slug}@bench.example", password=secrets.token_urlsafe()
    )
    with workspace_scope(workspace.pk):
        pipeline = create_pipeline_from_template(template="empty", language="ko", is_default=True)
        stages = [
            Stage.objects.create(
                pipeline=pipeline,
                name=f"Stage {index + 1}",
                position=index,
                win_rate=Decimal(rate),
                stall_days=30,
            )
            for index, rate in enumerate(RATES)
        ]
        criteria = ExitCriterion.objects.bulk_create(
            ExitCriterion(stage=stage, name=name, kind=kind, subject=subject, required=False, position=place)
            for stage in stages
            for place, (name, kind, subject) in enumerate(CRITERIA)
        )
        people = [owner, *(add_member(user=None, display_name=f"Rep {n}") for n in range(OWNERS - 1))]
        companies = Company.objects.bulk_create(Company(name=f"Company {n}") for n in range(COMPANIES))
        ticks = [criterion.pk for criterion in criteria if criterion.kind == CriterionKind.MANUAL]
        _insert_deals(deals, pipeline, stages, people, companies, ticks)
        token = create_api_token(member=owner, name="benchmark", scope="admin")[1]
    fold_totals(workspace_id=workspace.pk)
    settle()
    user = User.objects.get(email=f"{slug}@bench.example")
    return Filled(workspace.pk, slug, pipeline, stages, owner, user, token, deals)


def _insert_deals(
    count: int,
    pipeline: Pipeline,
    stages: list[Stage],
    people: list[Membership],
    companies: list[Company],
    ticks: list[uuid.UUID],
) -> None:
    parameters = {
        "workspace": pipeline.workspace_id,
        "pipeline": pipeline.pk,
        "stages": [stage.pk for stage in stages],
        "people": [person.pk for person in people],
        "companies": [company.pk for company in companies],
        "ticks": ticks,
        "count": count,
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.42)")
        cursor.execute(NUMBERS, parameters)
        cursor.execute("ANALYZE bench")
        for statement in (DEALS, STAYS, TASKS, CHECKS):
            cursor.execute(statement, parameters)
        cursor.execute("DROP TABLE bench")


NUMBERS = f"""
CREATE TEMPORARY TABLE bench AS
SELECT n, gen_random_uuid() AS id, random() AS part, (random() * 199 + 1)::bigint * 100000 * 10000 AS amount,
    (%(stages)s::uuid[])[width_bucket(random(), array[0.0, {", ".join(map(str, SHARES[:-1]))}]::float[])]
        AS stage_id,
    (%(people)s::uuid[])[1 + floor(random() * {OWNERS})::int] AS owner_id,
    (%(companies)s::uuid[])[1 + floor(random() * {COMPANIES})::int] AS company_id,
    now() - random() * interval '60 days' AS entered,
    CASE WHEN random() < 0.95 THEN current_date + (random() * 330 - 20)::int END AS expected
FROM generate_series(1, %(count)s) AS n
"""
DEALS = """
INSERT INTO deals_deal (id, workspace_id, pipeline_id, stage_id, name, company_id, owner_id, amount, currency,
    revenue_type, expected_close_date, outcome, loss_note, source, rank, version, stage_entered_at, qualified_at,
    closed_at, closed_on, created_at, external_source)
SELECT id, %(workspace)s, %(pipeline)s, stage_id, 'Deal number ' || n, company_id, owner_id, amount, 'KRW',
    'one_off', expected, CASE WHEN part < 0.7 THEN 'open' WHEN part < 0.9 THEN 'won' ELSE 'lost' END, '', '',
    lpad(n::text, 9, '0') || 'V', 1, entered, entered,
    CASE WHEN part >= 0.7 THEN now() END, CASE WHEN part >= 0.7 THEN current_date - (part * 300)::int END, entered, ''
FROM bench
"""
STAYS = """
INSERT INTO deals_stagestay (id, workspace_id, deal_id, stage_id, entered_at, left_at, override_reason)
SELECT gen_random_uuid(), %(workspace)s, id, stage_id, entered, CASE WHEN part >= 0.7 THEN now() END, '' FROM bench
"""
TASKS = """
INSERT INTO deals_task (id, workspace_id, deal_id, name, due_on, assignee_id, source, created_at)
SELECT gen_random_uuid(), %(workspace)s, id, 'Call', current_date + (part * 30)::int - 5, owner_id, 'manual', now()
FROM bench WHERE part < 0.35
"""
CHECKS = """
INSERT INTO deals_criterioncheck (id, workspace_id, deal_id, criterion_id, met, checked_at)
SELECT gen_random_uuid(), %(workspace)s, id, criterion_id, true, now()
FROM bench CROSS JOIN unnest(%(ticks)s::uuid[]) AS criterion_id WHERE part < 0.2
"""


def settle() -> None:
    """What autovacuum does sooner or later: statistics and the visibility map."""
    with connections["owner"].cursor() as cursor:
        for table in FILLED:
            cursor.execute(f"VACUUM (ANALYZE) {table}")
