"""Give a stage another name."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import InvalidInput
from pipeline.models import Stage
from pipeline.naming import NameFault, Tense, guess_tense, name_findings
from pipeline.services.locks import checked_line, lock_pipeline, lock_stage
from tenancy.permissions import Actor, Permission
from tenancy.services.audit import record

MAX_NAME = 80


@transaction.atomic
def rename_stage(*, stage_id: uuid.UUID, name: str, actor: Actor) -> Stage:
    """The stage under its new name; what the review said about the old one is asked anew.

    Raises InvalidInput for an empty or long name, or one that another stage of the pipeline has.
    """
    actor.require(Permission.DESIGN_PIPELINES)
    stage = lock_stage(stage_id)
    lock_pipeline(stage.pipeline_id)
    name = checked_line(name, "name", MAX_NAME)
    if not name:
        raise InvalidInput.of("name", _("A stage needs a name."), "required")
    if name == stage.name:
        return stage
    others = Stage.objects.filter(pipeline_id=stage.pipeline_id, archived_at=None).exclude(pk=stage.pk)
    if others.filter(name__iexact=name).exists():
        raise InvalidInput.of(
            "name",
            _("Another stage of this pipeline is called “%(name)s”. Choose another name.") % {"name": name},
            "unique",
        )
    before = stage.name
    stage.name = name
    forget_what_the_name_said(stage, before)
    stage.save(update_fields=["name", "tense", "is_buyer_centric"])
    record(actor=actor, action="stage.renamed", target_id=stage.pk, detail={"from": before, "to": name})
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
