"""Attempts to get more than one may, through the panel, the API and forged forms: each is refused, and nothing has changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.urls import reverse

from helpdesk.actions import tokens
from helpdesk.models import ApiToken, AuditRecord, ReplyTemplate, User
from tests.people import Desk

# What may grow when somebody is refused: the audit, and the browser that was signed in for the attempt.
GROWING = ("helpdesk_auditrecord", "helpdesk_browsersession", "django_session", "sqlite_", "helpdesk_idempotencykey")
Attempt = Callable[[Desk, Client], Any]


def stand() -> dict[str, list[str]]:
    """Return every row of the database but those that a refusal itself makes."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if not table.startswith(GROWING):
                cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - names of our own tables
                found[table] = sorted(str(row) for row in cursor.fetchall())
    return found


def panel(page: str, args: Callable[[Desk], list[Any]], **values: Any) -> Attempt:
    """Return the attempt to send a form of the panel."""
    return lambda desk, browser: browser.post(reverse(f"admin:{page}", args=args(desk)), _filled(desk, values))


def forged(page: str, args: Callable[[Desk], list[Any]], **values: Any) -> Attempt:
    """Return the attempt to have the browser of somebody who may send it from a foreign page, without the token of the site."""

    def attempt(desk: Desk, browser: Client) -> Any:
        client = Client(enforce_csrf_checks=True)
        client.cookies = browser.cookies
        address = reverse(f"admin:{page}", args=args(desk))
        return client.post(address, _filled(desk, values), headers={"Origin": "https://evil.example"})

    return attempt


def program(method: str, path: str, **body: Any) -> Attempt:
    """Return the attempt by the API, with a session as the page has it."""

    def attempt(desk: Desk, browser: Client) -> Any:
        address = "/api/v1/" + path.format(person=desk.anna.pk, ticket=desk.request.pk, line=desk.second.pk)
        return getattr(browser, method)(address, _filled(desk, body), content_type="application/json")

    return attempt


def _filled(desk: Desk, values: dict[str, Any]) -> dict[str, Any]:
    return {name: value(desk) if callable(value) else value for name, value in values.items()}


def me(login: str) -> Callable[[Desk], list[Any]]:
    return lambda desk: [desk.people[login].pk]


ROLE = {
    "username": "alla",
    "roles": ["administrator"],
    "is_active": "on",
    "is_superuser": "on",
    "is_staff": "on",
    "groups": ["1"],
}
MEMBER = {"memberships-TOTAL_FORMS": "1", "memberships-INITIAL_FORMS": "0", "memberships-0-role": "lead", "name": "Second line",
          "memberships-0-person": lambda desk: desk.lev.pk, "is_active": "on"}  # fmt: skip
FOREIGN_LINE = {"name": "Mine", "text": "Hello", "line": lambda desk: desk.second.pk}

ATTEMPTS: dict[str, tuple[str, Attempt]] = {
    # an agent gives himself a role
    "role, panel": ("alla", panel("helpdesk_user_change", me("alla"), **ROLE)),
    "role, forged": ("roman", forged("helpdesk_user_change", me("alla"), **ROLE)),
    "role, API": ("alla", program("patch", "me", groups=["administrator"], rights=["administer"], is_staff=True, is_superuser=True)),
    "role, profile": ("alla", panel("profile", lambda _desk: [], first_name="", last_name="", roles="administrator", is_superuser="on")),
    "role, list": ("alla", panel("helpdesk_user_changelist", lambda _desk: [], action="switch_off", _selected_action="1")),
    # a lead gives himself a foreign line, or a request of one
    "line, panel": ("lev", panel("helpdesk_supportline_change", lambda desk: [desk.second.pk], **MEMBER)),
    "line, forged": ("roman", forged("helpdesk_supportline_change", lambda desk: [desk.second.pk], **MEMBER)),
    "line, table": ("lev", panel("import", lambda _desk: [], subject="lines")),
    "foreign request, panel": ("egor", panel("ticket_action", lambda desk: [desk.request.pk, "take"])),
    "foreign request, API": ("egor", program("post", "tickets/{ticket}/actions/take")),
    "foreign colleague, panel": ("lev", panel("ticket_action", lambda desk: [desk.request.pk, "assign"], person=lambda desk: desk.egor.pk)),
    "foreign colleague, API": ("lev", program("post", "tickets/{ticket}/actions/assign", person=lambda desk: desk.egor.pk)),
    "request, forged": ("alla", forged("ticket_action", lambda desk: [desk.request.pk, "take"])),
    "foreign template, panel": ("lev", panel("helpdesk_replytemplate_add", lambda _desk: [], **FOREIGN_LINE)),
    "template taken away, panel": ("lev", panel("helpdesk_replytemplate_change", lambda desk: [desk.template.pk], **FOREIGN_LINE)),
    # somebody else's account
    "let go, panel": ("lev", panel("let_go", me("alla"), to="")),
    "let go, forged": ("roman", forged("let_go", me("alla"), to="")),
    "erase, panel": ("lev", panel("erase_person", me("anna"), typed="anna")),
    "erase, catalog": ("katya", panel("erase_person", me("anna"), typed="anna")),
    "erase oneself": ("roman", panel("erase_person", me("roman"), typed="roman")),
    "erase, forged": ("roman", forged("erase_person", me("anna"), typed="anna")),
    "data, panel": ("olga", panel("data_of_person", me("anna"))),
    "data, API": ("alla", program("get", "people/{person}/export")),
    "data, forged": ("anna", forged("own_data", lambda _desk: [])),
    "password, panel": ("alla", panel("auth_user_password_change", me("roman"), password1="kitten-orbit-42", password2="kitten-orbit-42")),
    "key, panel": ("alla", panel("tokens_of_person", me("roman"), name="mine", scopes="write", days="30")),
    "key, API": ("alla", program("post", "auth/tokens", name="mine", scopes=["write"], person=1)),
    "another's key, API": ("alla", program("delete", "auth/tokens/1")),
    # the desk itself
    "catalog, panel": ("alla", panel("helpdesk_worktype_change", lambda desk: [desk.mailbox.pk], name="Mine", execution_limit="1m")),
    "calendar, panel": ("katya", panel("helpdesk_workcalendar_add", lambda _desk: [], name="Mine")),
    "webhook, panel": ("katya", panel("helpdesk_webhook_add", lambda _desk: [], name="Mine", address="https://a.example.org/")),
    "webhook, API": ("lev", program("post", "webhooks", name="Mine", address="https://a.example.org/")),
    "notices, panel": ("lev", panel("notice_rules", lambda _desk: [], cell="registered:requester:panel")),
    "correction, panel": ("lev", panel("ticket_action", lambda desk: [desk.request.pk, "correct"], status="done", comment="Mine")),
    "correction, API": ("lev", program("post", "tickets/{ticket}/actions/correct", status="done", comment="Mine")),
    "status, API": ("alla", program("patch", "tickets/{ticket}", status="done")),
    "rating, API": ("alla", program("post", "tickets/{ticket}/actions/accept", rating="5")),
    "speak as support, API": ("anna", program("post", "tickets/{ticket}/messages", text="I am support", internal=True)),
}  # fmt: skip


# Forms that are shown again, because what was chosen is not among what is offered.
SHOWN_AGAIN = frozenset({"foreign template, panel", "template taken away, panel"})


@pytest.fixture
def furnished(desk: Desk) -> Desk:
    """Anna's new request, a template of the first line, a key of Roman's."""
    desk.__dict__["request"] = desk.file()
    desk.__dict__["template"] = ReplyTemplate.objects.create(line=desk.first, name="Hello", text="Hello {name}")
    tokens.create(actor=desk.roman, name="script", scopes=["write"])
    return desk


@pytest.mark.parametrize("name", ATTEMPTS)
def test_an_attempt_to_get_more_is_refused_and_changes_nothing(furnished: Desk, name: str) -> None:
    login, attempt = ATTEMPTS[name]
    browser = furnished.client(login)
    before = stand()

    answer = attempt(furnished, browser)

    assert answer.status_code >= 400 or (answer.status_code == 200 and name in SHOWN_AGAIN), answer.status_code
    after = stand()
    assert {table: rows for table, rows in after.items() if rows != before[table]} == {}
    assert User.objects.filter(groups=Group.objects.get(name="administrator")).get() == furnished.roman
    assert ApiToken.objects.filter(revoked_at=None).get().person == furnished.roman
    assert set(AuditRecord.objects.exclude(kind__in=("signed_in", "token_made")).values_list("kind", flat=True)) <= {
        "refused"
    }
