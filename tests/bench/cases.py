"""How long cases of another desk take to come in, and how much memory: `python -m tests.bench.cases 25000`.

A log of events is invented, 5.6 for each case: registered, taken, now and then asked, answered and handed on, resolved,
closed. It is brought in by the command, in a process of its own with a database of its own.
"""

from __future__ import annotations

import csv
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

HEAD = ("Case ID", "Activity", "Timestamp", "Resource", "Group", "Type", "Requester")
WORDS = {"Insert": "new", "Take": "in_work", "Wait": "waiting", "Answered": "in_work", "Resolve": "on_review", "Close": "done",
         "Note": "ignore"}  # fmt: skip
MAP = {
    "source": "Bench", "zone": "Europe/Moscow", "statuses": WORDS,
    "columns": {"case": "Case ID", "activity": "Activity", "at": "Timestamp", "resource": "Resource", "line": "Group",
                "work_type": "Type", "requester": "Requester"},
}  # fmt: skip


def write_log(path: Path, cases: int) -> int:
    """Write a log of `cases` cases and return how many events it has."""
    dice, start, count = random.Random(7), datetime(2024, 1, 9, 9, tzinfo=UTC), 0  # noqa: S311 - not for secrets
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEAD)
        for case in range(cases):
            at = start + timedelta(minutes=20 * case)
            words = ["Insert", "Take", "Resolve", "Close"]
            if case % 5 < 4:
                words[2:2] = ["Wait", "Answered"]
            for word in words:
                writer.writerow([f"C{case}", word, at.strftime("%d.%m.%Y %H:%M:%S"), f"Agent {case % 50}",
                                 f"Group {case % 10}", f"Kind {case % 60}", f"Person {case % 5000}"])  # fmt: skip
                at += timedelta(minutes=dice.randrange(5, 2000))
                count += 1
    return count


def main() -> None:
    """Bring an invented log in and print seconds and peak memory."""
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 25_000
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        env = {**os.environ, "VAR_DIR": str(root / "var")}
        events = write_log(root / "log.csv", cases)
        (root / "map.json").write_text(json.dumps(MAP), encoding="utf-8")

        def run(*words: str) -> None:
            subprocess.run([sys.executable, "manage.py", *words], env=env, check=True, capture_output=True)  # noqa: S603

        run("setup")
        admin = (
            "from helpdesk.models import User; User.objects.create(username='root', is_superuser=True, is_staff=True)"
        )
        run("shell", "-c", admin)
        before, used = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        run("import_cases", str(root / "log.csv"), "--map", str(root / "map.json"), "--user", "root")
        wall = time.monotonic() - before
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        sys.stdout.write(
            f"{cases} cases, {events} events: {wall:.0f} s, {usage.ru_utime - used:.0f} s of processor, "
            f"{usage.ru_maxrss / 1024:.0f} MB\n"
        )


if __name__ == "__main__":
    main()
