"""The Model's tools on a deal. The middleware enters the workspace and takes the slug away."""

from django.urls import path

from strategy.views import bant, tools

DEAL = "deals/<uuid:deal_id>/strategy/"

app_name = "strategy"
urlpatterns = [
    path("settings/pipelines/<uuid:pipeline_id>/tools/", tools.page, name="tools"),
    path(f"{DEAL}bant/", bant.page, name="bant"),
    path(f"{DEAL}bant/<slug:part>/", bant.answer, name="bant_part"),
]
