"""Settings › a pipeline › which tools its deals have."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.errors import InvalidInput
from pipeline.selectors.stages import stages_of
from pipeline.views.shared import pipeline_in_use
from strategy.forms.tools import ToolsForm
from strategy.selectors.tools import tools_in_settings
from strategy.services.tools import set_tools
from tenancy.http import WorkspaceRequest
from tenancy.pages import add_errors, http_404, posted, render_settings
from tenancy.permissions import Permission


@require_http_methods(["GET", "POST"])
@http_404
def page(request: WorkspaceRequest, pipeline_id: uuid.UUID) -> HttpResponse:
    pipeline = pipeline_in_use(pipeline_id)
    if request.method == "POST":
        request.actor.require(Permission.DESIGN_PIPELINES)
    form = ToolsForm(posted(request), rows=tools_in_settings(pipeline), stages=list(stages_of(pipeline.pk)))
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                set_tools(pipeline_id=pipeline_id, opens_at=form.opens_at, actor=request.actor)
            messages.success(request, _("The tools of “%(name)s” are set.") % {"name": pipeline.name})
            return redirect("strategy:tools", request.workspace.slug, pipeline_id)
        except InvalidInput as problem:
            add_errors(form, problem)
    context = {
        "pipeline": pipeline,
        "form": form,
        "may_design": request.actor.can(Permission.DESIGN_PIPELINES),
    }
    return render_settings(request, "strategy/tools.html", context, section="pipelines")
