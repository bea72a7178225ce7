"""`manage.py erase_person LOGIN --user ADMINISTRATOR`: erase the personal data of a person; it cannot be undone."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from helpdesk.actions import erasing
from helpdesk.actions.refusals import ActionRefused
from helpdesk.models import User


class Command(BaseCommand):
    help = "Erase name, contacts, photo and everything that is a person's alone; requests and figures stay."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add login, --user, --confirm."""
        parser.add_argument("login")
        parser.add_argument("--user", required=True, help="login of the administrator who does it")
        parser.add_argument("--confirm", help="the login once more; asked for when it is not given")

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what stays, ask for the login, erase; status 3 with a sentence when it is refused."""
        person, actor = self.person(options["login"]), self.person(options["user"])
        try:
            stays = erasing.outlook(actor=actor, person=person)
            self.stdout.write(
                f"With number {person.pk} instead of a name stay {stays.requests} requests, {stays.worked} worked on,"
                f" {stays.messages} messages, {stays.ratings} ratings, {stays.files} files. Texts are not looked through."
            )
            typed = options["confirm"] or input("Type the login to erase the person for ever: ")
            erasing.erase(actor=actor, person=person, typed=typed)
        except ActionRefused as refusal:
            raise CommandError(str(refusal.reason), returncode=3) from refusal
        except ValidationError as error:
            raise CommandError(" ".join(error.messages), returncode=3) from error
        self.stdout.write(f"Erased. Backups still hold the person until they are deleted: {person.pk}.")

    def person(self, login: str) -> User:
        """Return the account called `login`."""
        found = User.objects.filter(username=login).first()
        if found is None:
            raise CommandError(f"There is no account “{login}”.", returncode=3)
        return found
