"""URL roots. Under /w/<slug>/ the middleware enters the workspace and takes the slug away."""

from django.urls import include, path

from config import health, site_files
from integrations.views import demo_door
from tenancy.views import join, outside

handler400 = "config.error_pages.bad_request"
handler500 = "config.error_pages.server_error"

urlpatterns = [
    path("", outside.home, name="home"),
    path("theme/", outside.set_theme, name="theme"),
    path("join/<str:secret>/", join.join, name="join"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("accounts/demo/", demo_door.enter, name="demo_door"),
    path("robots.txt", site_files.robots, name="robots"),
    path("favicon.ico", site_files.favicon, name="favicon"),
    path("site.webmanifest", site_files.manifest, name="manifest"),
    path("accounts/", include("allauth.urls")),
    path("i18n/setlang/", outside.set_language, name="set_language"),
    path("api/v1/", include("config.api_router")),
    path("w/<slug:slug>/", include("tenancy.urls")),
    path("w/<slug:slug>/", include("fields.urls")),
    path("w/<slug:slug>/", include("pipeline.urls")),
    path("w/<slug:slug>/", include("deals.urls")),
    path("w/<slug:slug>/", include("customers.urls")),
    path("w/<slug:slug>/", include("strategy.urls")),
    path("w/<slug:slug>/", include("forecasting.urls")),
    path("w/<slug:slug>/", include("automation.urls")),
]
