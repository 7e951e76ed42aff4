"""Files that programs look for at the root of a site."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.templatetags.static import static
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

ONE_DAY = 86_400
PAPER = "#F3F4F0"  # --canvas of tokens.css


@require_safe
@cache_control(public=True, max_age=ONE_DAY)
def robots(request: HttpRequest) -> HttpResponse:
    """A CRM is nothing for search engines."""
    return HttpResponse("User-agent: *\nDisallow: /\n", content_type="text/plain")


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """For programs that ask for it without having read a page; ours name the hashed file.

    Not to be remembered: the hashed file of before a deployment is gone.
    """
    return HttpResponseRedirect(static("img/favicon.ico"))


@require_safe
@cache_control(public=True, max_age=ONE_DAY)
def manifest(request: HttpRequest) -> JsonResponse:
    """What a phone needs to put the site beside its apps. `minimal-ui` keeps the way back."""
    icons = [
        {"src": static("img/favicon.svg"), "sizes": "any", "type": "image/svg+xml"},
        {"src": static("img/icon-192.png"), "sizes": "192x192", "type": "image/png"},
        {"src": static("img/icon-512.png"), "sizes": "512x512", "type": "image/png"},
        {
            "src": static("img/icon-maskable.png"),
            "sizes": "512x512",
            "type": "image/png",
            "purpose": "maskable",
        },
    ]
    body = {
        "name": "Stagecraft",
        "short_name": "Stagecraft",
        "id": "/",
        "start_url": "/",
        "scope": "/",
        "display": "minimal-ui",
        "background_color": PAPER,
        "theme_color": PAPER,
        "icons": icons,
    }
    return JsonResponse(body, content_type="application/manifest+json")
