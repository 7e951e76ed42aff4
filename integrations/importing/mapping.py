"""What a file's columns mean: the mapping, and the reading of its JSON (docs/importing.md describes the format)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from string import Formatter
from typing import Any

from django.utils.translation import gettext as _

from core.errors import InvalidInput
from deals.models import Outcome
from fields.models.field import KEY
from pipeline.models import Category, StageKind

FIELDS = (
    "external_id",
    "name",
    "pipeline",
    "stage",
    "outcome",
    "owner",
    "company",
    "amount",
    "currency",
    "revenue_type",
    "expected_close_date",
    "source",
    "created_at",
    "stage_entered_at",
    "closed_at",
    "loss_reason",
)
CUSTOM = "custom_fields."  # before the key of a field that the workspace has added
MAKEABLE = ("owner", "company", "loss_reason")


@dataclass(frozen=True, slots=True)
class StageValue:
    """What a value of the stage column says: a stage, and perhaps how the deal ended in it."""

    stage: str
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Lookup:
    """Another file beside the imported one, in which the text is a key. `optional`: without it, nothing is said."""

    file: str
    key: str
    value: str
    optional: bool = False


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """Where one field's text comes from: exactly one of `column`, `constant`, `templates`.

    `values` translates it (None: as if empty), `default` stands in for an empty one, `formats` are strptime's,
    `only` are the outcomes for which it counts. `clamp`: a moment after the one that must follow it becomes that one.
    """

    column: str = ""
    constant: str = ""
    templates: tuple[str, ...] = ()
    values: Mapping[str, str | StageValue | None] | None = None
    default: str = ""
    formats: tuple[str, ...] = ()
    only: frozenset[str] = frozenset()
    lookup: Lookup | None = None
    clamp: bool = False

    @property
    def columns(self) -> list[str]:
        return [self.column] if self.column else list(columns_of(self.templates))


@dataclass(frozen=True, slots=True)
class StageSpec:
    """A stage to make where it is missing. Win rate in percent."""

    name: str
    kind: str = StageKind.OPEN
    win_rate: Decimal = Decimal(0)
    stall_days: int = 0
    category: str = Category.PIPELINE


@dataclass(frozen=True, slots=True)
class DealMapping:
    """Everything about a kind of file. `make`: what is made where no such name exists."""

    fields: Mapping[str, FieldSpec]
    external_source: str = ""
    stages: tuple[StageSpec, ...] = ()
    make: frozenset[str] = frozenset(MAKEABLE)
    encoding: str = ""
    decimal: str = "."
    timezone: str = ""
    unused: Sequence[str] = field(default=())


def columns_of(templates: Sequence[str]) -> Iterator[str]:
    for template in templates:
        yield from (name for _text, name, _spec, _conversion in Formatter().parse(template) if name)


def load_mapping(text: str) -> DealMapping:
    """The mapping of a JSON document. Raises InvalidInput that says where it is wrong."""
    try:
        document = json.loads(text)
    except ValueError as error:
        raise wrong("$", _("This is not JSON: %(error)s.") % {"error": error}) from error
    known = ("comment", "external_source", "fields", "stages", "make", "encoding", "decimal", "timezone")
    root = _object(document, "$", known)
    given = root.get("fields")
    own = [name for name in given if is_custom(name)] if isinstance(given, dict) else []
    fields = _object(given, "fields", (*FIELDS, *own, f"{CUSTOM}<key>"))
    if "name" not in fields:
        raise wrong("fields", _("“name” is missing: a deal needs a name."))
    source = _text(root, "external_source", "$")
    if "external_id" in fields and not source:
        raise wrong("external_source", _("It is needed beside “external_id”: it says whose ids these are."))
    if len(source) > 60:
        raise wrong("external_source", _("At most %(max)s characters fit here.") % {"max": 60})
    return DealMapping(
        fields={name: _field(spec, name) for name, spec in fields.items()},
        external_source=source,
        stages=tuple(
            _stage(spec, f"stages[{index}]") for index, spec in enumerate(_list(root, "stages", "$"))
        ),
        make=_make(root),
        encoding=_text(root, "encoding", "$"),
        decimal=_choice(root, "decimal", "$", (".", ","), "."),
        timezone=_text(root, "timezone", "$"),
    )


def is_custom(name: str) -> bool:
    """Whether the mapping's field `name` is one that the workspace has added."""
    return name.startswith(CUSTOM) and KEY.fullmatch(name.removeprefix(CUSTOM)) is not None


def _field(spec: Any, name: str) -> FieldSpec:
    path = f"fields.{name}"
    if isinstance(spec, str):
        return FieldSpec(column=spec)
    keys = ("column", "constant", "template", "values", "default", "formats", "only", "lookup", "clamp")
    found = _object(spec, path, keys)
    if len(found.keys() & {"column", "constant", "template"}) != 1:
        raise wrong(path, _("Give exactly one of “column”, “constant” and “template”."))
    template = found.get("template", [])
    templates = tuple([template] if isinstance(template, str) else _texts(found, "template", path))
    try:
        list(columns_of(templates))
    except ValueError as error:
        raise wrong(f"{path}.template", str(error)) from error
    only = frozenset(_texts(found, "only", path))
    if only - set(Outcome.values):
        raise wrong(f"{path}.only", _choose(Outcome.values))
    return FieldSpec(
        column=_text(found, "column", path),
        constant=_text(found, "constant", path),
        templates=templates,
        values=_values(found, name, path),
        default=_text(found, "default", path),
        formats=tuple(_texts(found, "formats", path)),
        only=only,
        lookup=_lookup(found, path),
        clamp=_flag(found, "clamp", path),
    )


def _values(found: Mapping[str, Any], name: str, path: str) -> dict[str, str | StageValue | None] | None:
    if "values" not in found:
        return None
    path = f"{path}.values"
    values: dict[str, str | StageValue | None] = {}
    for key, value in _object(found["values"], path, None).items():
        if isinstance(value, dict) and name == "stage":
            stage = _object(value, f"{path}.{key}", ("stage", "outcome"))
            values[key] = StageValue(
                _text(stage, "stage", path), _choice(stage, "outcome", path, tuple(Outcome.values), "")
            )
        elif value is None or isinstance(value, str):
            values[key] = value
        else:
            raise wrong(f"{path}.{key}", _("A text or null is expected."))
    return values


def _lookup(found: Mapping[str, Any], path: str) -> Lookup | None:
    if "lookup" not in found:
        return None
    path = f"{path}.lookup"
    spec = _object(found["lookup"], path, ("file", "key", "value", "optional"))
    lookup = Lookup(
        _text(spec, "file", path),
        _text(spec, "key", path),
        _text(spec, "value", path),
        _flag(spec, "optional", path),
    )
    if not (lookup.file and lookup.key and lookup.value):
        raise wrong(path, _("“file”, “key” and “value” are needed."))
    if "/" in lookup.file or "\\" in lookup.file:
        raise wrong(f"{path}.file", _("A file beside the imported one is meant, without a path."))
    return lookup


def _stage(spec: Any, path: str) -> StageSpec:
    found = _object(spec, path, ("name", "kind", "win_rate", "stall_days", "category"))
    name = " ".join(_text(found, "name", path).split())
    if not 0 < len(name) <= 80:
        raise wrong(f"{path}.name", _("A stage needs a name of 80 characters at most."))
    try:
        win_rate = Decimal(str(found.get("win_rate", 0)))
    except InvalidOperation as error:
        raise wrong(f"{path}.win_rate", _("A percentage from 0 to 100 is expected.")) from error
    if not (win_rate.is_finite() and 0 <= win_rate <= 100) or win_rate != round(win_rate, 2):
        raise wrong(f"{path}.win_rate", _("A percentage from 0 to 100 is expected."))
    stall_days = found.get("stall_days", 0)
    if type(stall_days) is not int or not 0 <= stall_days <= 3650:
        raise wrong(f"{path}.stall_days", _("A whole number of days is expected."))
    return StageSpec(
        name=name,
        kind=_choice(found, "kind", path, tuple(StageKind.values), StageKind.OPEN),
        win_rate=win_rate,
        stall_days=stall_days,
        category=_choice(found, "category", path, tuple(Category.values), Category.PIPELINE),
    )


def _make(root: Mapping[str, Any]) -> frozenset[str]:
    make = frozenset(_texts(root, "make", "$")) if "make" in root else frozenset(MAKEABLE)
    if make - set(MAKEABLE):
        raise wrong("make", _choose(MAKEABLE))
    return make


# The shapes -----------------------------------------------------------------------------------------------------


def wrong(path: str, reason: str) -> InvalidInput:
    return InvalidInput.of("mapping", _("Mapping, %(path)s: %(reason)s") % {"path": path, "reason": reason})


def _choose(known: Sequence[str]) -> str:
    return _("Choose among: %(known)s.") % {"known": ", ".join(known)}


def _object(value: Any, path: str, known: Sequence[str] | None) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise wrong(path, _("An object is expected."))
    unknown = [key for key in value if known is not None and key not in known]
    if unknown:
        reason = _("Unknown key “%(key)s”.") % {"key": unknown[0]}
        raise wrong(path, f"{reason} {_choose(known or ())}")
    return value


def _text(found: Mapping[str, Any], key: str, path: str) -> str:
    value = found.get(key, "")
    if not isinstance(value, str):
        raise wrong(f"{path}.{key}", _("A text is expected."))
    return value


def _flag(found: Mapping[str, Any], key: str, path: str) -> bool:
    value = found.get(key, False)
    if not isinstance(value, bool):
        raise wrong(f"{path}.{key}", _("Give true or false."))
    return value


def _list(found: Mapping[str, Any], key: str, path: str) -> list[Any]:
    value = found.get(key, [])
    if not isinstance(value, list):
        raise wrong(f"{path}.{key}", _("A list is expected."))
    return value


def _texts(found: Mapping[str, Any], key: str, path: str) -> list[str]:
    value = _list(found, key, path)
    if not all(isinstance(item, str) for item in value):
        raise wrong(f"{path}.{key}", _("A list of texts is expected."))
    return value


def _choice(found: Mapping[str, Any], key: str, path: str, known: Sequence[str], default: str) -> str:
    value = found.get(key, default)
    if value not in known and value != default:
        raise wrong(f"{path}.{key}", _choose(known))
    return str(value)
