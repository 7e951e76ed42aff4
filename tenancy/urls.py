"""Settings of the workspace and of oneself. The middleware enters the workspace and takes the slug away."""

from django.urls import path

from tenancy.views import (
    general,
    invitations,
    leaving,
    live,
    members,
    profile,
    rates,
    settings,
    teams,
    tokens,
)

app_name = "tenancy"
urlpatterns = [
    path("live/", live.ticket, name="live"),
    path("settings/", settings.home, name="settings"),
    path("settings/members/", members.members_page, name="members"),
    path("settings/members/invite/", invitations.invite, name="invite"),
    path("settings/members/<uuid:member_id>/role/", members.role, name="role"),
    path("settings/members/<uuid:member_id>/team/", members.team, name="team"),
    path("settings/members/<uuid:member_id>/rename/", members.rename, name="rename"),
    path("settings/members/<uuid:member_id>/invite/", invitations.invite_known, name="invite_known"),
    path("settings/members/<uuid:member_id>/deactivate/", leaving.deactivate, name="deactivate"),
    path("settings/members/<uuid:member_id>/reactivate/", leaving.reactivate, name="reactivate"),
    path("settings/invitations/<uuid:invitation_id>/resend/", invitations.resend, name="resend"),
    path("settings/invitations/<uuid:invitation_id>/revoke/", invitations.revoke, name="revoke_invitation"),
    path("settings/teams/", teams.teams_page, name="teams"),
    path("settings/teams/<uuid:team_id>/rename/", teams.rename, name="rename_team"),
    path("settings/teams/<uuid:team_id>/archive/", teams.archive, name="archive_team"),
    path("settings/teams/<uuid:team_id>/restore/", teams.restore, name="restore_team"),
    path("settings/general/", general.general_page, name="general"),
    path("settings/rates/", rates.rates_page, name="rates"),
    path("settings/rates/restore/", rates.restore, name="restore_rate"),
    path("settings/rates/<uuid:rate_id>/remove/", rates.remove, name="remove_rate"),
    path("settings/history/", general.history, name="history"),
    path("settings/profile/", profile.profile_page, name="profile"),
    path("settings/tokens/", tokens.tokens_page, name="tokens"),
    path("settings/tokens/<uuid:token_id>/revoke/", tokens.revoke, name="revoke_token"),
]
