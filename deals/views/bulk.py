"""Many deals at once: what an act would do is shown first, then done in one transaction, and can be taken back."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import clock
from core.errors import InvalidInput, NotAllowed, NotFound, StagecraftError
from core.htmx import trigger
from core.ids import parse_uuid
from deals.forms.bulk import FORMS, BulkForm
from deals.models import BulkKind, Deal
from deals.selectors.bulk import (
    MOST,
    BulkPlan,
    Seen,
    chosen_deals,
    plan_edit,
    plan_lose,
    plan_move,
    plan_shift,
    plan_win,
    without_stale,
)
from deals.selectors.bulk_tags import plan_tag, plan_untag, tag_name, tag_named
from deals.selectors.deal_rows import matching_deals
from deals.selectors.filters import DealFilter, Reader
from deals.services import bulk_close, bulk_edit, bulk_move, bulk_tags
from deals.services.many import BulkResult
from deals.services.placing import Edge, Place
from deals.services.undo_bulk import undo_bulk
from deals.views.bulk_words import said, said_undone, stayed
from deals.views.shared import lanes_changed, no_swap
from pipeline.selectors.stages import stage_in_use
from tenancy.http import WorkspaceRequest
from tenancy.models import Membership
from tenancy.pages import add_errors, http_404, notice
from tenancy.permissions import Permission
from tenancy.selectors.members import active_members


@require_POST
@http_404
def bulk(request: WorkspaceRequest, kind: str) -> HttpResponse:
    """Without "go": the dialog with what would happen. With it: done, or the dialog with the reasons against it."""
    request.actor.require(Permission.EDIT_DEALS)
    if kind not in FORMS:
        raise NotFound
    seen = seen_by(request)
    deals = chosen_deals(list(seen)[:MOST], actor=request.actor)
    if not deals:
        return _nothing_chosen()
    if len(seen) > MOST:
        return _too_many()
    looks = "go" in request.POST or "look" in request.POST
    form = FORMS[kind](request.POST if looks else None, deals=deals, actor=request.actor)
    if "go" in request.POST and form.is_valid():
        try:
            with transaction.atomic():
                return _done(request, kind, _act(request, kind, seen, form), form)
        except InvalidInput as problem:
            add_errors(form, problem)
        except (NotFound, NotAllowed):
            raise
        except StagecraftError as problem:
            form.add_error(None, str(problem.detail))
    return _dialog(request, kind, seen, deals, form)


def seen_by(request: WorkspaceRequest) -> Seen:
    """ "id:version,id,…": the deals chosen, each with the version that the page showed where it said one.

    "all": everything that the list's filter, in `query`, finds.
    """
    found: dict[uuid.UUID, int | None] = {}
    if request.POST.get("deals") == "all":
        asked = QueryDict(request.POST.get("query", ""))
        chosen = DealFilter.read(asked, reader=Reader.of(request.actor.member))
        deals = matching_deals(actor=request.actor, chosen=chosen, as_of=clock.now())
        return dict.fromkeys(deals.order_by("pk").values_list("pk", flat=True)[: MOST + 1])
    for part in request.POST.get("deals", "").split(","):
        text, _colon, version = part.partition(":")
        deal_id = parse_uuid(text)
        if deal_id is not None:
            found[deal_id] = int(version) if version.isdecimal() and len(version) < 10 else None
    return found


def _seen_version(deal: Deal, seen: Seen) -> int:
    """What the reader saw stays what they saw, however often the dialog is drawn."""
    version = seen.get(deal.pk)
    return deal.version if version is None else version


def _act(request: WorkspaceRequest, kind: str, seen: Seen, form: BulkForm) -> BulkResult:
    values, actor = form.cleaned_data, request.actor
    if kind == BulkKind.MOVE:
        return bulk_move.move_deals(
            seen=seen,
            to_stage=values["stage"],
            actor=actor,
            place=_place(request),
            override_reason=values["override_reason"],
        )
    if kind == BulkKind.OWNER:
        return bulk_edit.give_deals(seen=seen, owner=_member(values["owner"]), actor=actor)
    if kind == BulkKind.CLOSE_DATE and values["how"] == "shift":
        return bulk_edit.shift_deals(seen=seen, days=values["days"], actor=actor)
    if kind == BulkKind.CLOSE_DATE:
        return bulk_edit.date_deals(seen=seen, day=values["day"], actor=actor)
    if kind == BulkKind.SOURCE:
        return bulk_edit.source_deals(seen=seen, source=values["source"], actor=actor)
    if kind == BulkKind.TAG and values["how"] == "remove":
        return bulk_tags.untag_deals(seen=seen, tag_id=values["tag"].pk, actor=actor)
    if kind == BulkKind.TAG:
        return bulk_tags.tag_deals(seen=seen, name=values["name"], actor=actor)
    if kind == BulkKind.WIN:
        return bulk_close.win_deals(seen=seen, actor=actor, override_reason=values["override_reason"])
    if kind == BulkKind.LOSE:
        return bulk_close.lose_deals(seen=seen, reason=values["reason"], actor=actor)
    return bulk_close.delete_deals(seen=seen, actor=actor)


def _place(request: WorkspaceRequest) -> Place | None:
    """Where a drop put them: below a deal, on top (empty); None where nobody dropped anything."""
    after = request.POST.get("after")
    return None if after is None else parse_uuid(after) or Edge.TOP


def _member(text: str) -> Membership | None:
    wanted = parse_uuid(text)
    return next((member for member in active_members() if member.pk == wanted), None)


def _plan(kind: str, deals: Sequence[Deal], seen: Seen, form: BulkForm) -> BulkPlan | None:
    """What would happen; None as long as it is not said what should."""
    values = form.cleaned_data if form.is_bound and form.is_valid() else {}
    plan = BulkPlan()
    deals = without_stale(deals, seen, plan)
    override = bool(values.get("override_reason"))
    if kind == BulkKind.DELETE:
        plan.goes = list(deals)
        return plan
    if kind == BulkKind.WIN:
        return plan_win(deals, override=override, plan=plan)
    if kind == BulkKind.LOSE:
        return plan_lose(deals, plan=plan)
    if not values:
        return None
    if kind == BulkKind.MOVE:
        return plan_move(deals, stage_in_use(values["stage"]), override=override, plan=plan)
    if kind == BulkKind.OWNER:
        return plan_edit(deals, "owner", _member(values["owner"]), plan=plan)
    if kind == BulkKind.SOURCE:
        return plan_edit(deals, "source", values["source"], plan=plan)
    if kind == BulkKind.TAG:
        return _plan_tags(deals, values, plan)
    if values["how"] == "shift":
        return plan_shift(deals, values["days"], plan=plan)
    return plan_edit(deals, "expected_close_date", values["day"], plan=plan)


def _plan_tags(deals: Sequence[Deal], values: dict[str, Any], plan: BulkPlan) -> BulkPlan:
    if values["how"] == "remove":
        return plan_untag(deals, values["tag"], plan=plan)
    return plan_tag(deals, tag_named(tag_name(values["name"])), plan=plan)


def _dialog(
    request: WorkspaceRequest, kind: str, seen: Seen, deals: Sequence[Deal], form: BulkForm
) -> HttpResponse:
    plan = _plan(kind, deals, seen, form)
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for deal in deals:
        if deal.amount is not None:
            sums[deal.currency] += deal.amount
    can_override = request.actor.can(Permission.OVERRIDE_GATE)
    if not can_override:
        form.fields.pop("override_reason", None)
    gated = plan is not None and any(each.code == "exit-criteria-not-met" for each in plan.refused)
    context = {
        "kind": kind,
        "form": form,
        "plan": plan,
        "count": len(deals),
        "sums": sorted(sums.items()),
        # By name, also where the filter chose them: what is done is done to those that are counted here.
        "deals": ",".join(f"{deal.pk}:{_seen_version(deal, seen)}" for deal in deals),
        "asks_override": can_override and (gated or bool(form.data.get("bulk-override_reason"))),
        "after": request.POST.get("after"),
    }
    if "look" in request.POST and "go" not in request.POST:
        # The reader is in the middle of the form: only what would happen is drawn anew.
        return render(request, "deals/_bulk_plan.html", context)
    response = render(request, "deals/_bulk_dialog.html", context)
    response.headers["HX-Retarget"] = "#overlay"
    response.headers["HX-Reswap"] = "innerHTML"
    return response


def _done(request: WorkspaceRequest, kind: str, result: BulkResult, form: BulkForm) -> HttpResponse:
    refused = result.plan.refused
    if refused and request.POST.get("surface") == "drop":
        response = render(request, "deals/_bulk_refused.html", {"result": result})
        response.headers["HX-Retarget"] = "#overlay"
        response.headers["HX-Reswap"] = "innerHTML"
    else:
        response = trigger(no_swap(), **{"dialog-done": {}})
    done = [str(deal.pk) for deal in (*result.plan.goes, *result.plan.same)]
    trigger(response, **{"bulk-done": {"deals": done}})
    stages = set(result.stages) | {deal.stage_id for deal in (each.deal for each in refused)}
    lanes_changed(response, stages | {deal.stage_id for deal in result.plan.same})
    if not result.done and not refused:
        return response if _place(request) else notice(response, _("There was nothing to change."))
    undo_url = ""
    if result.change is not None:
        undo_url = reverse("deals:bulk_undo", args=[request.workspace.slug, result.change.pk])
    elif request.POST.get("surface") == "drop":
        return response
    text = said(kind, result, form)
    if refused:
        text = f"{text} {stayed(len(refused))}"
    return notice(response, text, undo_url=undo_url, kind="info" if result.done else "error")


def _nothing_chosen() -> HttpResponse:
    text = _("None of the deals chosen is there any more.")
    response = trigger(no_swap(), **{"dialog-done": {}, "bulk-done": {"deals": []}})
    return notice(response, text, kind="error")


def _too_many() -> HttpResponse:
    text = _("At most %(most)s deals can be changed at once.") % {"most": MOST}
    return notice(no_swap(), text, kind="error")


@require_POST
@http_404
def undo(request: WorkspaceRequest, bulk_id: uuid.UUID) -> HttpResponse:
    """Take it back, as far as nobody has changed the deals since."""
    try:
        with transaction.atomic():
            undone = undo_bulk(change_id=bulk_id, actor=request.actor)
    except (NotFound, NotAllowed):
        raise
    except StagecraftError as problem:
        return notice(no_swap(), str(problem.detail), kind="error")
    response = lanes_changed(no_swap(), undone.stages)
    trigger(response, **{"bulk-done": {"deals": []}})
    return notice(response, said_undone(undone))
