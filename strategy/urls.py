"""The Model's tools on a deal. The middleware enters the workspace and takes the slug away."""

from django.urls import path

from strategy.views import bant, stakeholder_add, stakeholders, tools

DEAL = "deals/<uuid:deal_id>/strategy/"

app_name = "strategy"
urlpatterns = [
    path("settings/pipelines/<uuid:pipeline_id>/tools/", tools.page, name="tools"),
    path(f"{DEAL}bant/", bant.page, name="bant"),
    path(f"{DEAL}bant/<slug:part>/", bant.answer, name="bant_part"),
    path(f"{DEAL}stakeholders/", stakeholders.page, name="stakeholders"),
    path(f"{DEAL}stakeholders/add/", stakeholder_add.add, name="add_stakeholder"),
    path(f"{DEAL}stakeholders/<uuid:contact_id>/", stakeholders.person, name="stakeholder"),
    path(f"{DEAL}stakeholders/<uuid:contact_id>/place/", stakeholders.place, name="place_stakeholder"),
    path(f"{DEAL}stakeholders/<uuid:contact_id>/remove/", stakeholders.remove, name="remove_stakeholder"),
]
