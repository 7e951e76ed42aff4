"""Settings › Custom fields. The middleware enters the workspace and takes the slug away."""

from django.urls import path

from fields.views import choices, settings

ROOT = "settings/fields/"
FIELD = f"{ROOT}<uuid:custom_field_id>/"
CHOICE = f"{ROOT}choices/<uuid:choice_id>/"

app_name = "fields"
urlpatterns = [
    path(ROOT, settings.page, name="fields"),
    path(f"{ROOT}new/<slug:subject>/", settings.new, name="new"),
    path(f"{ROOT}order/<slug:subject>/", settings.order, name="order"),
    path(FIELD, settings.edit, name="field"),
    path(f"{FIELD}step/", settings.step, name="step"),
    path(f"{FIELD}archive/", settings.archive, name="archive"),
    path(f"{FIELD}restore/", settings.restore, name="restore"),
    path(f"{FIELD}choices/", choices.page, name="choices"),
    path(CHOICE, choices.rename, name="choice"),
    path(f"{CHOICE}step/", choices.step, name="choice_step"),
    path(f"{CHOICE}remove/", choices.remove, name="choice_remove"),
    path(f"{CHOICE}restore/", choices.restore, name="choice_restore"),
]
