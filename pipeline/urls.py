"""The designer. The middleware enters the workspace and takes the slug away."""

from django.urls import path

from pipeline.views import criteria, designer, entry_tasks, loss_reasons, review, review_journey, stage

REVIEW = "settings/pipelines/<uuid:pipeline_id>/review/"

app_name = "pipeline"
urlpatterns = [
    path("settings/pipelines/", designer.pipelines_page, name="pipelines"),
    path("settings/pipelines/new/", designer.new_pipeline, name="new_pipeline"),
    path("settings/pipelines/<uuid:pipeline_id>/", designer.pipeline_page, name="pipeline"),
    path("settings/pipelines/<uuid:pipeline_id>/rename/", designer.rename, name="rename"),
    path("settings/pipelines/<uuid:pipeline_id>/copy/", designer.copy, name="copy"),
    path("settings/pipelines/<uuid:pipeline_id>/default/", designer.set_default, name="set_default"),
    path("settings/pipelines/<uuid:pipeline_id>/restore/", designer.restore, name="restore"),
    path("settings/pipelines/<uuid:pipeline_id>/stages/", designer.new_stage, name="new_stage"),
    path("settings/pipelines/<uuid:pipeline_id>/order/", designer.order, name="order"),
    path("settings/stages/<uuid:stage_id>/", stage.stage_page, name="stage"),
    path("settings/stages/<uuid:stage_id>/effects/", stage.effects, name="effects"),
    path("settings/stages/<uuid:stage_id>/restore/", designer.restore_retired, name="restore_stage"),
    path("settings/stages/<uuid:stage_id>/criteria/", criteria.new, name="new_criterion"),
    path("settings/stages/<uuid:stage_id>/tasks/", entry_tasks.new, name="new_entry_task"),
]

# Exit criteria and stage-entry tasks.
urlpatterns += [
    path("settings/criteria/<uuid:criterion_id>/", criteria.edit, name="criterion"),
    path("settings/criteria/<uuid:criterion_id>/step/", criteria.step, name="criterion_step"),
    path("settings/criteria/<uuid:criterion_id>/remove/", criteria.remove, name="criterion_remove"),
    path("settings/criteria/<uuid:criterion_id>/restore/", criteria.restore, name="criterion_restore"),
    path("settings/entry-tasks/<uuid:entry_task_id>/", entry_tasks.edit, name="entry_task"),
    path("settings/entry-tasks/<uuid:entry_task_id>/step/", entry_tasks.step, name="entry_task_step"),
    path("settings/entry-tasks/<uuid:entry_task_id>/remove/", entry_tasks.remove, name="entry_task_remove"),
    path(
        "settings/entry-tasks/<uuid:entry_task_id>/restore/", entry_tasks.restore, name="entry_task_restore"
    ),
]

urlpatterns += [
    path("settings/loss-reasons/", loss_reasons.page, name="loss_reasons"),
    path("settings/loss-reasons/<uuid:reason_id>/", loss_reasons.edit, name="loss_reason"),
    path("settings/loss-reasons/<uuid:reason_id>/step/", loss_reasons.step, name="loss_reason_step"),
    path("settings/loss-reasons/<uuid:reason_id>/remove/", loss_reasons.remove, name="loss_reason_remove"),
    path("settings/loss-reasons/<uuid:reason_id>/restore/", loss_reasons.restore, name="loss_reason_restore"),
]

# The stage review.
urlpatterns += [
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
