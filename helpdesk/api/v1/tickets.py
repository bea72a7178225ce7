"""Decides how tickets are listed, read, registered and handed out one by one."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from helpdesk import access, search
from helpdesk.actions import registration, work
from helpdesk.actions.refusals import NotFound, bad_input
from helpdesk.api import filters, pagination
from helpdesk.api.endpoint import Endpoint, checked, created, trimmed
from helpdesk.api.operations import WHO_SEES, operation
from helpdesk.api.safe_writes import discard_files, is_dry_run, safe_write
from helpdesk.api.shapes.parts import Nothing
from helpdesk.api.shapes.tickets import TicketNew, TicketPage, TicketRow, TicketShape, ticket_data
from helpdesk.models import Ticket, User, WorkType
from helpdesk.ticket_people import PARTS, with_people

TAG = "Tickets"
# What is joined to a ticket; its people are read beside it. Without the requester SQLite would take all that a person may
# see from four indexes and sort it, instead of walking from the newest on; PostgreSQL would look through everybody for him.
_WITH_REQUESTER = connection.vendor == "sqlite"
JOINED = ("line", "service", "work_type", *(("requester",) if _WITH_REQUESTER else ()))
BESIDE = tuple(part for part in PARTS if part not in JOINED)
PERSON = ("first_name", "last_name", "username", "erased_at")

# What a row of a list tells, and no column more.
SHOWN = (
    "subject", "status", "priority", "created_at", "updated_at", "due_at", "taken_at", "submitted_at", "closed_at",
    "returns", "version",
    *BESIDE, "line__name",
    *(f"requester__{name}" for name in PERSON if _WITH_REQUESTER),
    *(f"{row}__{name}" for row in ("service", "work_type") for name in ("name", "code")),
)  # fmt: skip


def ticket_for(user: access.Visitor, number: int) -> Ticket:
    """Return the ticket as `user` sees it. Raises NotFound, alike for a foreign one and for none."""
    rows = access.visible_to(user).select_related(*JOINED).filter(pk=number).order_by()
    for found in rows:
        return found
    raise NotFound(number)


def shown_ticket(user: access.Visitor, number: int) -> Ticket:
    """Return what `ticket_for` returns, with all of its people; two queries."""
    return with_people([ticket_for(user, number)], BESIDE)[0]


def unread_in(user: User, numbers: list[int]) -> dict[int, int]:
    """Return how many unread messages are addressed to `user` in each of some tickets; one query."""
    unread = access.unread_in(user, numbers).order_by()
    return dict(unread.values_list("ticket").annotate(counted=Count("pk")))


def ticket_answer(user: User, ticket: Ticket, *, is_new: bool = False, only: set[str] | None = None) -> Response:
    """Return the answer that shows a ticket, with its version as ETag; in one that `is_new` nobody has written anything."""
    unread = {} if is_new else unread_in(user, [ticket.pk])
    data = ticket_data(ticket, user, unread=unread, only=only)
    return Response(data, headers={"ETag": f'"{ticket.version}"'})


def page_answer(user: User, page: pagination.Page, only: set[str] | None) -> dict[str, Any]:
    """Return the body that shows a page of tickets; two queries."""
    rows = with_people(page.rows, BESIDE, columns=PERSON)
    context = {"user": user, "unread": unread_in(user, [row.pk for row in rows]), "only": only}
    return page.answer(TicketRow(rows, many=True, context=context).data)


class Tickets(Endpoint):
    """The tickets one sees."""

    filters = filters.TicketFilters
    orderings = {
        "-number": "pk", "due_at": "due_at", "updated_at": "updated_at", "created_at": "created_at",
        "priority": "priority",
    }  # fmt: skip
    query = ("fields", "relevance")

    @operation(
        TAG, "tickets_list", "List tickets",
        who="everybody; one gets the tickets one sees: a requester his own, support those of its lines, "
            "analysts and administrators all",
        text="Newest first unless `ordering` says otherwise. `count=true` adds how many match, up to 10 000.",
        query={"fields": "Only these fields of each ticket, with commas between them; `text` is only in the single one.",
               "relevance": "`true` with `q`: the most relevant first, as many as `page_size` says, without a next page."},
        answers={200: TicketPage}, errors=(400,),
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        user = self.person
        only = trimmed(request, TicketRow)
        rows = _rows(filters.tickets_of(user, request.query_params.get("scope")))
        page = self._most_relevant(rows) if pagination.flag(request, "relevance") else self.page(rows)
        return Response(page_answer(user, page, only))

    def _most_relevant(self, rows: QuerySet[Ticket]) -> pagination.Page:
        query = self.request.query_params.get("q", "")
        odd = {name for name in ("cursor", "ordering") if name in self.request.query_params}
        if not query.strip() or odd:
            raise bad_input({"relevance": _("It needs q, and takes neither cursor nor ordering.")})
        found = self.filtered(rows)
        numbers = search.most_relevant(found, query, most=pagination.size_of(self.request))
        by_number = found.in_bulk(numbers)
        ordered = [by_number[number] for number in numbers if number in by_number]
        return pagination.Page(ordered, None, pagination.counted(self.request, found))

    @operation(
        TAG, "tickets_create", "Register a ticket",
        who="everybody; for somebody else only support",
        text="It lands on the line of its kind of work, its clocks start, the line is told. "
             "The same as the panel's New request.",
        body=TicketNew, files="Up to 10 files of at most 10 MB each.", answers={201: TicketShape}, errors=(413,),
    )  # fmt: skip
    @safe_write
    def post(self, request: Request) -> Response:
        user = self.person
        values = checked(TicketNew, request)
        ticket = registration.register(
            actor=user, work_type=_work_type(values["work_type"]), subject=values["subject"], text=values["text"],
            requester=_requester(user, values.get("requester")), files=request.FILES.getlist("files"),
        )  # fmt: skip
        if is_dry_run(request):
            discard_files(ticket)
        answer = ticket_answer(user, ticket, is_new=True)
        return created(answer.data, f"{request.path}/{ticket.pk}", ETag=answer["ETag"])


class TicketOne(Endpoint):
    """One ticket."""

    query = ("fields",)

    @operation(
        TAG, "tickets_read", "Read a ticket", who=WHO_SEES,
        text="The header ETag holds its version; send it back as `If-Match` with an action.",
        query={"fields": "Only these fields, with commas between them."},
        answers={200: TicketShape}, errors=(400, 404),
    )  # fmt: skip
    def get(self, request: Request, number: int) -> Response:
        only = trimmed(request, TicketShape)
        return ticket_answer(self.person, shown_ticket(self.person, number), only=only)


class TicketNext(Endpoint):
    """The most urgent ticket that nobody has."""

    @operation(
        TAG, "tickets_next", "Take the next ticket", who="members of a support line",
        text="Takes the most urgent untaken ticket of your lines, so that no two people get the same one. "
             "204 when there is none. The same as the panel's Next ticket.",
        body=Nothing, answers={200: TicketShape, 204: None},
    )  # fmt: skip
    @safe_write
    def post(self, request: Request) -> Response:
        checked(Nothing, request)
        taken = work.take_next(actor=self.person)
        if taken is None:
            return Response(status=204)
        return ticket_answer(self.person, shown_ticket(self.person, taken.pk))


def _rows(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    return tickets.select_related(*JOINED).only(*SHOWN)


def _work_type(pk: int) -> WorkType | None:
    return WorkType.objects.select_related("service", "line__calendar").filter(pk=pk).first()


def _requester(user: User, pk: int | None) -> User | None:
    """The person a ticket is for; whoever may not look people up learns only that he may not register for others."""
    if pk is None or pk == user.pk:
        return None
    found: Any = access.colleagues(user).filter(pk=pk).first()
    if found is None and access.has_right(user, access.Right.REGISTER_FOR_OTHERS):
        raise bad_input({"requester": _("There is no such person.")})
    return found or User(pk=pk, is_active=True)
