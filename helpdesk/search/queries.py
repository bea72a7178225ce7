"""Decides how a query is read, and which tickets answer it: every word has to occur, the last one may be unfinished.

A day in it (`24.11.2026`) asks for what was registered on that day, or has it in its words.
"""

from __future__ import annotations

import re

from django.db import connection
from django.db.models import Exists, Q, QuerySet
from django.db.models.expressions import RawSQL

from helpdesk import access
from helpdesk.access import Visitor
from helpdesk.models import Ticket
from helpdesk.search.dates import bounds, day_of
from helpdesk.search.engines import FEW, Term, counted, entry_with, few, listed, newest
from helpdesk.search.words import stem, words

_NUMBER = re.compile(r"\s*[#№]?\s*([0-9]{1,12})\s*")
_MOST_WORDS = 12
_LONGEST_QUERY = 400
# Of a word that stands in more tickets than this, the newest ones are looked at.
MOST_FOUND = 10_000
# What more tickets than this have is found a page at a time.
MANY_FOUND = 1_000
# So many of the newest that have the words are looked at for each row up to the last one of a page.
_FOR_A_ROW = 10
# Who sees so few has all of them looked at, however many other people's have the words.
_OWN = 2_000
# The condition of those who stand on the support's side nowhere.
_NOWHERE = Q(pk__in=[])


def number_of(query: str) -> int | None:
    """Return the ticket number a query names (`123`, `#123`, `№ 123`), else None."""
    found = _NUMBER.fullmatch(query)
    return int(found[1]) if found else None


def matching(tickets: QuerySet[Ticket], user: Visitor, query: str) -> QuerySet[Ticket]:
    """Return those of `tickets`, already bounded to what `user` may see, that answer `query`.

    Support has the newest ten thousand looked at; requesters all of theirs. Internal notes are searched only in tickets
    where `user` stands on the support's side. A query without any word finds nothing; no query text can raise.
    """
    query = query[:_LONGEST_QUERY]
    asked = _asked(query)
    number = number_of(query)
    if not asked:
        return tickets.none()
    side = access.support_side(user)
    own = _own(user) if side == _NOWHERE else None
    found = _having(asked, side, own, MOST_FOUND)
    if number is not None:
        found |= Q(pk=number)
    if named := day_of(query):
        day, rest = named
        first, following = bounds(day)
        of_day = Q(created_at__gte=first, created_at__lt=following)
        others = _asked(rest)
        found |= of_day & _having(others, side, own, MOST_FOUND) if others else of_day
    return tickets.filter(found)


def newest_matching(tickets: QuerySet[Ticket], user: Visitor, query: str, start: int, stop: int) -> list[int]:
    """Return the numbers of those that `matching` finds, the newest first, from place `start` to `stop`.

    Where many have the words, a few of the newest tickets are looked at first, then more of them, then all.
    """
    query = query[:_LONGEST_QUERY]
    asked, side = _asked(query), access.support_side(user)
    if asked and side != _NOWHERE and number_of(query) is None and day_of(query) is None:
        for most in dict.fromkeys((min(stop * _FOR_A_ROW, MOST_FOUND), MOST_FOUND)):
            lately = _places(tickets.filter(_having(asked, side, None, most, lately=True)), start, stop)
            if len(lately) == stop - start:
                return lately
    return _places(matching(tickets, user, query), start, stop)


def _places(tickets: QuerySet[Ticket], start: int, stop: int) -> list[int]:
    return list(tickets.order_by("-pk").values_list("pk", flat=True)[start:stop])


def finds_many(user: Visitor, query: str) -> bool:
    """Say whether so many tickets have the words of `query` that to count what is found takes longer than a page of it."""
    return _more_have(user, query, MANY_FOUND)


def looks_at_newest_only(user: Visitor, query: str) -> bool:
    """Say whether more tickets have the words of `query` than `matching` looks at, so that older ones are not found."""
    return _more_have(user, query, MOST_FOUND)


def _more_have(user: Visitor, query: str, number: int) -> bool:
    asked = _asked(query[:_LONGEST_QUERY])
    if not asked:
        return False
    is_support = access.support_side(user) != _NOWHERE
    if not is_support and access.visible_to(user).order_by().values("pk")[: _OWN + 1].count() <= _OWN:
        return False
    with connection.cursor() as cursor:
        cursor.execute(*counted("both" if is_support else "public", _terms(asked), number + 1))
        return bool(cursor.fetchone()[0] > number)


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


def _having(asked: list[str], side: Q, own: dict[int, frozenset[str]] | None, most: int, *, lately: bool = False) -> Q:
    """Return the condition that a ticket has the words, those of notes only where the reader stands on the support's side.

    `own` are the entries of all tickets there are for the reader, where these are few. The newest `most` that have the
    words are looked at, `lately` only among the newest tickets there are.
    """
    terms = _terms(asked)
    if own is not None:
        return Q(pk__in=[number for number, entry in own.items() if all(_stands(term, entry) for term in terms)])
    if side == _NOWHERE:
        return _one_of(listed("public", terms, most)) or _asked_for("public", terms, most)
    numbers = listed("both", terms, most, lately=lately)
    with_notes = _one_of(numbers) or _asked_for("both", terms, most, lately=lately)
    # Whoever reads every note needs one look. For others the second is taken where something found is not on their side.
    if side == Q():
        return with_notes
    return with_notes & (side | _public_too(terms, numbers, most, lately=lately))


def _public_too(terms: list[Term], numbers: list[int] | None, most: int, *, lately: bool) -> Q:
    """Return the condition that everybody may find the words of a ticket; `numbers` are those that have them, where known."""
    if numbers is None:
        return _asked_for("public", terms, most, lately=lately)
    if len(numbers) <= FEW:
        return _one_of(few("public", terms, numbers)) or _NOWHERE
    # Asked of each of the few that are not on the reader's side; a list of all that have the words would be made first.
    return Q(Exists(entry_with("public", terms)))


def _one_of(numbers: list[int] | None) -> Q | None:
    if numbers is None:
        return None
    return Q(pk__among=numbers) if numbers else _NOWHERE


def _asked_for(column: str, terms: list[Term], most: int, *, lately: bool = False) -> Q:
    return Q(pk__in=RawSQL(*newest(column, terms, most, lately=lately)))  # noqa: S611 - the words are a parameter


def _terms(asked: list[str]) -> list[Term]:
    # The last word may be the beginning of a longer one; one letter is that of too many.
    *whole, last = asked
    return [*(Term(stem(word)) for word in whole), Term(stem(last), last if len(last) > 1 else "")]
