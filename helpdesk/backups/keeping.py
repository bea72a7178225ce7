"""Decides which backups stay: the newest of each of the last 7 days, 4 weeks and 12 months that have one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

DAYS, WEEKS, MONTHS = 7, 4, 12
_NAME = re.compile(r"helpdesk-(\d{8}T\d{6})Z\.tar\.gz(\.age)?")
_STAMP = "%Y%m%dT%H%M%S"


def name_at(moment: datetime) -> str:
    """Return the name of a backup made at `moment` (UTC)."""
    return f"helpdesk-{moment:{_STAMP}}Z.tar.gz"


def newest(folder: Path) -> datetime | None:
    """Return when the newest backup in `folder` was made, by its name; None when there is none."""
    return max(_found(folder).values(), default=None)


def rotate(folder: Path) -> list[Path]:
    """Delete the backups in `folder` that need not stay; return them. Files of other names are not touched."""
    found = _found(folder)
    kept = to_keep(found.values())
    gone = sorted(path for path, made in found.items() if made not in kept)
    for path in gone:
        path.unlink()
    return gone


def to_keep(moments: Iterable[datetime]) -> set[datetime]:
    """Return those of `moments` that stay."""
    newest_first = sorted(moments, reverse=True)
    rules: tuple[tuple[int, Callable[[datetime], object]], ...] = (
        (DAYS, lambda made: made.date()),
        (WEEKS, lambda made: made.isocalendar()[:2]),
        (MONTHS, lambda made: (made.year, made.month)),
    )
    kept: set[datetime] = set()
    for count, period in rules:
        seen: dict[object, datetime] = {}
        for made in newest_first:
            seen.setdefault(period(made), made)
        kept |= set(list(seen.values())[:count])
    return kept


def _found(folder: Path) -> dict[Path, datetime]:
    named = ((path, _NAME.fullmatch(path.name)) for path in folder.glob("helpdesk-*")) if folder.exists() else ()
    return {path: datetime.strptime(match[1], _STAMP).replace(tzinfo=UTC) for path, match in named if match}
