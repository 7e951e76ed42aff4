"""Pages of deals. The middleware enters the workspace and takes the slug away."""

from django.urls import path

from deals.views import (
    board,
    bulk,
    deal,
    edits,
    export,
    files,
    filters,
    find,
    live,
    log,
    moves,
    my_day,
    outcomes,
    people,
    retire,
    saved_views,
    stalled,
    tags,
    tasks,
)
from deals.views import list as deal_list

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
]

# The deal page: its log, people, tags and files.
urlpatterns += [
    path("deals/names/", log.names, name="names"),
    path("deals/<uuid:deal_id>/log/", log.log, name="log"),
    path("deals/<uuid:deal_id>/notes/", log.add_note_to_deal, name="add_note"),
    path("deals/<uuid:deal_id>/notes/<uuid:note_id>/", log.note, name="note"),
    path("deals/<uuid:deal_id>/notes/<uuid:note_id>/delete/", log.remove_note, name="delete_note"),
    path("deals/<uuid:deal_id>/notes/<uuid:note_id>/restore/", log.bring_note_back, name="restore_note"),
    path("deals/<uuid:deal_id>/notes/<uuid:note_id>/undo/", log.undo_note, name="undo_note_edit"),
    path("deals/<uuid:deal_id>/activities/", log.activities, name="activities"),
    path("deals/<uuid:deal_id>/activities/<uuid:activity_id>/", log.activity, name="activity"),
    path(
        "deals/<uuid:deal_id>/activities/<uuid:activity_id>/delete/",
        log.remove_activity,
        name="delete_activity",
    ),
    path(
        "deals/<uuid:deal_id>/activities/<uuid:activity_id>/restore/",
        log.bring_activity_back,
        name="restore_activity",
    ),
    path(
        "deals/<uuid:deal_id>/activities/<uuid:activity_id>/undo/",
        log.undo_activity,
        name="undo_activity_edit",
    ),
    path("deals/<uuid:deal_id>/people/", people.people, name="people"),
    path("deals/<uuid:deal_id>/people/search/", people.search, name="search_people"),
    path("deals/<uuid:deal_id>/people/new/", people.new_person, name="new_person"),
    path("deals/<uuid:deal_id>/people/<uuid:contact_id>/", people.role, name="person_role"),
    path("deals/<uuid:deal_id>/people/<uuid:contact_id>/remove/", people.remove, name="remove_person"),
    path("deals/<uuid:deal_id>/tags/", tags.tags, name="tags"),
    path("deals/<uuid:deal_id>/tags/search/", tags.search, name="search_tags"),
    path("deals/<uuid:deal_id>/tags/<uuid:tag_id>/remove/", tags.remove, name="remove_tag"),
    path("deals/<uuid:deal_id>/files/", files.files, name="files"),
    path("deals/<uuid:deal_id>/files/<uuid:file_id>/", files.download, name="file"),
    path("deals/<uuid:deal_id>/files/<uuid:file_id>/thumb/", files.thumb, name="file_thumb"),
    path("deals/<uuid:deal_id>/files/<uuid:file_id>/delete/", files.remove, name="delete_file"),
    path("deals/<uuid:deal_id>/files/<uuid:file_id>/restore/", files.bring_back, name="restore_file"),
    path("deals/<uuid:deal_id>/edit/<slug:field>/undo/", edits.undo_edit, name="undo_edit"),
]

# Many deals at once.
urlpatterns += [
    path("deals/bulk/<slug:kind>/", bulk.bulk, name="bulk"),
    path("deals/bulk/<uuid:bulk_id>/undo/", bulk.undo, name="bulk_undo"),
]

urlpatterns += [path("find/", find.find, name="find")]

# Finding: the list, filters, views.
urlpatterns += [
    path("deals/", deal_list.list_page, name="list"),
    path("deals/columns/", deal_list.columns, name="columns"),
    path("deals/export/", export.export, name="export"),
    path("deals/filter/", filters.sheet, name="filter"),
    path("deals/counts/", filters.counts, name="list_counts"),
    path("board/<uuid:pipeline_id>/counts/", filters.counts, name="board_counts"),
    path("board/<uuid:pipeline_id>/filters/", filters.bar, name="board_filters"),
    path("deals/<uuid:deal_id>/cell/<slug:field>/", deal_list.cell, name="cell"),
    path("views/new/", saved_views.new_view, name="new_view"),
    path("views/first/", saved_views.set_beginning, name="begin_with"),
    path("views/<uuid:view_id>/", saved_views.edit_view, name="edit_view"),
    path("views/<uuid:view_id>/delete/", saved_views.remove_view, name="delete_view"),
    path("views/<uuid:view_id>/restore/", saved_views.bring_back_view, name="restore_view"),
]

# Stalled deals and tasks.
urlpatterns += [
    path("stalled/", stalled.stalled_page, name="stalled"),
    path("stalled/<uuid:deal_id>/", stalled.talk, name="stalled_talk"),
    path("stalled/<uuid:deal_id>/end/", stalled.end_talk, name="stalled_end"),
    path("stalled/<uuid:deal_id>/wake/", stalled.wake, name="stalled_wake"),
    path("tasks/", tasks.tasks_page, name="tasks"),
    path("tasks/<uuid:task_id>/done/", tasks.task_done, name="task_done"),
    path("tasks/<uuid:task_id>/withdraw/", my_day.withdraw, name="task_withdraw"),
    path("tasks/deals/<uuid:deal_id>/wake/", my_day.wake, name="day_wake"),
    path("tasks/deals/<uuid:deal_id>/<slug:group>/", my_day.settle_deal, name="day_settle"),
]

# What the designer cannot do by itself: deals go somewhere else first.
urlpatterns += [
    path("settings/stages/<uuid:stage_id>/retire/", retire.stage, name="retire_stage"),
    path("settings/pipelines/<uuid:pipeline_id>/archive/", retire.pipeline, name="retire_pipeline"),
]
