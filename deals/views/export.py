"""The list as a file: every row that matches, in the columns and the order shown."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from django.http import StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.formats import today_here
from deals.exports import XLSX_ROWS, csv_lines, xlsx_pieces
from deals.selectors.columns import Row, Sort
from deals.selectors.deal_rows import BATCH, DealRows
from deals.selectors.filters import DealFilter
from deals.views.filters import chosen_filter
from deals.views.list import list_rows, shown_columns
from tenancy.http import WorkspaceRequest
from tenancy.pages import http_404, settle
from tenancy.permissions import Permission
from tenancy.scope import workspace_scope
from tenancy.services.audit import record

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_POST
@http_404
def export(request: WorkspaceRequest) -> Any:
    """POST, because it leaves an entry in the change history: who took how many deals along."""
    request.actor.require(Permission.EXPORT_DEALS)
    chosen, sort = chosen_filter(request), Sort.read(request.GET.get("sort", ""))
    rows = list_rows(request, shown_columns(request))
    count = rows.totals(chosen).count
    is_xlsx = request.POST.get("format") == "xlsx"
    if is_xlsx and count > XLSX_ROWS:
        text = _("A spreadsheet holds a million rows at most. Choose fewer deals, or export as CSV.")
        return settle(request, "deals:list", text, kind="error")
    record(
        actor=request.actor,
        action="deals.exported",
        # The filter's own words stay out: a text that was looked for may be somebody's name.
        detail={"format": "xlsx" if is_xlsx else "csv", "deals": count, "facets": sorted(chosen.by_name)},
    )
    workspace = request.workspace
    found = batches(workspace.pk, workspace.zone, rows, chosen=chosen, sort=sort)
    name = f"deals-{workspace.slug}-{today_here():%Y-%m-%d}.{'xlsx' if is_xlsx else 'csv'}"
    if is_xlsx:
        content = xlsx_pieces(rows.columns, found, currency=workspace.currency, sheet=_("Deals"))
        response = StreamingHttpResponse(content, content_type=XLSX)
    else:
        lines = csv_lines(rows.columns, found, currency=workspace.currency)
        response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def batches(
    workspace_id: uuid.UUID, zone: ZoneInfo, rows: DealRows, *, chosen: DealFilter, sort: Sort
) -> Iterator[list[Row]]:
    """What matches, `BATCH` rows at a time, each read in a scope of its own: the request's is over when this runs."""
    after, language = "", translation.get_language()
    while True:
        with workspace_scope(workspace_id), timezone.override(zone), translation.override(language):
            page = rows.page(chosen=chosen, sort=sort, after=after, limit=BATCH)
        if page.rows:
            yield page.rows
        after = page.next
        if not after:
            return
