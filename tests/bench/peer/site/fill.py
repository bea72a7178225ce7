"""Copies people, lines, tickets and messages of a filled desk into the tables of django-helpdesk; run by its own Python."""

import os
import sqlite3
import uuid
from datetime import UTC, datetime

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
django.setup()

from django.contrib.auth.hashers import make_password  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from helpdesk.models import FollowUp, Queue, Ticket, UserSettings  # noqa: E402

BATCH = 5000
STATUSES = {"rework": 2, "on_review": 3, "done": 4, "cancelled": 4}
PEOPLE = "SELECT id, username, first_name, last_name, email, is_staff, is_superuser FROM helpdesk_user ORDER BY id"
LINES = "SELECT id, name FROM helpdesk_supportline ORDER BY id"
TICKETS = (
    "SELECT t.id, t.subject, t.text, t.line_id, t.created_at, t.updated_at, u.email, t.assignee_id, t.status, t.priority,"
    " t.due_at FROM helpdesk_ticket t JOIN helpdesk_user u ON u.id = t.requester_id ORDER BY t.id"
)
MESSAGES = "SELECT ticket_id, created_at, text, author_id FROM helpdesk_message ORDER BY id"


def rows(statement):
    """Yield the rows of a statement from the desk's database."""
    url = os.environ["DESK_DATABASE"]
    if url.startswith("sqlite"):
        yield from sqlite3.connect(url.removeprefix("sqlite://")).execute(statement)
        return
    import psycopg

    with psycopg.connect(url) as source, source.cursor("read") as cursor:
        cursor.itersize = BATCH
        yield from cursor.execute(statement)


def moment(value):
    """Return what either driver gives as an aware moment."""
    return datetime.fromisoformat(value).replace(tzinfo=UTC) if isinstance(value, str) else value


def write(model, made):
    """Write objects in batches."""
    batch = []
    for one in made:
        batch.append(one)
        if len(batch) == BATCH:
            model.objects.bulk_create(batch)
            batch = []
    model.objects.bulk_create(batch)


def main():
    """Fill an empty database."""
    call_command("migrate", verbosity=0)
    password = make_password("demo")
    names = ("id", "username", "first_name", "last_name", "email", "is_staff", "is_superuser")
    write(User, (User(**dict(zip(names, row)), password=password) for row in rows(PEOPLE)))  # noqa: B905
    # A signal makes these when people are saved one by one.
    write(UserSettings, (UserSettings(user_id=row[0]) for row in rows(PEOPLE)))
    write(Queue, (Queue(id=pk, title=name, slug=f"line-{pk}") for pk, name in rows(LINES)))
    write(Ticket, (
        Ticket(id=pk, title=subject, description=text, queue_id=line, created=moment(created), modified=moment(changed),
               submitter_email=email, assigned_to_id=agent, status=STATUSES.get(status, 1), priority=priority,
               due_date=moment(due), secret_key=str(uuid.uuid4()))
        for pk, subject, text, line, created, changed, email, agent, status, priority, due in rows(TICKETS)
    ))  # fmt: skip
    write(FollowUp, (
        FollowUp(ticket_id=ticket, date=moment(at), title="Comment", comment=text, public=True, user_id=author)
        for ticket, at, text, author in rows(MESSAGES)
    ))  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


if __name__ == "__main__":
    main()
