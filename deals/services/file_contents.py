"""What a file is, by its first bytes, never by what its sender says; and its small picture."""

from __future__ import annotations

import codecs
import io
from dataclasses import dataclass
from pathlib import PurePosixPath
from threading import Lock
from typing import IO

from PIL import Image, ImageOps

HEAD = 8192
OCTETS = "application/octet-stream"
# (where, bytes, type). What is not here is kept and handed out as octets.
MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"PK\x05\x06", "application/zip"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (0, b"\x1f\x8b", "application/gzip"),
    (4, b"ftyp", "video/mp4"),
    (0, b"ID3", "audio/mpeg"),
    (257, b"ustar", "application/x-tar"),
)
# A container says what it holds by its ending alone; the ending of anything else says nothing.
OFFICE = "application/vnd.openxmlformats-officedocument"
INSIDE = {
    ("application/zip", ".docx"): f"{OFFICE}.wordprocessingml.document",
    ("application/zip", ".xlsx"): f"{OFFICE}.spreadsheetml.sheet",
    ("application/zip", ".pptx"): f"{OFFICE}.presentationml.presentation",
    ("application/zip", ".hwpx"): "application/hwp+zip",
    ("application/zip", ".odt"): "application/vnd.oasis.opendocument.text",
    ("application/zip", ".ods"): "application/vnd.oasis.opendocument.spreadsheet",
    ("application/x-ole-storage", ".doc"): "application/msword",
    ("application/x-ole-storage", ".xls"): "application/vnd.ms-excel",
    ("application/x-ole-storage", ".ppt"): "application/vnd.ms-powerpoint",
    ("application/x-ole-storage", ".hwp"): "application/x-hwp",
    ("application/x-ole-storage", ".msg"): "application/vnd.ms-outlook",
    ("text/plain", ".csv"): "text/csv",
}
PROGRAM_HEADS = (
    b"MZ",
    b"\x7fELF",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
    b"#!",
)
PROGRAM_ENDINGS = {
    *(".exe", ".com", ".scr", ".pif", ".bat", ".cmd", ".msi", ".msp", ".dll", ".cpl", ".hta", ".lnk", ".reg"),
    *(".js", ".jse", ".vbs", ".vbe", ".wsf", ".wsh", ".ps1", ".psm1", ".jar", ".app", ".apk", ".dmg", ".sh"),
}
PICTURES = {"image/png": "PNG", "image/jpeg": "JPEG", "image/gif": "GIF", "image/webp": "WEBP"}
THUMB = (320, 240)
# A JPEG is decoded small; what else a picture is must be unpacked whole, several times over: 300 MB at most.
MAX_PIXELS = {"JPEG": 51_000_000}
MAX_PIXELS_OF_OTHERS = 16_000_000
_one_at_a_time = Lock()  # of a process, so that ten uploads at once take the memory of one


def sniff(head: bytes, name: str) -> str:
    """The content type by the first HEAD bytes. Markup and scripts are octets: nothing here is ever rendered."""
    found = _by_magic(head)
    ending = PurePosixPath(name.lower()).suffix
    return INSIDE.get((found, ending), OCTETS if found == "application/x-ole-storage" else found)


def is_program(head: bytes, name: str) -> bool:
    """Whether opening it would run it."""
    return (
        head.startswith(PROGRAM_HEADS) or PurePosixPath(name.lower().rstrip(". ")).suffix in PROGRAM_ENDINGS
    )


def _by_magic(head: bytes) -> str:
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    for start, magic, content_type in MAGIC:
        if head[start : start + len(magic)] == magic:
            return content_type
    return "text/plain" if _is_plain_text(head) else OCTETS


def _is_plain_text(head: bytes) -> bool:
    if b"\x00" in head or head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        return False
    try:
        # The last character of a head may be cut in two.
        codecs.getincrementaldecoder("utf-8")().decode(head, final=len(head) < HEAD)
    except UnicodeDecodeError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Thumb:
    content: bytes
    width: int
    height: int


def thumbnail(source: IO[bytes], content_type: str) -> Thumb | None:
    """A small WebP, drawn anew from the pixels; None for what is no picture, cannot be read, or is far too large.

    The measures are read from the head before anything is decoded, so a bomb is never unpacked.
    """
    with _one_at_a_time:
        return _drawn_small(source, content_type)


def _drawn_small(source: IO[bytes], content_type: str) -> Thumb | None:
    form = PICTURES.get(content_type)
    if form is None:
        return None
    try:
        source.seek(0)
        with Image.open(source, formats=[form]) as picture:
            if picture.width * picture.height > MAX_PIXELS.get(form, MAX_PIXELS_OF_OTHERS):
                return None
            picture.draft("RGB", THUMB)
            # Small first: every step after it would copy the whole. Colours of a palette cannot be mixed.
            small = picture.convert("RGBA") if picture.mode in ("1", "P", "PA") else picture
            small.thumbnail((max(THUMB), max(THUMB)))
            upright = ImageOps.exif_transpose(small).convert("RGBA")
            upright.thumbnail(THUMB)
            out = io.BytesIO()
            upright.save(out, "WEBP", quality=80)
            return Thumb(out.getvalue(), upright.width, upright.height)
    except Exception:
        # Whatever its readers stumble over (struct.error, AttributeError, …): the file is kept, without a picture.
        return None
    finally:
        source.seek(0)
