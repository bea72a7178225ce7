"""Decides how much of the modules that guard the desk its suite has to run through: `make coverage` asks it of its report.

The bar: 95 of a hundred lines and every branch of what decides who may do what, does it, cleans what comes in, brings it in, and
sends it out.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

LINES, BRANCHES = 95.0, 100.0
GUARDED = {
    "policy": ("helpdesk/access/", "helpdesk/lifecycle/"),
    "services": ("helpdesk/actions/",),
    "cleaning": ("helpdesk/actions/texts.py", "helpdesk/actions/attachments.py", "helpdesk/actions/malware.py", "helpdesk/whole_numbers.py"),
    "imports": ("helpdesk/spreadsheets/", "helpdesk/cases/"),
    "outbox": ("helpdesk/notify/",),
}  # fmt: skip


def share(files: dict[str, Any], what: str) -> float:
    """Return how many per cent of the `what` ("lines" or "branches") of some files were run through."""
    names = {"lines": ("covered_lines", "num_statements"), "branches": ("covered_branches", "num_branches")}[what]
    covered, known = (sum(told["summary"][name] for told in files.values()) for name in names)
    return 100 * covered / known if known else 100.0


def main(report: Path) -> int:
    """Print the shares of each part and what is missing; return 1 where a part is below the bar."""
    known = json.loads(report.read_text())["files"]
    is_low = False
    for part, places in GUARDED.items():
        files = {name: told for name, told in known.items() if name.startswith(places)}
        lines, branches = share(files, "lines"), share(files, "branches")
        is_low |= not files or lines < LINES or branches < BRANCHES
        sys.stdout.write(f"{part:<10} {lines:6.2f} % of lines, {branches:6.2f} % of branches\n")
        for name, told in files.items():
            if told["missing_branches"]:
                steps = ", ".join(f"{start}→{end}" for start, end in told["missing_branches"])
                sys.stdout.write(f"    {name}: {steps}\n")
    return int(is_low)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
