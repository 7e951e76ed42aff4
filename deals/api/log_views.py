"""What people put into a deal: notes, contacts with the buyer, people, tags."""

from __future__ import annotations

import uuid
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import ApiView
from api.fields import Moment, Ref, Text
from api.pagination import ordering_field, orders
from api.schema import operation, page_of
from api.serializers import Body, PageQuery, Shown
from contacts.models import Contact
from contacts.selectors.people import get_contact
from core.errors import NotFound
from deals.models import Activity, Note
from deals.models.activity import ActivityKind, Direction
from deals.selectors.deal_records import activities_of, notes_of, people_links, tags_on
from deals.selectors.mentions import mentioned_members, names_of, spelled_out
from deals.selectors.visible import get_deal
from deals.services.activities import (
    MAX_BODY,
    MAX_SUBJECT,
    delete_activity,
    edit_activity,
    log_activity,
)
from deals.services.notes import MAX_NOTE, add_note, delete_note, edit_note
from deals.services.people import MAX_PEOPLE, MAX_ROLE, add_person, remove_person
from deals.services.tags import MAX_NAME, add_tag, remove_tag

NOTE_ORDERS = orders("-created_at", "created_at")
ACTIVITY_ORDERS = orders("-occurred_at", "occurred_at")
PERSON_ORDERS = orders("id", "-id")
TAG_ORDERS = orders("name", "-name")


def contacts_in_use() -> Any:
    return Contact.objects.filter(deleted_at=None)


class NoteQuery(PageQuery):
    ordering = ordering_field(NOTE_ORDERS)


class ActivityQuery(PageQuery):
    ordering = ordering_field(ACTIVITY_ORDERS)


class PersonQuery(PageQuery):
    ordering = ordering_field(PERSON_ORDERS)


class TagQuery(PageQuery):
    ordering = ordering_field(TAG_ORDERS)


class NoteShown(Shown):
    """`body`: Markdown, with the names of today. `mentioned`: who is called by @name in it."""

    id = serializers.UUIDField()
    author = serializers.UUIDField(source="author_id", allow_null=True)
    body = serializers.SerializerMethodField()
    mentioned = serializers.SerializerMethodField()
    created_at = Moment()
    edited_at = Moment(allow_null=True)

    def get_body(self, note: Note) -> str:
        return spelled_out(note.body, self.context["names"])

    def get_mentioned(self, note: Note) -> list[uuid.UUID]:
        return mentioned_members(note.body)


class ActivityShown(Shown):
    """`contacts`: who of the buyer's took part."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(ActivityKind.choices)
    direction = serializers.ChoiceField(Direction.choices)
    occurred_at = Moment()
    subject = serializers.CharField()
    body = serializers.CharField()
    member = serializers.UUIDField(source="member_id", allow_null=True)
    contacts = serializers.SerializerMethodField()
    created_at = Moment()

    def get_contacts(self, activity: Activity) -> list[uuid.UUID]:
        return [part.contact_id for part in activity.participants.all()]


class PersonShown(Shown):
    contact = serializers.UUIDField(source="contact_id")
    name = serializers.CharField(source="contact.name")
    title = serializers.CharField(source="contact.title")
    email = serializers.CharField(source="contact.email")
    role = serializers.CharField()


class TagShown(Shown):
    id = serializers.UUIDField()
    name = serializers.CharField()


class NoteBody(Body):
    """A member's name after an @ calls them: they get a notice."""

    body = Text(max_length=MAX_NOTE)


class ActivityBody(Body):
    """Only what came from the buyer (`in`) or went both ways (`both`) counts as heard from."""

    kind = serializers.ChoiceField(ActivityKind.choices)
    direction = serializers.ChoiceField(Direction.choices, required=False)
    occurred_at = Moment(required=False, help_text="Not in the future. Default: now.")
    subject = Text(max_length=MAX_SUBJECT, required=False, allow_blank=True)
    body = Text(max_length=MAX_BODY, required=False, allow_blank=True)
    contacts = serializers.ListField(
        child=Ref(contacts_in_use),
        required=False,
        max_length=MAX_PEOPLE,
        help_text="People of the deal or of its company.",
    )


class ActivityEditBody(ActivityBody):
    kind = serializers.ChoiceField(ActivityKind.choices, required=False)


class PersonBody(Body):
    contact = Ref(contacts_in_use)
    role = Text(max_length=MAX_ROLE, required=False, allow_blank=True)


class TagBody(Body):
    name = Text(max_length=MAX_NAME)


class NoteListView(ApiView):
    queries = {"GET": NoteQuery}

    @operation("deals_notes", "The deal's notes", answers={200: page_of(NoteShown)})
    def get(self, request: Request, deal_id: uuid.UUID) -> Response:
        page = self.page(notes_of(get_deal(deal_id, actor=self.actor)), NOTE_ORDERS)
        return self.list_response(page, NoteShown, names=names_of(note.body for note in page.rows))

    @operation("deals_notes_create", "Leave a note", body=NoteBody, answers={201: NoteShown})
    def post(self, request: Request, deal_id: uuid.UUID) -> Response:
        get_deal(deal_id, actor=self.actor)
        note = add_note(deal_id=deal_id, actor=self.actor, **self.body(NoteBody))
        return Response(NoteShown(note, context={"names": names_of([note.body])}).data, status=201)


class NoteView(ApiView):
    """One's own note."""

    @operation("deals_notes_edit", "Edit one's own note", body=NoteBody, answers={200: NoteShown})
    def patch(self, request: Request, deal_id: uuid.UUID, note_id: uuid.UUID) -> Response:
        get_deal(deal_id, actor=self.actor)
        note = edit_note(deal_id=deal_id, note_id=note_id, actor=self.actor, **self.body(NoteBody))
        return Response(NoteShown(note, context={"names": names_of([note.body])}).data)

    @operation("deals_notes_delete", "Delete one's own note", answers={204: None})
    def delete(self, request: Request, deal_id: uuid.UUID, note_id: uuid.UUID) -> Response:
        get_deal(deal_id, actor=self.actor)
        delete_note(deal_id=deal_id, note_id=note_id, actor=self.actor)
        return Response(status=204)


class ActivityListView(ApiView):
    queries = {"GET": ActivityQuery}

    @operation("deals_activities", "Contacts with the buyer", answers={200: page_of(ActivityShown)})
    def get(self, request: Request, deal_id: uuid.UUID) -> Response:
        rows = activities_of(get_deal(deal_id, actor=self.actor))
        return self.list_response(self.page(rows, ACTIVITY_ORDERS), ActivityShown)

    @operation(
        "deals_activities_create",
        "Log a call, meeting, e-mail or message",
        body=ActivityBody,
        answers={201: ActivityShown},
    )
    def post(self, request: Request, deal_id: uuid.UUID) -> Response:
        get_deal(deal_id, actor=self.actor)
        activity = log_activity(deal_id=deal_id, actor=self.actor, **self.body(ActivityBody))
        return Response(ActivityShown(activity).data, status=201)


class ActivityView(ApiView):
    """What one has logged oneself."""

    @operation(
        "deals_activities_edit",
        "Put right what one has logged",
        body=ActivityEditBody,
        answers={200: ActivityShown},
    )
    def patch(self, request: Request, deal_id: uuid.UUID, activity_id: uuid.UUID) -> Response:
        """What is not named stays as it is."""
        found = activities_of(get_deal(deal_id, actor=self.actor)).filter(pk=activity_id).first()
        if found is None:
            raise NotFound
        kept = {
            name: getattr(found, name) for name in ("kind", "direction", "occurred_at", "subject", "body")
        }
        kept["contacts"] = [part.contact for part in found.participants.all()]
        changes = kept | self.body(ActivityEditBody)
        activity = edit_activity(deal_id=deal_id, activity_id=activity_id, actor=self.actor, **changes)
        return Response(ActivityShown(activity).data)

    @operation("deals_activities_delete", "Delete what one has logged", answers={204: None})
    def delete(self, request: Request, deal_id: uuid.UUID, activity_id: uuid.UUID) -> Response:
        get_deal(deal_id, actor=self.actor)
        delete_activity(deal_id=deal_id, activity_id=activity_id, actor=self.actor)
        return Response(status=204)


class PersonListView(ApiView):
    queries = {"GET": PersonQuery}

    @operation("deals_contacts", "The buyer's people on the deal", answers={200: page_of(PersonShown)})
    def get(self, request: Request, deal_id: uuid.UUID) -> Response:
        rows = people_links(get_deal(deal_id, actor=self.actor))
        return self.list_response(self.page(rows, PERSON_ORDERS), PersonShown)

    @operation("deals_contacts_add", "Put a contact on the deal", body=PersonBody, answers={201: PersonShown})
    def post(self, request: Request, deal_id: uuid.UUID) -> Response:
        """Who is on it already stays as they are."""
        get_deal(deal_id, actor=self.actor)
        link = add_person(deal_id=deal_id, actor=self.actor, **self.body(PersonBody))
        return Response(PersonShown(link).data, status=201)


class PersonView(ApiView):
    @operation("deals_contacts_remove", "Take a contact off the deal", answers={204: None})
    def delete(self, request: Request, deal_id: uuid.UUID, contact_id: uuid.UUID) -> Response:
        get_contact(contact_id, actor=self.actor)
        remove_person(deal_id=deal_id, contact_id=contact_id, actor=self.actor)
        return Response(status=204)


class TagListView(ApiView):
    queries = {"GET": TagQuery}

    @operation("deals_tags", "The deal's tags", answers={200: page_of(TagShown)})
    def get(self, request: Request, deal_id: uuid.UUID) -> Response:
        rows = tags_on(get_deal(deal_id, actor=self.actor))
        return self.list_response(self.page(rows, TAG_ORDERS), TagShown)

    @operation("deals_tags_add", "Tag the deal", body=TagBody, answers={201: TagShown})
    def post(self, request: Request, deal_id: uuid.UUID) -> Response:
        """A tag of that name is made where there is none, whatever the case."""
        get_deal(deal_id, actor=self.actor)
        tag = add_tag(deal_id=deal_id, actor=self.actor, **self.body(TagBody))
        return Response(TagShown(tag).data, status=201)


class TagView(ApiView):
    @operation("deals_tags_remove", "Take a tag off the deal", answers={204: None})
    def delete(self, request: Request, deal_id: uuid.UUID, tag_id: uuid.UUID) -> Response:
        get_deal(deal_id, actor=self.actor)
        remove_tag(deal_id=deal_id, tag_id=tag_id, actor=self.actor)
        return Response(status=204)
