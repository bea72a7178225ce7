"""Decides what a word is: lower case, ё as е, cut to its stem by the rules of the language its letters belong to."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import snowballstemmer

from helpdesk.models.holding import folded

_WORD = re.compile(r"[^\W_]+")
_CYRILLIC = re.compile(r"[а-я]")
_LONGEST = 40
_russian = snowballstemmer.stemmer("russian")
_english = snowballstemmer.stemmer("english")


def words(text: str) -> Iterator[str]:
    """Yield the words of `text` as they are compared: folded, at most forty characters each."""
    for found in _WORD.finditer(folded(unicodedata.normalize("NFKC", text))):
        yield found[0][:_LONGEST]


def places(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield where each word of `text` starts and ends, and the word as it is compared."""
    for found in _WORD.finditer(text):
        for word in words(found[0]):
            yield found.start(), found.end(), word


def is_cyrillic(word: str) -> bool:
    """Say whether a folded word has letters of Russian."""
    return bool(_CYRILLIC.search(word))


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Return the stem of a folded word; a word with digits is kept as it is."""
    if any(letter.isdigit() for letter in word):
        return word
    stemmer = _russian if is_cyrillic(word) else _english
    return str(stemmer.stemWord(word))


def stems(text: str) -> str:
    """Return the stems of `text` in their order, separated by blanks."""
    return " ".join(stem(word) for word in words(text))
