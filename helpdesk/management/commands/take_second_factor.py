"""`manage.py take_second_factor LOGIN`: take away what the last administrator has lost, from the machine itself."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from helpdesk.actions import second_factors
from helpdesk.models import User


class Command(BaseCommand):
    help = "Take the second factors of a person away and end his sign-ins; a letter tells him."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("login", help="the login of the person")

    def handle(self, *args: Any, login: str, **options: Any) -> None:
        person = User.objects.filter(username=login).first()
        if person is None:
            raise CommandError(f"Nobody here has the login {login}.")
        if not second_factors.has_some(person):
            raise CommandError(f"{login} has no second factor.")
        second_factors.take_away(person=person, actor=None)
        self.stdout.write(f"{login} signs in with the password alone now.")
