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
# Who sees so few has all of them looked at, however many other people's have the words.
_OWN = 2_000
# The condition of those who stand on the support's side nowhere.
_NOWHERE = Q(pk__in=[])


def number_of(query: str) -> int | None:
    """Return the ticket number a query names (`123`, `#123`, `№ 123`), else None."""
    found = _NUMBER.fullmatch(query)
    return int(found[1]) if found else None


def names_more_than_words(query: str) -> bool:
    """Say whether `query` finds tickets by their number or day as well, which may be old."""
    return number_of(query) is not None or day_of(query) is not None


def matching(
    tickets: QuerySet[Ticket], user: Visitor, query: str, *, newest_found: int | None = None
) -> QuerySet[Ticket]:
    """Return those of `tickets`, already bounded to what `user` may see, that answer `query`.

    Support has the newest ten thousand looked at, or as few as `newest_found` says; requesters all of theirs. Internal
    notes are searched only in tickets where `user` stands on the support's side. A query without any word finds nothing;
    no query text can raise.
    """
    query = query[:_LONGEST_QUERY]
    asked = _asked(query)
    number = number_of(query)
    if not asked:
        return tickets.none()
    most = MOST_FOUND if newest_found is None else newest_found
    side = access.support_side(user)
    own = _own(user) if side == _NOWHERE else None
    found = _having(asked, side, own, most)
    if number is not None:
        found |= Q(pk=number)
    if named := day_of(query):
        day, rest = named
        first, following = bounds(day)
        of_day = Q(created_at__gte=first, created_at__lt=following)
        others = _asked(rest)
        found |= of_day & _having(others, side, own, most) if others else of_day
    return tickets.filter(found)


def looks_at_newest_only(user: Visitor, query: str) -> bool:
    """Say whether more tickets have the words of `query` than `matching` looks at, so that older ones are not found."""
    asked = _asked(query[:_LONGEST_QUERY])
    if not asked:
        return False
    is_support = access.support_side(user) != _NOWHERE
    if not is_support and access.visible_to(user).order_by().values("pk")[: _OWN + 1].count() <= _OWN:
        return False
    with connection.cursor() as cursor:
        cursor.execute(*counted("both" if is_support else "public", _terms(asked), MOST_FOUND + 1))
        return bool(cursor.fetchone()[0] > MOST_FOUND)


def _asked(query: str) -> list[str]:
    return list(words(query))[:_MOST_WORDS]


def _own(user: Visitor) -> dict[int, frozenset[str]] | None:
    """Return the words of each ticket `user` sees but those of notes, None of somebody who sees many.

    A few entries are sooner read than asked for among a million.
    """
    entries = access.visible_to(user).order_by().values_list("pk", "search_doc__public")[: _OWN + 1]
    own = {number: frozenset((public or "").split()) for number, public in entries}
    return None if len(own) > _OWN else own


def _stands(term: Term, entry: frozenset[str]) -> bool:
    """Say whether a term stands in an entry, as the engines do."""
    if term.stem in entry:
        return True
    return bool(term.beginning) and any(word.startswith(term.beginning) for word in entry)


def _having(asked: list[str], side: Q, own: dict[int, frozenset[str]] | None, most: int) -> Q:
    """Return the condition that a ticket has the words, those of notes only where the reader stands on the support's side.

    `own` are the entries of all tickets there are for the reader, where these are few.
    """
    if own is not None:
        terms = _terms(asked)
        return Q(pk__in=[number for number, entry in own.items() if all(_stands(term, entry) for term in terms)])
    if side == _NOWHERE:
        return _found("public", asked, most)[0]
    with_notes, numbers = _found("both", asked, most)
    # Whoever reads every note needs one look. For others the second is taken where something found is not on their side.
    return with_notes if side == Q() else with_notes & (side | _found("public", asked, most, numbers)[0])


def _found(column: str, asked: list[str], most: int, numbers: list[int] | None = None) -> tuple[Q, list[int] | None]:
    """Return the condition that a ticket has the words, and its numbers where they are few; `numbers` bound what is looked at.

    Whoever looks at fewer than MOST_FOUND knows that there are many.
    """
    terms = _terms(asked)
    known = few(column, terms, numbers) if most == MOST_FOUND else None
    if known is not None:
        return Q(pk__in=known), known
    return Q(pk__in=RawSQL(*newest(column, terms, most))), None  # noqa: S611 - the words are a parameter


def _terms(asked: list[str]) -> list[Term]:
    # The last word may be the beginning of a longer one; one letter is that of too many.
    *whole, last = asked
    return [*(Term(stem(word)) for word in whole), Term(stem(last), last if len(last) > 1 else "")]
