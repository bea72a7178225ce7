"""Decides which files are taken in and how they are kept: checked by content, free of malware, stored under random names."""

from __future__ import annotations

import hashlib
import logging
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import puremagic
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from helpdesk.actions import malware
from helpdesk.models import Attachment, Message, Ticket, User
from helpdesk.moment import now

_log = logging.getLogger("helpdesk.files")

MAX_BYTES = 10 * 1024 * 1024
MAX_FILES = 10
ALLOWED = {
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp",
    "bmp": "image/bmp", "heic": "image/heic",
    "pdf": "application/pdf", "txt": "text/plain", "log": "text/plain", "csv": "text/csv", "rtf": "application/rtf",
    "doc": "application/msword", "xls": "application/vnd.ms-excel", "ppt": "application/vnd.ms-powerpoint",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text", "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "zip": "application/zip", "7z": "application/x-7z-compressed", "eml": "message/rfc822",
    "mp3": "audio/mpeg", "mp4": "video/mp4",
}  # fmt: skip
_TEXT = {"txt", "log", "csv", "eml"}
_ZIPPED = {"docx", "xlsx", "pptx", "odt", "ods", "zip"}
_OLE = {"doc", "xls", "ppt"}
_SAME = {"jpeg": "jpg", "jpe": "jpg", "jfif": "jpg"}
_ACTIVE_TEXT = re.compile(rb"<\s*(script|html|svg|!doctype\s+html|\?xml|iframe|body)", re.IGNORECASE)
_DANGEROUS_NAME = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class CheckedFile:
    """An uploaded file that passed: its clean name, type by the allow-list, size in bytes and checksum."""

    upload: Any
    name: str
    content_type: str
    size: int
    sha256: str


def check(files: Sequence[Any], field: str = "files") -> list[CheckedFile]:
    """Return the uploads as checked files. Raises ValidationError for `field`, naming each file that is refused."""
    if len(files) > MAX_FILES:
        raise ValidationError({field: [_("At most %(count)d files at once.") % {"count": MAX_FILES}]})
    checked, errors = [], []
    for upload in files:
        try:
            checked.append(_checked(upload))
        except ValueError as error:
            errors.append(str(error))
        except malware.NotLookedThrough as error:
            # The scanner is asked once: with it down, each file would take as long as its patience.
            _log.error("Uploads cannot be looked through for malware: %s", error)
            errors.append(
                _(
                    "Files cannot be checked for malware at the moment. Send it without them, or try again in some minutes."
                )
            )
            break
    if errors:
        raise ValidationError({field: errors})
    return checked


def keep(checked: Sequence[CheckedFile], *, ticket: Ticket, message: Message | None, actor: User) -> list[Attachment]:
    """Store checked files with a ticket, or with one of its messages; call it inside the action's transaction."""
    kept = []
    for item in checked:
        item.upload.seek(0)
        kept.append(
            Attachment.objects.create(
                ticket=ticket,
                message=message,
                uploaded_by=actor,
                file=item.upload,
                name=item.name,
                content_type=item.content_type,
                size=item.size,
                sha256=item.sha256,
                created_at=now(),
            )
        )
    return kept


def missing(*, newest: int) -> list[int]:
    """Return the ids of those of the `newest` files whose content is not in the storage."""
    rows = Attachment.objects.order_by("-pk")[:newest]
    return [row.pk for row in rows if not row.file.storage.exists(str(row.file.name))]


def _checked(upload: Any) -> CheckedFile:
    name = _clean_name(upload.name or "")
    size = int(upload.size or 0)
    if size == 0:
        raise ValueError(_("“%(name)s” is empty.") % {"name": name})
    if size > MAX_BYTES:
        text = ngettext(
            "“%(name)s” is too large: at most %(limit)d MB.",
            "“%(name)s” is too large: at most %(limit)d MB.",
            MAX_BYTES // 2**20,
        )
        raise ValueError(text % {"name": name, "limit": MAX_BYTES // 2**20})
    extension = PurePosixPath(name).suffix.lstrip(".").lower()
    if extension not in ALLOWED:
        raise ValueError(_("“%(name)s”: files of this type are not taken. Put it into a zip archive.") % {"name": name})
    upload.seek(0)
    head = upload.read(64 * 1024)
    if not _content_agrees(head, extension):
        raise ValueError(_("“%(name)s” is not what its name says. Save it again in the right format.") % {"name": name})
    digest = hashlib.sha256(head)
    for chunk in iter(lambda: upload.read(256 * 1024), b""):
        digest.update(chunk)
    carried = malware.found_in(upload)
    if carried:
        _log.warning("An upload carries malware: %s, SHA-256 %s", carried, digest.hexdigest())
        text = _("“%(name)s” carries malware (%(found)s) and is not taken. Have the computer it comes from looked at.")
        raise ValueError(text % {"name": name, "found": carried})
    return CheckedFile(upload, name, ALLOWED[extension], size, digest.hexdigest())


def _clean_name(name: str) -> str:
    name = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    if _DANGEROUS_NAME.search(name):
        raise ValueError(_("A file name has control characters. Rename the file."))
    name = name.strip().strip(".").strip()
    if not name:
        raise ValueError(_("A file has no name."))
    if len(name) > 200:
        raise ValueError(_("The file name “%(name)s…” is too long. Rename the file.") % {"name": name[:40]})
    return name


def _content_agrees(head: bytes, extension: str) -> bool:
    if extension in _TEXT:
        return b"\x00" not in head.replace(b"\xff\xfe", b"", 1)[:2000:2] and not _ACTIVE_TEXT.search(head)
    if extension in _ZIPPED:
        return head.startswith((b"PK\x03\x04", b"PK\x05\x06"))
    if extension in _OLE:
        return head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    try:
        found = {match.extension.lstrip(".").lower() for match in puremagic.magic_string(head)}
    except (puremagic.PureError, ValueError):
        return False
    wanted = _SAME.get(extension, extension)
    return wanted in {_SAME.get(item, item) for item in found}
