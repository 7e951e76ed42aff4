"""The bars that stand on the forecast table's columns: geometry only, in the plot's pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.clock import month_start
from core.formats import month_name
from forecasting.selectors.monthly import ForecastMonth
from pipeline.models import Category

HEIGHT = 216
FLOOR = 215
TALLEST = 168  # the highest bar leaves room for the words above it
LAYERS = (
    ("won", None),
    ("commit", Category.COMMIT),
    ("best", Category.BEST_CASE),
    ("pipeline", Category.PIPELINE),
)


@dataclass(frozen=True, slots=True)
class Layer:
    """A rectangle of a bar; `y` counts from the top."""

    kind: str
    y: str
    height: str


@dataclass(frozen=True, slots=True)
class Column:
    """A month of the table with the bar on it."""

    month: ForecastMonth
    layers: list[Layer]
    is_now: bool
    fills_now: bool
    name: str


def columns(months: Sequence[ForecastMonth], *, today: date, fill: date | None) -> list[Column]:
    """`fill` is a day a sales cycle ahead: its month is the one to fill now. The year is said where it changes."""
    tallest = max((month.total for month in months), default=Decimal(0))
    found = []
    for index, month in enumerate(months):
        with_year = month.month.year != today.year and (index == 0 or month.month.month == 1)
        found.append(
            Column(
                month=month,
                layers=_layers(month, tallest),
                is_now=month.month == month_start(today),
                fills_now=fill is not None and month.month == month_start(fill),
                name=month_name(month.month, with_year=with_year),
            )
        )
    return found


def amount_of(month: ForecastMonth, category: str | None) -> Decimal:
    return month.won if category is None else month.by_category[category]


def _layers(month: ForecastMonth, tallest: Decimal) -> list[Layer]:
    layers: list[Layer] = []
    top = Decimal(FLOOR)
    for kind, category in LAYERS:
        amount = amount_of(month, category)
        if not amount or not tallest:
            continue
        height = amount * TALLEST / tallest
        top -= height
        layers.append(Layer(kind, f"{top:.1f}", f"{height:.1f}"))
    return layers
