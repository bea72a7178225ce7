"""Decides how words are asked of each database: SQLite's FTS5 with its table, PostgreSQL's text search over the entries."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection


def term(stemmed: str, beginning: str = "") -> str:
    """Return how an entry with the stem is asked for, or with any word that starts with `beginning`."""
    if connection.vendor == "postgresql":
        return f"({stemmed} | {beginning}:*)" if beginning else stemmed
    return f'("{stemmed}" OR "{beginning}"*)' if beginning else f'"{stemmed}"'


def newest(column: str, terms: Iterable[str], most: int) -> tuple[str, list[str]]:
    """Return a statement and its parameters: the numbers of the newest `most` tickets that have all `terms`.

    `column` is `public`, or `both` for the words of internal notes as well.
    """
    found, key, values = _having(column, terms)
    return f"{found} ORDER BY {key} DESC LIMIT {most}", values


def counted(column: str, terms: Iterable[str], most: int) -> tuple[str, list[str]]:
    """Return a statement and its parameters: how many tickets have all `terms`, counted up to `most`; in no order, which is faster."""
    found, _key, values = _having(column, terms)
    return f"SELECT COUNT(*) FROM ({found} LIMIT {most}) found", values  # noqa: S608 - its values are parameters


def _having(column: str, terms: Iterable[str]) -> tuple[str, str, list[str]]:
    """Return a statement that finds tickets, the column of their numbers, and the parameters."""
    if connection.vendor == "postgresql":
        text = "public" if column == "public" else "public || ' ' || internal"
        found = (
            f"SELECT ticket_id FROM helpdesk_searchdoc WHERE to_tsvector('simple', {text}) @@ to_tsquery('simple', %s)"  # noqa: S608 - constants
        )
        return found, "ticket_id", [" & ".join(terms)]
    match = " AND ".join(terms)
    found = "SELECT rowid FROM helpdesk_search WHERE helpdesk_search MATCH %s"
    return found, "rowid", [f"{{public}} : ({match})" if column == "public" else match]
