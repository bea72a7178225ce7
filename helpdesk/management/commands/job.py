"""`manage.py job`: runs background jobs one by one, for those who have cron."""

from __future__ import annotations

import signal
from argparse import RawDescriptionHelpFormatter
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand

from helpdesk import jobs

if TYPE_CHECKING:
    from types import FrameType

    from django.core.management.base import CommandParser


class Command(BaseCommand):
    """Runs the named jobs once, in the order given; SIGTERM lets the one at hand end and starts no other."""

    stopping = False
    help = "Run background jobs once and end. One that still runs on this machine is not started again. The jobs:\n\n"

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Let the list of jobs keep its lines."""
        listed = "\n".join(f"  {job.name:<18}every {_pause(job):<8}{job.summary}" for job in jobs.JOBS)
        kwargs["formatter_class"] = RawDescriptionHelpFormatter
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.description = f"{self.help}{listed}"
        return parser

    def add_arguments(self, parser: CommandParser) -> None:
        """Take names of jobs."""
        parser.add_argument("names", nargs="+", choices=[job.name for job in jobs.JOBS], metavar="NAME")

    def handle(self, *_args: Any, names: list[str], **_options: Any) -> None:
        """Run them; end with status 1 when one of them failed."""
        by_name = {job.name: job for job in jobs.JOBS}
        before = signal.signal(signal.SIGTERM, self._ask_to_stop)
        try:
            failed = [name for name in names if not self.stopping and not jobs.run_alone(by_name[name])]
        finally:
            signal.signal(signal.SIGTERM, before)
        if failed:
            raise SystemExit(f"failed: {', '.join(failed)}")

    def _ask_to_stop(self, _signal: int, _frame: FrameType | None) -> None:
        self.stopping = True


def _pause(job: jobs.Job) -> str:
    seconds = int(job.every.total_seconds())
    for unit, size in (("h", 3600), ("min", 60)):
        if seconds >= size and seconds % size == 0:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
