"""How long open clocks take to follow an edited calendar: `python -m tests.bench.recount 10000 1000000`, the first sweeps after the edit.

What matters is the ratio of the time of a clock: the work depends on the clocks that are open, not on how many tickets there are.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import timedelta

from tests.bench import places

ENGINES = ("sqlite", "postgresql")
SWEEPS = 3


def measure() -> None:
    """Give every clock of the environment a calendar, close a day of it, and sweep; print how many clocks were looked at and
    moved, seconds of processor, and seconds of a sweep with nothing to do."""
    import django

    django.setup()
    from helpdesk import clocks
    from helpdesk.actions import deadlines, recounting
    from helpdesk.models import CalendarException, TicketClock, WorkCalendar
    from helpdesk.moment import now

    while deadlines.sweep(batch=5000).breached:
        pass
    calendar = WorkCalendar.objects.order_by("pk").first()
    assert calendar is not None
    TicketClock.objects.update(calendar=calendar)
    WorkCalendar.objects.update(recount_after=None)
    _know_tables()
    start = time.perf_counter()
    deadlines.sweep()
    idle = time.perf_counter() - start
    CalendarException.objects.update_or_create(calendar=calendar, date=(now() + timedelta(days=1)).date())
    clocks.touch([calendar.pk])
    seen = min(SWEEPS * recounting.AT_ONCE, TicketClock.objects.filter(state__in=recounting.OPEN).count())
    moved, start = 0, time.process_time()
    for _sweep in range(SWEEPS):
        moved += deadlines.sweep().recounted
    sys.stdout.write(f"{seen} {moved} {time.process_time() - start:.3f} {idle:.4f}\n")


def _know_tables() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE helpdesk_ticketclock" if connection.vendor == "postgresql" else "ANALYZE")


def report(sizes: list[int]) -> None:
    """Print the table."""
    sys.stdout.write(
        "clocks follow a calendar   tickets     seen    moved   CPU s   CPU ms a clock   nothing to do, ms\n"
    )
    for engine in ENGINES:
        first: dict[int, float] = {}
        for size in sizes:
            with places.filled(engine, size, "--no-search") as env:
                seen, moved, seconds, idle = places.run(env, "-m", "tests.bench.recount").split()
            first[size] = 1000 * float(seconds) / int(seen)
            sys.stdout.write(
                f"{engine:<24} {size:>9} {seen:>8} {moved:>8} {float(seconds):>7.2f} {first[size]:>16.2f} {float(idle) * 1000:>19.1f}\n"
            )
        sys.stdout.write(
            f"{engine}: a clock, {sizes[-1]} / {sizes[0]} tickets: {first[sizes[-1]] / first[sizes[0]]:.2f}\n"
        )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        report([int(size) for size in sys.argv[1:]])
    else:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
        measure()
