"""The log of a deal: notes, contacts with the buyer, and the story that they stand in."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import clock
from core.errors import Conflict, InvalidInput, NotFound
from core.htmx import trigger
from deals.forms import DIRECTION_WORDS, ActivityForm, NoteForm
from deals.models import Activity, Deal, Note
from deals.models.activity import ActivityKind
from deals.selectors.extras import members_called
from deals.selectors.mentions import names_of, spelled_out
from deals.selectors.people import participants_for, people_on
from deals.selectors.timeline import Mark, Part, timeline_of
from deals.selectors.visible import get_deal
from deals.services.activities import (
    delete_activity,
    edit_activity,
    log_activity,
    own_activity,
    restore_activity,
    undo_activity_edit,
)
from deals.services.notes import add_note, delete_note, edit_note, own_note, restore_note, undo_note_edit
from tenancy.http import WorkspaceRequest
from tenancy.pages import add_errors, http_404, notice
from tenancy.permissions import Permission


@require_GET
@http_404
def log(request: WorkspaceRequest, deal_id: uuid.UUID) -> HttpResponse:
    """The story, or the part of it that a chip asks for; with ?before the entries before that one."""
    deal = get_deal(deal_id, actor=request.actor)
    before = Mark.parse(request.GET["before"]) if "before" in request.GET else None
    if "before" in request.GET and before is None:
        raise NotFound
    if "composer" in request.GET:
        return log_section(request, deal)
    template = "deals/_deal_log_rows.html" if before else "deals/_deal_story.html"
    return render(request, template, log_context(request, deal, before=before))


@require_POST
@http_404
def add_note_to_deal(request: WorkspaceRequest, deal_id: uuid.UUID) -> HttpResponse:
    form = NoteForm(request.POST, prefix="n")
    deal = get_deal(deal_id, actor=request.actor)
    if _valid(form, lambda values: add_note(deal_id=deal_id, actor=request.actor, **values)):
        return told(log_section(request, deal), deal)
    return log_section(request, deal, note_form=form)


@require_http_methods(["GET", "POST"])
@http_404
def note(request: WorkspaceRequest, deal_id: uuid.UUID, note_id: uuid.UUID) -> HttpResponse:
    """One's own note as a form where it stands, and what is saved of it."""
    deal = get_deal(deal_id, actor=request.actor)
    found = own_note(deal_id, note_id, request.actor)
    if request.method == "GET":
        text = spelled_out(found.body, names_of([found.body]))
        return _note_form(request, deal, found.pk, NoteForm(prefix=f"n{found.pk}", initial={"body": text}))
    form = NoteForm(request.POST, prefix=f"n{note_id}")
    saved: list[Note] = []

    def save(values: dict[str, Any]) -> None:
        saved.append(edit_note(deal_id=deal_id, note_id=note_id, actor=request.actor, **values))

    if not _valid(form, save):
        return _note_form(request, deal, note_id, form)
    undo = _url(request, "undo_note_edit", deal_id, note_id) if saved[0].before else ""
    return notice(told(story(request, deal), deal), _("The note is changed."), undo_url=undo)


@require_POST
@http_404
def remove_note(request: WorkspaceRequest, deal_id: uuid.UUID, note_id: uuid.UUID) -> HttpResponse:
    found = delete_note(deal_id=deal_id, note_id=note_id, actor=request.actor)
    undo = _url(request, "restore_note", deal_id, note_id)
    return notice(told(story(request, found.deal), found.deal), _("The note was deleted."), undo_url=undo)


@require_POST
@http_404
def bring_note_back(request: WorkspaceRequest, deal_id: uuid.UUID, note_id: uuid.UUID) -> HttpResponse:
    found = restore_note(deal_id=deal_id, note_id=note_id, actor=request.actor)
    return undone(found.deal, _("The note is back."))


@require_POST
@http_404
def undo_note(request: WorkspaceRequest, deal_id: uuid.UUID, note_id: uuid.UUID) -> HttpResponse:
    return _undo_edit(
        request, deal_id, lambda: undo_note_edit(deal_id=deal_id, note_id=note_id, actor=request.actor)
    )


@require_http_methods(["GET", "POST"])
@http_404
def activities(request: WorkspaceRequest, deal_id: uuid.UUID) -> HttpResponse:
    """The form for a call, a meeting…, in the composer's place; and what it logs."""
    deal = get_deal(deal_id, actor=request.actor)
    request.actor.require(Permission.EDIT_DEALS)
    people = participants_for(deal)
    kind = _kind(request.POST.get("a-kind") or request.GET.get("kind", ""))
    if request.method == "GET":
        first = DIRECTION_WORDS[kind][0][0]
        start = {"kind": kind, "direction": first, "occurred_at": clock.now()}
        return _activity_form(request, deal, ActivityForm(people=people, kind=kind, initial=start))
    form = ActivityForm(request.POST, people=people, kind=kind)
    if _valid(form, lambda values: log_activity(deal_id=deal_id, actor=request.actor, **values)):
        return told(log_section(request, get_deal(deal_id, actor=request.actor)), deal)
    return _activity_form(request, deal, form)


@require_http_methods(["GET", "POST"])
@http_404
def activity(request: WorkspaceRequest, deal_id: uuid.UUID, activity_id: uuid.UUID) -> HttpResponse:
    """What one logged oneself, as a form where it stands, and what is saved of it."""
    deal = get_deal(deal_id, actor=request.actor)
    found = own_activity(deal_id, activity_id, request.actor)
    people = participants_for(deal, also=found)
    if request.method == "GET":
        form = ActivityForm(people=people, kind=found.kind, initial=_initial(found))
        return _activity_form(request, deal, form, found)
    form = ActivityForm(request.POST, people=people, kind=_kind(request.POST.get("a-kind", "")))
    saved: list[Activity] = []

    def save(values: dict[str, Any]) -> None:
        saved.append(edit_activity(deal_id=deal_id, activity_id=activity_id, actor=request.actor, **values))

    if not _valid(form, save):
        return _activity_form(request, deal, form, found)
    undo = _url(request, "undo_activity_edit", deal_id, activity_id) if saved[0].before else ""
    return notice(told(story(request, deal), deal), _("The entry is changed."), undo_url=undo)


@require_POST
@http_404
def remove_activity(request: WorkspaceRequest, deal_id: uuid.UUID, activity_id: uuid.UUID) -> HttpResponse:
    found = delete_activity(deal_id=deal_id, activity_id=activity_id, actor=request.actor)
    undo = _url(request, "restore_activity", deal_id, activity_id)
    return notice(told(story(request, found.deal), found.deal), _("The entry was deleted."), undo_url=undo)


@require_POST
@http_404
def bring_activity_back(
    request: WorkspaceRequest, deal_id: uuid.UUID, activity_id: uuid.UUID
) -> HttpResponse:
    found = restore_activity(deal_id=deal_id, activity_id=activity_id, actor=request.actor)
    return undone(found.deal, _("The entry is back."))


@require_POST
@http_404
def undo_activity(request: WorkspaceRequest, deal_id: uuid.UUID, activity_id: uuid.UUID) -> HttpResponse:
    return _undo_edit(
        request,
        deal_id,
        lambda: undo_activity_edit(deal_id=deal_id, activity_id=activity_id, actor=request.actor),
    )


@require_GET
def names(request: WorkspaceRequest) -> HttpResponse:
    """Members whose name has ?q= in it: the list that opens at an @."""
    found = members_called(request.GET.get("q", "")[:100].replace("\x00", ""))
    return render(request, "deals/_mention_options.html", {"members": found})


# What they answer with ------------------------------------------------------------------------------------------------


def log_context(request: WorkspaceRequest, deal: Deal, *, before: Mark | None = None) -> dict[str, Any]:
    asked = request.GET.get("part", "")
    part = Part(asked) if asked in Part else Part.ALL
    return {
        "deal": deal,
        "timeline": timeline_of(deal, actor=request.actor, part=part, before=before),
        "can_edit": request.actor.can(Permission.EDIT_DEALS),
    }


def story(request: WorkspaceRequest, deal: Deal) -> HttpResponse:
    """The entries under the composer; what is being written there stays."""
    response = render(request, "deals/_deal_story.html", log_context(request, deal) | _people(request, deal))
    response.headers["HX-Retarget"] = "#story"
    response.headers["HX-Reswap"] = "outerHTML"
    return response


def log_section(request: WorkspaceRequest, deal: Deal, **more: Any) -> HttpResponse:
    """Composer and story; the people beside it out of band, for when they were heard from."""
    context = log_context(request, deal) | _people(request, deal) | {"note_form": NoteForm(prefix="n")}
    return render(request, "deals/_deal_log.html", context | more)


def _people(request: WorkspaceRequest, deal: Deal) -> dict[str, Any]:
    zone = request.workspace.zone
    people = people_on(deal, today=clock.local_date(clock.now(), zone), zone=zone)
    return {"people": people, "people_out_of_band": True}


def told(response: HttpResponse, deal: Deal) -> HttpResponse:
    """Word to the board that the card is out of date; the page itself is drawn already."""
    return trigger(response, **{"deal-changed": {"deal": str(deal.pk), "drawn": True}})


def undone(deal: Deal, text: str, *, kind: str = "info") -> HttpResponse:
    """The end of an undo: nothing to swap, whoever shows the deal fetches it anew."""
    response = HttpResponse()
    response.headers["HX-Reswap"] = "none"
    trigger(response, **{"deal-changed": {"deal": str(deal.pk)}})
    return notice(response, text, kind=kind)


def _undo_edit(request: WorkspaceRequest, deal_id: uuid.UUID, undo: Callable[[], Any]) -> HttpResponse:
    deal = get_deal(deal_id, actor=request.actor)
    try:
        with transaction.atomic():
            undo()
    except Conflict as problem:
        return undone(deal, str(problem.detail), kind="error")
    return undone(deal, _("The change is undone."))


def _valid(form: forms.Form, save: Callable[[dict[str, Any]], object]) -> bool:
    """Whether the form holds and the service took it; otherwise the form says why."""
    if not form.is_valid():
        return False
    try:
        with transaction.atomic():
            save(form.cleaned_data)
    except InvalidInput as problem:
        add_errors(form, problem)
        return False
    return True


def _kind(text: str) -> ActivityKind:
    if text not in ActivityKind:
        raise NotFound
    return ActivityKind(text)


def _url(request: WorkspaceRequest, name: str, *ids: uuid.UUID) -> str:
    return reverse(f"deals:{name}", args=[request.workspace.slug, *ids])


def _note_form(request: WorkspaceRequest, deal: Deal, note_id: uuid.UUID, form: NoteForm) -> HttpResponse:
    context = {"deal": deal, "note_id": note_id, "form": form}
    return _in_place(render(request, "deals/_note_edit.html", context), f"#entry-{note_id}")


def _activity_form(
    request: WorkspaceRequest, deal: Deal, form: ActivityForm, found: Activity | None = None
) -> HttpResponse:
    context = {"deal": deal, "form": form, "activity": found, "kind_label": form.chosen.label}
    response = render(request, "deals/_activity_form.html", context)
    return _in_place(response, f"#entry-{found.pk}" if found else "#composer")


def _in_place(response: HttpResponse, target: str) -> HttpResponse:
    response.headers["HX-Retarget"] = target
    response.headers["HX-Reswap"] = "innerHTML"
    return response


def _initial(found: Activity) -> dict[str, Any]:
    return {
        "kind": found.kind,
        "direction": found.direction,
        "occurred_at": found.occurred_at,
        "contacts": list(found.participants.values_list("contact_id", flat=True)),
        "subject": found.subject,
        "body": found.body,
    }
