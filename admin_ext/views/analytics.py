"""Decides the page of figures: period and filters from the address, figures first, then charts with their tables; and its files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from admin_ext.analytics import cells, charts, filters, flows, lately, periods, table, ways
from admin_ext.analytics.cells import Addresses, Cell
from admin_ext.analytics.says import says
from admin_ext.pages import Page, download, signed_in
from admin_ext.views.imports import DOWNLOADS
from helpdesk.models import User
from helpdesk.moment import now
from helpdesk.reports import blocks, breakdown, period, scope
from helpdesk.reports.period import Period
from helpdesk.reports.scope import Scope
from helpdesk.reports.shapes import Behind, Block, Tile
from helpdesk.reports.wording import change_words, note_words, value_words
from helpdesk.spreadsheets import writing


@dataclass(frozen=True)
class ShownTile:
    """A figure as it is drawn."""

    tile: Tile
    value: str
    before: str
    note: str
    change: str
    tone: str
    href: str
    href_before: str


@dataclass(frozen=True)
class ShownBlock:
    """A table as it is drawn: its rows, the sentence that sums it up, whether it is folded behind its chart."""

    block: Block
    rows: list[list[Cell]]
    says: str
    chart: dict[str, Any] | None
    is_folded: bool

    @property
    def is_heat(self) -> bool:
        return self.block.name == "load"

    @property
    def head(self) -> SafeString:
        return table.head(cells.headers(self.block))

    @property
    def body(self) -> SafeString:
        return table.body(self.rows, has_total=self.block.has_total, is_heat=self.is_heat)


# The parts of the page and the tables in each; a table that is not named here comes with the ways of requests.
LISTS = ("oldest", "remarks")
FOLDED = ("by_day", "by_status", "limits", "by_service", "by_kind", "paths")
PARTS = {
    "inout": ("by_day", "by_status"),
    "limits": ("limits", "turns"),
    "parts": ("by_assignee", "by_line", "by_service", "by_kind"),
    "hours": ("load",),
    "ways": ("handovers", "steps", "paths"),
    "single": ("oldest", "remarks"),
}


@require_GET
def analytics(request: HttpRequest) -> HttpResponse:
    """Show the figures of a period beside those of the one before, their charts and tables."""
    user, stretch, asked = asked_for(request)
    report = lately.drawn(
        user, stretch, asked,
        lambda: render_to_string("admin_ext/analytics/report.html", _told(user, stretch, asked), request),
    )  # fmt: skip
    context = {**admin.site.each_context(request), "title": _("Analytics"), "report": report}
    return TemplateResponse(request, "admin_ext/analytics/page.html", context)


def _told(user: User, stretch: Period, asked: Scope) -> dict[str, Any]:
    leads = Addresses(stretch, asked)
    found = blocks.report(asked, stretch, for_reading=True)
    shown = [_block(block, leads) for block in found.blocks[1:]]
    return {
        "title": _("Analytics"),
        "period": stretch,
        "so_far": stretch.so_far(),
        "before": stretch.beside(),
        "previous": stretch.before(),
        "query": f"?{stretch.query}{asked.query}",
        "tiles": [_tile(tile, leads) for tile in found.tiles],
        "is_empty": not any(tile.value for tile in found.tiles if not tile.unit and tile.name != "open"),
        "sections": _sections(shown),
        "charts": [block.chart for block in shown if block.chart],
        "flows": flows.picture(_rows(shown, "handovers")),
        "ways": ways.picture(_rows(shown, "steps")),
        "may_export": bool(scope.may_export(user)),
        **_choices(user, asked, stretch),
    }


def _choices(user: User, asked: Scope, stretch: Period) -> dict[str, Any]:
    """What can be chosen: periods with their counts, and what narrows the figures."""
    # The months to choose from are those of everything the person may see; mostly that is what was asked for.
    whole = scope.read(user, {}) if asked.narrowed else asked
    months = breakdown.months(whole.tickets)
    choices = filters.choices(user, asked)
    return {
        "years": periods.years(months, stretch),
        "days_to_come": max(0, min(stretch.length, (stretch.last - localtime(now()).date()).days)),
        "following": periods.following(stretch),
        "nearest": periods.nearest(months, stretch),
        "filters": choices,
        "narrowed": asked.narrowed,
        "narrowing": asked.query,
        "period_fields": dict(parse_qsl(stretch.query)),
        "pills": filters.pills(asked, stretch, choices),
        "own_lines": [] if scope.sees_all(user) else [text for _pk, text, _is_chosen in choices[0].choices],
    }


def _tile(tile: Tile, leads: Addresses) -> ShownTile:
    change, tone = change_words(tile)
    now, then = Behind(tile.figure), Behind(tile.figure, period=leads.period.beside())
    return ShownTile(
        tile, value_words(tile.value, tile.unit), value_words(tile.before, tile.unit), note_words(tile), change, tone,
        leads.of(now) if tile.value else "", leads.of(then) if tile.before else "",
    )  # fmt: skip


def _block(block: Block, leads: Addresses) -> ShownBlock:
    rows = cells.rows(block, leads) if block.name in LISTS or _has_numbers(block) else []
    chart = charts.chart(block, rows, leads.period.grain)
    return ShownBlock(block, rows, says(block), chart, chart is not None and block.name in FOLDED)


def _has_numbers(block: Block) -> bool:
    return any(value for row in block.cells() for value, _unit, behind in row if behind and behind.figure)


def _rows(shown: list[ShownBlock], name: str) -> list[list[Cell]]:
    return next((block.rows for block in shown if block.block.name == name), [])


def _sections(shown: list[ShownBlock]) -> list[tuple[str, str, list[ShownBlock]]]:
    titles = {
        "inout": _("In and out"), "limits": _("In time"), "parts": _("Who and what"), "hours": _("When"),
        "ways": _("How requests travel"), "single": _("Worth a look"),
    }  # fmt: skip
    by_name = {block.block.name: block for block in shown}
    named = {name for names in PARTS.values() for name in names}
    found = {part: [by_name[name] for name in names if name in by_name] for part, names in PARTS.items()}
    found["ways"] += [block for name, block in by_name.items() if name not in named]
    return [(part, titles[part], own) for part, own in found.items() if own]


@require_GET
def export(request: HttpRequest, form: str) -> HttpResponse:
    """Hand the tables of the page out as a file: a sheet for each, or all below each other."""
    user, stretch, asked = asked_for(request)
    if form not in DOWNLOADS:
        raise Http404
    found = blocks.to_take_out(user, asked, stretch, form=form)
    data = writing.as_csv(blocks.as_one_table(found)) if form == "csv" else writing.book_as_xlsx(blocks.as_book(found))
    dates = f"{date_format(stretch.first, 'Y-m-d')}–{date_format(stretch.last, 'Y-m-d')}"
    return download(data, f"{_('Analytics')} {dates}.{form}", DOWNLOADS[form])


def asked_for(request: HttpRequest) -> tuple[User, Period, Scope]:
    """Return who asks, for which period, about which requests. Raises Http404, ActionRefused."""
    user = signed_in(request)
    return user, period.read(request.GET), scope.read(user, request.GET)


PAGES = [
    Page("analytics", "analytics/", analytics),
    Page("analytics_export", "analytics/export.<slug:form>", export),
]
