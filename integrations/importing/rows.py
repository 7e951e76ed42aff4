"""From a record's texts to a deal's values, checked by the rules of `create_deal`. Names are still names here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from string import Formatter
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from core.errors import InvalidInput
from deals.models import Outcome
from deals.models.deal import RevenueType
from deals.services.checks import (
    check_amount_unit,
    checked_amount,
    checked_currency,
    checked_date,
    checked_name,
    checked_text,
)
from integrations.importing import values
from integrations.importing.mapping import DealMapping, FieldSpec, StageValue, is_custom
from integrations.importing.problems import RowProblem
from integrations.importing.reading import Record

if TYPE_CHECKING:
    from integrations.importing.custom import CustomFields

type Text = Callable[[list[str]], str]
# For a field: what a text stands for in another file.
type Lookups = Mapping[str, Callable[[str], str]]

# Read from the enumerations once: they build the list anew at each call.
OUTCOMES = tuple(Outcome.values)
REVENUE_TYPES = tuple(RevenueType.values)
OPEN = Outcome.OPEN.value
# Fields of free texts: of their values a mapping lists only those that mean something else.
NAMES = {"external_id", "name", "pipeline", "owner", "company", "source", "loss_reason"}
UNKNOWN = "\x00"  # no cell that comes here holds one
MAX_COMPANY, MAX_OWNER, MAX_REASON, MAX_STAGE, MAX_SOURCE, MAX_ID = 200, 120, 120, 80, 120, 200


@dataclass(slots=True)
class DealRow:
    """What one row says. Empty text and None: it says nothing about that field.

    `custom`: of the added fields what it says, by the mapping's names; None: nothing is to stand there.
    """

    record: Record
    name: str
    pipeline: str
    stage: str
    outcome: str
    owner: str
    company: str
    loss_reason: str
    source: str
    currency: str
    revenue_type: str
    external_id: str
    amount: Decimal | None
    expected_close_date: date | None
    created_at: datetime | None
    stage_entered_at: datetime | None
    closed_at: datetime | None
    closed_on: date | None
    custom: Mapping[str, Any]

    @property
    def line(self) -> int:
        return self.record.line


class RowReader:
    """Reads records of one file by one mapping. Raises InvalidInput where the file lacks a column of the mapping."""

    def __init__(
        self,
        *,
        mapping: DealMapping,
        headers: Sequence[str],
        times: values.Times,
        currency: str,
        lookups: Lookups,
        custom: CustomFields,
    ) -> None:
        self._mapping = mapping
        self._headers = list(headers)
        self._times = times
        self._currency = currency
        self._lookups = lookups
        self._custom = custom
        self._known = {
            name: {key.casefold(): value for key, value in spec.values.items()}
            for name, spec in mapping.fields.items()
            if spec.values is not None
        }
        self._texts = {name: self._compile(spec, name) for name, spec in mapping.fields.items()}

    def column(self, name: str) -> str:
        """How the file calls the field `name`, for complaints."""
        return ", ".join(self._spec(name).columns) or name

    def read(self, record: Record) -> DealRow:
        """Raises RowProblem with the first thing that is wrong, and the name of its field."""
        if record.problem:
            raise RowProblem("", record.problem)
        cells = record.cells
        stage, outcome = self._stage_and_outcome(cells)
        text = partial(self._text, cells, outcome)
        closed_at = self._moment("closed_at", text("closed_at"))
        entered_at = self._moment("stage_entered_at", text("stage_entered_at"), closed_at)
        created_at = self._moment("created_at", text("created_at"), entered_at or closed_at)
        currency = self._checked("currency", checked_currency, text("currency").upper() or self._currency)
        return DealRow(
            record=record,
            name=self._checked("name", checked_name, text("name")),
            pipeline=self._short("pipeline", text("pipeline"), MAX_STAGE),
            stage=stage,
            outcome=outcome,
            owner=self._short("owner", text("owner"), MAX_OWNER),
            company=self._short("company", text("company"), MAX_COMPANY),
            loss_reason=self._short("loss_reason", text("loss_reason"), MAX_REASON),
            source=self._short("source", text("source"), MAX_SOURCE),
            currency=currency,
            revenue_type=self._choice("revenue_type", text("revenue_type"), REVENUE_TYPES),
            external_id=self._short("external_id", text("external_id"), MAX_ID),
            amount=self._amount(text("amount"), currency),
            expected_close_date=self._date(text("expected_close_date")),
            created_at=created_at,
            stage_entered_at=entered_at,
            closed_at=closed_at,
            closed_on=self._times.local_date(closed_at) if closed_at else None,
            custom=self._customs(text) if self._custom else {},
        )

    def _customs(self, text: Callable[[str], str]) -> dict[str, Any]:
        """What the row says of added fields; an empty cell says nothing."""
        said = {name: text(name) for name in self._custom.fields}
        return {name: self._custom.read(name, given) for name, given in said.items() if given}

    # Texts ------------------------------------------------------------------------------------------------------

    def _spec(self, name: str) -> FieldSpec:
        return self._mapping.fields.get(name) or FieldSpec()

    def _compile(self, spec: FieldSpec, name: str) -> Text:
        """A function from cells to text: no dictionary of the row is made on the way."""
        places = {column: self._place(column, name) for column in spec.columns}
        if spec.templates:
            return partial(_first_filled, [_parts(template, places) for template in spec.templates])
        if spec.column:
            place = places[spec.column]
            look_up = self._lookups.get(name)
            if look_up is not None:
                return lambda cells: look_up(cells[place].strip())
            return lambda cells: cells[place].strip()
        return lambda _cells: spec.constant

    def _place(self, column: str, name: str) -> int:
        found = [place for place, header in enumerate(self._headers) if header == column]
        if len(found) == 1:
            return found[0]
        if found:
            raise InvalidInput.of(
                "file", _("The file has the column “%(name)s” more than once.") % {"name": column}
            )
        reason = _("The file has no column “%(column)s”, which holds “%(field)s”. It has: %(known)s.") % {
            "column": column,
            "field": name,
            "known": ", ".join(self._headers),
        }
        raise InvalidInput.of("file", reason)

    def _text(self, cells: list[str], outcome: str, name: str) -> str:
        getter = self._texts.get(name)
        if getter is None:
            return ""
        spec = self._mapping.fields[name]
        if spec.only and outcome not in spec.only:
            return ""
        text = getter(cells)
        if name in self._known:
            value = self._translated(spec, name, text)
            return value.stage if isinstance(value, StageValue) else value
        return text or spec.default

    def _translated(self, spec: FieldSpec, name: str, text: str) -> str | StageValue:
        known = self._known.get(name)
        if known is None or not text:
            return text or spec.default
        passes = name in NAMES or is_custom(name)
        found = known.get(text.casefold(), text if passes else UNKNOWN)
        if found == UNKNOWN:
            raise RowProblem(name, _unknown(text, spec.values or ()))
        return found or spec.default

    def _stage_and_outcome(self, cells: list[str]) -> tuple[str, str]:
        stage = said = ""
        if "stage" in self._texts:
            value = self._translated(self._spec("stage"), "stage", self._texts["stage"](cells))
            stage, said = (value.stage, value.outcome) if isinstance(value, StageValue) else (value, "")
        if "outcome" in self._texts:
            said = (
                str(self._translated(self._spec("outcome"), "outcome", self._texts["outcome"](cells))) or said
            )
        outcome = self._choice("outcome", said, OUTCOMES) or OPEN
        return self._short("stage", stage, MAX_STAGE), outcome

    # Values -----------------------------------------------------------------------------------------------------

    def _checked(self, name: str, check: Callable[..., Any], *arguments: Any) -> Any:
        try:
            return check(*arguments)
        except InvalidInput as error:
            raise RowProblem(name, error.detail) from error
        except ValueError as error:
            raise RowProblem(name, error) from error

    def _short(self, name: str, text: str, limit: int) -> str:
        if len(text) > limit or "  " in text or "\n" in text:
            text = " ".join(text.split())
            return str(self._checked(name, checked_text, text, name, limit))
        return text

    def _choice(self, name: str, text: str, known: Sequence[str]) -> str:
        if text and text not in known:
            raise RowProblem(name, _unknown(text, known))
        return text

    def _amount(self, text: str, currency: str) -> Decimal | None:
        if not text:
            return None
        found = self._checked("amount", partial(values.amount, decimal=self._mapping.decimal), text)
        self._checked("amount", checked_amount, found)
        self._checked("amount", check_amount_unit, found, currency)
        return Decimal(found)

    def _date(self, text: str) -> date | None:
        if not text:
            return None
        name = "expected_close_date"
        found = self._checked(name, self._times.day, text, self._spec(name).formats)
        day: date = self._checked(name, checked_date, found, name)
        return day

    def _moment(self, name: str, text: str, followed_by: datetime | None = None) -> datetime | None:
        if not text:
            return None
        spec = self._spec(name)
        found: datetime = self._checked(name, self._times.moment, text, spec.formats)
        return min(found, followed_by) if followed_by and spec.clamp else found


def _unknown(text: str, known: Iterable[str]) -> str:
    return _("Unknown value “%(text)s”. Known are: %(known)s.") % {
        "text": text[:60],
        "known": ", ".join(known),
    }


def _parts(template: str, places: Mapping[str, int]) -> list[tuple[str, int | None]]:
    return [
        (text, places[column] if column else None)
        for text, column, _spec, _conversion in Formatter().parse(template)
    ]


def _first_filled(templates: Sequence[Sequence[tuple[str, int | None]]], cells: list[str]) -> str:
    """The first template whose columns all say something."""
    for parts in templates:
        texts: list[str] = []
        for text, place in parts:
            texts.append(text)
            if place is not None:
                cell = cells[place].strip()
                if not cell:
                    break
                texts.append(cell)
        else:
            return "".join(texts)
    return ""
