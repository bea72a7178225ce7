"""Pages ask the database a constant number of times: as often with thirty requests as with one, and as budgets.json says."""

from __future__ import annotations

from helpdesk.actions import conversation
from tests.budgets.budget import asked, browser, hold
from tests.people import Desk

PAGES = {
    "home of a requester": ("anna", "/admin/"),
    "home of an agent": ("alla", "/admin/"),
    "home of a lead": ("lev", "/admin/"),
    "my requests": ("anna", "/admin/helpdesk/ticket/?scope=mine"),
    "list of a line": ("alla", "/admin/helpdesk/ticket/?scope=lines&status=any"),
    "list of an analyst": ("olga", "/admin/helpdesk/ticket/?scope=all&q=mail"),
    "numbers of a list": ("olga", "/admin/tickets/numbers/?scope=all&q=mail"),
    "ticket, card": ("alla", "/admin/helpdesk/ticket/{n}/change/"),
    "ticket, messages": ("alla", "/admin/helpdesk/ticket/{n}/change/?tab=messages"),
    "ticket, history": ("alla", "/admin/helpdesk/ticket/{n}/change/?tab=history"),
    "ticket, messages of a requester": ("anna", "/admin/helpdesk/ticket/{n}/change/?tab=messages"),
    "why this deadline": ("alla", "/admin/tickets/{n}/deadline/"),
    "similar requests": ("alla", "/admin/tickets/{n}/similar/"),
    "inbox": ("anna", "/admin/inbox/"),
    "search": ("alla", "/admin/search/?q=mail"),
    "new request": ("anna", "/admin/new/"),
    "counters": ("alla", "/admin/counters/"),
    "import and export": ("katya", "/admin/imports/"),
    "analytics": ("lev", "/admin/analytics/"),
    "tickets of a figure": ("lev", "/admin/analytics/tickets/registered/"),
    "what-if": ("lev", "/admin/what-if/"),
    "what-if, replayed": ("lev", "/admin/what-if/?factor=0.5"),
    "reports by mail": ("lev", "/admin/helpdesk/reportschedule/"),
    "notice rules": ("roman", "/admin/notices/"),
    "notice choices": ("alla", "/admin/profile/notices/"),
    "audit": ("roman", "/admin/audit/?who=alla"),
    "who may what": ("roman", "/admin/people/who-may/?person=alla&ticket={n}"),
    "groups of the company": ("roman", "/admin/helpdesk/companygroup/"),
    "sign-up and invitations": ("roman", "/admin/people/joining/"),
    "letters": ("roman", "/admin/letters/"),
    "webhooks": ("roman", "/admin/helpdesk/webhook/"),
    "second factor": ("alla", "/admin/profile/second-factor/"),
    "sign-ins": ("alla", "/admin/profile/sign-ins/"),
    "keys for programs": ("alla", "/admin/profile/keys/"),
    "catalog check": ("katya", "/admin/catalog/check/"),
}


def test_a_page_stays_within_its_budget_however_many_rows_there_are(desk: Desk) -> None:
    ticket = desk.ticket("waiting")
    clients = {login: browser(desk, login) for login in {login for login, _address in PAGES.values()}}
    addresses = {name: (clients[login], address.format(n=ticket.pk)) for name, (login, address) in PAGES.items()}
    few = {name: asked(*page) for name, page in addresses.items()}
    for number in range(10):
        conversation.post(actor=desk.alla, ticket_id=ticket.pk, text=f"Message {number}", to=[desk.anna.pk])
        desk.ticket(("in_work", "new", "waiting")[number % 3])
    for name, page in addresses.items():
        hold(name, few[name], asked(*page))
