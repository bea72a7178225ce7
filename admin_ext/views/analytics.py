"""Decides the analytics page: period and filters from the address, figures, tables, the list behind each figure, files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from admin_ext.pages import Page, download, signed_in
from admin_ext.views.imports import DOWNLOADS
from helpdesk.actions import audit
from helpdesk.models import Priority, Ticket, User
from helpdesk.reports import blocks, breakdown, handovers, limits, load, named, parts, period, remarkable, scope
from helpdesk.reports.figures import FIGURES
from helpdesk.reports.period import Period
from helpdesk.reports.scope import Scope
from helpdesk.reports.wording import change_words, note_words, value_words
from helpdesk.spreadsheets import writing

PER_PAGE = 50


@dataclass(frozen=True)
class Shown:
    """A tile as it is drawn."""

    label: str
    definition: str
    value: str
    note: str
    change: str
    tone: str
    href: str


@require_GET
def analytics(request: HttpRequest) -> HttpResponse:
    """Show the figures of a period beside those of the one before, and their tables."""
    user, stretch, asked = _asked(request)
    days = breakdown.by_day(asked.tickets, stretch)
    statuses = breakdown.by_status(asked.tickets, stretch)
    context = {
        **admin.site.each_context(request),
        "title": _("Analytics"),
        "period": stretch,
        "query": f"?{stretch.query}{asked.query}",
        "tiles": [_tile(tile, stretch, asked) for tile in blocks.tiles(asked, stretch)],
        "before": stretch.before(),
        "statuses": statuses,
        "most": max((count for _status, count in statuses), default=0) or 1,
        "days": days,
        "chart": _chart(days),
        "tables": _tables(asked, stretch),
        "headers": [header for header, _unit in parts.columns()],
        "may_export": bool(scope.may_export(user)),
        **_more(asked, stretch),
        **_choices(user, asked, stretch),
    }
    return TemplateResponse(request, "admin_ext/analytics/page.html", context)


def _choices(user: User, asked: Scope, stretch: Period) -> dict[str, Any]:
    """What can be chosen: months with their counts, lines, services, assignees, priorities."""
    unbounded = scope.read(user, {})
    return {
        "months": [(period.month_of(month), count) for month, count in breakdown.months(unbounded.tickets)],
        "quarter": period.quarter_of(stretch.last),
        "year": period.year_of(stretch.last),
        "narrowed": asked.narrowed,
        "filters": [
            ("line", _("Line"), [(line.pk, str(line)) for line in scope.lines_of(user)]),
            ("service", _("Service"), [(service.pk, str(service)) for service in scope.services_of(user)]),
            ("work_type", _("Kind of work"), [(kind.pk, str(kind)) for kind in scope.kinds_of(user)]),
            ("assignee", _("Assignee"), [(person.pk, str(person)) for person in scope.assignees_of(user)]),
            ("priority", _("Priority"), list(Priority.choices)),
        ],
    }


def _tile(tile: blocks.Tile, stretch: Period, asked: Scope) -> Shown:
    change, tone = change_words(tile)
    href = ""
    if tile.name in FIGURES:
        address = reverse("admin:analytics_tickets", args=[tile.name])
        href = f"{address}?{stretch.query}{asked.query}"
    return Shown(tile.label, tile.definition, value_words(tile.value, tile.unit), note_words(tile), change, tone, href)


def _chart(days: list[breakdown.Day]) -> dict[str, Any]:
    """Measure the bars and the line of the chart by day, in the units of its picture."""
    most = max([1, *(max(day.registered, day.done) for day in days)])
    highest = max([1, *(day.backlog for day in days)])
    width = 1000 / max(1, len(days))
    bars = [
        {
            "x": f"{number * width:.1f}", "w": f"{width * 0.38:.1f}", "x2": f"{number * width + width * 0.42:.1f}",
            "h": f"{180 * day.registered / most:.1f}", "y": f"{200 - 180 * day.registered / most:.1f}",
            "h2": f"{180 * day.done / most:.1f}", "y2": f"{200 - 180 * day.done / most:.1f}",
        }
        for number, day in enumerate(days)
    ]  # fmt: skip
    points = " ".join(
        f"{number * width + width / 2:.1f},{200 - 180 * day.backlog / highest:.1f}" for number, day in enumerate(days)
    )
    return {"bars": bars, "points": points, "most": most, "highest": highest}


def _tables(asked: Scope, stretch: Period) -> list[dict[str, Any]]:
    found, rows_of = [], breakdown.tables(asked.tickets, stretch)
    for field, _name, title, first in parts.parts():
        rows = rows_of[field]
        shown = [(row, _time(row.median), value_words(row.rating, "rating")) for row in rows]
        found.append({"field": field, "title": title, "first": first, "rows": shown, "total": parts.total(rows)})
    return found


def _more(asked: Scope, stretch: Period) -> dict[str, Any]:
    """What stands beside the breakdowns: limits, hours of the week, hand-overs, single requests."""
    grid = load.by_hour(asked.tickets, stretch)
    busiest = max(map(max, grid)) or 1
    return {
        "limits": limits.kept(asked.tickets, stretch),
        "outcomes": list(limits.OUTCOMES.values()),
        "hours": range(24),
        "load": [
            (WEEKDAYS_ABBR[day], [(count, -(-count * 5 // busiest)) for count in row], sum(row))
            for day, row in enumerate(grid)
        ],
        "flows": handovers.flows(asked.tickets, stretch),
        "oldest": remarkable.oldest(asked.tickets),
        "remarks": remarkable.remarks(asked.tickets, stretch),
    }


def _time(seconds: float | None) -> str:
    return value_words(seconds, "seconds")


@require_GET
def tickets(request: HttpRequest, figure: str) -> HttpResponse:
    """Show exactly the tickets that a figure counts."""
    _user, stretch, asked = _asked(request)
    counted = named.find(figure)
    if counted is None:
        raise Http404
    found = counted.tickets(asked.tickets, stretch).select_related("requester", "assignee", "service", "line")
    page = Paginator(found.order_by("-pk"), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        **admin.site.each_context(request),
        "title": counted.label,
        "definition": counted.definition,
        "period": stretch,
        "query": f"?{stretch.query}{asked.query}",
        "page": page,
        "tickets": list[Ticket](page.object_list),
    }
    return TemplateResponse(request, "admin_ext/analytics/tickets.html", context)


@require_GET
def export(request: HttpRequest, form: str) -> HttpResponse:
    """Hand the tables of the page out as a file: a sheet for each, or all below each other."""
    user, stretch, asked = _asked(request)
    if form not in DOWNLOADS:
        raise Http404
    found = blocks.to_take_out(user, asked, stretch)
    audit.exported(actor=user, what="analytics", form=form)
    data = writing.as_csv(blocks.as_one_table(found)) if form == "csv" else writing.book_as_xlsx(blocks.as_book(found))
    dates = f"{date_format(stretch.first, 'Y-m-d')}–{date_format(stretch.last, 'Y-m-d')}"
    return download(data, f"{_('Analytics')} {dates}.{form}", DOWNLOADS[form])


def _asked(request: HttpRequest) -> tuple[User, Period, Scope]:
    user = signed_in(request)
    return user, period.read(request.GET), scope.read(user, request.GET)


PAGES = [
    Page("analytics", "analytics/", analytics),
    Page("analytics_tickets", "analytics/tickets/<slug:figure>/", tickets),
    Page("analytics_export", "analytics/export.<slug:form>", export),
]
