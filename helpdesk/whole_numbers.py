"""Decides which texts of addresses and forms are read as whole numbers: digits of ASCII, and no more than a key of the database has.

Python reads digits of every script, which no page writes, and refuses thousands of them with an error of its own.
"""

from __future__ import annotations

from collections.abc import Iterable

MOST_DIGITS = 18


def whole_number(text: str | None) -> int | None:
    """Return the number that `text` is, None for every other text and for none."""
    if text and text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS:
        return int(text)
    return None


def whole_numbers(texts: Iterable[str]) -> list[int]:
    """Return those of `texts` that are numbers, in their order."""
    return [number for text in texts if (number := whole_number(text)) is not None]
