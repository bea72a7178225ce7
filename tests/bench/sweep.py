"""How long a sweep of the deadlines takes: `python -m tests.bench.sweep 10000 100000`, two hundred clocks of which are due.

What matters is the ratio: the work depends on what is due, not on how many tickets there are.
"""

from __future__ import annotations

import os
import sys
import time

from tests.bench import places

DUE = 200
ENGINES = ("sqlite", "postgresql")


def measure() -> None:
    """Sweep the database of the environment until nothing is due; print seconds for what was due, and for nothing."""
    import django

    django.setup()
    from helpdesk.actions import deadlines

    start, done = time.perf_counter(), 0
    while swept := deadlines.sweep():
        moved = swept.breached + swept.reminded + swept.accepted + swept.cancelled
        if not moved:
            break
        done += swept.breached
    first = time.perf_counter() - start
    start = time.perf_counter()
    deadlines.sweep()
    sys.stdout.write(f"{done} {first:.3f} {time.perf_counter() - start:.4f}\n")


def report(sizes: list[int]) -> None:
    """Print the table."""
    sys.stdout.write("sweep of the deadlines   tickets      due   seconds   nothing due, ms\n")
    for engine in ENGINES:
        first: dict[int, float] = {}
        for size in sizes:
            with places.filled(engine, size, "--late", str(DUE), "--no-search") as env:
                done, seconds, again = places.run(env, "-m", "tests.bench.sweep").split()
            first[size] = float(seconds)
            sys.stdout.write(f"{engine:<22} {size:>9} {done:>8} {float(seconds):>9.2f} {float(again) * 1000:>17.1f}\n")
        sys.stdout.write(f"{engine}: {sizes[-1]} / {sizes[0]} tickets: {first[sizes[-1]] / first[sizes[0]]:.2f}\n")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        report([int(size) for size in sys.argv[1:]])
    else:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
        measure()
