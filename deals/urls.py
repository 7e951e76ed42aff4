"""Pages of deals. The middleware enters the workspace and takes the slug away."""

from django.urls import path

from deals.views import board, deal, edits, live, moves, outcomes, retire, stalled, tasks

app_name = "deals"
urlpatterns = [
    path("board/", board.board_page, name="board"),
    path("board/<uuid:pipeline_id>/", board.board_page, name="board_of"),
    path("board/lanes/", board.fresh_lanes, name="lanes"),
    path("board/stages/<uuid:stage_id>/cards/", board.more_cards, name="more_cards"),
    path("board/stages/<uuid:stage_id>/add/", board.quick_add, name="quick_add"),
    path("deals/new/", board.new_deal, name="new_deal"),
    path("deals/<uuid:deal_id>/", deal.deal_page, name="deal"),
    path("board/<uuid:pipeline_id>/sums/", board.sums, name="board_sums"),
    path("board/<uuid:pipeline_id>/live/", live.changed_cards, name="live_cards"),
    path("deals/<uuid:deal_id>/card/", board.card, name="card"),
    path("deals/<uuid:deal_id>/move/", moves.move, name="move"),
    path("deals/<uuid:deal_id>/win/", outcomes.win, name="win"),
    path("deals/<uuid:deal_id>/lose/", outcomes.lose, name="lose"),
    path("deals/<uuid:deal_id>/reopen/", outcomes.reopen, name="reopen"),
    path("deals/<uuid:deal_id>/undo/", moves.undo, name="undo"),
    path("deals/<uuid:deal_id>/delete/", edits.delete, name="delete"),
    path("deals/<uuid:deal_id>/restore/", edits.restore, name="restore"),
    path("deals/<uuid:deal_id>/edit/<slug:field>/", edits.edit_field, name="edit_field"),
    path("deals/<uuid:deal_id>/criteria/<uuid:criterion_id>/", edits.check, name="check"),
    path("deals/<uuid:deal_id>/tasks/", edits.add_task_to_deal, name="add_task"),
    path("deals/<uuid:deal_id>/tasks/<uuid:task_id>/", edits.toggle_task, name="toggle_task"),
    path("deals/<uuid:deal_id>/notes/", edits.add_note_to_deal, name="add_note"),
]

# Stalled deals and tasks.
urlpatterns += [
    path("stalled/", stalled.stalled_page, name="stalled"),
    path("stalled/<uuid:deal_id>/", stalled.talk, name="stalled_talk"),
    path("stalled/<uuid:deal_id>/end/", stalled.end_talk, name="stalled_end"),
    path("stalled/<uuid:deal_id>/wake/", stalled.wake, name="stalled_wake"),
    path("tasks/", tasks.tasks_page, name="tasks"),
    path("tasks/<uuid:task_id>/done/", tasks.task_done, name="task_done"),
]

# What the designer cannot do by itself: deals go somewhere else first.
urlpatterns += [
    path("settings/stages/<uuid:stage_id>/retire/", retire.stage, name="retire_stage"),
    path("settings/pipelines/<uuid:pipeline_id>/archive/", retire.pipeline, name="retire_pipeline"),
]
