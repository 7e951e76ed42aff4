"""A deal's tags: chips, a field that offers what the workspace uses, and a way back."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.errors import InvalidInput
from deals.forms import TagForm
from deals.models import Deal
from deals.selectors.extras import tags_of, tags_to_add
from deals.selectors.visible import get_deal
from deals.services.tags import add_tag, remove_tag
from deals.views.log import told, undone
from tenancy.http import WorkspaceRequest
from tenancy.pages import add_errors, http_404, notice
from tenancy.permissions import Permission


@require_http_methods(["GET", "POST"])
@http_404
def tags(request: WorkspaceRequest, deal_id: uuid.UUID) -> HttpResponse:
    """The chips; with ?add the field beside them. A POST adds a tag, and the field stays for the next."""
    deal = get_deal(deal_id, actor=request.actor)
    if request.method == "GET":
        return section(request, deal, **({"tag_form": TagForm(prefix="g")} if "add" in request.GET else {}))
    back = request.GET.get("back")
    form = TagForm({"g-name": back} if back else request.POST, prefix="g")
    if form.is_valid():
        try:
            with transaction.atomic():
                tag = add_tag(deal_id=deal_id, actor=request.actor, **form.cleaned_data)
        except InvalidInput as problem:
            add_errors(form, problem)
        else:
            if back:
                return undone(deal, _("The tag “%(tag)s” is back.") % {"tag": tag.name})
            return told(section(request, deal, tag_form=TagForm(prefix="g")), deal)
    return section(request, deal, tag_form=form)


@require_GET
@http_404
def search(request: WorkspaceRequest, deal_id: uuid.UUID) -> HttpResponse:
    """The workspace's tags that fit what is typed."""
    deal = get_deal(deal_id, actor=request.actor)
    wanted = " ".join(request.GET.get("g-name", "").replace("\x00", "").split())[:60]
    found = tags_to_add(deal, search=wanted)
    return render(request, "deals/_tag_options.html", {"deal": deal, "found": found})


@require_POST
@http_404
def remove(request: WorkspaceRequest, deal_id: uuid.UUID, tag_id: uuid.UUID) -> HttpResponse:
    deal = get_deal(deal_id, actor=request.actor)
    tag = remove_tag(deal_id=deal_id, tag_id=tag_id, actor=request.actor)
    url = reverse("deals:tags", args=[request.workspace.slug, deal_id])
    said = _("The tag “%(tag)s” was removed.") % {"tag": tag.name}
    response = told(section(request, deal), deal)
    return notice(response, said, strong=tag.name, undo_url=f"{url}?{urlencode({'back': tag.name})}")


def section(request: WorkspaceRequest, deal: Deal, **more: Any) -> HttpResponse:
    context: dict[str, Any] = {
        "deal": deal,
        "tags": tags_of(deal),
        "can_edit": request.actor.can(Permission.EDIT_DEALS),
        **more,
    }
    if "tag_form" in more:
        context["found"] = tags_to_add(deal, search="")
    return render(request, "deals/_deal_tags.html", context)
