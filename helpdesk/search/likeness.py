"""Decides which tickets are like a text: those that share its rarer words, most of all in their subjects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from math import log

from django.db import connection
from django.db.models import QuerySet

from helpdesk.models import SearchDoc, Ticket
from helpdesk.search.engines import Term, newest
from helpdesk.search.words import is_cyrillic, stem, words

_OF_SUBJECT, _OF_TEXT = 8, 8
# Of each word the newest so many tickets are looked at: a word that stands in more of them tells little.
_NEWEST = 300
_COMPARED = 150
_ENOUGH = 0.36
# Shorter words are mostly particles; of other letters than Russian ones three are enough for VPN, and digits always tell.
_SHORTEST, _SHORTEST_RUSSIAN = 3, 4


def alike(tickets: QuerySet[Ticket], subject: str, text: str = "", *, most: int = 5) -> list[int]:
    """Return the numbers of at most `most` of `tickets` that are like a request with this subject and text, the likest first.

    `tickets` is bounded already to what may be shown. A subject without telling words is like nothing.
    """
    of_subject, of_text = _telling(subject)[:_OF_SUBJECT], _telling(text)[:_OF_TEXT]
    if not of_subject:
        return []
    documents = _documents(tickets, list(dict.fromkeys([*of_subject, *of_text])))
    weights = _weights([whole for whole, _subject in documents.values()])
    scores = {
        number: _share(weights(of_subject), subject_there) / 2
        + _share(weights(of_subject), whole) / 4
        + _share(weights(of_text or of_subject), whole) / 4
        for number, (whole, subject_there) in documents.items()
    }
    found = sorted(
        (number for number in scores if scores[number] >= _ENOUGH), key=lambda number: (-scores[number], -number)
    )
    return found[:most]


def _telling(text: str) -> list[str]:
    """Return the stems of the words that tell what a text is about, each once, in their order."""
    return list(dict.fromkeys(stem(word) for word in words(text) if _tells(word)))


def _tells(word: str) -> bool:
    shortest = _SHORTEST_RUSSIAN if is_cyrillic(word) else _SHORTEST
    return len(word) >= shortest or any(letter.isdigit() for letter in word)


def _documents(tickets: QuerySet[Ticket], asked: list[str]) -> dict[int, tuple[set[str], set[str]]]:
    """Return the words of each ticket that may be alike: of its whole entry, and of its subject."""
    few = list(tickets.order_by("-pk").values_list("pk", flat=True)[: _NEWEST + 1])
    near = few if len(few) <= _NEWEST else _sharing(asked)
    kept = SearchDoc.objects.filter(ticket__in=tickets.order_by().filter(pk__in=near).values("pk"))
    return {
        number: (set(public.split()), {stem(word) for word in words(subject)})
        for number, public, subject in kept.values_list("pk", "public", "ticket__subject")
    }


def _sharing(asked: list[str]) -> list[int]:
    """Return the numbers of tickets that share most of the words, a word counting more the fewer have it."""
    points: Counter[int] = Counter()
    with connection.cursor() as cursor:
        for word in asked:
            cursor.execute(*newest("public", [Term(word)], _NEWEST))
            having = [number for (number,) in cursor.fetchall()]
            for number in having:
                points[number] += round(1000 * log(2 * _NEWEST / len(having)))
    return [number for number, _points in points.most_common(_COMPARED)]


def _weights(documents: list[set[str]]) -> Callable[[list[str]], dict[str, float]]:
    """Return what says how much each word tells among `documents`: the rarer, the more; one that stands nowhere is rare."""
    having = Counter(word for whole in documents for word in whole)
    return lambda asked: {word: log(1 + len(documents) / (1 + having[word])) + 0.1 for word in asked}


def _share(weights: dict[str, float], there: set[str]) -> float:
    return sum(weight for word, weight in weights.items() if word in there) / sum(weights.values())
