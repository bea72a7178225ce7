"""Decides how the outcome of a check is told: what was looked at, how bad it is, in a sentence, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import NamedTuple


class Level(StrEnum):
    """`warning` wants to be mended but people can work; `failed` means that something does not work at all."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


class Finding(NamedTuple):
    """The outcome of one check. `says` is a sentence, `remedy` another one, empty when there is nothing to do."""

    check: str
    level: Level
    says: str
    remedy: str = ""


Check = Callable[[], Iterable[Finding]]


def ok(check: str, says: str) -> Finding:
    """Return a finding of something that is as it should be."""
    return Finding(check, Level.OK, says)


def warning(check: str, says: str, remedy: str) -> Finding:
    """Return a finding of something that should be mended before it hurts."""
    return Finding(check, Level.WARNING, says, remedy)


def failed(check: str, says: str, remedy: str) -> Finding:
    """Return a finding of something that does not work."""
    return Finding(check, Level.FAILED, says, remedy)


def run(checks: Iterable[tuple[str, Check]]) -> list[Finding]:
    """Return the findings of all checks in their order; a check that breaks is a finding itself."""
    found: list[Finding] = []
    for name, check in checks:
        try:
            found += check()
        except Exception as error:  # noqa: BLE001 - whatever is wrong with the desk, the other checks are still told
            found.append(
                failed(name, f"This cannot be checked: {_first_line(error)}", "Look at the log of the process.")
            )
    return found


def worst(found: Iterable[Finding]) -> Level:
    """Return the worst level among the findings."""
    levels = {finding.level for finding in found}
    return next((level for level in (Level.FAILED, Level.WARNING) if level in levels), Level.OK)


def _first_line(error: Exception) -> str:
    text = str(error).strip().splitlines()
    return f"{type(error).__name__}{': ' + text[0] if text else ''}"
