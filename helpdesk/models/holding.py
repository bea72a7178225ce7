"""Decides when a text holds what was typed, as `name__holds="почта"`: in any case of the letters, with е for ё, on every database.

SQLite alone knows the case of Latin letters only, and finds no «Почта» for «почта».
"""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, Lookup, TextField

FUNCTION = "helpdesk_folded"


def folded(text: str) -> str:
    """Return a text as it is compared."""
    return text.casefold().replace("ё", "е")


def _folded(text: str | None) -> str | None:
    return None if text is None else folded(text)


def teach(connection: Any, **_signal: Any) -> None:
    """Give a new connection to SQLite the function that folds."""
    if connection.vendor == "sqlite":
        connection.connection.create_function(FUNCTION, 1, _folded, deterministic=True)


@CharField.register_lookup
@TextField.register_lookup
class Holds(Lookup):
    """The text holds the other one, wherever."""

    lookup_name = "holds"

    def get_prep_lookup(self) -> str:
        return folded(str(self.rhs))

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        text, values = self.process_lhs(compiler, connection)
        typed, more = self.process_rhs(compiler, connection)
        if connection.vendor == "sqlite":
            return f"INSTR({FUNCTION}({text}), {typed}) > 0", (*values, *more)
        return f"STRPOS(TRANSLATE(LOWER({text}), 'ё', 'е'), {typed}) > 0", (*values, *more)
