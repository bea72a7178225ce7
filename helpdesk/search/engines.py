"""Decides how words are asked of each database: SQLite's FTS5 with its table, PostgreSQL's text search over the entries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import BigAutoField, Lookup, OuterRef, QuerySet

from helpdesk.models import SearchDoc

FEW = 1_000
# Where the newest rows are enough, this many of all tickets are looked through for them.
LATELY = 20_000


class Term(NamedTuple):
    """A word that is asked for: an entry has its stem, or with a `beginning` any word that starts so."""

    stem: str
    beginning: str = ""


@BigAutoField.register_lookup
class Among(Lookup):
    """`pk__among=[…]` says on PostgreSQL what `pk__in` says, with one parameter for ten thousand numbers."""

    lookup_name = "among"
    prepare_rhs = False

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """Return the condition, under which PostgreSQL looks for each number instead of listing what else there is."""
        column, values = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s)", [*values, self.rhs]


def newest(column: str, terms: Sequence[Term], most: int, *, lately: bool = False) -> tuple[str, list[Any]]:
    """Return a statement and its parameters: the numbers of the newest `most` tickets that have all `terms`.

    `column` is `public`, or `both` for the words of internal notes as well; `lately` looks through the newest tickets only.
    """
    found, key, values = _having(column, terms)
    if lately:
        found = f"{found} AND {key} > (SELECT MAX(id) FROM helpdesk_ticket) - {LATELY}"  # noqa: S608 - nothing that was typed
    return f"{found} ORDER BY {key} DESC LIMIT {most}", values


def listed(column: str, terms: Sequence[Term], most: int, *, lately: bool = False) -> list[int] | None:
    """Return the numbers that `newest` finds; None where the database takes no longer to look for them in each statement."""
    if connection.vendor != "postgresql":
        return None
    known = None if lately else few(column, terms)
    return _numbers(*newest(column, terms, most, lately=lately)) if known is None else known


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
    known = _numbers(f"{found} LIMIT {FEW + 1}", values)
    return None if len(known) > FEW else known


def entry_with(column: str, terms: Sequence[Term]) -> QuerySet[SearchDoc]:
    """Return the entry of a ticket, the outer row of a subquery, if it has all `terms`; of PostgreSQL."""
    _found, _key, values = _having(column, terms)
    of_ticket = SearchDoc.objects.filter(ticket=OuterRef("pk"))
    return of_ticket.extra(where=["words @@ to_tsquery('simple', %s)"], params=values)


def _numbers(statement: str, values: list[Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [number for (number,) in cursor.fetchall()]


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
