"""`deals/`: the list, and one deal with what can be done to it."""

from __future__ import annotations

import uuid
from typing import Any

from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import ApiView
from api.conditions import etag, expected_version
from api.schema import ETAG, IF_MATCH, operation, page_of
from contacts.services.external import check_external, unique_external
from core import clock
from deals.api.bodies import (
    DEAL_ORDERS,
    HISTORY_FIELDS,
    PAST_FIELDS,
    DealBody,
    DealEditBody,
    DealQuery,
    LoseBody,
    MoveBody,
    VersionBody,
    WinBody,
)
from deals.api.serializers import DealShown, show_deal, today_context
from deals.models import Deal
from deals.selectors.deal_list import DealFilters, deal_list
from deals.selectors.visible import get_deal
from deals.services.close_deal import lose_deal, reopen_deal, win_deal
from deals.services.create_deal import Past, create_deal
from deals.services.edit_deal import delete_deal, edit_deal
from deals.services.move_deal import move_deal
from deals.services.placing import Edge, Place
from deals.services.undo_move import undo_move
from fields.api.values import as_sent, ids_of, taken_out
from tenancy.permissions import Actor, Permission

VERSIONED = (IF_MATCH, ETAG)


class DealApiView(ApiView):
    """Answers with a deal, and its version as ETag."""

    def current_of(self, row: Any) -> Any:
        return show_deal(row)

    def deal_response(self, deal: Deal, *, status: int = 200, **headers: str) -> Response:
        return Response(show_deal(deal), status=status, headers={"ETag": etag(deal.version), **headers})


class DealListView(DealApiView):
    queries = {"GET": DealQuery}

    @operation("deals_list", "Deals", answers={200: page_of(DealShown)})
    def get(self, request: Request) -> Response:
        paging = ("limit", "cursor", "ordering")
        filters = DealFilters(**{name: value for name, value in self.query.items() if name not in paging})
        rows = deal_list(actor=self.actor, filters=filters, as_of=clock.now())
        page = self.page(rows, DEAL_ORDERS)
        return self.list_response(page, DealShown, **today_context(), **ids_of(page.rows))

    @operation(
        "deals_create",
        "Add a deal: a stage entry",
        body=DealBody,
        answers={201: DealShown},
        parameters=[ETAG],
    )
    def post(self, request: Request) -> Response:
        deal = add_deal(self.body(DealBody), actor=self.actor)
        return self.deal_response(deal, status=201, Location=f"{request.path}{deal.pk}/")


def add_deal(given: dict[str, Any], *, actor: Actor) -> Deal:
    """Create it as the body says. History needs the right to import it."""
    if any(name in given for name in HISTORY_FIELDS):
        actor.require(Permission.IMPORT_HISTORY)
    past = {name: given.pop(name) for name in PAST_FIELDS if name in given}
    given.setdefault("owner", actor.member)
    source, ident = given.get("external_source", ""), given.get("external_id")
    check_external(source, ident)
    custom = taken_out(given)
    with unique_external(Deal, source, ident), as_sent():
        return create_deal(actor=actor, custom=custom, past=Past(**past) if past else None, **given)


class DealView(DealApiView):
    @operation("deals_get", "One deal", answers={200: DealShown}, parameters=[ETAG])
    def get(self, request: Request, deal_id: uuid.UUID) -> Response:
        return self.deal_response(get_deal(deal_id, actor=self.actor))

    @operation(
        "deals_edit",
        "Change a deal's fields",
        body=DealEditBody,
        answers={200: DealShown},
        problems=[409],
        parameters=VERSIONED,
    )
    def patch(self, request: Request, deal_id: uuid.UUID) -> Response:
        get_deal(deal_id, actor=self.actor)
        changes = self.body(DealEditBody)
        version = expected_version(request, changes)
        changes |= taken_out(changes)
        with as_sent():
            deal = edit_deal(deal_id=deal_id, changes=changes, actor=self.actor, expected_version=version)
        return self.deal_response(deal)

    @operation("deals_delete", "Delete a deal", answers={204: None}, problems=[409], parameters=[IF_MATCH])
    def delete(self, request: Request, deal_id: uuid.UUID) -> Response:
        version = expected_version(request)
        delete_deal(deal_id=deal_id, actor=self.actor, expected_version=version)
        return Response(status=204)


def transition(operation_id: str, summary: str, body: Any) -> Any:
    return operation(operation_id, summary, body=body, answers={200: DealShown}, parameters=VERSIONED)


class MoveView(DealApiView):
    @transition("deals_move", "Move a deal to a stage, or within it", MoveBody)
    def post(self, request: Request, deal_id: uuid.UUID) -> Response:
        try:
            body = self.body(MoveBody)
        except ValidationError:
            # That there is no such deal goes before what is wrong with the body.
            get_deal(deal_id, actor=self.actor)
            raise
        place: Place = Edge.BOTTOM
        if "after" in body:
            place = body["after"] or Edge.TOP
        moved = move_deal(
            deal_id=deal_id,
            to_stage=body["stage"],
            actor=self.actor,
            expected_version=expected_version(request, body),
            place=place,
            override_reason=body.get("override_reason"),
            strict=True,
        )
        return self.deal_response(moved)


class WinView(DealApiView):
    @transition("deals_win", "Mark a deal as won", WinBody)
    def post(self, request: Request, deal_id: uuid.UUID) -> Response:
        get_deal(deal_id, actor=self.actor)
        body = self.body(WinBody)
        version = expected_version(request, body)
        won = win_deal(deal_id=deal_id, actor=self.actor, expected_version=version, **body)
        return self.deal_response(won)


class LoseView(DealApiView):
    @transition("deals_lose", "Mark a deal as lost, for a reason", LoseBody)
    def post(self, request: Request, deal_id: uuid.UUID) -> Response:
        get_deal(deal_id, actor=self.actor)
        body = self.body(LoseBody)
        version = expected_version(request, body)
        lost = lose_deal(deal_id=deal_id, actor=self.actor, expected_version=version, **body)
        return self.deal_response(lost)


class ReopenView(DealApiView):
    @transition("deals_reopen", "Open a closed deal again", VersionBody)
    def post(self, request: Request, deal_id: uuid.UUID) -> Response:
        get_deal(deal_id, actor=self.actor)
        version = expected_version(request, self.body(VersionBody))
        return self.deal_response(reopen_deal(deal_id=deal_id, actor=self.actor, expected_version=version))


class UndoView(DealApiView):
    @transition("deals_undo", "Take back the latest move, win or loss", VersionBody)
    def post(self, request: Request, deal_id: uuid.UUID) -> Response:
        get_deal(deal_id, actor=self.actor)
        version = expected_version(request, self.body(VersionBody))
        return self.deal_response(undo_move(deal_id=deal_id, actor=self.actor, expected_version=version))
