"""The team's questions: answered on a deal, kept in Settings."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import InvalidInput, StaleVersion
from deals.models import Deal
from strategy.forms.approval import AnswerForm, QuestionForm
from strategy.models import ApprovalQuestion
from strategy.selectors.approval import Asked, questions, questions_of
from strategy.services.approval_questions import (
    add_question,
    answer_question,
    change_question,
    remove_question,
    restore_question,
)
from strategy.views.frame import deal_for, tool_part
from tenancy.http import WorkspaceRequest
from tenancy.pages import add_errors, http_404, notice, render_settings
from tenancy.permissions import Permission

ANSWER = "strategy/_approval_question.html"


@require_http_methods(["GET", "POST"])
@http_404
def answer(request: WorkspaceRequest, deal_id: uuid.UUID, question_id: uuid.UUID) -> HttpResponse:
    """One question with its answer; with ?edit the form; a POST saves."""
    is_edit = "edit" in request.GET
    deal = deal_for(request, deal_id, to_edit=request.method == "POST" or is_edit)
    asked, prefix = _asked(deal, question_id), f"q-{question_id}"
    if request.method == "GET":
        initial = {"text": asked.text, "version": asked.version}
        form = AnswerForm(prefix=prefix, initial=initial) if is_edit else None
        return tool_part(request, deal, ANSWER, {"asked": asked, "form": form})
    form = AnswerForm(request.POST, prefix=prefix)
    if form.is_valid():
        try:
            with transaction.atomic():
                answer_question(
                    deal_id=deal_id,
                    question_id=question_id,
                    text=form.cleaned_data["text"],
                    actor=request.actor,
                    expected_version=form.cleaned_data["version"],
                )
            return tool_part(request, deal, ANSWER, {"asked": _asked(deal, question_id), "saved": True})
        except InvalidInput as problem:
            add_errors(form, problem)
        except StaleVersion:
            asked = _asked(deal, question_id)
            typed = request.POST.copy()
            typed[f"{prefix}-version"] = str(asked.version)
            form = AnswerForm(typed, prefix=prefix)
            context = {"asked": asked, "form": form, "theirs": asked.answer}
            said = _("Somebody changed this in the meantime. What you typed is kept.")
            return notice(tool_part(request, deal, ANSWER, context), said, kind="error")
    return tool_part(request, deal, ANSWER, {"asked": asked, "form": form})


@require_http_methods(["GET", "POST"])
@http_404
def ask(request: WorkspaceRequest, deal_id: uuid.UUID) -> HttpResponse:
    """A new question of the team's from a deal; with ?edit the form."""
    is_edit = "edit" in request.GET
    deal = deal_for(request, deal_id, to_edit=request.method == "POST" or is_edit)
    form = QuestionForm(request.POST if request.method == "POST" else None, prefix="ask")
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                add_question(text=form.cleaned_data["text"], actor=request.actor, from_deal=deal)
            form, is_edit = QuestionForm(prefix="ask"), False
        except InvalidInput as problem:
            add_errors(form, problem)
    is_open = is_edit or form.is_bound
    context = {"asked_all": questions_of(deal), "ask_form": form if is_open else None}
    return tool_part(request, deal, "strategy/_approval_questions.html", context)


def _asked(deal: Deal, question_id: uuid.UUID) -> Asked:
    for asked in questions_of(deal):
        if asked.question.pk == question_id:
            return asked
    raise Http404


@require_http_methods(["GET", "POST"])
@http_404
def settings(request: WorkspaceRequest) -> HttpResponse:
    """Settings › the questions. A POST adds one."""
    form = QuestionForm(prefix="new")
    if request.method == "POST":
        request.actor.require(Permission.EDIT_DEALS)
        form = QuestionForm(request.POST, prefix="new")
        if form.is_valid():
            try:
                with transaction.atomic():
                    add_question(text=form.cleaned_data["text"], actor=request.actor)
                form = QuestionForm(prefix="new")
            except InvalidInput as problem:
                add_errors(form, problem)
    context = _settings_context(request, form=form)
    if request.htmx:
        return render(request, "strategy/_questions.html", context)
    return render_settings(request, "strategy/questions.html", context, section="questions")


@require_http_methods(["GET", "POST"])
@http_404
def question(request: WorkspaceRequest, question_id: uuid.UUID) -> HttpResponse:
    """One question in other words."""
    request.actor.require(Permission.DESIGN_PIPELINES)
    found = questions().filter(pk=question_id).first()
    if found is None:
        raise Http404
    prefix = f"q-{question_id}"
    form = QuestionForm(prefix=prefix, initial={"text": found.text, "version": found.version})
    if request.method == "POST":
        form = QuestionForm(request.POST, prefix=prefix)
        if form.is_valid():
            try:
                with transaction.atomic():
                    change_question(
                        question_id=question_id,
                        text=form.cleaned_data["text"],
                        actor=request.actor,
                        expected_version=form.cleaned_data["version"],
                    )
                return _list(request)
            except InvalidInput as problem:
                add_errors(form, problem)
            except StaleVersion as problem:
                form = _on_theirs(request, prefix, problem.current)
    return _list(request, editing=question_id, edit_form=form)


def _on_theirs(request: WorkspaceRequest, prefix: str, theirs: ApprovalQuestion) -> QuestionForm:
    typed = request.POST.copy()
    typed[f"{prefix}-version"] = str(theirs.version)
    form = QuestionForm(typed, prefix=prefix)
    said = _("Somebody changed it to “%(text)s”. Save again to put yours in its place.")
    form.add_error("text", said % {"text": theirs.text})
    return form


@require_POST
@http_404
def remove(request: WorkspaceRequest, question_id: uuid.UUID) -> HttpResponse:
    """Ask it no more; in the query `back`: ask it again."""
    is_back = "back" in request.GET
    try:
        with transaction.atomic():
            change = restore_question if is_back else remove_question
            changed = change(question_id=question_id, actor=request.actor)
    except InvalidInput as problem:
        return notice(_list(request, out_of_band=True), str(problem.detail), kind="error")
    response = _list(request, out_of_band=is_back)
    if is_back:
        return notice(response, _("The question is asked again."))
    undo = reverse("strategy:remove_question", args=[request.workspace.slug, question_id])
    said = _("“%(name)s” is asked no more.") % {"name": changed.text}
    return notice(response, said, undo_url=f"{undo}?back=1")


def _list(request: WorkspaceRequest, **more: Any) -> HttpResponse:
    context = _settings_context(request, form=QuestionForm(prefix="new"), **more)
    return render(request, "strategy/_questions.html", context)


def _settings_context(request: WorkspaceRequest, **more: Any) -> dict[str, Any]:
    return {
        "questions": questions(),
        "can_add": request.actor.can(Permission.EDIT_DEALS),
        "may_design": request.actor.can(Permission.DESIGN_PIPELINES),
        **more,
    }
