"""Change what a stage is called and what it counts for."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import InvalidInput, StaleVersion
from pipeline.models import Category, Stage, StageKind
from pipeline.naming import NameFault, Tense, guess_tense, name_findings
from pipeline.services.checks import check_free, checked_name, checked_number, locked_stage
from pipeline.services.order_stages import check_leads_first, in_use
from tenancy.permissions import Actor, Permission
from tenancy.services.audit import record

LONGEST_STALL = 3650
HUNDREDTH = Decimal("0.01")


@transaction.atomic
def change_stage(
    *, stage_id: uuid.UUID, changes: Mapping[str, Any], actor: Actor, expected_version: int | None = None
) -> Stage:
    """Set the fields of `changes`: name, kind, win_rate (percent), stall_days, category. A change of nothing writes nothing.

    Each field that changes leaves an audit entry, from → to, and the stage's version row (a trigger writes it) tells
    forecasts of a past day what held then. After a new name, what the review said about the old one is asked anew. Raises InvalidInput with the field, StaleVersion, NotAllowed, NotFound.
    """
    actor.require(Permission.DESIGN_PIPELINES)
    stage = locked_stage(stage_id)
    if expected_version is not None and expected_version != stage.version:
        raise StaleVersion(current=stage)
    checked = {field: CHECKS[field](value) for field, value in changes.items()}
    changed = {field: value for field, value in checked.items() if value != getattr(stage, field)}
    if not changed:
        return stage
    if "name" in changed:
        others = Stage.objects.filter(pipeline_id=stage.pipeline_id, archived_at=None).exclude(pk=stage.pk)
        check_free(changed["name"], others)
    before = {field: getattr(stage, field) for field in changed}
    for field, value in changed.items():
        setattr(stage, field, value)
    if "kind" in changed:
        _check_place(stage)
    if "name" in changed:
        forget_what_the_name_said(stage, before["name"])
    stage.version += 1
    stage.save(update_fields=[*changed, "version", "tense", "is_buyer_centric"])
    for field, value in changed.items():
        detail = {"name": stage.name, "field": field, "from": loggable(before[field]), "to": loggable(value)}
        record(actor=actor, action="stage.changed", target_id=stage.pk, detail=detail)
    return stage


def forget_what_the_name_said(stage: Stage, before: str) -> None:
    """The tense follows the new name where it is plain. A no to "centred on the buyer" that the old name had earned is open."""
    tense = guess_tense(stage.name)
    if tense is not Tense.UNCLEAR:
        stage.tense = tense if stage.tense else ""
    elif stage.tense == Tense.UNCLEAR or guess_tense(before) is not Tense.UNCLEAR:
        stage.tense = ""
    if stage.is_buyer_centric is False and is_our_action(before) and not is_our_action(stage.name):
        stage.is_buyer_centric = None


def is_our_action(name: str) -> bool:
    return any(finding.code is NameFault.OUR_ACTION for finding in name_findings(name))


def _check_place(stage: Stage) -> None:
    order = [stage if other.pk == stage.pk else other for other in in_use(stage.pipeline)]
    try:
        check_leads_first(order)
    except InvalidInput as problem:
        raise InvalidInput.of("kind", problem.detail) from problem


def checked_rate(value: Decimal | None) -> Decimal:
    """Percent, two decimals at most."""
    if value is None or not value.is_finite() or not 0 <= value <= 100 or value != value.quantize(HUNDREDTH):
        raise InvalidInput.of("win_rate", _("Enter a percentage from 0 to 100, with two decimals at most."))
    return value.quantize(HUNDREDTH)


def checked_choice(field: str, known: type[StageKind | Category]) -> Callable[[str], str]:
    def check(value: str) -> str:
        if value not in known.values:
            raise InvalidInput.of(field, _("Choose one of the values offered."), "invalid_choice")
        return value

    return check


CHECKS: dict[str, Callable[[Any], Any]] = {
    "name": lambda value: checked_name(value, model=Stage),
    "kind": checked_choice("kind", StageKind),
    "win_rate": checked_rate,
    "stall_days": lambda value: checked_number(value, field="stall_days", most=LONGEST_STALL),
    "category": checked_choice("category", Category),
}


def loggable(value: Any) -> Any:
    """As JSON carries it: 63.15 as "63.15"."""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value
