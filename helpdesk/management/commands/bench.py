"""`manage.py bench`: how fast the pages and addresses are, beside the least that Django can do, the limit, and a peer.

The measuring itself is in the folder `tests` of the source, which an installed desk does not have.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

MISSING = (
    "The benchmarks are in the folder tests of the source and need the packages of requirements-dev.txt: "
    "run this in a checkout, after `make test` or `pip install -r requirements-dev.txt`."
)


class Command(BaseCommand):
    """Fills databases of its own, measures and prints; the desk's own database is not touched."""

    help = "Fill databases of its own, start real servers, measure every page over HTTP, print a table."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the options of the benchmark where it is there."""
        if self._is_there():
            import_module("tests.bench.web.run").options(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure. Raises CommandError where the source or the tools of development are missing."""
        if not self._is_there():
            raise CommandError(MISSING)
        from argparse import Namespace

        import_module("tests.bench.web.run").bench(Namespace(**options))

    @staticmethod
    def _is_there() -> bool:
        return all(find_spec(name) is not None for name in ("tests", "pytest"))
