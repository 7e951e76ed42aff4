"""The Model's tools on a deal. The middleware enters the workspace and takes the slug away."""

from django.urls import path

from strategy.views import bant, comparison, tools, value_case

DEAL = "deals/<uuid:deal_id>/strategy/"
VALUE = f"{DEAL}value/<uuid:value_entry_id>/"
COMPARED = f"{DEAL}comparison/"
CRITERION = f"{COMPARED}criteria/<uuid:buyer_criterion_id>/"

app_name = "strategy"
urlpatterns = [
    path("settings/pipelines/<uuid:pipeline_id>/tools/", tools.page, name="tools"),
    path(f"{DEAL}bant/", bant.page, name="bant"),
    path(f"{DEAL}bant/<slug:part>/", bant.answer, name="bant_part"),
    path(f"{DEAL}value/", value_case.page, name="value"),
    path(f"{DEAL}value/case/", value_case.case, name="value_case"),
    path(f"{DEAL}value/goal/", value_case.goal, name="value_goal"),
    path(VALUE, value_case.line, name="value_line"),
    path(f"{VALUE}move/", value_case.move, name="value_move"),
    path(f"{VALUE}figure/", value_case.figure, name="value_figure"),
    path(f"{VALUE}remove/", value_case.remove, name="value_remove"),
    path(f"{VALUE}restore/", value_case.restore, name="value_restore"),
    path(f"{VALUE}links/<uuid:other_entry_id>/", value_case.link, name="value_link"),
    path("strategy/competitors/", comparison.competitors, name="competitors"),
    path(COMPARED, comparison.page, name="comparison"),
    path(f"{COMPARED}drawn/", comparison.drawn, name="comparison_drawn"),
    path(f"{COMPARED}selected/", comparison.select, name="selected"),
    path(f"{COMPARED}rivals/", comparison.add_rival, name="rivals"),
    path(f"{COMPARED}rivals/<uuid:rival_id>/remove/", comparison.remove_rival, name="rival_remove"),
    path(f"{COMPARED}rivals/<uuid:rival_id>/restore/", comparison.restore_rival, name="rival_restore"),
    path(f"{COMPARED}criteria/", comparison.add_criterion, name="criteria"),
    path(CRITERION, comparison.edit_criterion, name="criterion"),
    path(f"{CRITERION}remove/", comparison.remove_criterion, name="criterion_remove"),
    path(f"{CRITERION}restore/", comparison.restore_criterion, name="criterion_restore"),
]
