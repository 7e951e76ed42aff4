"""The value case on a deal: lines that are written, moved and linked where they stand.

The page draws a line before it is saved, so the answers swap no line: they carry, out of band, what hangs on it (gaps,
counts, the return), and say by an event what became of it.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.errors import InvalidInput, NotFound, StaleVersion
from core.htmx import trigger
from core.money import plain
from deals.models import Deal
from deals.views.shared import no_swap
from strategy.forms.value_case import FigureForm, LineForm
from strategy.models import Tool, ValueEntry
from strategy.selectors.value_case import Line, value_case_of
from strategy.selectors.value_return import return_of, rows_on_paper
from strategy.services.value_case import (
    add_line,
    edit_line,
    move_line,
    remove_line,
    restore_line,
    set_goal,
)
from strategy.services.value_links import link_lines
from strategy.views.frame import deal_for, tool_page, tool_part
from tenancy.http import WorkspaceRequest
from tenancy.pages import add_errors, http_404, notice


@require_GET
@http_404
def page(request: WorkspaceRequest, deal_id: uuid.UUID) -> HttpResponse:
    deal = deal_for(request, deal_id)
    return tool_page(request, deal, Tool.VALUE_CASE, "strategy/value_case.html", _shown(deal))


@require_GET
@http_404
def case(request: WorkspaceRequest, deal_id: uuid.UUID) -> HttpResponse:
    """All of it, for a page that has heard of somebody else's change."""
    deal = deal_for(request, deal_id)
    return tool_part(request, deal, "strategy/_value_case.html", _shown(deal))


@require_POST
@http_404
def goal(request: WorkspaceRequest, deal_id: uuid.UUID) -> HttpResponse:
    deal = deal_for(request, deal_id, to_edit=True)
    form = _line_form(request)
    try:
        with transaction.atomic():
            said = set_goal(
                deal_id=deal_id,
                text=form["text"],
                actor=request.actor,
                expected_version=form["version"],
            )
    except InvalidInput as problem:
        return _refused(problem)
    except StaleVersion as stale:
        return _clash(request, deal, stale.current, "goal")
    return _answer(request, deal, saved={"line": "goal", "version": said.version, "text": said.text})


@require_POST
@http_404
def line(request: WorkspaceRequest, deal_id: uuid.UUID, value_entry_id: uuid.UUID) -> HttpResponse:
    """A line's text. The page chooses the id of a new one, so that one sent twice is made once."""
    deal = deal_for(request, deal_id, to_edit=True)
    form = _line_form(request)
    is_new = form["version"] is None and "box" in request.POST
    try:
        with transaction.atomic():
            if is_new:
                add_line(
                    deal_id=deal_id,
                    box=form["box"],
                    text=form["text"],
                    actor=request.actor,
                    after=form["after"],
                    entry_id=value_entry_id,
                )
            saved = edit_line(
                deal_id=deal_id,
                entry_id=value_entry_id,
                changes={"text": form["text"]},
                actor=request.actor,
                expected_version=form["version"],
            )
    except InvalidInput as problem:
        return _refused(problem)
    except StaleVersion as stale:
        return _clash(request, deal, stale.current, str(value_entry_id))
    return _answer(request, deal, saved=_saved(saved), figure=saved if is_new else None)


@require_POST
@http_404
def move(request: WorkspaceRequest, deal_id: uuid.UUID, value_entry_id: uuid.UUID) -> HttpResponse:
    deal = deal_for(request, deal_id, to_edit=True)
    form = _line_form(request)
    try:
        with transaction.atomic():
            moved = move_line(
                deal_id=deal_id,
                entry_id=value_entry_id,
                box=form["box"],
                after=form["after"],
                actor=request.actor,
            )
    except InvalidInput as problem:
        return trigger(_refused(problem), **{"value-outdated": True})
    return _answer(request, deal, saved=_saved(moved), figure=moved)


@require_POST
@http_404
def remove(request: WorkspaceRequest, deal_id: uuid.UUID, value_entry_id: uuid.UUID) -> HttpResponse:
    deal = deal_for(request, deal_id, to_edit=True)
    removed = remove_line(deal_id=deal_id, entry_id=value_entry_id, actor=request.actor)
    undo = reverse("strategy:value_restore", args=[request.workspace.slug, deal_id, value_entry_id])
    said = _("Removed: %(text)s") % {"text": removed.text}
    return notice(_answer(request, deal), said, strong=removed.text, undo_url=undo)


@require_POST
@http_404
def restore(request: WorkspaceRequest, deal_id: uuid.UUID, value_entry_id: uuid.UUID) -> HttpResponse:
    deal = deal_for(request, deal_id, to_edit=True)
    try:
        with transaction.atomic():
            restore_line(deal_id=deal_id, entry_id=value_entry_id, actor=request.actor)
    except InvalidInput as problem:
        return _refused(problem)
    return _answer(request, deal, restored=value_entry_id)


@require_http_methods(["GET", "POST"])
@http_404
def figure(request: WorkspaceRequest, deal_id: uuid.UUID, value_entry_id: uuid.UUID) -> HttpResponse:
    """A benefit's figure as it is; with ?edit its form; a POST saves."""
    deal = deal_for(request, deal_id, to_edit=request.method == "POST" or "edit" in request.GET)
    entry = ValueEntry.objects.filter(deal=deal, pk=value_entry_id, removed_at=None).first()
    if entry is None:
        raise NotFound
    prefix = f"f-{entry.pk}"
    if request.method == "GET":
        initial = {
            "amount": plain(entry.amount) if entry.amount is not None else "",
            "period": entry.period,
            "measure": entry.measure,
            "source": entry.source,
            "version": entry.version,
        }
        form = FigureForm(prefix=prefix, initial=initial) if "edit" in request.GET else None
        return tool_part(request, deal, "strategy/_value_figure.html", {"entry": entry, "form": form})
    form = FigureForm(request.POST, prefix=prefix)
    if form.is_valid():
        values = {**form.cleaned_data, "period": form.cleaned_data["period"] or entry.period}
        version = values.pop("version")
        try:
            with transaction.atomic():
                saved = edit_line(
                    deal_id=deal_id,
                    entry_id=value_entry_id,
                    changes=values,
                    actor=request.actor,
                    expected_version=version,
                )
            return _answer(request, deal, saved=_saved(saved), figure=saved)
        except InvalidInput as problem:
            add_errors(form, problem)
        except StaleVersion as stale:
            typed = request.POST.copy()
            typed[f"{prefix}-version"] = str(stale.current.version)
            form = FigureForm(typed, prefix=prefix)
            context = {"entry": stale.current, "form": form, "theirs": stale.current}
            return notice(
                tool_part(request, deal, "strategy/_value_figure.html", context), _kept(), kind="error"
            )
    return tool_part(request, deal, "strategy/_value_figure.html", {"entry": entry, "form": form})


@require_POST
@http_404
def link(
    request: WorkspaceRequest, deal_id: uuid.UUID, value_entry_id: uuid.UUID, other_entry_id: uuid.UUID
) -> HttpResponse:
    """Link the two lines; with `part` in the form: part them."""
    deal = deal_for(request, deal_id, to_edit=True)
    try:
        with transaction.atomic():
            link_lines(
                deal_id=deal_id,
                one=value_entry_id,
                other=other_entry_id,
                actor=request.actor,
                linked="part" not in request.POST,
            )
    except InvalidInput as problem:
        return _refused(problem)
    return _answer(request, deal)


def _kept() -> str:
    return _("Somebody changed this in the meantime. What you typed is kept.")


def _shown(deal: Deal) -> dict[str, Any]:
    found = value_case_of(deal)
    return {"case": found, "worth": return_of(deal, found), "paper": rows_on_paper(found)}


def _line_form(request: WorkspaceRequest) -> dict[str, Any]:
    form = LineForm(request.POST)
    form.is_valid()
    read = form.cleaned_data
    return {name: read.get(name) for name in ("after", "version")} | {
        "text": request.POST.get("text", ""),
        "box": read.get("box", ""),
    }


def _saved(entry: ValueEntry) -> dict[str, Any]:
    return {"line": str(entry.pk), "version": entry.version, "text": entry.text}


def _answer(
    request: WorkspaceRequest,
    deal: Deal,
    *,
    saved: dict[str, Any] | None = None,
    figure: ValueEntry | None = None,
    restored: uuid.UUID | None = None,
) -> HttpResponse:
    """What hangs on the lines, each part in its place; `restored`: that line too, behind the one before it."""
    shown = _shown(deal)
    if restored is not None:
        shown |= _place_of(shown["case"].lines, restored)
    response = tool_part(request, deal, "strategy/_value_answer.html", shown | {"figure": figure})
    return trigger(response, **{"line-saved": saved}) if saved else response


def _place_of(lines: list[Line], entry_id: uuid.UUID) -> dict[str, Any]:
    before: Line | None = None
    for each in lines:
        if each.entry.pk == entry_id:
            same_box = before is not None and before.entry.box == each.entry.box
            return {"restored": each, "before": before if same_box else None}
        before = each
    return {}


def _clash(request: WorkspaceRequest, deal: Deal, theirs: Any, ident: str) -> HttpResponse:
    """Somebody was faster: theirs stands beside what was typed, and the writer chooses."""
    context = {"theirs": theirs, "ident": ident}
    response = tool_part(request, deal, "strategy/_value_clash.html", context)
    told = {"line": ident, "version": theirs.version, "text": theirs.text}
    return notice(trigger(response, **{"line-clash": told}), _kept(), kind="error")


def _refused(problem: InvalidInput) -> HttpResponse:
    """Nothing is swapped: the line keeps what was typed, and says that it is not saved."""
    return notice(no_swap(), str(problem.detail), kind="error")
