"""Files beside a deal: taken in with a cap, kept under their id, given up and brought back."""

from __future__ import annotations

import hashlib
import re
import tempfile
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage, storages
from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.errors import InvalidInput, NotFound
from core.ids import uuid7
from deals.models import DealFile, EventKind
from deals.selectors.visible import get_deal
from deals.services.events import record_event
from deals.services.file_contents import HEAD, is_program, sniff, thumbnail
from deals.services.placing import lock_deal
from tenancy.permissions import Actor, Permission

MEGABYTE = 1024 * 1024
MAX_NAME = 200
MAX_FILES = 200
IN_MEMORY = 2 * MEGABYTE
# Control characters, and those that turn the reading direction: "gpj.exe" must not look like "exe.jpg".
HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def max_bytes() -> int:
    return settings.MAX_FILE_MB * MEGABYTE


def file_storage() -> Storage:
    return storages["files"]


def check_size(size: int) -> None:
    """Raise InvalidInput for what is too large: before it is read, where its length is known."""
    if size > max_bytes():
        raise InvalidInput.of(
            "file",
            _("The file is larger than %(max)s MB. Make it smaller, or lay a link to it into a note.")
            % {"max": settings.MAX_FILE_MB},
            "too_large",
        )
    if size == 0:
        raise InvalidInput.of("file", _("The file is empty."), "empty")


def checked_file_name(name: str) -> str:
    """The last part of a path, without characters that hide something. Raises InvalidInput for an over-long one."""
    name = HIDDEN.sub("", name.replace("\\", "/").rsplit("/", 1)[-1]).strip()
    name = " ".join(name.split()) or _("File")
    if len(name) > MAX_NAME:
        raise InvalidInput.of(
            "file",
            _("The file's name has more than %(max)s characters. Give it a shorter one.") % {"max": MAX_NAME},
            "max_length",
        )
    return name


def add_file(*, deal_id: uuid.UUID, name: str, chunks: Iterable[bytes], actor: Actor) -> DealFile:
    """Keep what `chunks` bring, MAX_FILE_MB at most. Nothing is left behind when it is refused.

    The deal is held only once the file is here: a slow line keeps nobody waiting.
    """
    actor.require(Permission.EDIT_DEALS)
    get_deal(deal_id, actor=actor)
    name = checked_file_name(name)
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as spooled:
        size, digest = _take_in(spooled, chunks)
        check_size(size)
        spooled.seek(0)
        head = spooled.read(HEAD)
        if is_program(head, name):
            raise InvalidInput.of(
                "file", _("Programs and scripts are not kept here. Lay a link to it into a note."), "program"
            )
        return _keep(deal_id, name, size, digest, sniff(head, name), spooled, actor)


def _take_in(target: IO[bytes], chunks: Iterable[bytes]) -> tuple[int, str]:
    """(bytes, SHA-256). Stops at the cap, whatever length was announced."""
    size, digest = 0, hashlib.sha256()
    for chunk in chunks:
        size += len(chunk)
        check_size(size)
        digest.update(chunk)
        target.write(chunk)
    return size, digest.hexdigest()


def _keep(
    deal_id: uuid.UUID, name: str, size: int, digest: str, content_type: str, source: IO[bytes], actor: Actor
) -> DealFile:
    small = thumbnail(source, content_type)
    file = DealFile(id=uuid7(), name=name, size=size, content_type=content_type, sha256=digest)
    file.uploaded_by = actor.member
    if small is not None:
        file.thumb_width, file.thumb_height = small.width, small.height
    source.seek(0)
    with _stored(file, source, small.content if small else None), transaction.atomic():
        deal = lock_deal(deal_id, actor=actor)
        if DealFile.objects.filter(deal=deal, deleted_at=None).count() >= MAX_FILES:
            raise InvalidInput.of(
                "file", _("A deal has at most %(max)s files.") % {"max": MAX_FILES}, "too_many"
            )
        file.deal = deal
        file.save(force_insert=True)
        _record(file, EventKind.FILE_ADDED, actor)
    return file


@contextmanager
def _stored(file: DealFile, source: IO[bytes], small: bytes | None) -> Iterator[None]:
    """The bytes lie in the storage; they leave it again when the row cannot be written."""
    storage = file_storage()
    try:
        storage.save(file.key, File(source))
        if small is not None:
            storage.save(file.thumb_key, ContentFile(small))
        yield
    except BaseException:
        storage.delete(file.key)
        storage.delete(file.thumb_key)
        raise


@transaction.atomic
def delete_file(*, deal_id: uuid.UUID, file_id: uuid.UUID, actor: Actor) -> DealFile:
    """Out of sight; `restore_file` brings it back."""
    return _set_deleted(deal_id, file_id, actor, deleted=True)


@transaction.atomic
def restore_file(*, deal_id: uuid.UUID, file_id: uuid.UUID, actor: Actor) -> DealFile:
    return _set_deleted(deal_id, file_id, actor, deleted=False)


def _set_deleted(deal_id: uuid.UUID, file_id: uuid.UUID, actor: Actor, *, deleted: bool) -> DealFile:
    actor.require(Permission.EDIT_DEALS)
    deal = lock_deal(deal_id, actor=actor)
    file = DealFile.objects.filter(deal=deal, pk=file_id).first()
    if file is None:
        raise NotFound
    file.deal = deal
    if (file.deleted_at is not None) != deleted:
        file.deleted_at = clock.now() if deleted else None
        file.save(update_fields=["deleted_at"])
        _record(file, EventKind.FILE_DELETED if deleted else EventKind.FILE_RESTORED, actor)
    return file


def _record(file: DealFile, kind: EventKind, actor: Actor) -> None:
    record_event(deal=file.deal, kind=kind, actor=actor, data={"file": str(file.pk)})
