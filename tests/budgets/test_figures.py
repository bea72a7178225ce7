"""The lists behind hand-overs, steps and paths of the analytics ask as often for many requests as for one."""

from __future__ import annotations

from tests.budgets.budget import asked, browser, hold
from tests.people import Desk

LISTS = {
    "tickets handed over": "flow_{first}_{second}",
    "tickets that came back": "back_{second}_{first}",
    "tickets of a step": "arrow_in",
    "tickets of a path": "path_nininird",
}


def handed_over(desk: Desk) -> None:
    """Let a request go to the second line and back, and be done with by its requester."""
    ticket = desk.ticket("in_work")
    desk.act("transfer", "alla", ticket, line=str(desk.second.pk), comment="Yours.")
    desk.act("take", "egor", ticket)
    desk.act("transfer", "egor", ticket, line=str(desk.first.pk), comment="No, yours.")
    desk.act("take", "artem", ticket)
    desk.act("submit", "artem", ticket, comment="Mended.")
    desk.act("accept", "anna", ticket, rating="5")


def test_a_list_behind_a_figure_stays_within_its_budget_however_long(desk: Desk) -> None:
    client = browser(desk, "olga")
    lines = {"first": desk.first.pk, "second": desk.second.pk}
    addresses = {name: f"/admin/analytics/tickets/{figure.format(**lines)}/" for name, figure in LISTS.items()}
    handed_over(desk)
    few = {name: asked(client, address) for name, address in addresses.items()}
    for _number in range(9):
        handed_over(desk)
    for name, address in addresses.items():
        assert len(client.get(address).context["tickets"]) == 10
        hold(name, few[name], asked(client, address))
