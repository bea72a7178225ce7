"""Decides how a query is read, and which tickets answer it: every word has to occur, the last one may be unfinished.

A day in it (`24.11.2026`) asks for what was registered on that day, or has it in its words.
"""

from __future__ import annotations

import re

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from helpdesk import access
from helpdesk.access import Visitor
from helpdesk.models import Ticket
from helpdesk.search.dates import bounds, day_of
from helpdesk.search.engines import Term, counted, few, newest
from helpdesk.search.words import stem, words

_NUMBER = re.compile(r"\s*[#№]?\s*([0-9]{1,12})\s*")
_MOST_WORDS = 12
_LONGEST_QUERY = 400
# Of a word that stands in more tickets than this, the newest ones are looked at.
MOST_FOUND = 10_000


def number_of(query: str) -> int | None:
    """Return the ticket number a query names (`123`, `#123`, `№ 123`), else None."""
    found = _NUMBER.fullmatch(query)
    return int(found[1]) if found else None


def matching(tickets: QuerySet[Ticket], user: Visitor, query: str) -> QuerySet[Ticket]:
    """Return those of `tickets`, already bounded to what `user` may see, that answer `query`, of the newest ten thousand.

    Internal notes are searched only in tickets where `user` stands on the support's side. A query without any word
    finds nothing; no query text can raise.
    """
    query = query[:_LONGEST_QUERY]
    asked = _asked(query)
    number = number_of(query)
    if not asked:
        return tickets.none()
    side = access.support_side(user)
    found = _having(asked, side)
    if number is not None:
        found |= Q(pk=number)
    if named := day_of(query):
        day, rest = named
        first, following = bounds(day)
        of_day = Q(created_at__gte=first, created_at__lt=following)
        others = _asked(rest)
        found |= of_day & _having(others, side) if others else of_day
    return tickets.filter(found)


def looks_at_newest_only(user: Visitor, query: str) -> bool:
    """Say whether more tickets have the words of `query` than `matching` looks at, so that older ones are not found."""
    asked = _asked(query[:_LONGEST_QUERY])
    if not asked:
        return False
    column = "public" if access.support_side(user) == Q(pk__in=[]) else "both"
    with connection.cursor() as cursor:
        cursor.execute(*counted(column, _terms(asked), MOST_FOUND + 1))
        return bool(cursor.fetchone()[0] > MOST_FOUND)


def _asked(query: str) -> list[str]:
    return list(words(query))[:_MOST_WORDS]


def _having(asked: list[str], side: Q) -> Q:
    """Return the condition that a ticket has the words, those of notes only where the reader stands on the support's side."""
    if side == Q(pk__in=[]):
        return _found("public", asked)
    with_notes = _found("both", asked)
    # Whoever reads every note needs one look. For others the second is taken where something found is not on their side.
    return with_notes if side == Q() else with_notes & (side | _newest("public", asked))


def _found(column: str, asked: list[str]) -> Q:
    numbers = few(column, _terms(asked), MOST_FOUND)
    if numbers is not None:
        return Q(pk__in=RawSQL("SELECT unnest(%s::bigint[])", [numbers]))
    return _newest(column, asked)


def _newest(column: str, asked: list[str]) -> Q:
    return Q(pk__in=RawSQL(*newest(column, _terms(asked), MOST_FOUND)))  # noqa: S611 - the words are a parameter


def _terms(asked: list[str]) -> list[Term]:
    # The last word may be the beginning of a longer one.
    return [*(Term(stem(word)) for word in asked[:-1]), Term(stem(asked[-1]), asked[-1])]
