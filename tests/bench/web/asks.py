"""What is asked of each server, by whom: the pages and addresses of the desk, and beside them those of the floor and the limit."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.bench.subjects import RARE, THINGS

PEOPLE = {"requester": "p7", "agent": "a10", "lead": "a0", "administrator": "root"}
LIST, TICKET, API = "/admin/helpdesk/ticket/", "/admin/helpdesk/ticket/{ticket}/change/", "/api/v1"


@dataclass(frozen=True)
class Ask:
    """One request. Braces in its texts are filled from what is known of the desk; `program` carries a token."""

    name: str
    path: str
    who: str = "administrator"
    server: str = "desk"
    method: str = "GET"
    form: dict[str, str] | None = None
    body: str | None = None
    status: int = 200
    # Asked a few times only, because it takes long.
    seldom: bool = False
    # The number of the ticket that was made is what the next asks are about.
    makes: bool = False
    tags: frozenset[str] = field(default=frozenset())


def _pages() -> list[Ask]:
    one_line = f"{LIST}?scope=all&line={{line}}"
    return [
        *(Ask(f"home of a {who}" if who[0] != "a" else f"home of an {who}", "/admin/", who) for who in PEOPLE),
        Ask("list, my lines", f"{LIST}?scope=lines", "agent"),
        Ask("list, my requests", f"{LIST}?scope=mine", "requester"),
        Ask("list, all open", f"{LIST}?scope=all"),
        Ask("list, all", f"{LIST}?scope=all&status=any"),
        Ask("list, all, last page", f"{LIST}?scope=all&status=any&page=400"),
        Ask("filter, open", f"{one_line}&status=in_work&sort=newest"),
        Ask("filter, done", f"{one_line}&status=done"),
        Ask("search in the list, rare", f"{LIST}?scope=all&status=any&q={{rare}}"),
        Ask("search in the list, common", f"{LIST}?scope=all&status=any&q={{common}}"),
        Ask("its numbers", "/admin/tickets/numbers/?scope=all&status=any&q={common}"),
        Ask("search in my lines, common", f"{LIST}?scope=lines&q={{common}}", "agent"),
        Ask("its numbers, my lines", "/admin/tickets/numbers/?scope=lines&q={common}", "agent"),
        Ask("search page, rare", "/admin/search/?q={rare}", "agent"),
        Ask("search page, common", "/admin/search/?q={common}", "agent"),
        *(Ask(f"ticket, {tab}", f"{TICKET}?tab={tab}", "agent") for tab in ("card", "messages", "history")),
        Ask("counters", "/admin/counters/", "agent"),
        Ask("new request", "/admin/new/{service}/", "requester"),
    ]


def _writes() -> list[Ask]:
    return [
        Ask("create", "/admin/new/{service}/", "requester", method="POST", status=302, makes=True,
            form={"work_type": "{kind}", "subject": "Принтер печатает полосы {turn}", "text": "Вторая неделя подряд."}),
        Ask("message", "/admin/tickets/{made}/message/", "agent", method="POST", status=302, form={"text": "Смотрю. {turn}"}),
        Ask("transition", "/admin/tickets/{made}/actions/take/", "agent", method="POST", status=302, form={}),
        Ask("API create", f"{API}/tickets", "program", method="POST", status=201, makes=True,
            body='{{"work_type": {kind}, "subject": "Сеть {turn}", "text": "Нет связи."}}'),
        Ask("API message", f"{API}/tickets/{{made}}/messages", "program", method="POST", status=201, body='{{"text": "Смотрю."}}'),
        Ask("API transition", f"{API}/tickets/{{made}}/actions/take", "program", method="POST", body="{{}}"),
    ]  # fmt: skip


def _programs() -> list[Ask]:
    return [
        Ask("API list of 25", f"{API}/tickets?page_size=25", "program"),
        Ask("API list of 25 by due time", f"{API}/tickets?page_size=25&ordering=due_at", "program"),
        Ask("API list of 25 of a requester", f"{API}/tickets?page_size=25", "requester's program"),
        Ask("API one ticket", f"{API}/tickets/{{ticket}}", "program"),
        Ask("API events", f"{API}/events?after={{event}}&limit=100", "program"),
    ]


def _reports() -> list[Ask]:
    return [
        Ask("analytics of a lead, a month", "/admin/analytics/?month={month}", "lead", seldom=True),
        Ask("analytics of a lead, a year", "/admin/analytics/?year={year}", "lead", seldom=True),
        Ask("analytics, a month", "/admin/analytics/?month={month}", seldom=True),
        Ask("analytics, a month, again", "/admin/analytics/?month={month}", seldom=True),
        Ask("analytics, a year", "/admin/analytics/?year={year}", seldom=True),
        Ask("requests of a figure, a year", "/admin/analytics/tickets/registered/?year={year}", seldom=True),
        Ask("requests of a figure, open then", "/admin/analytics/tickets/open/?month={old_month}", seldom=True),
        Ask("limit: report, a month", "/report?from={month}-01&to={next_month}-01", server="limit", seldom=True),
        Ask("limit: report, a year", "/report?from={year}-01-01&to={next_year}-01-01", server="limit", seldom=True),
    ]


def _floor() -> list[Ask]:
    return [
        Ask("floor: list, my lines", "/list?work=1", "agent", "floor"),
        Ask("floor: list, all", "/list", "administrator", "floor"),
        Ask("floor: list, deep by key", "/list?before={deep}", "administrator", "floor"),
        Ask("floor: filter, open", "/list?line={line}&status=in_work", "administrator", "floor"),
        Ask("floor: filter, done", "/list?line={line}&status=done", "administrator", "floor"),
        Ask("floor: ticket", "/ticket/{ticket}", "agent", "floor"),
        Ask("floor: create", "/create", "requester", "floor", "POST", status=302,
            form={"work_type": "{kind}", "subject": "Принтер {turn}", "text": "Вторая неделя подряд."}),
        Ask("floor: DRF list of 25", "/api/tickets", "agent", "floor"),
        Ask("floor: DRF one ticket", "/api/tickets/{ticket}", "agent", "floor"),
        Ask("limit: list", "/list", server="limit"),
        Ask("limit: ticket", "/ticket?number={ticket}", server="limit"),
    ]  # fmt: skip


EXPORT = Ask("export of 100 000 tickets", "/admin/analytics/event-log.csv?from={export_from}&to={export_to}")
ASKS = (*_pages(), *_writes(), *_programs(), *_floor(), *_reports())
WORDS = {"rare": RARE.lower(), "common": THINGS[0].lower()}
