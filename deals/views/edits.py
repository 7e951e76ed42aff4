"""Changes on the deal page that are neither a move nor an outcome. Each answers with the deal as it now is."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core import signing
from django.db import transaction
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from contacts.services.find_company import get_or_create_company
from core.errors import InvalidInput, StaleVersion
from core.htmx import trigger
from core.money import plain
from deals.forms import TaskForm, edit_form
from deals.models import Deal
from deals.selectors.custom_values import value_of
from deals.selectors.visible import get_deal
from deals.services.criteria import check_criterion
from deals.services.edit_deal import delete_deal, edit_deal, restore_deal
from deals.services.tasks import add_task, change_task
from deals.views.deal import deal_context, deal_fragment
from deals.views.log import undone
from deals.views.shared import lanes_changed
from fields.models import Subject
from fields.selectors.definitions import fields_named, is_custom
from fields.selectors.values import as_json
from tenancy.http import WorkspaceRequest
from tenancy.models import Membership
from tenancy.pages import add_errors, http_404, notice
from tenancy.permissions import Permission


def changed(request: WorkspaceRequest, deal_id: uuid.UUID) -> HttpResponse:
    """The deal's content, and word to the board that the card is out of date."""
    return trigger(deal_fragment(request, deal_id), **{"deal-changed": {"deal": str(deal_id)}})


@require_http_methods(["GET", "POST"])
@http_404
def edit_field(request: WorkspaceRequest, deal_id: uuid.UUID, field: str) -> HttpResponse:
    """One field, edited where it stands."""
    form_class = edit_form(field, deal_id)
    if form_class is None:
        raise Http404
    deal = get_deal(deal_id, actor=request.actor)
    request.actor.require(Permission.EDIT_DEALS)
    if request.method == "GET":
        return _edit_form(request, deal, field, form_class(initial={field: initial_of(deal, field)}))
    form = form_class(request.POST)
    if form.is_valid():
        try:
            return _save_field(request, deal, field, form.cleaned_data[field])
        except StaleVersion as problem:
            # What was typed stays; saving once more is meant for the deal as it now is.
            deal = problem.current
            form.add_error(field, _stale_text(deal, field))
        except InvalidInput as problem:
            add_errors(form, problem)
    return _edit_form(request, deal, field, form)


def _save_field(request: WorkspaceRequest, deal: Deal, field: str, typed: Any) -> HttpResponse:
    """Raises StaleVersion, InvalidInput."""
    version = request.POST.get("version", "")
    was = {"value": initial_of(deal, field), "version": deal.version + 1}
    with transaction.atomic():
        saved = edit_deal(
            deal_id=deal.pk,
            changes={field: entered_value(field, typed)},
            actor=request.actor,
            expected_version=int(version) if version.isdigit() else None,
        )
    # Its column's totals too, and whether the filters still show it.
    response = lanes_changed(changed(request, deal.pk), {saved.stage_id})
    if saved.version != was["version"]:
        return response  # nothing was changed, or somebody was quicker and no version was given
    undo = reverse("deals:undo_edit", args=[request.workspace.slug, deal.pk, field])
    token = signing.dumps(_plain_value(was), salt=_salt(deal.pk, field), compress=True)
    said = _("%(field)s changed.") % {"field": _label(field)}
    return notice(response, said, undo_url=f"{undo}?{urlencode({'was': token})}")


@require_POST
@http_404
def undo_edit(request: WorkspaceRequest, deal_id: uuid.UUID, field: str) -> HttpResponse:
    """The value before an edit is back, unless somebody changed the deal since."""
    deal = get_deal(deal_id, actor=request.actor)
    form_class = edit_form(field, deal_id)
    try:
        was = signing.loads(request.GET.get("was", ""), salt=_salt(deal_id, field))
    except signing.BadSignature as error:
        raise Http404 from error
    form = form_class(_as_typed(field, was["value"])) if form_class else None
    if form is None:
        raise Http404
    try:
        if not form.is_valid():
            raise InvalidInput(_("The value before is no longer possible."))
        with transaction.atomic():
            value = entered_value(field, form.cleaned_data[field])
            edit_deal(
                deal_id=deal_id, changes={field: value}, actor=request.actor, expected_version=was["version"]
            )
    except StaleVersion:
        text = _("Somebody changed this deal since. Nothing was undone.")
        return undone(deal, text, kind="error")
    except InvalidInput as problem:
        return undone(deal, str(problem.detail), kind="error")
    return lanes_changed(undone(deal, _("The change is undone.")), {deal.stage_id})


def _salt(deal_id: uuid.UUID, field: str) -> str:
    return f"deals.undo_edit.{deal_id}.{field}"


def _plain_value(was: dict[str, Any]) -> dict[str, Any]:
    """What a form takes: a company by its name, a member by the id, several choices as a list."""
    value = was["value"]
    if isinstance(value, list):
        return was
    return was | {"value": str(value.pk if isinstance(value, Membership) else value or "")}


def _as_typed(field: str, value: Any) -> QueryDict:
    data = QueryDict(mutable=True)
    data.setlist(field, value if isinstance(value, list) else [value])
    return data


def _label(field: str) -> Any:
    return fields_named(Subject.DEAL, [field])[field].name if is_custom(field) else FIELD_LABELS[field]


def _stale_text(deal: Deal, field: str) -> str:
    now = initial_of(deal, field)
    return _(
        "Somebody changed this deal in the meantime; here it now says “%(now)s”. Save again to put yours in its place."
    ) % {"now": now if now not in (None, "") else _("none")}


def _edit_form(request: WorkspaceRequest, deal: Deal, field: str, form: forms.Form) -> HttpResponse:
    response = render(
        request, "deals/_edit_field.html", {"deal": deal, "field": field, "form": form, "bound": form[field]}
    )
    response.headers["HX-Retarget"] = f"#field-{field}"
    response.headers["HX-Reswap"] = "innerHTML"
    return response


FIELD_LABELS = {
    "name": gettext_lazy("Deal name"),
    "amount": gettext_lazy("Amount"),
    "currency": gettext_lazy("Currency"),
    "revenue_type": gettext_lazy("Kind of revenue"),
    "expected_close_date": gettext_lazy("Expected close date"),
    "owner": gettext_lazy("Owner"),
    "company": gettext_lazy("Company"),
    "source": gettext_lazy("Source"),
}


def initial_of(deal: Deal, field: str) -> Any:
    """What the field's form begins with; a list where it is several choices."""
    if is_custom(field):
        return as_json(value_of(deal.pk, fields_named(Subject.DEAL, [field])[field]))
    value = getattr(deal, field)
    if field == "amount":
        return plain(value)
    if field == "expected_close_date":
        return value.isoformat() if value else None
    return value


def entered_value(field: str, value: Any) -> Any:
    """What the service takes for what the form read: a company for its name."""
    if field == "company":
        return get_or_create_company(name=value) if value else None
    return value


@require_POST
@http_404
def check(request: WorkspaceRequest, deal_id: uuid.UUID, criterion_id: uuid.UUID) -> HttpResponse:
    """Tick or untick a criterion."""
    met = request.POST.get("met") in ("on", "true", "1")
    check_criterion(deal_id=deal_id, criterion_id=criterion_id, met=met, actor=request.actor)
    return changed(request, deal_id)


@require_POST
@http_404
def add_task_to_deal(request: WorkspaceRequest, deal_id: uuid.UUID) -> HttpResponse:
    form = TaskForm(request.POST, prefix="t")
    get_deal(deal_id, actor=request.actor)
    if form.is_valid():
        try:
            with transaction.atomic():
                add_task(deal_id=deal_id, actor=request.actor, **form.cleaned_data)
            return changed(request, deal_id)
        except InvalidInput as problem:
            add_errors(form, problem)
    return render(request, "deals/_deal.html", deal_context(request, deal_id) | {"task_form": form})


@require_POST
@http_404
def toggle_task(request: WorkspaceRequest, deal_id: uuid.UUID, task_id: uuid.UUID) -> HttpResponse:
    """Done, or not done after all."""
    get_deal(deal_id, actor=request.actor)
    task = change_task(
        task_id=task_id, actor=request.actor, done=request.POST.get("done") in ("on", "true", "1")
    )
    if request.POST.get("surface") == "card":
        response = trigger(HttpResponse(), **{"deal-changed": {"deal": str(deal_id)}})
        undo_url = (
            reverse("deals:toggle_task", args=[request.workspace.slug, deal_id, task_id]) + "?surface=card"
        )
        response.headers["HX-Reswap"] = "none"
        return notice(
            response, _("“%(task)s” is done.") % {"task": task.name}, strong=task.name, undo_url=undo_url
        )
    return changed(request, deal_id)


@require_POST
@http_404
def delete(request: WorkspaceRequest, deal_id: uuid.UUID) -> HttpResponse:
    """Take the deal out of sight; the notice brings it back."""
    deal = delete_deal(deal_id=deal_id, actor=request.actor)
    response = HttpResponse()
    lanes_changed(response, {deal.stage_id})
    trigger(response, **{"deal-gone": {"deal": str(deal_id)}})
    undo_url = reverse("deals:restore", args=[request.workspace.slug, deal_id])
    return notice(
        response, _("“%(deal)s” was deleted.") % {"deal": deal.name}, strong=deal.name, undo_url=undo_url
    )


@require_POST
@http_404
def restore(request: WorkspaceRequest, deal_id: uuid.UUID) -> HttpResponse:
    deal = restore_deal(deal_id=deal_id, actor=request.actor)
    response = HttpResponse()
    response.headers["HX-Reswap"] = "none"
    lanes_changed(response, {deal.stage_id}, fresh=deal.pk)
    return notice(response, _("“%(deal)s” is back.") % {"deal": deal.name}, strong=deal.name)
