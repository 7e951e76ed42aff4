"""API tokens: one's own, and for admins everybody's. A secret is in the answer that made it, and nowhere else."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import Conflict, InvalidInput
from tenancy.forms import TokenForm
from tenancy.http import WorkspaceRequest
from tenancy.pages import add_errors, http_404, render_settings, settle
from tenancy.selectors.tokens import others_tokens, own_tokens
from tenancy.services.api_tokens import create_own_token, revoke_token


@require_http_methods(["GET", "POST"])
@cache_control(no_store=True)
@http_404
def tokens_page(request: WorkspaceRequest) -> HttpResponse:
    """The list; a POST makes a token and shows it, this once. `no-store` also keeps the page out of the back cache."""
    form = TokenForm(request.POST if request.method == "POST" else None, actor=request.actor)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                token, secret = create_own_token(actor=request.actor, **form.cleaned_data)
        except InvalidInput as problem:
            add_errors(form, problem)
        except Conflict as problem:
            form.add_error(None, str(problem.detail))
        else:
            fresh = TokenForm(actor=request.actor)
            return shown(request, {"form": fresh, "made": token, "secret": secret})
    return shown(request, {"form": form})


def shown(request: WorkspaceRequest, context: dict[str, object]) -> HttpResponse:
    context = {**context, "own": own_tokens(request.actor), "others": others_tokens(request.actor)}
    if request.htmx:
        return render(request, "tenancy/_tokens.html", context)
    return render_settings(request, "tenancy/tokens.html", context, section="tokens")


@require_POST
@http_404
def revoke(request: WorkspaceRequest, token_id: uuid.UUID) -> HttpResponse:
    """Dead from the next request on."""
    with transaction.atomic():
        token = revoke_token(token_id=token_id, actor=request.actor)
    text = _("The token “%(token)s” was revoked.") % {"token": token.name}
    return settle(request, "tenancy:tokens", text)
