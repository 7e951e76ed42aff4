"""Every route of the site, declared: what kind it is decides what the walk in test_routes.py expects of it.

A route that stands here under no kind fails the walk. To add one: its pattern, as Django writes it, under its kind. Ids
in a pattern are filled in by name (see `ids_of`); a name that is not known yet needs a line there.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

# Open to everybody, with nobody's data.
PUBLIC = {
    *("healthz", "readyz", "robots.txt", "favicon.ico", "site.webmanifest"),
    *("api/v1/openapi.json", "api/v1/docs/", "i18n/setlang/", "accounts/demo/"),
}

# allauth's: logging in, and one's own account.
ACCOUNT = {
    "accounts/login/",
    "accounts/logout/",
    "accounts/inactive/",
    "accounts/signup/",
    "accounts/reauthenticate/",
    "accounts/email/",
    "accounts/confirm-email/",
    "accounts/password/change/",
    "accounts/password/set/",
    "accounts/password/reset/",
    "accounts/login/code/confirm/",
    r"accounts/^confirm-email/(?P<key>[-:\w]+)/$",
    "accounts/password/reset/key/done/",
    "accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
    "accounts/password/reset/done/",
    "accounts/2fa/",
    "accounts/2fa/authenticate/",
    "accounts/2fa/reauthenticate/",
    "accounts/2fa/totp/activate/",
    "accounts/2fa/totp/deactivate/",
    "accounts/2fa/recovery-codes/",
    "accounts/2fa/recovery-codes/generate/",
    "accounts/2fa/recovery-codes/download/",
}

# What a link's secret opens, whoever holds it.
LINKS = {"join/<str:secret>/"}

# For whoever is logged in, in no workspace.
PERSONAL = {"", "theme/"}

# Pages and fragments of a workspace, below w/<slug:slug>/.
PAGES = {
    "board/",
    "board/<uuid:pipeline_id>/",
    "board/<uuid:pipeline_id>/sums/",
    "board/<uuid:pipeline_id>/live/",
    "live/",
    "board/lanes/",
    "board/stages/<uuid:stage_id>/cards/",
    "board/stages/<uuid:stage_id>/add/",
    "board/<uuid:pipeline_id>/counts/",
    "board/<uuid:pipeline_id>/filters/",
    "find/",
    "deals/",
    "deals/columns/",
    "deals/counts/",
    "deals/export/",
    "deals/filter/",
    "deals/<uuid:deal_id>/cell/<slug:field>/",
    "views/new/",
    "views/first/",
    "views/<uuid:view_id>/",
    "views/<uuid:view_id>/delete/",
    "views/<uuid:view_id>/restore/",
    "deals/new/",
    "deals/<uuid:deal_id>/",
    "deals/<uuid:deal_id>/card/",
    "deals/<uuid:deal_id>/move/",
    "deals/<uuid:deal_id>/win/",
    "deals/<uuid:deal_id>/lose/",
    "deals/<uuid:deal_id>/reopen/",
    "deals/<uuid:deal_id>/undo/",
    "deals/<uuid:deal_id>/delete/",
    "deals/<uuid:deal_id>/restore/",
    "deals/<uuid:deal_id>/edit/<slug:field>/",
    "deals/<uuid:deal_id>/criteria/<uuid:criterion_id>/",
    "deals/<uuid:deal_id>/tasks/",
    "deals/<uuid:deal_id>/tasks/<uuid:task_id>/",
    "deals/names/",
    "deals/<uuid:deal_id>/edit/<slug:field>/undo/",
    "deals/<uuid:deal_id>/log/",
    "deals/<uuid:deal_id>/notes/",
    "deals/bulk/<slug:kind>/",
    "deals/bulk/<uuid:bulk_id>/undo/",
    "deals/<uuid:deal_id>/notes/<uuid:note_id>/",
    "deals/<uuid:deal_id>/notes/<uuid:note_id>/delete/",
    "deals/<uuid:deal_id>/notes/<uuid:note_id>/restore/",
    "deals/<uuid:deal_id>/notes/<uuid:note_id>/undo/",
    "deals/<uuid:deal_id>/activities/",
    "deals/<uuid:deal_id>/activities/<uuid:activity_id>/",
    "deals/<uuid:deal_id>/activities/<uuid:activity_id>/delete/",
    "deals/<uuid:deal_id>/activities/<uuid:activity_id>/restore/",
    "deals/<uuid:deal_id>/activities/<uuid:activity_id>/undo/",
    "deals/<uuid:deal_id>/people/",
    "deals/<uuid:deal_id>/people/search/",
    "deals/<uuid:deal_id>/people/new/",
    "deals/<uuid:deal_id>/people/<uuid:contact_id>/",
    "deals/<uuid:deal_id>/people/<uuid:contact_id>/remove/",
    "deals/<uuid:deal_id>/tags/",
    "deals/<uuid:deal_id>/tags/search/",
    "deals/<uuid:deal_id>/tags/<uuid:tag_id>/remove/",
    "deals/<uuid:deal_id>/files/",
    "deals/<uuid:deal_id>/files/<uuid:file_id>/",
    "deals/<uuid:deal_id>/files/<uuid:file_id>/thumb/",
    "deals/<uuid:deal_id>/files/<uuid:file_id>/delete/",
    "deals/<uuid:deal_id>/files/<uuid:file_id>/restore/",
    *(f"deals/<uuid:deal_id>/strategy/{rest}" for rest in ("bant/", "bant/<slug:part>/")),
    *(f"deals/<uuid:deal_id>/strategy/value/{rest}" for rest in ("", "case/", "goal/")),
    *(
        f"deals/<uuid:deal_id>/strategy/value/<uuid:value_entry_id>/{rest}"
        for rest in ("", "move/", "figure/", "remove/", "restore/", "links/<uuid:other_entry_id>/")
    ),
    *(f"deals/<uuid:deal_id>/strategy/comparison/{rest}" for rest in ("", "drawn/", "selected/")),
    *(
        f"deals/<uuid:deal_id>/strategy/comparison/{rest}"
        for rest in ("rivals/", "rivals/<uuid:rival_id>/remove/", "rivals/<uuid:rival_id>/restore/")
    ),
    "deals/<uuid:deal_id>/strategy/comparison/criteria/",
    *(
        f"deals/<uuid:deal_id>/strategy/comparison/criteria/<uuid:buyer_criterion_id>/{rest}"
        for rest in ("", "remove/", "restore/")
    ),
    "strategy/competitors/",
    "stalled/",
    "stalled/<uuid:deal_id>/",
    "stalled/<uuid:deal_id>/end/",
    "stalled/<uuid:deal_id>/wake/",
    "tasks/",
    "tasks/<uuid:task_id>/done/",
    "tasks/<uuid:task_id>/withdraw/",
    "tasks/deals/<uuid:deal_id>/wake/",
    "tasks/deals/<uuid:deal_id>/<slug:group>/",
    *(
        f"{kind}/{rest}"
        for kind, rest in [
            *(("companies", rest) for rest in ("", "new/", "similar/", "duplicates/", "filter/")),
            *(("people", rest) for rest in ("", "new/", "similar/", "duplicates/", "filter/")),
            *(("companies/<uuid:company_id>", rest) for rest in ("", "history/", "delete/", "merge/")),
            *(("people/<uuid:contact_id>", rest) for rest in ("", "history/", "delete/", "merge/")),
        ]
    ),
    "companies/<uuid:company_id>/edit/<slug:fact>/",
    "people/<uuid:contact_id>/edit/<slug:fact>/",
    "people/changes/<uuid:change_id>/undo/",
    "forecast/",
    "forecast/needs-date/",
    "forecast/deals/<uuid:deal_id>/date/",
    "nav/",
    "notifications/",
    "notifications/read/",
    "notifications/<uuid:notice_id>/open/",
    "settings/",
    "settings/pipelines/",
    "settings/pipelines/new/",
    "settings/pipelines/<uuid:pipeline_id>/",
    "settings/pipelines/<uuid:pipeline_id>/rename/",
    "settings/pipelines/<uuid:pipeline_id>/copy/",
    "settings/pipelines/<uuid:pipeline_id>/tools/",
    "settings/pipelines/<uuid:pipeline_id>/default/",
    "settings/pipelines/<uuid:pipeline_id>/restore/",
    "settings/pipelines/<uuid:pipeline_id>/stages/",
    "settings/pipelines/<uuid:pipeline_id>/order/",
    "settings/pipelines/<uuid:pipeline_id>/archive/",
    "settings/stages/<uuid:stage_id>/",
    "settings/stages/<uuid:stage_id>/effects/",
    "settings/stages/<uuid:stage_id>/restore/",
    "settings/stages/<uuid:stage_id>/retire/",
    "settings/stages/<uuid:stage_id>/criteria/",
    "settings/stages/<uuid:stage_id>/tasks/",
    "settings/criteria/<uuid:criterion_id>/",
    "settings/criteria/<uuid:criterion_id>/step/",
    "settings/criteria/<uuid:criterion_id>/remove/",
    "settings/criteria/<uuid:criterion_id>/restore/",
    "settings/entry-tasks/<uuid:entry_task_id>/",
    "settings/entry-tasks/<uuid:entry_task_id>/step/",
    "settings/entry-tasks/<uuid:entry_task_id>/remove/",
    "settings/entry-tasks/<uuid:entry_task_id>/restore/",
    "settings/loss-reasons/",
    "settings/loss-reasons/<uuid:reason_id>/",
    "settings/loss-reasons/<uuid:reason_id>/step/",
    "settings/loss-reasons/<uuid:reason_id>/remove/",
    "settings/loss-reasons/<uuid:reason_id>/restore/",
    "settings/pipelines/<uuid:pipeline_id>/review/",
    "settings/pipelines/<uuid:pipeline_id>/review/journey/",
    "settings/pipelines/<uuid:pipeline_id>/review/journey/start/",
    "settings/pipelines/<uuid:pipeline_id>/review/journey/add/",
    "settings/pipelines/<uuid:pipeline_id>/review/journey/<uuid:step_id>/",
    "settings/pipelines/<uuid:pipeline_id>/review/journey/<uuid:step_id>/move/",
    "settings/pipelines/<uuid:pipeline_id>/review/journey/<uuid:step_id>/remove/",
    "settings/pipelines/<uuid:pipeline_id>/review/journey/<uuid:step_id>/restore/",
    "settings/pipelines/<uuid:pipeline_id>/review/begin/",
    "settings/pipelines/<uuid:pipeline_id>/review/begin/choose/",
    "settings/pipelines/<uuid:pipeline_id>/review/stages/<uuid:stage_id>/",
    "settings/pipelines/<uuid:pipeline_id>/review/stages/<uuid:stage_id>/answer/",
    "settings/pipelines/<uuid:pipeline_id>/review/stages/<uuid:stage_id>/note/",
    "settings/pipelines/<uuid:pipeline_id>/review/stages/<uuid:stage_id>/rename/",
    "settings/pipelines/<uuid:pipeline_id>/review/result/",
    "settings/fields/",
    "settings/fields/new/<slug:subject>/",
    "settings/fields/order/<slug:subject>/",
    *(
        f"settings/fields/<uuid:custom_field_id>/{rest}"
        for rest in ("", "step/", "archive/", "restore/", "choices/")
    ),
    *(f"settings/fields/choices/<uuid:choice_id>/{rest}" for rest in ("", "step/", "remove/", "restore/")),
    "settings/members/",
    "settings/members/invite/",
    "settings/members/<uuid:member_id>/role/",
    "settings/members/<uuid:member_id>/team/",
    "settings/members/<uuid:member_id>/rename/",
    "settings/members/<uuid:member_id>/invite/",
    "settings/members/<uuid:member_id>/deactivate/",
    "settings/members/<uuid:member_id>/reactivate/",
    "settings/invitations/<uuid:invitation_id>/resend/",
    "settings/invitations/<uuid:invitation_id>/revoke/",
    "settings/teams/",
    "settings/teams/<uuid:team_id>/rename/",
    "settings/teams/<uuid:team_id>/archive/",
    "settings/teams/<uuid:team_id>/restore/",
    "settings/general/",
    "settings/rates/",
    "settings/rates/restore/",
    "settings/rates/<uuid:rate_id>/remove/",
    "settings/history/",
    "settings/profile/",
    "settings/tokens/",
    "settings/tokens/<uuid:token_id>/revoke/",
}

# The REST API, below api/v1/.
API = {
    "me/",
    "members/",
    "members/<uuid:member_id>/",
    "pipelines/",
    "pipelines/<uuid:pipeline_id>/",
    "stages/",
    "stages/<uuid:stage_id>/",
    "loss-reasons/",
    "custom-fields/",
    "exchange-rates/",
    "exchange-rates/<uuid:rate_id>/",
    "companies/",
    "companies/<uuid:company_id>/",
    "companies/<uuid:company_id>/merge/",
    "companies/<uuid:company_id>/unmerge/",
    "contacts/",
    "contacts/<uuid:contact_id>/",
    "contacts/<uuid:contact_id>/merge/",
    "contacts/<uuid:contact_id>/unmerge/",
    "deals/",
    "deals/<uuid:deal_id>/",
    "deals/<uuid:deal_id>/move/",
    "deals/<uuid:deal_id>/win/",
    "deals/<uuid:deal_id>/lose/",
    "deals/<uuid:deal_id>/reopen/",
    "deals/<uuid:deal_id>/undo/",
    "deals/<uuid:deal_id>/criteria/",
    "deals/<uuid:deal_id>/criteria/<uuid:criterion_id>/",
    "deals/<uuid:deal_id>/stays/",
    "deals/<uuid:deal_id>/timeline/",
    "deals/<uuid:deal_id>/notes/",
    "deals/<uuid:deal_id>/notes/<uuid:note_id>/",
    "deals/<uuid:deal_id>/activities/",
    "deals/<uuid:deal_id>/activities/<uuid:activity_id>/",
    "deals/<uuid:deal_id>/contacts/",
    "deals/<uuid:deal_id>/contacts/<uuid:contact_id>/",
    "deals/<uuid:deal_id>/tags/",
    "deals/<uuid:deal_id>/tags/<uuid:tag_id>/",
    "deals/<uuid:deal_id>/files/",
    "deals/<uuid:deal_id>/files/<uuid:file_id>/",
    "deals/<uuid:deal_id>/bant/",
    "deals/<uuid:deal_id>/bant/<slug:part>/",
    *(f"deals/<uuid:deal_id>/value-case/{rest}" for rest in ("", "goal/", "entries/")),
    *(
        f"deals/<uuid:deal_id>/value-case/entries/<uuid:value_entry_id>/{rest}"
        for rest in ("", "restore/", "links/<uuid:other_entry_id>/")
    ),
    *(
        f"deals/<uuid:deal_id>/comparison/{rest}"
        for rest in (
            "",
            "selection/",
            "rivals/",
            "rivals/<uuid:rival_id>/",
            "rivals/<uuid:rival_id>/restore/",
        )
    ),
    *(
        f"deals/<uuid:deal_id>/comparison/criteria/{rest}"
        for rest in ("", "<uuid:buyer_criterion_id>/", "<uuid:buyer_criterion_id>/restore/")
    ),
    "competitors/",
    "tasks/",
    "tasks/<uuid:task_id>/",
    "alerts/",
    "forecast/",
    "",
}

DECLARED = (
    PUBLIC
    | ACCOUNT
    | LINKS
    | PERSONAL
    | {f"w/<slug:slug>/{route}" for route in PAGES}
    | {f"api/v1/{route}" for route in API}
)


def existing_routes() -> set[str]:
    return set(_routes(get_resolver()))


def _routes(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _routes(entry, route)
        elif isinstance(entry, URLPattern):
            yield route
