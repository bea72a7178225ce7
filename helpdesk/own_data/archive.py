"""Decides how the data of a person becomes a zip that leaves while it is made: memory holds some hundred rows at a time."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import IO, Any, cast

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from helpdesk import access
from helpdesk.models import User
from helpdesk.moment import now
from helpdesk.own_data.sections import SECTIONS, Section, file_name
from helpdesk.own_data.wording import heading, in_words

CHUNK = 64 * 1024
_STYLE = """<style>body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem;color:#1f2733}
table{border-collapse:collapse;width:100%;margin-bottom:2rem}th,td{border:1px solid #d5dae1;padding:.3rem .5rem;text-align:left;
vertical-align:top;overflow-wrap:anywhere}th{background:#f2f4f7}td{white-space:pre-wrap}</style>"""


class _Pipe:
    """What the zip is written to: whatever has come is taken out again at once. It cannot be wound back."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Do nothing: everything is out."""

    def taken(self) -> bytes:
        """Return what has come since the last time."""
        parts, self._parts = b"".join(self._parts), []
        return parts


def pieces(person: User, *, language: str) -> Iterator[bytes]:
    """Yield the zip of everything the desk holds about `person`: index.html in `language`, a JSON file a section, his files.

    Times of the page are those of his time zone, of the JSON in UTC. A file that is missing on disk is left out.
    """
    pipe = _Pipe()
    with zipfile.ZipFile(cast("IO[bytes]", pipe), "w", zipfile.ZIP_DEFLATED) as packed:
        for section in SECTIONS:
            yield from _written(packed, pipe, f"{section.name}.json", _as_json(section, person))
        yield from _written(packed, pipe, "index.html", _as_page(person, language))
        if person.photo:
            yield from _copied(packed, pipe, "photo.jpg", person.photo)
        for row in access.own_files(person).iterator(500):
            yield from _copied(packed, pipe, file_name(row), row.file)
    yield pipe.taken()


def _written(packed: zipfile.ZipFile, pipe: _Pipe, name: str, texts: Iterable[str]) -> Iterator[bytes]:
    with packed.open(_entry(name), "w") as entry:
        for text in texts:
            entry.write(text.encode())
            if data := pipe.taken():
                yield data


def _copied(packed: zipfile.ZipFile, pipe: _Pipe, name: str, file: Any) -> Iterator[bytes]:
    try:
        opened = file.open("rb")
    except (OSError, ValueError):
        return
    with opened, packed.open(_entry(name), "w", force_zip64=True) as entry:
        while data := opened.read(CHUNK):
            entry.write(data)
            yield pipe.taken()


def _entry(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, date_time=now().timetuple()[:6])
    info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
    return info


def _as_json(section: Section, person: User) -> Iterator[str]:
    before = "[\n"
    for row in section.rows(person):
        yield before + json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False)
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"


def _as_page(person: User, language: str) -> Iterator[str]:
    """Yield the page piece by piece; language and time zone hold inside of each step, not between two."""
    steps = _page(person)
    while True:
        with translation.override(language), timezone.override(person.time_zone or None):
            piece = next(steps, None)
        if piece is None:
            return
        yield piece


def _page(person: User) -> Iterator[str]:
    title = escape(_("Data of %(person)s") % {"person": person})
    told = escape(_("As of %(moment)s.") % {"moment": _cell(now())})
    yield f'<!doctype html><html lang="{translation.get_language()}"><meta charset="utf-8"><title>{title}</title>{_STYLE}<h1>{title}</h1><p>{told}</p>\n'
    for section in SECTIONS:
        yield f"<h2>{escape(section.title)}</h2>\n"
        yield from _table(section, person)
    yield "</html>\n"


def _table(section: Section, person: User) -> Iterator[str]:
    count = 0
    for row in section.rows(person):
        if not count:
            yield ("<table><tr>" + "".join(f"<th>{escape(heading(name))}</th>" for name in row) + "</tr>\n")
        count += 1
        yield (
            "<tr>"
            + "".join(f"<td>{escape(_cell(in_words(section.name, name, value)))}</td>" for name, value in row.items())
            + "</tr>\n"
        )
    if count:
        yield "</table><p>" + escape(ngettext("%(count)d row", "%(count)d rows", count) % {"count": count}) + "</p>\n"
    else:
        yield f"<p>{escape(_('Nothing.'))}</p>\n"


def _cell(value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT")
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
