"""Decides how the rows of a report are written as a table. Written by hand: a template takes a second for a thousand cells."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from html import escape

from django.utils.safestring import SafeString, mark_safe

from admin_ext.analytics.cells import Cell


def head(headers: Sequence[tuple[str, bool]]) -> SafeString:
    """Return the row of headers, each a text and whether it stands above numbers."""
    cells = (
        f'<th scope="col"{_class("is-number" if is_number else "")}>{escape(text)}</th>' for text, is_number in headers
    )
    return mark_safe(f"<tr>{''.join(cells)}</tr>")  # noqa: S308 - texts are escaped


def body(rows: Sequence[Sequence[Cell]], *, has_total: bool, is_heat: bool) -> SafeString:
    """Return the rows; the first cell of each is its header. In a heat map cells are as dark as they are high, and empty at nought."""
    parts = []
    for at, row in enumerate(rows, start=1):
        parts.append(f"<tr{_class('stats__total' if has_total and at == len(rows) else '')}>")
        parts.append(f'<th scope="row">{_text(row[0], is_plain=True)}</th>')
        parts += [_cell(cell, is_heat=is_heat) for cell in row[1:]]
        parts.append("</tr>")
    return mark_safe("".join(parts))  # noqa: S308 - texts and addresses are escaped


def _cell(cell: Cell, *, is_heat: bool) -> str:
    opening = _opening(cell.is_number, cell.tone, cell.level if is_heat else None)
    return f"{opening}{_text(cell) if cell.value or not is_heat else ''}</td>"


@lru_cache(maxsize=100)
def _opening(is_number: bool, tone: str, level: int | None) -> str:
    """Return the tag a cell begins with; `level` is that of a heat map. There are few of them, and a page has a thousand cells."""
    names = (
        "is-number" if is_number else "",
        f"is-{tone}" if tone else "",
        f"heat__{level}" if level is not None else "",
    )
    return f"<td{_class(' '.join(name for name in names if name))}>"


def _text(cell: Cell, *, is_plain: bool = False) -> str:
    # Most cells are numbers, which have nothing to escape.
    text = cell.text if cell.text.isalnum() else escape(cell.text)
    if not cell.href:
        return text
    return f'<a{_class("plain" if is_plain else "")} href="{escape(cell.href)}">{text}</a>'


def _class(name: str) -> str:
    return f' class="{name}"' if name else ""
