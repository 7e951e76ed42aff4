"""Names in a file and what they mean in this workspace, in bulk: pipelines, stages, people, companies, loss reasons."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import lru_cache

from django.db.models import F, Max
from django.utils.translation import gettext as _

from contacts.models import Company
from core import clock
from core.ids import uuid7
from deals.models import Deal
from integrations.importing.mapping import DealMapping, StageSpec
from integrations.importing.problems import RowProblem
from pipeline.models import LossReason, Pipeline, Stage, StageKind
from pipeline.selectors.held import hold_stages
from tenancy.models import Membership
from tenancy.services.members import add_member


@lru_cache(maxsize=50_000)
def key(name: str) -> str:
    """Case and doubled blanks do not make another name."""
    return " ".join(name.split()).casefold()


class Directory:
    """`made` counts what `make_missing` made, by kind."""

    def __init__(self, mapping: DealMapping) -> None:
        self._mapping = mapping
        self.made = {"stages": 0, "members": 0, "companies": 0, "loss reasons": 0}
        self._pipelines = list(
            Pipeline.objects.filter(archived_at=None).order_by("-is_default", "position", "created_at", "id")
        )
        self._pipelines_by_name = {key(pipeline.name): pipeline for pipeline in reversed(self._pipelines)}
        self._stages: dict[tuple[uuid.UUID, str], Stage] = {}
        self._first: dict[uuid.UUID, Stage] = {}
        used = Stage.objects.filter(archived_at=None).values_list("pk", flat=True)
        # Held, so that none is retired before the rows are written.
        for stage in sorted(hold_stages(used), key=lambda stage: stage.position):
            self._add_stage(stage)
        self._members = member_names()
        self._company_keys = _company_names()
        self._companies = _merged_names(self._company_keys) | {
            name: company for company, name in self._company_keys.items()
        }
        self._reasons = {
            key(name): found
            for found, name in LossReason.objects.filter(archived_at=None).values_list("id", "name")
        }

    # Pipelines and stages ---------------------------------------------------------------------------------------

    def pipeline(self, name: str) -> Pipeline:
        """The pipeline of that name; without a name the default one. Raises RowProblem."""
        if not name and self._pipelines:
            return self._pipelines[0]
        found = self._pipelines_by_name.get(key(name))
        if found is None:
            raise RowProblem("pipeline", _("There is no pipeline “%(name)s”.") % {"name": name})
        return found

    def stage(self, pipeline: Pipeline, name: str) -> Stage:
        """The stage of that name; without a name the first open one. Raises RowProblem."""
        if not name:
            if pipeline.pk not in self._first:
                raise RowProblem("stage", _("This pipeline has no stages yet. Add a stage first."))
            return self._first[pipeline.pk]
        found = self._stages.get((pipeline.pk, key(name)))
        if found is None:
            reason = _("There is no stage “%(name)s” in the pipeline “%(pipeline)s”.") % {
                "name": name,
                "pipeline": pipeline.name,
            }
            raise RowProblem("stage", reason)
        return found

    def make_pipelines(self, names: Collection[str], *, on_board: Iterable[str], at: datetime) -> None:
        """Make what the mapping asks for: pipelines named in the file, and in each the mapping's stages.

        `names`: of each row's pipeline, `on_board`: of each open one's; a default pipeline that is still empty becomes
        the one most named. History begins `at` the beginning of the imported past, so that all counts for its days.
        """
        if not self._mapping.stages:
            return
        most = Counter(on_board).most_common(1) or Counter(names).most_common(1)
        if most:
            self._name_empty_default(most[0][0])
        with clock.frozen_at(at):
            for name in sorted(set(names)):
                found = self._pipelines_by_name.get(key(name)) if name else next(iter(self._pipelines), None)
                self._make_stages(found or self._make_pipeline(name or _("Imported deals")))

    def _name_empty_default(self, name: str) -> None:
        """The board opens on the default pipeline: one that was never used gives its place, but never its deals."""
        default = next(iter(self._pipelines), None)
        if not name or default is None or key(name) in self._pipelines_by_name:
            return
        # Looked up with the archived and deleted ones: whatever is there was once used.
        if any(rows.filter(pipeline=default).exists() for rows in (Stage.objects, Deal.objects)):
            return
        del self._pipelines_by_name[key(default.name)]
        default.name = name
        default.save(update_fields=["name"])
        self._pipelines_by_name[key(name)] = default

    def _make_pipeline(self, name: str) -> Pipeline:
        position = Pipeline.objects.aggregate(last=Max("position"))["last"]
        pipeline = Pipeline.objects.create(
            name=name, is_default=not self._pipelines, position=0 if position is None else position + 1
        )
        self._pipelines.append(pipeline)
        self._pipelines_by_name[key(name)] = pipeline
        return pipeline

    def _make_stages(self, pipeline: Pipeline) -> None:
        last = Stage.objects.filter(pipeline=pipeline, archived_at=None).aggregate(last=Max("position"))[
            "last"
        ]
        position = -1 if last is None else last
        for spec in self._mapping.stages:
            if (pipeline.pk, key(spec.name)) not in self._stages:
                position += 1
                self._add_stage(_make_stage(pipeline, spec, position))
                self.made["stages"] += 1

    def _add_stage(self, stage: Stage) -> None:
        self._stages[stage.pipeline_id, key(stage.name)] = stage
        if stage.kind == StageKind.OPEN:
            self._first.setdefault(stage.pipeline_id, stage)

    # People, companies, reasons ---------------------------------------------------------------------------------

    def check_owner(self, name: str) -> None:
        if name and "owner" not in self._mapping.make and key(name) not in self._members:
            raise RowProblem(
                "owner", _("Nobody in this workspace has the name or address “%(name)s”.") % {"name": name}
            )

    def check_company(self, name: str) -> None:
        if name and "company" not in self._mapping.make and key(name) not in self._companies:
            raise RowProblem("company", _("There is no company “%(name)s”.") % {"name": name})

    def check_loss_reason(self, name: str) -> None:
        if name and "loss_reason" not in self._mapping.make and key(name) not in self._reasons:
            raise RowProblem("loss_reason", _("There is no loss reason “%(name)s”.") % {"name": name})

    def owner(self, name: str) -> uuid.UUID | None:
        """None for no name, and for one that is still to be made."""
        return self._members.get(key(name)) if name else None

    def company(self, name: str) -> uuid.UUID | None:
        return self._companies.get(key(name)) if name else None

    def loss_reason(self, name: str) -> uuid.UUID | None:
        return self._reasons.get(key(name)) if name else None

    def is_company(self, company_id: uuid.UUID | None, name: str) -> bool:
        """Whether `company_id` is a company of that name: of several namesakes, the deal may have any."""
        return company_id is not None and self._company_keys.get(company_id) == key(name)

    def make_missing(
        self, *, owners: Iterable[str], companies: Iterable[str], reasons: Iterable[str], at: datetime
    ) -> None:
        """Make those that have no row yet. Members come without a user, and without a team."""
        with clock.frozen_at(at):
            for name in _new(owners, self._members):
                self._members[key(name)] = add_member(user=None, display_name=name).pk
                self.made["members"] += 1
        made = [Company(id=uuid7(), name=name) for name in _new(companies, self._companies)]
        Company.objects.bulk_create(made, batch_size=5000)
        self._companies |= {key(company.name): company.pk for company in made}
        self.made["companies"] += len(made)
        last = LossReason.objects.aggregate(last=Max("position"))["last"]
        for position, name in enumerate(_new(reasons, self._reasons), (last or 0) + 1):
            self._reasons[key(name)] = LossReason.objects.create(name=name, position=position).pk
            self.made["loss reasons"] += 1


def _make_stage(pipeline: Pipeline, spec: StageSpec, position: int) -> Stage:
    stage = Stage(
        id=uuid7(),
        pipeline=pipeline,
        name=spec.name,
        kind=spec.kind,
        win_rate=spec.win_rate,
        stall_days=spec.stall_days,
        category=spec.category,
        position=position,
    )
    stage.full_clean(validate_unique=False, validate_constraints=False)
    stage.save(force_insert=True)
    return stage


def _new(names: Iterable[str], known: dict[str, uuid.UUID]) -> Sequence[str]:
    """Names without a row, each once, as first written."""
    found: dict[str, str] = {}
    for name in names:
        if name and key(name) not in known:
            found.setdefault(key(name), name)
    return list(found.values())


def member_names() -> dict[str, uuid.UUID]:
    """By address and by name; of namesakes the active one, one who can log in, the oldest."""
    rows = Membership.objects.order_by(
        F("deactivated_at").desc(nulls_first=True), F("user").asc(nulls_last=True), "created_at", "id"
    ).values_list("id", "display_name", "user__email")
    found: dict[str, uuid.UUID] = {}
    for member, name, _email in rows:
        found.setdefault(key(name), member)
    return found | {key(email): member for member, _name, email in rows if email}


def _company_names() -> dict[uuid.UUID, str]:
    """The keys of all companies, the oldest last."""
    rows = Company.objects.filter(deleted_at=None).order_by("-created_at", "-id").values_list("id", "name")
    return {company: key(name) for company, name in rows.iterator(chunk_size=10_000)}


def _merged_names(live: Collection[uuid.UUID]) -> dict[str, uuid.UUID]:
    """What duplicates were called → the companies that stayed: a file may go on calling them so."""
    rows = Company.objects.filter(merged_into__isnull=False).order_by("-created_at", "-id")
    into = {company: (name, kept) for company, name, kept in rows.values_list("id", "name", "merged_into_id")}
    found = {}
    for name, kept in into.values():
        while kept in into:
            kept = into[kept][1]  # noqa: PLW2901 - on to what that one became
        if kept in live:
            found[key(name)] = kept
    return found
