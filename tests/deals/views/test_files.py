"""Files beside a deal: what is taken, how it is handed out, and that nobody else gets it."""

from __future__ import annotations

import io
import json
from pathlib import Path
from urllib.parse import quote

import pytest
from django.core.files.storage import storages
from PIL import Image

from deals.models import Deal, DealEvent, DealFile
from deals.services.file_contents import sniff, thumbnail
from tenancy.scope import workspace_scope
from tests.factories import make_deal


@pytest.fixture(autouse=True)
def kept_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A storage of this test's own."""
    storage = storages["files"]
    monkeypatch.setattr(storage, "_location", str(tmp_path))
    for name in ("base_location", "location"):
        storage.__dict__.pop(name, None)
    yield tmp_path
    for name in ("base_location", "location"):
        storage.__dict__.pop(name, None)


@pytest.fixture
def acme(cast):
    with workspace_scope(cast.workspace.pk):
        yield cast


@pytest.fixture
def deal(acme):
    return make_deal(actor=acme.actor(), owner=acme.rep, name="첫째")


def url(deal: Deal, action: str = "") -> str:
    return f"/w/acme/deals/{deal.pk}/{action}"


def upload(client, deal, content: bytes, name: str = "견적 v2.pdf", **extra):
    return client.post(
        url(deal, "files/"),
        content,
        content_type="application/octet-stream",
        headers={"X-File-Name": quote(name)},
        **extra,
    )


def picture(form: str = "PNG", size: tuple[int, int] = (800, 600)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, form)
    return out.getvalue()


def photograph() -> bytes:
    """Taken with the camera held upright."""
    out = io.BytesIO()
    image = Image.new("RGB", (800, 600), "teal")
    exif = image.getexif()
    exif[0x0112], exif[0x010F] = 6, "maker"
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


def stored(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


class TestTaking:
    def test_a_file_is_kept_under_its_id_with_what_its_bytes_say(self, rep, deal, kept_in):
        assert upload(rep, deal, b"%PDF-1.7 offer").json() == {"ok": True}
        file = DealFile.objects.get()
        assert (file.name, file.size, file.content_type) == ("견적 v2.pdf", 14, "application/pdf")
        assert [path.relative_to(kept_in).as_posix() for path in stored(kept_in)] == [
            f"{deal.workspace_id}/{file.pk}"
        ]
        page = rep.get(url(deal)).content.decode()
        assert "견적 v2.pdf" in page
        assert DealEvent.objects.get(kind="file_added").data == {"file": str(file.pk)}

    def test_one_that_says_it_is_too_large_is_refused_before_it_is_read(self, rep, deal, kept_in, settings):
        settings.MAX_FILE_MB = 1
        answer = upload(rep, deal, b"x", CONTENT_LENGTH=str(30 * 1024 * 1024))
        assert "1 MB" in answer.json()["detail"]
        assert not DealFile.objects.exists()
        assert stored(kept_in) == []

    def test_one_that_turns_out_too_large_leaves_nothing_behind(self, rep, deal, kept_in, settings):
        settings.MAX_FILE_MB = 1
        assert upload(rep, deal, b"x" * (1024 * 1024 + 1)).json()["ok"] is False
        assert stored(kept_in) == []
        assert upload(rep, deal, b"x" * 1024 * 1024).json()["ok"] is True

    @pytest.mark.parametrize(
        ("content", "name"),
        [
            (b"", "leer.txt"),
            (b"MZ\x90\x00", "setup.pdf"),
            (b"\x7fELF", "tool"),
            (b"#!/bin/sh", "notes.txt"),
            (b"alert(1)", "x.js"),
            (b"x", "invoice.pdf.exe"),
            (b"x", "invoice.exe."),
            (b"x", "가" * 201),
        ],
    )
    def test_what_is_not_taken_says_why(self, rep, deal, kept_in, content, name):
        answer = upload(rep, deal, content, name).json()
        assert answer["ok"] is False
        assert answer["detail"]
        assert stored(kept_in) == []

    @pytest.mark.parametrize(
        ("given", "kept"),
        [
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\kim\\견적.pdf", "견적.pdf"),
            ("ann\u202efdp.txt", "annfdp.txt"),
            ("a\r\nSet-Cookie: x.txt", "aSet-Cookie: x.txt"),
            ("<img src=x onerror=alert(1)>.txt", "<img src=x onerror=alert(1)>.txt"),
            ("ann\u061cfdp\x85\x9b.txt", "annfdp.txt"),
            ("👩\u200d💻.txt", "👩\u200d💻.txt"),
            ("", "File"),
        ],
    )
    def test_names_hide_nothing(self, rep, deal, given, kept):
        assert upload(rep, deal, b"text", given).json()["ok"] is True
        assert DealFile.objects.get().name == kept
        assert "<img src=x" not in rep.get(url(deal)).content.decode()

    def test_who_may_not(self, logged_in, mallory, deal, kept_in):
        assert upload(logged_in("viewer"), deal, b"x").status_code == 403
        assert upload(mallory, deal, b"x").status_code == 404
        assert stored(kept_in) == []


class TestHandingOut:
    def test_as_an_attachment_that_runs_nowhere_under_its_korean_name(self, rep, deal):
        upload(rep, deal, b"<html><script>alert(1)</script>", "한결모터스_견적.html")
        answer = rep.get(url(deal, f"files/{DealFile.objects.get().pk}/"))
        assert answer["Content-Type"] == "application/octet-stream"
        assert (
            answer["Content-Disposition"] == f"attachment; filename*=utf-8''{quote('한결모터스_견적.html')}"
        )
        assert answer["Content-Security-Policy"].startswith("sandbox")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert b"".join(answer.streaming_content) == b"<html><script>alert(1)</script>"

    def test_nobody_else_gets_it(self, rep, mallory, acme, deal):
        upload(rep, deal, picture(), "a.png")
        file = DealFile.objects.get()
        other = make_deal(actor=acme.actor(), name="둘째")
        for action in (f"files/{file.pk}/", f"files/{file.pk}/thumb/"):
            assert mallory.get(url(deal, action)).status_code == 404
            assert mallory.get(url(deal, action).replace("/acme/", "/rival/")).status_code == 404
            assert rep.get(url(other, action)).status_code == 404

    def test_deleted_and_brought_back(self, rep, deal):
        upload(rep, deal, b"text", "메모.txt")
        file = DealFile.objects.get()
        gone = rep.post(url(deal, f"files/{file.pk}/delete/"))
        assert rep.get(url(deal, f"files/{file.pk}/")).status_code == 404
        rep.post(json.loads(gone["HX-Trigger"])["notice"]["undo_url"])
        assert rep.get(url(deal, f"files/{file.pk}/")).status_code == 200


class TestPictures:
    @pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF", "WEBP"])
    def test_a_small_one_is_drawn_anew(self, rep, deal, form):
        upload(rep, deal, picture(form), "사진")
        file = DealFile.objects.get()
        assert (file.thumb_width, file.thumb_height) == (320, 240)
        answer = rep.get(url(deal, f"files/{file.pk}/thumb/"))
        assert answer["Content-Type"] == "image/webp"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert Image.open(io.BytesIO(b"".join(answer.streaming_content))).size == (320, 240)

    def test_what_is_no_picture_has_none(self, rep, deal):
        upload(rep, deal, b"\x89PNG\r\n\x1a\n broken", "a.png")
        file = DealFile.objects.get()
        assert not file.has_thumb
        assert rep.get(url(deal, f"files/{file.pk}/thumb/")).status_code == 404

    def test_a_bomb_is_not_unpacked(self):
        bomb = io.BytesIO()
        Image.new("1", (20_000, 20_000)).save(bomb, "PNG")
        assert len(bomb.getvalue()) < 200_000
        assert thumbnail(bomb, "image/png") is None

    def test_what_must_be_unpacked_whole_has_a_lower_limit_than_a_photograph(self):
        for form, is_drawn in (("JPEG", True), ("PNG", False), ("WEBP", False)):
            large = io.BytesIO(picture(form, (5000, 4000)))
            assert (thumbnail(large, f"image/{form.lower()}") is not None) is is_drawn

    def test_a_photograph_stands_upright(self):
        photo = io.BytesIO(photograph())
        small = thumbnail(photo, "image/jpeg")
        assert (small.width, small.height) == (180, 240)

    def test_a_photograph_with_broken_particulars_is_kept_all_the_same(self, rep, deal):
        # A number's tag that holds a text: Pillow fails to write it back when it turns the picture.
        broken = photograph().replace(b"\x01\x0f\x00\x02", b"\x01\x00\x00\x02")
        assert broken != photograph()
        assert upload(rep, deal, broken, "photo.jpg").json() == {"ok": True}
        file = DealFile.objects.get()
        assert (file.content_type, file.has_thumb) == ("image/jpeg", False)
        assert b"".join(rep.get(url(deal, f"files/{file.pk}/")).streaming_content) == broken


@pytest.mark.parametrize(
    ("head", "name", "content_type"),
    [
        (b"GIF89a<script>", "a.html", "image/gif"),
        (b"<svg onload=alert(1)>", "a.svg", "application/octet-stream"),
        (b"  \n<!doctype html>", "a.txt", "application/octet-stream"),
        (b"PK\x03\x04", "a.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (b"PK\x03\x04", "a.png", "application/zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "제안서.hwp", "application/x-hwp"),
        ("이름,금액\n".encode() * 2000, "a.csv", "text/csv"),
        ("가나다".encode()[:-1], "a.txt", "application/octet-stream"),
        (b"\x00\x01", "a.txt", "application/octet-stream"),
    ],
)
def test_the_bytes_say_what_it_is(head: bytes, name: str, content_type: str) -> None:
    assert sniff(head[:8192], name) == content_type
