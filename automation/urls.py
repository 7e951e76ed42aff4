from django.urls import path

from automation.views.nav import nav
from deals.views.board import board_page

app_name = "automation"
urlpatterns = [path("nav/", nav, name="nav"), path("notifications/", board_page, name="notifications")]
