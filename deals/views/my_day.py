"""What the deals of one's day ask for, settled in their rows: a next task, a new date, a reason to wait."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from core import clock
from core.errors import Conflict, InvalidInput, NotFound, StaleVersion
from core.formats import day_weekday, today_here
from core.htmx import trigger
from deals.forms import TaskForm
from deals.models import Deal
from deals.selectors.my_day import DayGroup, day_deal, day_of
from deals.services.bulk_edit import date_deals
from deals.services.edit_deal import edit_deal
from deals.services.notes import add_note
from deals.services.tasks import add_task, withdraw_task
from deals.views.shared import no_swap
from pipeline.models import Stage
from pipeline.selectors.stages import stages, stages_of
from tenancy.http import WorkspaceRequest
from tenancy.pages import add_errors, http_404, notice
from tenancy.permissions import Permission


class DateForm(forms.Form):
    day = forms.DateField(
        label=gettext_lazy("Expected close date"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if day < today_here():
            raise forms.ValidationError(_("Choose today or a later day."))
        return day


class WaitForm(forms.Form):
    """Put aside, for a reason that stays in the deal's notes."""

    until = forms.DateField(
        label=gettext_lazy("Until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reason = forms.CharField(label=gettext_lazy("Why is it to wait?"), max_length=500)

    def clean_until(self) -> date:
        until: date = self.cleaned_data["until"]
        if until <= today_here():
            raise forms.ValidationError(_("Choose a day after today to put the deal aside until."))
        return until


FORMS: dict[DayGroup, type[forms.Form]] = {
    DayGroup.NO_TASK: TaskForm,
    DayGroup.DATE_PASSED: DateForm,
    DayGroup.STALLED: WaitForm,
}


def empty_form(group: DayGroup, deal: Deal) -> forms.Form:
    """The row's form; its fields' ids say whose they are, because a deal may lie in several groups."""
    return FORMS[group](auto_id=f"{group.value}-{deal.pk}-%s")


def day_context(request: WorkspaceRequest, owner_id: uuid.UUID) -> dict[str, Any]:
    """For the page: each group with its rows."""
    day = day_of(owner_id=owner_id, actor=request.actor, as_of=clock.now())
    # Where stalled deals may go on to: read once for all of them.
    waits = any(found.group == DayGroup.STALLED and found.deals for found in day.groups)
    ways = _ways(stages()) if waits and request.actor.can(Permission.EDIT_DEALS) else {}
    rows = {
        found.group: [row_of(request, found.group, deal, ways=ways) for deal in found.deals]
        for found in day.groups
    }
    return {"day": day, "day_groups": [(found, rows[found.group]) for found in day.groups]}


def _ways(stages: Iterable[Stage]) -> Ways:
    """Pipeline → its stages in order."""
    found: dict[uuid.UUID, list[Stage]] = defaultdict(list)
    for stage in stages:
        found[stage.pipeline_id].append(stage)
    return found


def row_of(
    request: WorkspaceRequest,
    group: DayGroup,
    deal: Deal,
    form: forms.Form | None = None,
    *,
    ways: Ways | None = None,
) -> dict[str, Any]:
    if ways is None:
        ways = {deal.pipeline_id: stages_of(deal.pipeline_id)} if group == DayGroup.STALLED else {}
    return {
        "deal": deal,
        "ways": ways.get(deal.pipeline_id, []) if group == DayGroup.STALLED else [],
        "form": form or empty_form(group, deal),
        "days": deal.days_in_stage(today=today_here(), zone=request.workspace.zone),
    }


@require_POST
@http_404
def settle_deal(request: WorkspaceRequest, deal_id: uuid.UUID, group: str) -> HttpResponse:
    """What the row's form says. The row leaves with an undo; a refusal draws it anew with what was typed."""
    request.actor.require(Permission.EDIT_DEALS)
    if group not in list(DayGroup):
        raise NotFound
    of_group = DayGroup(group)
    deal = day_deal(deal_id, actor=request.actor)
    form = FORMS[of_group](request.POST, auto_id=f"{group}-{deal.pk}-%s")
    if form.is_valid():
        try:
            with transaction.atomic():
                said, undo_url = SETTLE[of_group](request, deal, form.cleaned_data)
            return _left(request, deal, of_group, said, undo_url)
        except StaleVersion:
            form.add_error(
                None,
                _("Somebody changed this deal in the meantime. Look at it as it now is, then try again."),
            )
        except InvalidInput as problem:
            add_errors(form, problem)
    context = {
        "row": row_of(request, of_group, deal, form),
        "group": of_group,
        "can_edit": True,
        "query": request.GET.urlencode(),
    }
    if not request.htmx:
        messages.error(request, " ".join(str(e) for errors in form.errors.values() for e in errors))
        return redirect(_page(request))
    response = render(request, "deals/_day_deal_row.html", context)
    response.headers["HX-Retarget"] = f"#{group}-{deal.pk}"
    response.headers["HX-Reswap"] = "outerHTML"
    return response


def _version(request: WorkspaceRequest) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _add_task(request: WorkspaceRequest, deal: Deal, values: dict[str, Any]) -> tuple[str, str]:
    task = add_task(
        deal_id=deal.pk,
        name=values["name"],
        due_on=values["due_on"],
        assignee=deal.owner,
        actor=request.actor,
    )
    said = _("“%(task)s” was added to “%(deal)s”.") % {"task": task.name, "deal": deal.name}
    return said, reverse("deals:task_withdraw", args=[request.workspace.slug, task.pk])


def _set_date(request: WorkspaceRequest, deal: Deal, values: dict[str, Any]) -> tuple[str, str]:
    # As an act on many, of one: it keeps what its undo needs.
    result = date_deals(seen={deal.pk: _version(request)}, day=values["day"], actor=request.actor)
    if result.plan.refused:
        raise StaleVersion(current=deal)
    said = _("“%(deal)s” is now expected on %(day)s.") % {
        "deal": deal.name,
        "day": day_weekday(values["day"]),
    }
    if result.change is None:
        return said, ""
    return said, reverse("deals:bulk_undo", args=[request.workspace.slug, result.change.pk])


def _put_aside(request: WorkspaceRequest, deal: Deal, values: dict[str, Any]) -> tuple[str, str]:
    edit_deal(
        deal_id=deal.pk,
        changes={"snoozed_until": values["until"]},
        actor=request.actor,
        expected_version=_version(request),
    )
    add_note(deal_id=deal.pk, body=values["reason"], actor=request.actor)
    said = _("“%(deal)s” is put aside until %(day)s.") % {
        "deal": deal.name,
        "day": day_weekday(values["until"]),
    }
    return said, reverse("deals:day_wake", args=[request.workspace.slug, deal.pk])


type Ways = Mapping[uuid.UUID, Sequence[Stage]]
type Settling = Callable[[WorkspaceRequest, Deal, dict[str, Any]], tuple[str, str]]
SETTLE: dict[DayGroup, Settling] = {
    DayGroup.NO_TASK: _add_task,
    DayGroup.DATE_PASSED: _set_date,
    DayGroup.STALLED: _put_aside,
}


def row_moved(request: WorkspaceRequest, deal: Deal, said: str, undo_url: str) -> HttpResponse:
    """A stalled deal was moved on from its row: it has left the group."""
    return _left(request, deal, DayGroup.STALLED, said, undo_url)


def _left(request: WorkspaceRequest, deal: Deal, group: DayGroup, said: str, undo_url: str) -> HttpResponse:
    if not request.htmx:
        messages.success(request, said, extra_tags=undo_url)
        return redirect(_page(request))
    owner_id = deal.owner_id or request.actor.member_id
    day = day_of(owner_id=owner_id, actor=request.actor, as_of=clock.now()) if owner_id else None
    response = render(request, "deals/_day_row_left.html", {"day": day})
    response.headers["HX-Retarget"] = f"#{group.value}-{deal.pk}"
    response.headers["HX-Reswap"] = "delete"
    trigger(response, **{"deal-changed": {"deal": str(deal.pk)}})
    return notice(response, said, strong=deal.name, undo_url=undo_url)


def _page(request: WorkspaceRequest) -> str:
    return f"{reverse('deals:tasks', args=[request.workspace.slug])}?{request.GET.urlencode()}"


@require_POST
@http_404
def wake(request: WorkspaceRequest, deal_id: uuid.UUID) -> HttpResponse:
    """Undo of putting a deal aside."""
    deal = edit_deal(deal_id=deal_id, changes={"snoozed_until": None}, actor=request.actor)
    return _undone(request, _("“%(deal)s” is watched again.") % {"deal": deal.name}, deal)


@require_POST
@http_404
def withdraw(request: WorkspaceRequest, task_id: uuid.UUID) -> HttpResponse:
    """Undo of adding a task."""
    try:
        with transaction.atomic():
            task = withdraw_task(task_id=task_id, actor=request.actor)
    except Conflict as problem:
        return notice(no_swap(), str(problem.detail), kind="error")
    return _undone(request, _("“%(task)s” was taken back.") % {"task": task.name}, task.deal)


def _undone(request: WorkspaceRequest, said: str, deal: Deal) -> HttpResponse:
    response = no_swap()
    trigger(response, **{"day-changed": {}, "deal-changed": {"deal": str(deal.pk)}})
    return notice(response, said)
