"""The designer. The middleware enters the workspace and takes the slug away."""

from django.urls import path

from pipeline.views import designer

app_name = "pipeline"
urlpatterns = [
    path("settings/pipelines/", designer.pipelines_page, name="pipelines"),
]
