"""Notices. The middleware enters the workspace and takes the slug away."""

from django.urls import path

from automation.views.nav import nav
from automation.views.notices import notices_page, open_notice, read_all

app_name = "automation"
urlpatterns = [
    path("nav/", nav, name="nav"),
    path("notifications/", notices_page, name="notifications"),
    path("notifications/read/", read_all, name="read_all"),
    path("notifications/<uuid:notice_id>/open/", open_notice, name="open"),
]
