"""`manage.py lifecycle_docs`: writes docs/lifecycle.md from the code, or with --check says whether it is true."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from helpdesk import diagram


class Command(BaseCommand):
    """Keeps the written lifecycle equal to the one in the code."""

    help = "Write docs/lifecycle.md from the lifecycle in the code."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --check."""
        parser.add_argument("--check", action="store_true", help="write nothing; fail when the document differs")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write or compare the document."""
        path = Path(settings.BASE_DIR) / "docs" / "lifecycle.md"
        with translation.override("en"):
            text = diagram.markdown()
        if not options["check"]:
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            raise CommandError("docs/lifecycle.md differs from the code; run manage.py lifecycle_docs")
