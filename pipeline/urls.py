"""The designer. The middleware enters the workspace and takes the slug away."""

from django.urls import path

from pipeline.views import designer, review, review_journey

REVIEW = "settings/pipelines/<uuid:pipeline_id>/review/"

app_name = "pipeline"
urlpatterns = [
    path("settings/pipelines/", designer.pipelines_page, name="pipelines"),
    path(REVIEW, review.resume, name="review"),
    path(f"{REVIEW}journey/", review_journey.journey_page, name="review_journey"),
    path(f"{REVIEW}journey/start/", review_journey.start, name="review_start"),
    path(f"{REVIEW}journey/add/", review_journey.add, name="review_add"),
    path(f"{REVIEW}journey/<uuid:step_id>/", review_journey.change, name="review_change"),
    path(f"{REVIEW}journey/<uuid:step_id>/move/", review_journey.move, name="review_move"),
    path(f"{REVIEW}journey/<uuid:step_id>/remove/", review_journey.remove, name="review_remove"),
    path(f"{REVIEW}journey/<uuid:step_id>/restore/", review_journey.restore, name="review_restore"),
    path(f"{REVIEW}begin/", review_journey.begin_page, name="review_begin"),
    path(f"{REVIEW}begin/choose/", review_journey.choose, name="review_choose"),
    path(f"{REVIEW}stages/<uuid:stage_id>/", review.stage_page, name="review_stage"),
    path(f"{REVIEW}stages/<uuid:stage_id>/answer/", review.answer, name="review_answer"),
    path(f"{REVIEW}stages/<uuid:stage_id>/note/", review.note, name="review_note"),
    path(f"{REVIEW}stages/<uuid:stage_id>/rename/", review.rename, name="review_rename"),
    path(f"{REVIEW}result/", review.result_page, name="review_result"),
]
