"""Move deals in from a file: the set-based sibling of `create_deal`, with the same rules, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from core import clock, outbox
from core.errors import Conflict, InvalidInput
from deals.models import Outcome
from fields.models import Subject
from fields.selectors.definitions import fields_of
from integrations.importing.changed_deals import write_changes
from integrations.importing.custom import CustomFields, write_values
from integrations.importing.directory import Directory
from integrations.importing.labels import mapping_from_headers
from integrations.importing.lookups import OpenBeside, read_lookups
from integrations.importing.mapping import DealMapping
from integrations.importing.new_deals import write_new_deals
from integrations.importing.plan import Change, Placed, Planner, find_deals, hold_deals
from integrations.importing.problems import RowProblem
from integrations.importing.reading import Record, Table, read_table
from integrations.importing.report import Failure, ImportReport
from integrations.importing.rows import DealRow, Lookups, RowReader
from integrations.importing.values import Times
from tenancy.permissions import Actor, Permission
from tenancy.scope import current_workspace, current_workspace_id

# Hears what is going on: step, rows done, rows in all.
type Progress = Callable[[str, int, int], None]

EVERY = 1000


def import_deals(
    *,
    content: bytes,
    actor: Actor,
    mapping: DealMapping | None = None,
    open_beside: OpenBeside | None = None,
    dry_run: bool = False,
    strict: bool = False,
    automate: bool = False,
    progress: Progress = lambda _step, _done, _total: None,
) -> ImportReport:
    """Import the deals of a CSV file into the workspace entered.

    Good rows are written together, the others are the report's failures; with `strict` one failure keeps all out;
    with `dry_run` everything happens but the commit. Without `mapping` the headers are read as names of our fields.
    Without `automate` no task, mail or alert follows. Raises InvalidInput for a file or mapping that cannot be read,
    Conflict, NotAllowed.
    """
    actor.require(Permission.IMPORT_HISTORY)
    table = read_table(content, encoding=mapping.encoding if mapping else "")
    used = mapping or mapping_from_headers(table.headers, fields_of(Subject.DEAL))
    run = _Import(table, used, read_lookups(used, open_beside), automate, progress)
    run.report.unused = used.unused
    run.report.has_key = "external_id" in used.fields
    try:
        with suppress(_NotKept), transaction.atomic():
            run.go()
            if dry_run or (strict and run.report.failures):
                raise _NotKept
            run.report.written = True
    except IntegrityError as error:
        raise Conflict(
            _("Somebody changed the same deals at the same moment. Nothing was imported; try again.")
        ) from error
    if strict and run.report.failures:
        run.report.created = run.report.updated = 0
    return run.report


class _NotKept(Exception):
    """Leave the transaction without its writes."""


class _Import:
    """One run: read, place, compare, write."""

    def __init__(
        self, table: Table, mapping: DealMapping, lookups: Lookups, automate: bool, progress: Progress
    ) -> None:
        self.report = ImportReport(table)
        self._table = table
        self._mapping = mapping
        self._automate = automate
        self._progress = progress
        self._now = clock.now()
        workspace = current_workspace()
        times = Times(zone=_zone(mapping, workspace.zone), days=workspace.zone, now=self._now)
        self._custom = CustomFields(mapping, times)
        self._reader = RowReader(
            mapping=mapping,
            headers=table.headers,
            times=times,
            currency=workspace.currency,
            lookups=lookups,
            custom=self._custom,
        )

    def go(self) -> None:
        # One import of a workspace at a time: the second then finds what the first has made.
        with connection.cursor() as cursor:
            name = f"import_deals {current_workspace_id()}"
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        if self._custom:
            self._custom.hold()
        rows = self._unique(self._read(self._table.records))
        began = min((_beginning(row, self._now) for row in rows), default=self._now)
        directory = Directory(self._mapping)
        directory.make_pipelines(
            [row.pipeline for row in rows],
            on_board=(row.pipeline for row in rows if row.outcome == Outcome.OPEN),
            at=began,
        )
        planner = Planner(mapping=self._mapping, directory=directory)
        placed = [item for item in map(self._guarded(planner.place), rows) if item is not None]
        new, changes = self._compare(placed, planner)
        self.report.made = directory.made
        self.report.created, self.report.updated = len(new), len(changes)
        if not new and not changes:
            raise _NotKept
        self._make_missing(directory, [*new, *(change.placed for change in changes)], began)
        self._write(new, changes, directory)

    def _read(self, records: Iterable[Record]) -> list[DealRow]:
        rows = []
        total = len(self._table.records)
        read = self._guarded(self._reader.read)
        for done, record in enumerate(records, 1):
            row = read(record)
            if row is not None:
                rows.append(row)
            if done % EVERY == 0:
                self._progress("reading", done, total)
        self._progress("reading", total, total)
        return rows

    def _unique(self, rows: list[DealRow]) -> list[DealRow]:
        first: dict[str, int] = {}

        def check(row: DealRow) -> DealRow:
            return _refuse_repeated(row, first)

        return [row for row in map(self._guarded(check), rows) if row is not None]

    def _compare(self, placed: list[Placed], planner: Planner) -> tuple[list[Placed], list[Change]]:
        """What is new, and what changes deals that are here: those are held from now on."""
        source = self._mapping.external_source
        ids = [item.row.external_id for item in placed if item.row.external_id]
        found = find_deals(source, ids) if ids else {}
        if self._custom:
            self._custom.load(list(found.values()))
        new = [item for item in placed if item.row.external_id not in found]
        new = [item for item in map(self._guarded(self._checked), new) if item is not None]
        known = [item for item in placed if item.row.external_id in found]

        def compare(item: Placed) -> Change | None:
            deal = found[item.row.external_id]
            if deal.deleted_at:
                return None
            change = planner.change(item, deal)
            change.custom = self._custom.changed(item.row.custom, deal)
            return change

        failed = len(self.report.failures)
        changes = [change for change in map(self._guarded(compare), known) if change]
        self.report.skipped = len(known) - len(changes) - (len(self.report.failures) - failed)
        held = hold_deals([change.found.id for change in changes]) if changes else {}
        if any(held[change.found.id].version != change.found.version for change in changes):
            raise IntegrityError("a deal was changed between reading and holding it")
        self._progress("comparing", len(placed), len(placed))
        return new, changes

    def _checked(self, item: Placed) -> Placed:
        """Raises RowProblem for what a new deal cannot be given."""
        self._custom.check(item.row.custom, {})
        return item

    def _make_missing(self, directory: Directory, placed: list[Placed], began: datetime) -> None:
        directory.make_missing(
            owners=(item.row.owner for item in placed),
            companies=(item.row.company for item in placed),
            reasons=(item.row.loss_reason for item in placed),
            at=began,
        )

    def _write(self, new: list[Placed], changes: list[Change], directory: Directory) -> None:
        total = len(new) * 7
        with connection.cursor() as cursor:
            # References are checked statement by statement, not at the commit: a rehearsal meets the same refusals.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            # A plan made for this workspace, of which the statistics know nothing yet, may read all its rows at each
            # check of a reference (minutes instead of seconds, measured); one made for any workspace looks up the row.
            cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        if new:
            write_new_deals(
                new,
                directory=directory,
                source=self._mapping.external_source,
                now=self._now,
                automate=self._automate,
                on_step=lambda done: self._progress("writing", done, total),
            )
            if self._custom:
                write_values(
                    each for item in new for each in self._custom.given(item.deal_id, item.row.custom)
                )
        if changes:
            write_changes(
                changes,
                directory=directory,
                custom=self._custom,
                now=self._now,
                automate=self._automate,
            )
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        self._progress("writing", total, total)
        if self._automate:
            outbox.announce(current_workspace_id())

    def _guarded[T, R](self, work: Callable[[T], R]) -> Callable[[T], R | None]:
        """`work`, whose complaint about a row becomes one of the report's failures, and None."""

        def guarded(item: T) -> R | None:
            try:
                return work(item)
            except RowProblem as problem:
                self._fail(item, problem.field, problem.reason)
            except InvalidInput as problem:
                field = problem.errors[0].field if problem.errors else ""
                self._fail(item, field, str(problem.detail))
            return None

        return guarded

    def _fail(self, item: Any, field: str, reason: str) -> None:
        row = item.row if isinstance(item, Placed) else item
        record = row.record if isinstance(row, DealRow) else row
        column = self._reader.column(field) if field else ""
        self.report.failures.append(Failure(record, column, reason))


def _zone(mapping: DealMapping, zone: ZoneInfo) -> ZoneInfo:
    if not mapping.timezone:
        return zone
    try:
        return ZoneInfo(mapping.timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        detail = _("Unknown time zone “%(name)s”. Use a name such as Asia/Seoul.") % {
            "name": mapping.timezone
        }
        raise InvalidInput.of("mapping", detail) from error


def _beginning(row: DealRow, now: datetime) -> datetime:
    return row.created_at or row.stage_entered_at or row.closed_at or now


def _refuse_repeated(row: DealRow, first: dict[str, int]) -> DealRow:
    if row.external_id and first.setdefault(row.external_id, row.line) != row.line:
        reason = _("The same id stands in row %(row)s already.") % {"row": first[row.external_id]}
        raise RowProblem("external_id", reason)
    return row
