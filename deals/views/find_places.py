"""Where one can jump to, and what one can begin, from the finder: pages, boards, saved views, settings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from contacts.selectors.find import fold
from deals.models import ViewKind
from deals.selectors.saved_views import views_of
from deals.views.saved_views import view_url
from pipeline.selectors.stages import pipelines
from tenancy.http import WorkspaceRequest
from tenancy.permissions import Permission

SETTINGS_ICON = "settings"


@dataclass(frozen=True, slots=True)
class Place:
    """`more`: what kind of place it is, where the label alone does not say."""

    label: str
    url: str
    icon: str
    more: str = ""

    def answers(self, words: str) -> bool:
        """All of it when nothing is asked. Blanks do not matter: 내할일 finds 내 할일."""
        wanted = fold(words).replace(" ", "")
        return wanted in fold(self.label + self.more).replace(" ", "")


def places(request: WorkspaceRequest) -> Iterator[Place]:
    """Pages and what stands in the settings, as far as the member may open it. One query."""
    slug = request.workspace.slug
    for pipeline in pipelines():
        url = reverse("deals:board_of", args=[slug, pipeline.pk])
        yield Place(pipeline.name, url, "board", _("Board"))
    for label, name, icon in (
        (_("List"), "deals:list", "list"),
        (_("My day"), "deals:tasks", "day"),
        (_("Forecast"), "forecasting:forecast", "forecast"),
        (_("Stalled"), "deals:stalled", "stalled"),
        (_("Companies"), "contacts:companies", "company"),
        (_("People"), "contacts:people", "users"),
        (_("Notices"), "automation:notifications", "bell"),
    ):
        yield Place(label, reverse(name, args=[slug]), icon)
    for label, name in _settings(request):
        yield Place(label, reverse(name, args=[slug]), SETTINGS_ICON, _("Settings"))


def _settings(request: WorkspaceRequest) -> Iterator[tuple[str, str]]:
    """As their menu has them (_settings_nav.html)."""
    yield _("Pipelines"), "pipeline:pipelines"
    yield _("Loss reasons"), "pipeline:loss_reasons"
    yield _("Members and teams"), "tenancy:members"
    if request.actor.can(Permission.MANAGE_WORKSPACE):
        yield _("General"), "tenancy:general"
        yield _("Exchange rates"), "tenancy:rates"
        yield _("Change history"), "tenancy:history"
    yield _("My profile"), "tenancy:profile"
    yield _("API tokens"), "tenancy:tokens"


def acts(request: WorkspaceRequest) -> Iterator[Place]:
    """What can be begun from here. One query."""
    slug = request.workspace.slug
    if request.actor.can(Permission.EDIT_DEALS):
        # The board opens its own dialog for it (find.js).
        yield Place(_("Add deal"), f"{reverse('deals:board', args=[slug])}?view=none#new-deal", "plus")
        yield Place(_("Add company"), reverse("contacts:company_new", args=[slug]), "plus")
        yield Place(_("Add person"), reverse("contacts:person_new", args=[slug]), "plus")
    for view in views_of(request.actor).order_by("name", "pk"):
        more = _("View of the list") if view.kind == ViewKind.LIST else _("View of the board")
        yield Place(view.name, view_url(slug, view), "star", more)
