"""Facts edited where they stand, records deleted, and both taken back."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django import forms
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from contacts.models import Change, ChangeKind
from contacts.selectors.merged import survivor_of
from contacts.services.changes import custom_facts, facts_of, undo_change
from contacts.services.find_company import get_or_create_company
from core.errors import Conflict, InvalidInput, StaleVersion
from customers.forms import edit_form
from customers.kinds import COMPANY, PERSON, Kind, kind_of
from customers.selectors.merge import CHOICES, merge_counts
from customers.services.merge import undo_merge
from customers.views.pages import record_context
from customers.views.shared import go_to, refused, undo_url
from fields.selectors.definitions import is_custom
from tenancy.http import WorkspaceRequest
from tenancy.pages import add_errors, http_404, notice, posted
from tenancy.permissions import Permission


@require_http_methods(["GET", "POST"])
@http_404
def edit_company_fact(request: WorkspaceRequest, company_id: uuid.UUID, fact: str) -> HttpResponse:
    return _edit(request, COMPANY, company_id, fact)


@require_http_methods(["GET", "POST"])
@http_404
def edit_person_fact(request: WorkspaceRequest, contact_id: uuid.UUID, fact: str) -> HttpResponse:
    return _edit(request, PERSON, contact_id, fact)


def _edit(request: WorkspaceRequest, kind: Kind, record_id: uuid.UUID, fact: str) -> HttpResponse:
    """The field in the place of the value; sent, the content as it now is, with a way back."""
    record = kind.get(record_id, actor=request.actor)
    form_class = edit_form(kind.key, fact, record)
    if form_class is None:
        raise Http404
    request.actor.require(Permission.EDIT_DEALS)
    form = form_class(posted(request), initial={fact: _value(record, fact)})
    if request.method == "GET" or not form.is_valid():
        return _edit_form(request, kind, record, fact, form)
    try:
        with transaction.atomic():
            value = form.cleaned_data[fact]
            if fact == "company":
                value = _company(value, record)
            record = kind.edit_one(
                record_id, {fact: value}, actor=request.actor, expected=_expected(request, kind, fact)
            )
    except StaleVersion:
        said = _("Somebody changed this in the meantime. Look at it as it now is, then try again.")
        return notice(_content(request, kind, record_id), said, kind="error")
    except InvalidInput as problem:
        add_errors(form, problem)
        return _edit_form(request, kind, record, fact, form)
    if not request.htmx:
        return redirect(kind.url("", request.workspace.slug, record_id))
    response = _content(request, kind, record_id)
    if record.last_change is None:
        return response
    said = _("“%(name)s” was changed.") % {"name": record.name}
    return notice(response, said, strong=record.name, undo_url=undo_url(request, record.last_change))


def _content(request: WorkspaceRequest, kind: Kind, record_id: uuid.UUID) -> HttpResponse:
    return render(request, f"customers/_{kind.key}.html", record_context(request, kind, record_id))


def _company(name: str, person: Any) -> Any:
    """The company of that name; the one that the person has already, if it is called so."""
    if person.company and person.company.name == name:
        return person.company
    return get_or_create_company(name=name) if name else None


def _value(record: Any, fact: str) -> Any:
    if is_custom(fact):
        return custom_facts(record, [fact])[fact]
    value = getattr(record, fact)
    return value.name if fact == "company" and value else value


def _expected(request: WorkspaceRequest, kind: Kind, fact: str) -> dict[str, Any] | None:
    """The fact as the editor saw it, if the form says so."""
    try:
        was = json.loads(request.POST.get("was", ""))
    except ValueError:
        return None
    columns = _columns(kind, fact)
    if is_custom(fact):
        return {fact: was}
    return {columns[0]: was} if was is None or isinstance(was, str) else None


def _columns(kind: Kind, fact: str) -> tuple[str, ...]:
    if is_custom(fact):
        return (fact,)
    return next(choice.columns for choice in CHOICES[kind.model] if choice.name == fact)


def _edit_form(
    request: WorkspaceRequest, kind: Kind, record: Any, fact: str, form: forms.Form
) -> HttpResponse:
    seen = request.POST.get("was") if request.method == "POST" else None
    context = {
        "kind": kind.key,
        "record": record,
        "fact": fact,
        "form": form,
        "bound": form[fact],
        "was": seen or json.dumps(_seen(record, kind, fact)),
        "action": kind.url("edit", request.workspace.slug, record.pk, fact),
        "back": kind.url("", request.workspace.slug, record.pk),
    }
    response = render(request, "customers/_edit_field.html", context)
    response.headers["HX-Retarget"] = f"#fact-{fact}"
    response.headers["HX-Reswap"] = "innerHTML"
    return response


def _seen(record: Any, kind: Kind, fact: str) -> Any:
    return _value(record, fact) if is_custom(fact) else facts_of(record)[_columns(kind, fact)[0]]


@require_http_methods(["GET", "POST"])
@http_404
def delete_company(request: WorkspaceRequest, company_id: uuid.UUID) -> HttpResponse:
    return _delete(request, COMPANY, company_id)


@require_http_methods(["GET", "POST"])
@http_404
def delete_person(request: WorkspaceRequest, contact_id: uuid.UUID) -> HttpResponse:
    return _delete(request, PERSON, contact_id)


def _delete(request: WorkspaceRequest, kind: Kind, record_id: uuid.UUID) -> HttpResponse:
    """Asks first, with what hangs on it; what was deleted can be brought back by the notice."""
    record = kind.get(record_id, actor=request.actor)
    request.actor.require(Permission.EDIT_DEALS)
    slug = request.workspace.slug
    if request.method == "GET":
        deals, people, activities = merge_counts(record, request.actor)
        context = {
            "kind": kind.key,
            "record": record,
            "deals": deals,
            "people": people,
            "activities": activities,
            "held": kind.is_company and bool(deals or people),
            "action": kind.url("delete", slug, record_id),
            "merge_url": kind.url("merge", slug, record_id),
        }
        return render(request, "customers/_delete.html", context)
    try:
        with transaction.atomic():
            gone = kind.delete_one(record_id, actor=request.actor)
    except Conflict as problem:
        return refused(request, problem, back=kind.url("", slug, record_id))
    said = _("“%(name)s” was deleted.") % {"name": record.name}
    return go_to(request, kind.list_url(slug), said, undo_url=undo_url(request, gone.last_change))


@require_POST
@http_404
def undo(request: WorkspaceRequest, change_id: uuid.UUID) -> HttpResponse:
    """Take back an edit, a deletion or a merge, and go to what it was done to."""
    request.actor.require(Permission.EDIT_DEALS)
    change = Change.objects.filter(pk=change_id).select_related("company", "contact").first()
    if change is None:
        raise Http404
    undoing: Any = undo_merge if change.kind == ChangeKind.MERGED else undo_change
    kind = kind_of(change.record)
    slug = request.workspace.slug
    try:
        with transaction.atomic():
            undoing(change_id=change_id, actor=request.actor)
    except Conflict as problem:
        back = kind.url("", slug, survivor_of(change.record))
        return refused(request, problem, back=back)
    return go_to(request, kind.url("", slug, change.record.pk), _("It is as it was before."))
