"""`manage.py sweep`: does once what the worker does all the time, for those who have cron."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from helpdesk import jobs


class Command(BaseCommand):
    """Runs every background job once."""

    help = "Run every background job once (deadlines, notices, letters, cleaning) and end; safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the jobs in their order; end with status 1 when one of them failed."""
        failed = [job.name for job in jobs.JOBS if not jobs.run(job)]
        if failed:
            raise SystemExit(f"failed: {', '.join(failed)}")
