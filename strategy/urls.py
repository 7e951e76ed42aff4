"""The Model's tools on a deal. The middleware enters the workspace and takes the slug away."""

from django.urls import path

from strategy.views import (
    approval,
    approval_lines,
    approval_questions,
    bant,
    stakeholder_add,
    stakeholders,
    tools,
)

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
    path(f"{DEAL}approval/", approval.page, name="approval"),
    path(f"{DEAL}approval/plan/", approval.plan, name="approval_plan"),
    path(f"{DEAL}approval/close-date/", approval.close_date, name="approval_close_date"),
    path(f"{DEAL}approval/questions/", approval_questions.ask, name="ask_for_approval"),
    path(f"{DEAL}approval/questions/<uuid:question_id>/", approval_questions.answer, name="approval_answer"),
    path(f"{DEAL}approval/lines/<slug:kind>/", approval_lines.lines, name="approval_lines"),
    path(f"{DEAL}approval/lines/<slug:kind>/<uuid:line_id>/", approval_lines.lines, name="approval_line"),
    path(
        f"{DEAL}approval/lines/<slug:kind>/<uuid:line_id>/remove/",
        approval_lines.remove,
        name="remove_approval_line",
    ),
    path(f"{DEAL}approval/parts/<slug:part>/", approval.part, name="approval_part"),
    path("settings/approval-questions/", approval_questions.settings, name="questions"),
    path("settings/approval-questions/<uuid:question_id>/", approval_questions.question, name="question"),
    path(
        "settings/approval-questions/<uuid:question_id>/remove/",
        approval_questions.remove,
        name="remove_question",
    ),
]
