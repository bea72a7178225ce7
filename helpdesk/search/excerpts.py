"""Decides which part of a text shows why it answers a query, and which words in it do."""

from __future__ import annotations

from dataclasses import dataclass

from helpdesk.search.words import places, stem, words

_BEFORE = 60
_LENGTH = 220


@dataclass(frozen=True)
class Part:
    """A stretch of an excerpt; `is_hit` marks a word that was asked for."""

    text: str
    is_hit: bool = False


def excerpt(text: str, query: str, *, length: int = _LENGTH) -> tuple[Part, ...]:
    """Return about `length` characters of `text` around its first asked word; nothing when no word of it was asked for."""
    hits = _hits(text, query)
    if not hits:
        return ()
    start = _word_start(text, hits[0][0] - _BEFORE)
    end = _word_end(text, max(start + length, hits[0][1]))
    parts, at = [Part("…")] if start else [], start
    for first, last in hits:
        if last > end:
            break
        parts += [Part(text[at:first]), Part(text[first:last], is_hit=True)]
        at = last
    return (*parts, Part(text[at:end] + ("…" if end < len(text) else "")))


def beginning(text: str, *, length: int = _LENGTH) -> tuple[Part, ...]:
    """Return the first words of `text`, for what answers a query by something else than its text."""
    end = _word_end(text, length)
    return (Part(text[:end] + ("…" if end < len(text) else "")),)


def _hits(text: str, query: str) -> list[tuple[int, int]]:
    asked = list(words(query))
    if not asked:
        return []
    wanted = {stem(word) for word in asked}
    found = []
    for start, end, word in places(text):
        # The last word of a query may be the beginning of a longer one, as in the search itself.
        if stem(word) in wanted or word.startswith(asked[-1]):
            found.append((start, end))
    return found


def _word_start(text: str, position: int) -> int:
    if position <= 0:
        return 0
    blank = text.find(" ", position)
    return blank + 1 if 0 <= blank < position + _BEFORE else position


def _word_end(text: str, position: int) -> int:
    if position >= len(text):
        return len(text)
    blank = text.rfind(" ", 0, position)
    return blank if blank > position - _BEFORE else position
