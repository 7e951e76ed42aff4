"""Settings of the workspace and of oneself. The middleware enters the workspace and takes the slug away."""

from django.urls import path

from tenancy.views import settings

app_name = "tenancy"
urlpatterns = [
    path("settings/", settings.home, name="settings"),
]
