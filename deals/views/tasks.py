"""My day: tasks that are late, due today, coming, without a date; between them what one's deals ask for."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core import clock
from core.errors import NotFound
from deals.models import Task
from deals.models.task import PENDING
from deals.selectors.tasks import After, TaskGroup, counted, pending_tasks, task_counts, task_page
from deals.services.tasks import change_task
from deals.views.chosen import member_named
from deals.views.my_day import day_context
from tenancy.http import WorkspaceRequest
from tenancy.models import Membership
from tenancy.pages import http_404, notice, render_page
from tenancy.permissions import Permission
from tenancy.selectors.members import active_members

EVERYBODY = "all"


@require_GET
@http_404
def tasks_page(request: WorkspaceRequest) -> HttpResponse:
    """The page; asked by htmx with ?after, the next rows."""
    if request.htmx and "after" in request.GET:
        return more_tasks(request)
    if request.htmx and not request.htmx.history_restore_request:
        return render(request, "deals/_task_rows.html", list_context(request))
    return render_page(request, "deals/tasks.html", list_context(request), current="tasks")


def more_tasks(request: WorkspaceRequest) -> HttpResponse:
    after = After.parse(request.GET["after"])
    if after is None:
        raise NotFound
    assignee = assignee_by(request, list(active_members()))
    page = task_page(
        actor=request.actor, assignee_id=assignee.pk if assignee else None, as_of=clock.now(), after=after
    )
    context = {"page": page, "assignee": assignee, **row_context(request)}
    return render(request, "deals/_task_rows_more.html", context)


@require_POST
@http_404
def task_done(request: WorkspaceRequest, task_id: uuid.UUID) -> HttpResponse:
    """Done, with a way back (done=false). The row leaves; what it leaves behind comes along out of band."""
    request.actor.require(Permission.EDIT_DEALS)
    done = request.POST.get("done", request.GET.get("done", "true")) != "false"
    if done and not pending_tasks(actor=request.actor, assignee_id=None).filter(pk=task_id).exists():
        return already_settled(request, task_id)
    task = change_task(task_id=task_id, actor=request.actor, done=done)
    said = _("“%(task)s” is done.") if done else _("“%(task)s” is to be done again.")
    return settled(request, task, said % {"task": task.name}, done=done)


def already_settled(request: WorkspaceRequest, task_id: uuid.UUID) -> HttpResponse:
    """Somebody else was quicker, or the task is gone: the list as it is says so."""
    task = Task.objects.filter(pk=task_id, voided_at=None, deal__deleted_at=None).first()
    if task is None:
        raise NotFound
    return settled(request, task, _("“%(task)s” was done already.") % {"task": task.name}, done=False)


def settled(request: WorkspaceRequest, task: Task, said: str, *, done: bool) -> HttpResponse:
    query = without_after(request)
    if not request.htmx:
        messages.success(request, said)
        return redirect(f"{reverse('deals:tasks', args=[request.workspace.slug])}?{query}")
    context = list_context(request)
    # The row leaves alone, so that rows loaded since stay; the list comes anew only when it is empty or gains one.
    alone = done and context["total"] > 0 and not _asks_for_a_task(task, context["assignee"])
    template = "deals/_task_row_left.html" if alone else "deals/_task_rows.html"
    response = render(request, template, context | {"out_of_band": True})
    if alone:
        response.headers["HX-Retarget"] = f"#task-{task.pk}"
        response.headers["HX-Reswap"] = "delete"
    undo = reverse("deals:task_done", args=[request.workspace.slug, task.pk])
    return notice(response, said, strong=task.name, undo_url=f"{undo}?done=false&{query}" if done else "")


def _asks_for_a_task(task: Task, assignee: Membership | None) -> bool:
    """Whether the deal, one of those shown, now has no next task."""
    deal = task.deal
    if assignee is None or deal.owner_id != assignee.pk or not deal.is_open:
        return False
    return not Task.objects.filter(PENDING, deal=deal).exists()


def list_context(request: WorkspaceRequest) -> dict[str, Any]:
    members = list(active_members())
    assignee = assignee_by(request, members)
    wanted: dict[str, Any] = {"actor": request.actor, "assignee_id": assignee.pk if assignee else None}
    counts = task_counts(**wanted, as_of=clock.now())
    page = task_page(**wanted, as_of=clock.now())
    # Of everybody at once they would be a report: the list and the page of stalled deals are.
    day = day_context(request, assignee.pk) if assignee else {"day": None, "day_groups": []}
    return {
        **day,
        "page": page,
        "groups": [(group, counts[group], page.of(group)) for group in TaskGroup],
        "total": counted(counts) + (day["day"].count if day["day"] else 0),
        "assignee": assignee,
        "members": members,
        **row_context(request),
    }


def assignee_by(request: WorkspaceRequest, members: list[Membership]) -> Membership | None:
    """Whose tasks: mine, unless the URL names a member or everybody (None)."""
    wanted = request.GET.get("assignee", "me")
    if wanted == EVERYBODY:
        return None
    found = member_named(request, wanted, members)
    if found is None:
        messages.warning(request, _("There is no such member. Your own tasks are shown."))
        return request.actor.member
    return found


def row_context(request: WorkspaceRequest) -> dict[str, Any]:
    return {"query": without_after(request), "can_edit": request.actor.can(Permission.EDIT_DEALS)}


def without_after(request: WorkspaceRequest) -> str:
    """The filters, for the next request."""
    query = request.GET.copy()
    for name in ("after", "done"):
        query.pop(name, None)
    return query.urlencode()
