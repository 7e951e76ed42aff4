"""The login page of a demo lets visitors in by one click; everywhere else there is no such page."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.account.utils import perform_login
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from integrations.demo.access import PASSWORD, address
from integrations.demo.door import demo_members


@never_cache
def enter(request: HttpRequest) -> HttpResponse:
    """Log in as the demo's member of the role in `as`, by the same way as the form, second step and limits included."""
    members = demo_members()
    if not members:
        raise Http404
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    role = request.POST.get("as", "")
    if role not in members:
        raise Http404
    user = get_adapter().authenticate(request, email=address(role), password=PASSWORD)
    if user is None:
        messages.error(request, _("The password of this demo user was changed. Log in with the new one."))
        return redirect("account_login")
    return perform_login(request, user)  # goes on to a safe `next`, as the form does
