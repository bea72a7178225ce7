"""`manage.py export_event_log FILE`: write what happened to tickets for process-mining tools, as csv or XES."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from helpdesk.actions.refusals import ActionRefused
from helpdesk.models import User
from helpdesk.reports import event_log, period, scope


class Command(BaseCommand):
    help = "Write the event log of tickets (case, activity, timestamp, resource and more) to a csv or xes file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--user", help="login of the person whose rights decide which tickets", required=True)
        parser.add_argument("--from", dest="first", help="first day of registration, such as 2026-01-01")
        parser.add_argument("--to", dest="last", help="last day of registration")
        parser.add_argument("--language", choices=[code for code, _name in settings.LANGUAGES], default="ru")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        form = path.suffix[1:]
        if form not in event_log.WRITERS:
            raise CommandError("The file has to be called .csv or .xes.")
        user = User.objects.filter(username=options["user"], is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active account “{options['user']}”.", returncode=3)
        asked = {"from": options["first"] or "", "to": options["last"] or ""}
        stretch = period.read(asked) if all(asked.values()) else None
        with translation.override(options["language"]):
            try:
                tickets = event_log.to_take_out(user, scope.read(user, {}), stretch, form=form)
            except ActionRefused as refusal:
                raise CommandError(str(refusal.reason), returncode=3) from refusal
            with path.open("wb") as file:
                for piece in event_log.WRITERS[form](event_log.events(tickets)):
                    file.write(piece)
        self.stdout.write(f"{path.name}: {path.stat().st_size} bytes.")
