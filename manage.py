#!/usr/bin/env python
"""Runs HelpDesk's commands: `python manage.py demo`, `serve`, `setup`, `worker`, and Django's own."""

import os
import sys


def main() -> None:
    """Run the command named on the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit("HelpDesk: Django is not installed here. Run `make demo`, or `pip install -r requirements.txt` first.")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
