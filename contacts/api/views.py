"""`companies/` and `contacts/`."""

from __future__ import annotations

import uuid

from django.db.models import Value
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import ApiView
from api.fields import Ref, Text
from api.pagination import ordering_field, orders
from api.schema import operation, page_of
from api.serializers import PageQuery
from contacts.api.serializers import (
    CompanyBody,
    CompanyEditBody,
    CompanyShown,
    ContactBody,
    ContactEditBody,
    ContactShown,
    companies_in_use,
)
from contacts.keys import DomainKey, EmailKey, NameKey, PlainKey
from contacts.selectors.merged import with_external
from contacts.selectors.people import companies, contacts, get_company, get_contact
from contacts.services.companies import create_company, delete_company, edit_company
from contacts.services.contacts import create_contact, delete_contact, edit_contact
from fields.api.values import as_sent, ids_of, taken_out

NAME_ORDERS = orders("name", "-name", "id", "-id")


class RecordQuery(PageQuery):
    ordering = ordering_field(NAME_ORDERS)
    external_source = Text(required=False, max_length=60)
    external_id = Text(required=False, max_length=200)


class CompanyQuery(RecordQuery):
    search = Text(required=False, max_length=200, help_text="Part of the name or domain.")
    name = Text(
        required=False,
        max_length=200,
        help_text="The name; case, width, blanks and the legal form do not matter.",
    )
    domain = Text(required=False, max_length=253, help_text="The domain; a scheme and “www.” do not matter.")


class ContactQuery(RecordQuery):
    search = Text(required=False, max_length=200, help_text="Part of the name, e-mail, phone or company.")
    name = Text(required=False, max_length=200, help_text="The name; case, width and blanks do not matter.")
    company = Ref(companies_in_use, required=False)
    email = Text(required=False, max_length=254, help_text="The address; case does not matter.")


class CompanyListView(ApiView):
    queries = {"GET": CompanyQuery}

    @operation("companies_list", "Companies", answers={200: page_of(CompanyShown)})
    def get(self, request: Request) -> Response:
        given = self.query
        rows = companies(actor=self.actor, search=given.get("search", ""))
        if "name" in given:
            rows = rows.filter(name_key=NameKey(Value(given["name"])))
        if "domain" in given:
            rows = rows.filter(domain_key=DomainKey(Value(given["domain"])))
        rows = with_external(rows, source=given.get("external_source"), ident=given.get("external_id"))
        page = self.page(rows, NAME_ORDERS)
        return self.list_response(page, CompanyShown, **ids_of(page.rows))

    @operation("companies_create", "Add a company", body=CompanyBody, answers={201: CompanyShown})
    def post(self, request: Request) -> Response:
        given = self.body(CompanyBody)
        custom = taken_out(given)
        with as_sent():
            company = create_company(actor=self.actor, **given, **custom)
        shown = CompanyShown(company).data
        return Response(shown, status=201, headers={"Location": f"{request.path}{company.pk}/"})


class CompanyView(ApiView):
    @operation("companies_get", "One company", answers={200: CompanyShown})
    def get(self, request: Request, company_id: uuid.UUID) -> Response:
        return Response(CompanyShown(get_company(company_id, actor=self.actor)).data)

    @operation(
        "companies_edit",
        "Change a company",
        body=CompanyEditBody,
        answers={200: CompanyShown},
        problems=[409],
    )
    def patch(self, request: Request, company_id: uuid.UUID) -> Response:
        get_company(company_id, actor=self.actor)
        changes = self.body(CompanyEditBody)
        changes |= taken_out(changes)
        with as_sent():
            company = edit_company(company_id=company_id, changes=changes, actor=self.actor)
        return Response(CompanyShown(company).data)

    @operation("companies_delete", "Delete a company", answers={204: None}, problems=[409])
    def delete(self, request: Request, company_id: uuid.UUID) -> Response:
        delete_company(company_id=company_id, actor=self.actor)
        return Response(status=204)


class ContactListView(ApiView):
    queries = {"GET": ContactQuery}

    @operation("contacts_list", "Contacts", answers={200: page_of(ContactShown)})
    def get(self, request: Request) -> Response:
        given = self.query
        rows = contacts(actor=self.actor, search=given.get("search", ""))
        if "company" in given:
            rows = rows.filter(company=given["company"])
        if "name" in given:
            rows = rows.filter(name_key=PlainKey(Value(given["name"])))
        if "email" in given:
            rows = rows.filter(email_key=EmailKey(Value(given["email"])))
        rows = with_external(rows, source=given.get("external_source"), ident=given.get("external_id"))
        page = self.page(rows, NAME_ORDERS)
        return self.list_response(page, ContactShown, **ids_of(page.rows))

    @operation("contacts_create", "Add a contact", body=ContactBody, answers={201: ContactShown})
    def post(self, request: Request) -> Response:
        given = self.body(ContactBody)
        custom = taken_out(given)
        with as_sent():
            contact = create_contact(actor=self.actor, **given, **custom)
        shown = ContactShown(contact).data
        return Response(shown, status=201, headers={"Location": f"{request.path}{contact.pk}/"})


class ContactView(ApiView):
    @operation("contacts_get", "One contact", answers={200: ContactShown})
    def get(self, request: Request, contact_id: uuid.UUID) -> Response:
        return Response(ContactShown(get_contact(contact_id, actor=self.actor)).data)

    @operation(
        "contacts_edit", "Change a contact", body=ContactEditBody, answers={200: ContactShown}, problems=[409]
    )
    def patch(self, request: Request, contact_id: uuid.UUID) -> Response:
        get_contact(contact_id, actor=self.actor)
        changes = self.body(ContactEditBody)
        changes |= taken_out(changes)
        with as_sent():
            contact = edit_contact(contact_id=contact_id, changes=changes, actor=self.actor)
        return Response(ContactShown(contact).data)

    @operation("contacts_delete", "Delete a contact", answers={204: None})
    def delete(self, request: Request, contact_id: uuid.UUID) -> Response:
        delete_contact(contact_id=contact_id, actor=self.actor)
        return Response(status=204)
