"""Stalled deals: the list for the talk between leader and rep, and what the talk ends in."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from core import clock
from core.errors import InvalidInput, NotFound, StaleVersion
from core.formats import day_weekday, today_here
from core.htmx import trigger
from core.ids import parse_uuid
from deals.models import Deal
from deals.selectors.stalled_list import SORTS, StalledRow, stalled_deals, stalled_row
from deals.selectors.talk import talk_about
from deals.selectors.visible import get_deal
from deals.services.edit_deal import edit_deal
from deals.services.notes import add_note
from deals.services.tasks import add_task
from deals.views.chosen import chosen_by
from tenancy.http import WorkspaceRequest
from tenancy.pages import add_errors, http_404, notice, render_page
from tenancy.permissions import Actor, Permission

TASK_NAME = 200
SOON = 3  # days: when to look at it again, unless one says otherwise


class TalkForm(forms.Form):
    """What was agreed: the words, and until when. `version` is the deal's, as the reader saw it."""

    body = forms.CharField(
        label=gettext_lazy("Where to help"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Write what was agreed.")},
    )
    until = forms.DateField(
        label=gettext_lazy("Until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    version = forms.IntegerField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].widget.attrs["min"] = today_here().isoformat()

    def clean_until(self) -> date | None:
        until: date | None = self.cleaned_data["until"]
        if until is not None and until < today_here():
            raise forms.ValidationError(_("Choose today or a later day."))
        return until


@require_GET
@http_404
def stalled_page(request: WorkspaceRequest) -> HttpResponse:
    """The list; ?open=<deal> shows that deal's talk without a script."""
    context = list_context(request)
    opened = parse_uuid(request.GET.get("open", ""))
    row = next((row for row in context["stalled"].rows if row.deal.pk == opened), None)
    if row is not None:
        context |= talk_context(request, row)
    return render_page(request, "deals/stalled.html", context, current="stalled")


@require_GET
@http_404
def talk(request: WorkspaceRequest, deal_id: uuid.UUID) -> HttpResponse:
    """One row, opened; or closed again with ?close."""
    row = found_row(request, deal_id)
    context: dict[str, Any] = {"row": row, **row_context(request)}
    if "close" not in request.GET:
        context |= talk_context(request, row)
    return render(request, "deals/_stalled_row.html", context)


@require_POST
@http_404
def end_talk(request: WorkspaceRequest, deal_id: uuid.UUID) -> HttpResponse:
    """The talk ends in a note and a task for the deal's owner, or (end=snooze) in putting the deal aside for a reason.

    All is saved or nothing; a refusal opens the row again with the text and the reason.
    """
    request.actor.require(Permission.EDIT_DEALS)
    deal = get_deal(deal_id, actor=request.actor)
    form = TalkForm(request.POST)
    snoozes = request.POST.get("end") == "snooze"
    if form.is_valid():
        try:
            with transaction.atomic():
                said = (snooze if snoozes else agree)(deal, form, request.actor)
            return settled(request, deal, said, undo="deals:stalled_wake" if snoozes else "")
        except StaleVersion:
            form.add_error(
                None,
                _("Somebody changed this deal in the meantime. Look at it as it now is, then try again."),
            )
        except InvalidInput as problem:
            add_errors(form, problem)
    return refused(request, deal_id, form)


def agree(deal: Deal, form: TalkForm, actor: Actor) -> str:
    body: str = form.cleaned_data["body"]
    name = body.strip().splitlines()[0].strip()
    add_note(deal_id=deal.pk, body=body, actor=actor)
    add_task(
        deal_id=deal.pk,
        name=name if len(name) <= TASK_NAME else name[: TASK_NAME - 1] + "…",
        due_on=form.cleaned_data["until"],
        assignee=deal.owner,
        actor=actor,
    )
    return _("A note and a task were added to “%(deal)s”.") % {"deal": deal.name}


def snooze(deal: Deal, form: TalkForm, actor: Actor) -> str:
    until = form.cleaned_data["until"]
    if until is None or until <= today_here():
        raise InvalidInput.of("until", _("Choose a day after today to put the deal aside until."))
    edit_deal(
        deal_id=deal.pk,
        changes={"snoozed_until": until},
        actor=actor,
        expected_version=form.cleaned_data["version"],
    )
    add_note(deal_id=deal.pk, body=form.cleaned_data["body"], actor=actor)
    return _("“%(deal)s” is put aside until %(day)s.") % {"deal": deal.name, "day": day_weekday(until)}


@require_POST
@http_404
def wake(request: WorkspaceRequest, deal_id: uuid.UUID) -> HttpResponse:
    """Take back that the deal was put aside: the button on its row, and the undo of putting it aside."""
    deal = edit_deal(deal_id=deal_id, changes={"snoozed_until": None}, actor=request.actor)
    return settled(request, deal, _("“%(deal)s” is watched again.") % {"deal": deal.name})


def refused(request: WorkspaceRequest, deal_id: uuid.UUID, form: TalkForm) -> HttpResponse:
    row = found_row(request, deal_id)
    context = {"row": row, **row_context(request), **talk_context(request, row, form)}
    if not request.htmx:
        return render_page(request, "deals/stalled.html", list_context(request) | context, current="stalled")
    response = render(request, "deals/_stalled_row.html", context)
    response.headers["HX-Retarget"] = f"#stalled-{deal_id}"
    response.headers["HX-Reswap"] = "outerHTML"
    return response


def settled(request: WorkspaceRequest, deal: Deal, said: str, *, undo: str = "") -> HttpResponse:
    """The whole list anew, because groups and totals change with a row."""
    query = request.GET.urlencode()
    if not request.htmx:
        messages.success(request, said)
        return redirect(f"{reverse('deals:stalled', args=[request.workspace.slug])}?{query}")
    response = render(request, "deals/_stalled_list.html", list_context(request) | {"out_of_band": True})
    trigger(response, **{"deal-changed": {"deal": str(deal.pk)}})
    undo_url = f"{reverse(undo, args=[request.workspace.slug, deal.pk])}?{query}" if undo else ""
    return notice(response, said, strong=deal.name, undo_url=undo_url)


def found_row(request: WorkspaceRequest, deal_id: uuid.UUID) -> StalledRow:
    row = stalled_row(deal_id, actor=request.actor, as_of=clock.now())
    if row is None:
        raise NotFound
    return row


def list_context(request: WorkspaceRequest) -> dict[str, Any]:
    chosen = chosen_by(request)
    sort = request.GET.get("sort", "over")
    if sort not in SORTS:
        sort = "over"
    found = stalled_deals(
        actor=request.actor,
        as_of=clock.now(),
        pipeline_id=chosen.pipeline_id,
        owner_id=chosen.owner_id,
        unowned=chosen.unowned,
        sort=sort,
    )
    return {"stalled": found, "chosen": chosen, "sort": sort, **row_context(request)}


def row_context(request: WorkspaceRequest) -> dict[str, Any]:
    """What every row needs; `query` keeps the filters through a row's own requests."""
    query = request.GET.copy()
    for name in ("open", "close"):
        query.pop(name, None)
    return {
        "query": query.urlencode(),
        "currency": request.workspace.currency,
        "can_edit": request.actor.can(Permission.EDIT_DEALS),
    }


def talk_context(request: WorkspaceRequest, row: StalledRow, form: TalkForm | None = None) -> dict[str, Any]:
    return {
        "opened": row.deal.pk,
        "talk": talk_about(row.deal, actor=request.actor),
        "form": form or TalkForm(initial={"until": today_here() + timedelta(days=SOON)}),
    }
