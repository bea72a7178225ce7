"""Decides how the life of a ticket is drawn and written down: an SVG and a Markdown document, both from the one table."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from django.utils.translation import gettext as _

from helpdesk.lifecycle import ACTIONS, CLOSED, WHO_LABELS, Action, Status

WIDTH, HEIGHT = 176, 48
SIZE = (1280, 390)
PLACES: dict[str, tuple[int, int]] = {
    Status.WAITING: (490, 50),
    Status.NEW: (150, 190),
    Status.IN_WORK: (490, 190),
    Status.ON_REVIEW: (830, 190),
    Status.DONE: (1170, 190),
    Status.CANCELLED: (150, 350),
    Status.REWORK: (830, 350),
}
_NEW, _WORK, _WAIT, _VIEW = Status.NEW, Status.IN_WORK, Status.WAITING, Status.ON_REVIEW
_REDO, _DONE, _OFF = Status.REWORK, Status.DONE, Status.CANCELLED
# The way of each arrow: its path, then where its words stand and how they are aligned.
WAYS: dict[tuple[str, str], tuple[str, int, int, str]] = {
    (_NEW, _WORK): ("M238 181H402", 320, 174, "middle"),
    (_WORK, _NEW): ("M402 199H238", 320, 215, "middle"),
    (_WORK, _WAIT): ("M470 166V74", 462, 124, "end"),
    (_WAIT, _WORK): ("M510 74V166", 518, 124, "start"),
    (_WAIT, _NEW): ("M402 58H170V166", 178, 124, "start"),
    (_WAIT, _OFF): ("M402 42H28V350H62", 36, 34, "start"),
    (_NEW, _OFF): ("M150 214V326", 142, 272, "end"),
    (_WORK, _VIEW): ("M578 181H742", 660, 174, "middle"),
    (_VIEW, _WORK): ("M742 199H578", 660, 215, "middle"),
    (_VIEW, _DONE): ("M918 190H1082", 996, 183, "middle"),
    (_VIEW, _REDO): ("M850 214V326", 858, 276, "start"),
    (_REDO, _WORK): ("M800 326V260H510V214", 518, 253, "start"),
    (_REDO, _NEW): ("M776 326V296H180V214", 480, 289, "middle"),
    (_REDO, _OFF): ("M742 341H238", 490, 334, "middle"),
    (_OFF, _REDO): ("M238 359H742", 490, 375, "middle"),
    (_DONE, _REDO): ("M1170 214V350H918", 1162, 343, "end"),
}
_TIP = (
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
    '<path d="M0 0L8 4L0 8z"/></marker></defs>'
)
_LINE_HEIGHT = 15


@dataclass(frozen=True)
class Arrow:
    """The actions that lead from one status to another."""

    source: str
    target: str
    labels: tuple[str, ...]


def arrows() -> list[Arrow]:
    """Return the arrows of the lifecycle; corrections, which lead from anywhere to anywhere, are left out."""
    found: dict[tuple[str, str], list[str]] = {}
    for action in ACTIONS.values():
        if action.target is None:
            continue
        for source in action.sources:
            if source != action.target:
                found.setdefault((source, action.target), []).append(str(action.label))
    return [Arrow(source, target, tuple(labels)) for (source, target), labels in found.items()]


def unplaced() -> list[Arrow]:
    """Return the arrows that have no way of their own in the drawing; a test keeps it empty."""
    return [arrow for arrow in arrows() if (arrow.source, arrow.target) not in WAYS]


def svg() -> str:
    """Return the diagram as SVG in the active language; its colours come from the style of the page."""
    parts = [
        f'<svg class="lifecycle" viewBox="0 0 {SIZE[0]} {SIZE[1]}" role="img" aria-labelledby="lifecycle-title">',
        f'<title id="lifecycle-title">{escape(_("The life of a request as a diagram; the table below says the same"))}</title>',
        _TIP,
    ]
    drawn = [_arrow(arrow) for arrow in arrows()]
    parts += [line for line, _words in drawn]
    parts += [_box(status) for status in Status]
    parts += [words for _line, words in drawn]
    return "".join([*parts, "</svg>"])


def _box(status: Status) -> str:
    x, y = PLACES[status]
    kind = " lifecycle__box--closed" if status in CLOSED else ""
    return (
        f'<g class="lifecycle__box{kind}"><rect x="{x - WIDTH / 2}" y="{y - HEIGHT / 2}" width="{WIDTH}" '
        f'height="{HEIGHT}" rx="10"/><text x="{x}" y="{y + 5}">{escape(str(status.label))}</text></g>'
    )


def _arrow(arrow: Arrow) -> tuple[str, str]:
    """Return the line of an arrow and its words, which are drawn above all lines."""
    (x1, y1), (x2, y2) = PLACES[arrow.source], PLACES[arrow.target]
    straight = (f"M{x1} {y1}L{x2} {y2}", (x1 + x2) // 2, (y1 + y2) // 2, "middle")
    path, x, y, anchor = WAYS.get((arrow.source, arrow.target), straight)
    line = f'<path class="lifecycle__arrow" d="{path}" marker-end="url(#tip)"/>'
    # Words of several actions stand one above the other; words over a line grow upwards.
    top = y - _LINE_HEIGHT * (len(arrow.labels) - 1)
    words = "".join(
        f'<tspan x="{x}" y="{top + _LINE_HEIGHT * row}">{escape(label)}</tspan>'
        for row, label in enumerate(arrow.labels)
    )
    return line, f'<text class="lifecycle__words" text-anchor="{anchor}">{words}</text>'


def rows() -> list[tuple[Action, str, str, str, str]]:
    """Return the table in words: the action, from, to, who, what it asks for."""
    return [
        (
            action,
            _sources(action),
            "—" if action.target is None else str(Status(action.target).label),
            ", ".join(str(WHO_LABELS[who]) for who in action.who),
            ", ".join(str(item.label) for item in action.inputs) or "—",
        )
        for action in ACTIONS.values()
    ]


def _sources(action: Action) -> str:
    if len(action.sources) == len(Status):
        return "*"
    return ", ".join(str(Status(source).label) for source in action.sources)


def markdown() -> str:
    """Return docs/lifecycle.md in the active language: a Mermaid diagram and the table."""
    lines = [
        "# The life of a ticket",
        "",
        "Written by `manage.py lifecycle_docs` from `helpdesk/lifecycle/table.py`; do not edit.",
        "",
    ]
    lines += ["```mermaid", "stateDiagram-v2", "    [*] --> new: Register"]
    for arrow in arrows():
        lines.append(f"    {arrow.source} --> {arrow.target}: {' / '.join(arrow.labels)}")
    lines += [f"    {status.value}: {status.label}" for status in Status]
    lines += ["```", "", "| Action | From | To | Who | Asks for | Effect |", "|---|---|---|---|---|---|"]
    for action, source, target, who, inputs in rows():
        lines.append(f"| {action.label} (`{action.name}`) | {source} | {target} | {who} | {inputs} | {action.effect} |")
    return "\n".join([*lines, ""])
