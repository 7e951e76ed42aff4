"""Pages of companies and people. The middleware enters the workspace and takes the slug away.

The namespace is that of the records: contacts stand on a floor below deals, and their pages show deals.
"""

from django.urls import path

from customers.kinds import COMPANY, PERSON
from customers.views import add, duplicates, edits, lists, merge, pages

app_name = "contacts"
urlpatterns = [
    path("companies/", lists.companies_page, name="companies"),
    path("companies/new/", add.new, {"kind": COMPANY}, name="company_new"),
    path("companies/similar/", add.similar_to_company, name="company_similar"),
    path("companies/duplicates/", duplicates.page, {"kind": COMPANY}, name="company_duplicates"),
    path("companies/filter/", lists.filter_sheet, {"kind": COMPANY}, name="company_filter"),
    path("companies/<uuid:company_id>/", pages.company, name="company"),
    path("companies/<uuid:company_id>/history/", pages.company_events, name="company_history"),
    path("companies/<uuid:company_id>/edit/<slug:fact>/", edits.edit_company_fact, name="company_edit"),
    path("companies/<uuid:company_id>/delete/", edits.delete_company, name="company_delete"),
    path("companies/<uuid:company_id>/merge/", merge.company, name="company_merge"),
    path("people/", lists.people_page, name="people"),
    path("people/new/", add.new, {"kind": PERSON}, name="person_new"),
    path("people/similar/", add.similar_to_person, name="person_similar"),
    path("people/duplicates/", duplicates.page, {"kind": PERSON}, name="person_duplicates"),
    path("people/filter/", lists.filter_sheet, {"kind": PERSON}, name="person_filter"),
    path("people/<uuid:contact_id>/", pages.person, name="person"),
    path("people/<uuid:contact_id>/history/", pages.person_events, name="person_history"),
    path("people/<uuid:contact_id>/edit/<slug:fact>/", edits.edit_person_fact, name="person_edit"),
    path("people/<uuid:contact_id>/delete/", edits.delete_person, name="person_delete"),
    path("people/<uuid:contact_id>/merge/", merge.person, name="person_merge"),
    path("people/changes/<uuid:change_id>/undo/", edits.undo, name="undo"),
]
