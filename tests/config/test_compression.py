"""Pages go out compressed to whoever can read that; files and the API's answers do not."""

from __future__ import annotations

import gzip

from django.test import Client

from deals.services.files import add_file
from tenancy.scope import workspace_scope
from tests.factories import Cast, make_deal

GZIP = {"Accept-Encoding": "gzip"}


def test_a_page_is_compressed_for_who_can_read_it(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.rep.user)
    whole = client.get("/w/acme/board/")
    small = client.get("/w/acme/board/", headers=GZIP)
    assert "Content-Encoding" not in whole.headers
    assert small.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in small.headers["Vary"]
    assert b"data-stage-id" in gzip.decompress(small.content)
    assert len(small.content) < len(whole.content) / 3


def test_files_and_the_api_stay_as_they_are(cast: Cast) -> None:
    with workspace_scope(cast.workspace.pk):
        deal = make_deal(actor=cast.actor())
        file = add_file(deal_id=deal.pk, name="a.txt", chunks=[b"a" * 5000], actor=cast.actor())
    client = Client()
    client.force_login(cast.rep.user)
    got = client.get(f"/w/acme/deals/{deal.pk}/files/{file.pk}/", headers=GZIP)
    assert "Content-Encoding" not in got.headers
    assert got.headers["Content-Length"] == "5000"
    answer = client.get(
        f"/api/v1/deals/{deal.pk}/", headers=GZIP | {"Authorization": f"Bearer {cast.token()}"}
    )
    assert answer.headers["ETag"] == '"1"'
    assert "Content-Encoding" not in answer.headers
