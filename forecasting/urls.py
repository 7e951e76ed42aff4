"""Pages of the forecast."""

from django.urls import path

from forecasting.views import forecast

app_name = "forecasting"
urlpatterns = [
    path("forecast/", forecast.forecast_page, name="forecast"),
    path("forecast/needs-date/", forecast.more_undated, name="needs_date"),
    path("forecast/deals/<uuid:deal_id>/date/", forecast.set_date, name="set_date"),
]
