"""The columns that every deal has."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db.models import F, IntegerField, TextField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from api.pagination import Order
from core.clock import local_date
from core.formats import day_brief, days_ago, days_late, money_full, money_table, percent
from deals.selectors.columns import Cell, Column, Exported, Row, register

NOTHING = Cell("–", "faint")


def plain_text(text: str | None) -> Cell:
    return Cell(text) if text else NOTHING


def money_cell(amount: Decimal | None, row: Row, *, state: str = "") -> Cell:
    """In the unit of the caption; in every digit where that would hide some, or where the currency is another."""
    if amount is None:
        return NOTHING
    currency = row.deal.currency
    if currency != row.currency:
        return Cell(money_full(amount, currency), state)
    return Cell(money_table(amount, currency), state, title=money_full(amount, currency))


def money_export(amount: Decimal | None, row: Row) -> Exported:
    """A number in the workspace's currency; what is in another one names it, so that nobody adds it up."""
    if amount is None or row.deal.currency == row.currency:
        return amount
    return money_full(amount, row.deal.currency, language="en")


def close_cell(row: Row) -> Cell:
    day = row.deal.expected_close_date
    if day is None:
        return Cell(_("No date"), "due") if row.deal.is_open and not row.stage.is_lead else NOTHING
    late = (row.card.today - day).days
    if row.deal.is_open and late > 0:
        return Cell(days_late(late), "late", title=day_brief(day))
    return Cell(day_brief(day))


def days_cell(row: Row) -> Cell:
    card = row.card
    text = f"{card.days}/{card.limit}" if card.limit and row.deal.is_open else f"{card.days}"
    if card.is_stalled:
        return Cell(_("Stalled %(days)s") % {"days": text}, "late")
    return Cell(text, "due" if row.deal.is_open and card.stay_state == "near" else "")


def criteria_cell(row: Row) -> Cell:
    total = len(row.card.criteria)
    return Cell(f"{row.card.met}/{total}") if total else NOTHING


def next_task_cell(row: Row) -> Cell:
    task = row.card.next_task
    if task:
        return Cell(task.name)
    return Cell(_("None"), "due") if row.deal.is_open else NOTHING


def task_due_cell(row: Row) -> Cell:
    task = row.card.next_task
    if task is None or task.due_on is None:
        return NOTHING
    late = (row.card.today - task.due_on).days
    if late > 0:
        return Cell(days_late(late), "late", title=day_brief(task.due_on))
    return Cell(_("Today"), "due") if late == 0 else Cell(day_brief(task.due_on))


def owner_cell(row: Row) -> Cell:
    if not row.card.owner:
        return Cell(_("Nobody"), "due") if row.deal.is_open else NOTHING
    return Cell(row.card.owner_short, "me" if row.card.is_mine else "person", title=row.card.owner)


def heard_cell(row: Row) -> Cell:
    days = row.card.heard_days
    if days is None:
        return NOTHING
    return Cell(days_ago(days), "due" if row.card.is_silent and row.deal.is_open else "")


def rate_cell(row: Row) -> Cell:
    return NOTHING if row.stage.is_lead else Cell(percent(row.stage.win_rate))


def day_cell(day: date | None) -> Cell:
    return NOTHING if day is None else Cell(day_brief(day))


def heard_on(row: Row) -> date | None:
    heard = row.deal.last_heard_at
    return None if heard is None else local_date(heard, row.card.zone)


def created_on(row: Row) -> date:
    return local_date(row.deal.created_at, row.card.zone)


def outcome_cell(row: Row) -> Cell:
    states = {"won": "ok", "lost": "late"}
    return Cell(row.deal.get_outcome_display(), states.get(row.deal.outcome, ""))


def loss_reason(row: Row) -> str:
    reason = row.deal.loss_reason
    return reason.name if reason else ""


register(
    Column(
        "name",
        gettext_lazy("Deal"),
        lambda row: Cell(row.deal.name, "strong"),
        lambda row: row.deal.name,
        order=Order("name"),
        field="name",
        width=36,
    ),
    Column(
        "company",
        gettext_lazy("Company"),
        lambda row: plain_text(row.card.company),
        lambda row: row.card.company,
        order=Order("by_company", nullable=True, by=F("company__name_key"), field=TextField()),
        width=24,
    ),
    Column(
        "stage",
        gettext_lazy("Stage"),
        lambda row: Cell(row.stage.name),
        lambda row: row.stage.name,
        # Pipelines in their order, and the stages of each in theirs.
        order=Order(
            "by_stage",
            by=F("stage__pipeline__position") * 10_000 + F("stage__position"),
            field=IntegerField(),
        ),
        width=22,
    ),
    Column(
        "amount",
        gettext_lazy("Amount"),
        lambda row: money_cell(row.deal.amount, row, state="strong"),
        lambda row: money_export(row.deal.amount, row),
        is_figure=True,
        order=Order("amount", nullable=True),
        field="amount",
        width=16,
    ),
    Column(
        "weighted",
        gettext_lazy("Weighted"),
        lambda row: money_cell(row.weighted, row),
        lambda row: money_export(row.weighted, row),
        is_figure=True,
        width=16,
    ),
    Column(
        "close",
        gettext_lazy("Expected close date"),
        close_cell,
        lambda row: row.deal.expected_close_date,
        is_figure=True,
        order=Order("expected_close_date", nullable=True),
        field="expected_close_date",
    ),
    Column(
        "days",
        pgettext_lazy("column", "Days in stage"),
        days_cell,
        lambda row: row.card.days,
        is_figure=True,
        # The longer it is there, the earlier it came.
        order=Order("stage_entered_at", descending=True),
    ),
    Column(
        "criteria",
        gettext_lazy("Criteria"),
        criteria_cell,
        lambda row: f"{row.card.met} / {len(row.card.criteria)}" if row.card.criteria else None,
        is_figure=True,
        needs="criteria",
    ),
    Column(
        "next_task",
        gettext_lazy("Next task"),
        next_task_cell,
        lambda row: row.card.next_task.name if row.card.next_task else None,
        width=28,
    ),
    Column(
        "owner",
        gettext_lazy("Owner"),
        owner_cell,
        lambda row: row.card.owner,
        order=Order("by_owner", nullable=True, by=F("owner__display_name"), field=TextField()),
        field="owner",
    ),
    Column(
        "task_due",
        gettext_lazy("Task due"),
        task_due_cell,
        lambda row: row.card.next_task.due_on if row.card.next_task else None,
        is_figure=True,
    ),
    Column(
        "heard",
        gettext_lazy("Last heard from the buyer"),
        heard_cell,
        heard_on,
        is_figure=True,
        order=Order("last_heard_at", nullable=True),
    ),
    Column(
        "pipeline",
        gettext_lazy("Pipeline"),
        lambda row: plain_text(row.pipelines.get(row.deal.pipeline_id)),
        lambda row: row.pipelines.get(row.deal.pipeline_id),
        needs="pipelines",
        width=18,
    ),
    Column(
        "rate",
        gettext_lazy("Win rate"),
        rate_cell,
        lambda row: None if row.stage.is_lead else row.stage.win_rate,
        is_figure=True,
    ),
    Column(
        "source",
        gettext_lazy("Source"),
        lambda row: plain_text(row.deal.source),
        lambda row: row.deal.source,
        field="source",
    ),
    Column(
        "tags",
        gettext_lazy("Tags"),
        lambda row: plain_text(", ".join(row.tags)),
        lambda row: ", ".join(row.tags),
        needs="tags",
        width=20,
    ),
    Column(
        "created",
        gettext_lazy("Created on"),
        lambda row: day_cell(created_on(row)),
        created_on,
        is_figure=True,
        order=Order("created_at"),
    ),
    Column("outcome", gettext_lazy("Outcome"), outcome_cell, lambda row: row.deal.get_outcome_display()),
    Column(
        "closed",
        gettext_lazy("Closed on"),
        lambda row: day_cell(row.deal.closed_on),
        lambda row: row.deal.closed_on,
        is_figure=True,
        order=Order("closed_on", nullable=True),
    ),
    Column(
        "reason", gettext_lazy("Loss reason"), lambda row: plain_text(loss_reason(row)), loss_reason, width=20
    ),
)
