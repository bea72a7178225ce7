"""Decides the figures at the top of a report, each with its value in the period it is compared with."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from helpdesk.reports import facts, figures, standing
from helpdesk.reports.durations import Durations, durations
from helpdesk.reports.facts import Tally
from helpdesk.reports.figures import FIGURES
from helpdesk.reports.period import Period
from helpdesk.reports.scope import Scope
from helpdesk.reports.shapes import Behind, Block, Tile, linked


def tiles(scope: Scope, period: Period) -> list[Tile]:
    """Return the figures at the top of the page."""
    tickets, before = scope.tickets, period.beside()
    # What was open when the period ended is wanted by other tables in more detail; read first, it is counted from there.
    standing.at_end(tickets, period)
    tallies = facts.whole(tickets, period), facts.whole(tickets, before, by_group=False)
    now, then = (
        figures.counts(tally, tickets, stretch) for tally, stretch in zip(tallies, (period, before), strict=True)
    )
    bases = {"overdue": now["registered"], "returned": now["done"]}
    found = [
        Tile(
            name, str(figure.label), str(figure.definition), now[name], then[name],
            share=100 * now[name] / bases[name] if bases.get(name) else None, figure=name,
        )
        for name, figure in FIGURES.items() if name != "rated"
    ]  # fmt: skip
    return [*found, *_times(tallies), _rating(tallies)]


def _times(tallies: tuple[Tally, Tally]) -> Iterator[Tile]:
    taken = [durations(tally.executions) for tally in tallies]
    reaction = [durations(tally.reactions) for tally in tallies]
    said = _(
        "From registration to the last submission of the result, by the clock on the wall; requests done in the period."
    )
    begun = _("From registration to the first taking, by the clock on the wall; requests registered in the period.")

    def tile(name: str, label: str, text: str, pair: list[Durations], part: str, figure: str) -> Tile:
        now, then = (getattr(durations, part) for durations in pair)
        return Tile(name, label, text, now, then, unit="seconds", count=pair[0].count, figure=figure)

    yield tile("execution_median", _("Execution, median"), said, taken, "median", "executed")
    yield tile("execution_mean", _("Execution, mean"), said, taken, "mean", "executed")
    yield tile("execution_p90", _("Execution, nine of ten within"), said, taken, "p90", "executed")
    yield tile("reaction_median", _("First reaction, median"), begun, reaction, "median", "taken")


def _rating(tallies: tuple[Tally, Tally]) -> Tile:
    now, then = (tally.stars / tally.ratings if tally.ratings else None for tally in tallies)
    text = _("The mean of the ratings given in the period.")
    return Tile("rated", _("Mean rating"), text, now, then, unit="rating", count=tallies[0].ratings, figure="rated")


def as_block(found: list[Tile], period: Period) -> Block:
    """Return the figures as a table; stretches of time are told in hours."""
    before = period.beside()
    columns = [
        (_("Figure"), ""),
        (_("Value"), "figure"),
        (_("Period before"), "figure"),
        (_("Unit"), ""),
        (_("Definition"), ""),
    ]
    units = {
        "": pgettext("unit", "requests"),
        "seconds": pgettext("unit", "hours"),
        "rating": pgettext("unit", "rating"),
    }
    words = {"period": capfirst(period.label), "before": before.label}
    if so_far := period.so_far():
        words["days"] = so_far.label
        text = _("%(period)s so far: %(days)s beside %(before)s; the last column says what each figure counts.")
    else:
        text = _("%(period)s beside %(before)s; the last column says what each figure counts.")
    return linked("figures", _("Figures"), text % words, columns, [
        [(tile.label, None), (_value(tile.value, tile), Behind(tile.figure)),
         (_value(tile.before, tile), Behind(tile.figure, period=before)), (units[tile.unit], None), (tile.definition, None)]
        for tile in found
    ])  # fmt: skip


def _value(value: float | None, tile: Tile) -> float | None:
    if value is None or not tile.unit:
        return value
    return round(value / 3600, 2) if tile.unit == "seconds" else round(value, 2)
