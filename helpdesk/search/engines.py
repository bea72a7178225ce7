"""Decides how words are asked of each database: SQLite's FTS5 with its table, PostgreSQL's text search over the entries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import connection

_FEW = 1_000


class Term(NamedTuple):
    """A word that is asked for: an entry has its stem, or with a `beginning` any word that starts so."""

    stem: str
    beginning: str = ""


def newest(column: str, terms: Sequence[Term], most: int) -> tuple[str, list[Any]]:
    """Return a statement and its parameters: the numbers of the newest `most` tickets that have all `terms`.

    `column` is `public`, or `both` for the words of internal notes as well.
    """
    found, key, values = _having(column, terms)
    return f"{found} ORDER BY {key} DESC LIMIT {most}", values


def counted(column: str, terms: Sequence[Term], most: int) -> tuple[str, list[Any]]:
    """Return a statement and its parameters: how many tickets have all `terms`, counted up to `most`; in no order, which is faster."""
    found, _key, values = _having(column, terms)
    return f"SELECT COUNT(*) FROM ({found} LIMIT {most}) found", values  # noqa: S608 - its values are parameters


def few(column: str, terms: Sequence[Term], numbers: list[int] | None = None) -> list[int] | None:
    """Return which tickets have all `terms`, of those with these `numbers` where they are given, or of all.

    None where more than a thousand have them, and where the database need not be told. PostgreSQL takes a rare word for one
    that a thousand entries have, and looks for the newest of them from the newest ticket on, through all there are.
    """
    if connection.vendor != "postgresql":
        return None
    found, key, values = _having(column, terms)
    if numbers is not None:
        found, values = f"{found} AND {key} = ANY(%s)", [*values, numbers]
    with connection.cursor() as cursor:
        cursor.execute(f"{found} LIMIT {_FEW + 1}", values)
        found_numbers = [number for (number,) in cursor.fetchall()]
    return None if len(found_numbers) > _FEW else found_numbers


def _having(column: str, terms: Sequence[Term]) -> tuple[str, str, list[Any]]:
    """Return a statement that finds tickets, the column of their numbers, and the parameters."""
    if connection.vendor == "postgresql":
        # The words that everybody may find have a weight of their own (migration 0033).
        weight = "A" if column == "public" else ""
        found = "SELECT ticket_id FROM helpdesk_searchdoc WHERE words @@ to_tsquery('simple', %s)"
        return found, "ticket_id", [" & ".join(_lexemes(term, weight) for term in terms)]
    match = " AND ".join(f'("{stem}" OR "{beginning}"*)' if beginning else f'"{stem}"' for stem, beginning in terms)
    found = "SELECT rowid FROM helpdesk_search WHERE helpdesk_search MATCH %s"
    return found, "rowid", [f"{{public}} : ({match})" if column == "public" else match]


def _lexemes(term: Term, weight: str) -> str:
    stem = f"{term.stem}:{weight}" if weight else term.stem
    return f"({stem} | {term.beginning}:*{weight})" if term.beginning else stem
