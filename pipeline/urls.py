"""The designer. The middleware enters the workspace and takes the slug away."""

from django.urls import path

from pipeline.views import criteria, designer, entry_tasks, loss_reasons, stage

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
