"""The REST API's addresses, under /api/v1/."""

from django.urls import path, re_path

from api import docs, members, rates
from automation.api import views as automation
from contacts.api import views as contacts
from customers.api import views as customers
from deals.api import file_views as files
from deals.api import log_views as log
from deals.api import record_views as records
from deals.api import views as deals
from fields.api import views as fields
from forecasting.api import views as forecasting
from pipeline.api import views as pipeline
from strategy.api import bant, comparison, value_case

VALUE_ENTRY = "deals/<uuid:deal_id>/value-case/entries/<uuid:value_entry_id>/"
COMPARED = "deals/<uuid:deal_id>/comparison/"
BUYER_CRITERION = f"{COMPARED}criteria/<uuid:buyer_criterion_id>/"

urlpatterns = [
    path("openapi.json", docs.OpenApi.as_view(), name="api-schema"),
    path("docs/", docs.reference, name="api-docs"),
    path("me/", members.MeView.as_view()),
    path("members/", members.MemberListView.as_view()),
    path("members/<uuid:member_id>/", members.MemberView.as_view()),
    path("exchange-rates/", rates.ExchangeRateListView.as_view()),
    path("exchange-rates/<uuid:rate_id>/", rates.ExchangeRateView.as_view()),
    path("pipelines/", pipeline.PipelineListView.as_view()),
    path("pipelines/<uuid:pipeline_id>/", pipeline.PipelineView.as_view()),
    path("stages/", pipeline.StageListView.as_view()),
    path("stages/<uuid:stage_id>/", pipeline.StageView.as_view()),
    path("custom-fields/", fields.CustomFieldListView.as_view(), name="custom-fields"),
    path("loss-reasons/", pipeline.LossReasonListView.as_view()),
    path("companies/", contacts.CompanyListView.as_view()),
    path("companies/<uuid:company_id>/", contacts.CompanyView.as_view()),
    path("companies/<uuid:company_id>/merge/", customers.CompanyMergeView.as_view()),
    path("companies/<uuid:company_id>/unmerge/", customers.CompanyUnmergeView.as_view()),
    path("contacts/", contacts.ContactListView.as_view()),
    path("contacts/<uuid:contact_id>/", contacts.ContactView.as_view()),
    path("contacts/<uuid:contact_id>/merge/", customers.ContactMergeView.as_view()),
    path("contacts/<uuid:contact_id>/unmerge/", customers.ContactUnmergeView.as_view()),
    path("deals/", deals.DealListView.as_view()),
    path("deals/<uuid:deal_id>/", deals.DealView.as_view()),
    path("deals/<uuid:deal_id>/move/", deals.MoveView.as_view()),
    path("deals/<uuid:deal_id>/win/", deals.WinView.as_view()),
    path("deals/<uuid:deal_id>/lose/", deals.LoseView.as_view()),
    path("deals/<uuid:deal_id>/reopen/", deals.ReopenView.as_view()),
    path("deals/<uuid:deal_id>/undo/", deals.UndoView.as_view()),
    path("deals/<uuid:deal_id>/criteria/", records.CriteriaView.as_view()),
    path("deals/<uuid:deal_id>/criteria/<uuid:criterion_id>/", records.CriterionView.as_view()),
    path("deals/<uuid:deal_id>/stays/", records.StayListView.as_view()),
    path("deals/<uuid:deal_id>/timeline/", records.TimelineView.as_view()),
    path("deals/<uuid:deal_id>/notes/", log.NoteListView.as_view()),
    path("deals/<uuid:deal_id>/notes/<uuid:note_id>/", log.NoteView.as_view()),
    path("deals/<uuid:deal_id>/activities/", log.ActivityListView.as_view()),
    path("deals/<uuid:deal_id>/activities/<uuid:activity_id>/", log.ActivityView.as_view()),
    path("deals/<uuid:deal_id>/contacts/", log.PersonListView.as_view()),
    path("deals/<uuid:deal_id>/contacts/<uuid:contact_id>/", log.PersonView.as_view()),
    path("deals/<uuid:deal_id>/tags/", log.TagListView.as_view()),
    path("deals/<uuid:deal_id>/tags/<uuid:tag_id>/", log.TagView.as_view()),
    path("deals/<uuid:deal_id>/files/", files.FileListView.as_view()),
    path("deals/<uuid:deal_id>/files/<uuid:file_id>/", files.FileView.as_view()),
    path("deals/<uuid:deal_id>/bant/", bant.BantView.as_view()),
    path("deals/<uuid:deal_id>/bant/<slug:part>/", bant.BantPartView.as_view()),
    path("deals/<uuid:deal_id>/value-case/", value_case.ValueCaseView.as_view()),
    path("deals/<uuid:deal_id>/value-case/goal/", value_case.ValueGoalView.as_view()),
    path("deals/<uuid:deal_id>/value-case/entries/", value_case.ValueEntryListView.as_view()),
    path(VALUE_ENTRY, value_case.ValueEntryView.as_view()),
    path(f"{VALUE_ENTRY}restore/", value_case.ValueEntryRestoreView.as_view()),
    path(f"{VALUE_ENTRY}links/<uuid:other_entry_id>/", value_case.ValueLinkView.as_view()),
    path(COMPARED, comparison.ComparisonView.as_view()),
    path(f"{COMPARED}selection/", comparison.SelectionView.as_view()),
    path(f"{COMPARED}rivals/", comparison.RivalListView.as_view()),
    path(f"{COMPARED}rivals/<uuid:rival_id>/", comparison.RivalView.as_view()),
    path(f"{COMPARED}rivals/<uuid:rival_id>/restore/", comparison.RivalRestoreView.as_view()),
    path(f"{COMPARED}criteria/", comparison.BuyerCriterionListView.as_view()),
    path(BUYER_CRITERION, comparison.BuyerCriterionView.as_view()),
    path(f"{BUYER_CRITERION}restore/", comparison.BuyerCriterionRestoreView.as_view()),
    path("competitors/", comparison.CompetitorListView.as_view()),
    path("tasks/", records.TaskListView.as_view()),
    path("tasks/<uuid:task_id>/", records.TaskView.as_view()),
    path("alerts/", automation.AlertListView.as_view()),
    path("forecast/", forecasting.ForecastView.as_view()),
    re_path("", docs.Nowhere.as_view()),
]
