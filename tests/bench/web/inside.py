"""What the client has to know of a filled desk, and the cost of its counters: run inside the desk's own environment."""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any


def known() -> dict[str, Any]:
    """Return numbers of tickets, ids and a token for each of those who ask."""
    from helpdesk.actions import tokens
    from helpdesk.models import ApiToken, Membership, Ticket, User, WorkType

    agent = User.objects.get(username="a10")
    line = Membership.objects.get(person=agent).line_id
    kind = WorkType.objects.filter(line=line).first()
    of_line = Ticket.objects.filter(line=line).order_by("-pk")
    shown = of_line.filter(assignee=agent, status="in_work").first() or of_line.first()
    assert kind is not None
    assert shown is not None
    requester = User.objects.get(username="p7")
    # A kept place is measured more often than somebody may have tokens.
    ApiToken.objects.filter(person__in=(agent, requester), name="bench").delete()
    return {
        "line": line,
        "kind": kind.pk,
        "service": kind.service_id,
        "ticket": shown.pk,
        "open": list(of_line.filter(closed_at=None).values_list("pk", flat=True)[:100]),
        "tickets": Ticket.objects.count(),
        "newest": Ticket.objects.latest("pk").pk,
        "event": Ticket.objects.latest("pk").pk * 2,
        "agent token": tokens.create(actor=agent, name="bench", scopes=["read", "write"])[1],
        "requester token": tokens.create(actor=requester, name="bench", scopes=["read"])[1],
    }


def counters() -> dict[str, dict[str, float]]:
    """Return for each person how many queries the counters of the menu cost beyond his roles, and the least milliseconds."""
    from django.db import connection

    from helpdesk import access, queues
    from helpdesk.models import User

    found = {}
    for username in ("p7", "a10", "a0", "root"):
        user = User.objects.get(username=username)
        access.roles_of(user)
        spent: list[float] = []
        asked = 0

        def timed(execute: Any, *args: Any, into: list[float] = spent) -> Any:
            began = time.perf_counter()
            try:
                return execute(*args)
            finally:
                into[-1] += time.perf_counter() - began
                into.append(0.0)

        totals = []
        for _turn in range(20):
            spent[:] = [0.0]
            with connection.execute_wrapper(timed):
                queues.counters(user, cap=queues.MENU_CAP)
            asked = len(spent) - 1
            totals.append(sum(spent))
        found[username] = {"queries": asked, "ms": round(min(totals) * 1000, 3)}
    return found


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
    import django

    django.setup()
    sys.stdout.write(json.dumps({"known": known(), "counters": counters()}) + "\n")
