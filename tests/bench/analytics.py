"""How long the page Analytics takes for a month and for a year: `python -m tests.bench.analytics 100000`, on both databases.

The page is asked for as a browser does, by an analyst, of the last whole month and the last whole year, each beside the period
before; the best of three is printed, with the number of queries and the slowest of them.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import timedelta

from tests.bench import places

ENGINES = ("sqlite", "postgresql")
TIMES = 3


def measure() -> None:
    """Ask for both pages of the database of the environment; print milliseconds, processor milliseconds, queries for each."""
    import django

    django.setup()
    from django.contrib.auth.models import Group
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from django.utils import timezone

    from helpdesk.models import Role, User
    from helpdesk.moment import now
    from helpdesk.reports.period import month_of, year_of

    person, _made = User.objects.get_or_create(
        username="analyst", defaults={"email": "analyst@example.com", "is_staff": True}
    )
    person.groups.add(Group.objects.get(name=Role.ANALYST))
    client = Client(SERVER_NAME="localhost")
    client.force_login(person)
    today = timezone.localtime(now()).date()
    for period in (
        month_of(today.replace(day=1) - timedelta(days=1)),
        year_of(today.replace(month=1, day=1) - timedelta(days=1)),
    ):
        best = (float("inf"), 0.0, 0)
        slowest = ""
        for _time in range(TIMES):
            with CaptureQueriesContext(connection) as asked:
                wall, used = time.perf_counter(), time.process_time()
                answer = client.get(f"/admin/analytics/?{period.query}")
                best = min(best, (time.perf_counter() - wall, time.process_time() - used, len(asked)))
            if answer.status_code != 200:
                sys.exit(f"{period.query}: {answer.status_code}")
            by_time = sorted(asked.captured_queries, key=lambda query: -float(query["time"]))
            slowest = "\n".join(f"  {query['time']} {query['sql'][:3000]}" for query in by_time[:12])
        sys.stdout.write(f"{period.query} {best[0] * 1000:.0f} {best[1] * 1000:.0f} {best[2]}\n")
        if os.environ.get("BENCH_QUERIES"):
            sys.stderr.write(f"{slowest}\n")


def report(sizes: list[int]) -> None:
    """Print the table."""
    sys.stdout.write("the page Analytics   tickets     period        ms   processor ms   queries\n")
    for engine in ENGINES:
        for size in sizes:
            with places.filled(engine, size, "--no-search") as env:
                for line in places.run(env, "-m", "tests.bench.analytics").splitlines():
                    period, wall, used, queries = line.split()
                    sys.stdout.write(f"{engine:<18} {size:>9} {period:>12} {wall:>8} {used:>13} {queries:>9}\n")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
    if len(sys.argv) > 1:
        report([int(size) for size in sys.argv[1:]])
    else:
        measure()
