"""Decides how the figures of the analytics are read by programs: the same rows as the page and its files have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from helpdesk.actions.refusals import NotFound
from helpdesk.api.endpoint import Endpoint, trimmed
from helpdesk.api.operations import File, operation
from helpdesk.api.shapes.parts import LARGEST_ID
from helpdesk.api.shapes.reports import ReportShape
from helpdesk.api.shapes.tickets import TicketPage, TicketRow
from helpdesk.api.v1.tickets import JOINED, page_answer
from helpdesk.models import Priority, TokenScope
from helpdesk.reports import blocks, named, period, scope
from helpdesk.reports.figures import FIGURES
from helpdesk.reports.inside import INSIDE
from helpdesk.reports.period import Period
from helpdesk.reports.scope import Scope
from helpdesk.reports.shapes import Block
from helpdesk.spreadsheets import writing

TAG = "Reports"
WHO = "line leads, of the lines they lead; analysts and administrators, of all"
ASKED = {
    "month": "A month, as `2026-03`. Without any of these: the present month.",
    "quarter": "A quarter, as `2026-1`.",
    "year": "A year, as `2026`.",
    "from": "With `to`: the first day of any stretch of at most two years, as `2026-03-10`.",
    "to": "With `from`: the last day.",
    "line": "Id of a line.",
    "service": "Id of a service.",
    "work_type": "Id of a kind of work.",
    "assignee": "Id of a person, or `none`: not assigned.",
    "priority": "1 to 4.",
    "corrected": "`no`: without those an administrator corrected.",
}


class ReportQuery(serializers.Serializer[Any]):
    """The parameters of a report. What cannot be meant is refused, not replaced by another period."""

    month = serializers.RegexField(r"^[1-9][0-9]{3}-(0[1-9]|1[0-2])$", required=False)
    quarter = serializers.RegexField(r"^[1-9][0-9]{3}-[1-4]$", required=False)
    year = serializers.RegexField(r"^[1-9][0-9]{3}$", required=False)
    to = serializers.DateField(required=False)
    line = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)
    service = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)
    work_type = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)
    assignee = serializers.RegexField(r"^([1-9][0-9]{0,8}|none)$", required=False)
    corrected = serializers.ChoiceField(required=False, choices=["no"])
    priority = serializers.ChoiceField(required=False, choices=Priority.choices)

    def get_fields(self) -> dict[str, Any]:
        return {**super().get_fields(), "from": serializers.DateField(required=False)}


class _Report(Endpoint):
    """What the addresses of reports have in common: period and narrowing from the parameters."""

    scope = TokenScope.REPORTS
    query = tuple(ASKED)

    def asked(self, request: Request) -> tuple[Scope, Period]:
        """Return the tickets and the period asked for. Raises ValidationError, ActionRefused."""
        values: Mapping[str, str] = request.query_params
        names = {name: values[name] for name in ASKED if name in values}
        ReportQuery(data=names).is_valid(raise_exception=True)
        return scope.read(self.person, names), period.read(names)


class Reports(_Report):
    """Every table of the analytics."""

    @operation(
        TAG, "reports_read", "Read the figures of a period", who=WHO, query=ASKED,
        text="The tables of the page Analytics; the first has the figures with their definitions, beside the period before;"
        " a running period stands beside as many days of it.",
        answers={200: ReportShape}, errors=(400, 403),
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        chosen, stretch = self.asked(request)
        before = stretch.beside()
        told = {
            "period": {"first": stretch.first, "last": stretch.last},
            "before": {"first": before.first, "last": before.last},
            "blocks": [self._told(block, chosen, stretch) for block in blocks.blocks(chosen, stretch)],
        }
        return Response(ReportShape(told).data)

    @staticmethod
    def _told(block: Block, chosen: Scope, stretch: Period) -> dict[str, Any]:
        lists = [
            [f"{behind.figure}?{behind.query(stretch, chosen.narrowed)}" if behind and behind.figure else None
             for _value, _unit, behind in row]
            for row in block.cells()
        ]  # fmt: skip
        return {
            "name": block.name, "title": block.title, "definition": block.definition, "headers": block.file_headers,
            "rows": block.rows, "lists": lists,
        }  # fmt: skip


class ReportFile(_Report):
    """The same as a file."""

    @operation(
        TAG, "reports_file", "Take the figures of a period out as csv", who=f"{WHO}; with the right to take reports out",
        query=ASKED, text="All tables below each other, the name of each in the first column.",
        answers={200: File("A csv file in UTF-8.")}, errors=(400, 403),
    )  # fmt: skip
    def get(self, request: Request) -> HttpResponse:
        chosen, stretch = self.asked(request)
        table = blocks.as_one_table(blocks.to_take_out(self.person, chosen, stretch, form="csv"))
        answer = HttpResponse(writing.as_csv(table), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="report-{stretch.first}-{stretch.last}.csv"'
        return answer


class ReportTickets(_Report):
    """The tickets behind a figure."""

    orderings = {"-number": "pk"}
    query = (*ASKED, "fields")

    @operation(
        TAG, "reports_tickets", "List the tickets that a figure counts", who=WHO,
        query={**ASKED, "fields": "Only these fields of each ticket, with commas between them."},
        text="`figure` is one of: " + ", ".join(f"`{name}`" for name in FIGURES)
        + "; inside the tables " + ", ".join(f"`{name}`" for name in INSIDE)
        + ", `status_` with a status, `reaction_` or `execution_` with `met`, `missed`, `running` or `none`, `hour_0_9` for Mondays"
        " from nine to ten, `weekday_0` for Mondays, `clock_9` for nine to ten of any day, `flow_1_2` for what line 1 handed over"
        " to line 2, `back_1_2` for what came back so, `rated_7` for what person 7 was rated for. The tables name theirs in `lists`.",
        answers={200: TicketPage}, errors=(400, 403, 404),
    )  # fmt: skip
    def get(self, request: Request, figure: str) -> Response:
        counted = named.find(figure)
        if counted is None:
            raise NotFound(figure)
        only = trimmed(request, TicketRow)
        chosen, stretch = self.asked(request)
        page = self.page(counted.tickets(chosen.tickets, stretch).only("pk"))
        # A figure may count all there are: they are chosen by key, and only then joined.
        rows = chosen.tickets.select_related(*JOINED).in_bulk([row.pk for row in page.rows])
        page = replace(page, rows=[rows[row.pk] for row in page.rows if row.pk in rows])
        return Response(page_answer(self.person, page, only))
