"""Walls that stand around every address: headers, forged forms, hostile questions; an address that is added is walked too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode, urljoin, urlsplit

import pytest
from django.core.cache import cache
from django.db import transaction
from django.template.response import SimpleTemplateResponse
from django.test import Client
from django.urls import reverse

from helpdesk import access
from helpdesk.actions.dispatch import PEOPLE_START
from helpdesk.lifecycle import ACTIONS, Status
from tests.matrix.test_addresses import TABLE, WHO, addresses, furnished
from tests.people import Desk, state
from tests.walls import hearing

__all__ = ["furnished"]

# What every name that an address reads is given. Each broke some product once (docs/security.md). Those with a NUL are refused
# before any address hears them, which a test of its own shows.
NONSENSE = ("%ff%fe%ed%a0%80", "9" * 26, "-9999999999999999999", "abc", "9999-12-31")
# What every name that is read of a form is given: more digits than Python reads, a digit of another script, a day without a zone.
FORGED = ("9" * 5000, "٣", "-1", "0001-01-01T00:00")
# What names mean together, and what may be asked where a view looks at whatever there is.
TOGETHER = (
    ({"from"}, "from=0001-01-01&to=9999-12-31"), ({"month"}, "month=9999-12"), ({"quarter"}, "quarter=0001-1"),
    ({"year"}, "year=9999"), ({"_to_field"}, "_to_field=password&_popup=1"),
    *(({hearing.ALL, "p"}, query) for query in (
        "o=password", "o=99999999999999999999", "_connector=OR+1%3D1", "password__startswith=p",
        "requester__password__startswith=p", "id__in=1,a",
    )),
)  # fmt: skip
# The page itself, with or without a word at what was wrong: all of the question was looked at.
SHOWN = {200, 204, 422}


@pytest.fixture
def ears(settings: Any) -> None:
    """Let the test know which names a view has read."""
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "tests.walls.hearing.Middleware"]


def open_to(desk: Desk, login: str) -> list[tuple[str, str]]:
    """Return the addresses that read questions of a person: the others have said no before, as the table of addresses holds."""
    place = WHO.index(login)
    return [(name, path) for name, path in addresses(desk) if TABLE[name][place] not in {403, 405}]


@pytest.mark.slow
@pytest.mark.parametrize("login", ["roman", "anna"])
def test_27_43_no_question_breaks_an_address(furnished: Desk, ears: None, login: str) -> None:
    client = furnished.client(login)
    client.raise_request_exception = False
    broken, asked = [], set()
    known: set[frozenset[str]] = set()
    # From the end: the page of figures, the dearest of all, reads what the log of events has read before.
    for name, path in reversed(open_to(furnished, login)):
        for query, status in answers(client, path, known):
            asked.add((name, query))
            broken += [(name, query, status)] if status >= 500 else []

    assert broken == []
    assert len(asked) > {"roman": 350, "anna": 60}[login]


def answers(client: Client, path: str, known: set[frozenset[str]]) -> Iterator[tuple[str, int]]:
    """Yield questions, and what the address answers to each.

    All names that it reads are given a value at once; where that shows no page, or leaves a name unread, each is asked alone.
    What reads the names that another address has read, as all lists of records do, reads them by the same lines of code and is
    given its share of the nonsense.
    """
    yield "unknown=1", client.get(f"{path}?unknown=1").status_code
    names = hearing.heard - {"unknown"}
    turn = len(known) + len(path)
    values = [NONSENSE[(turn + step) % len(NONSENSE)] for step in ((0, 2) if frozenset(names) in known else range(5))]
    known.add(frozenset(names))
    given = sorted(names - {hearing.ALL, "_to_field"})
    for value in values if given else ():
        query = "&".join(f"{name}={value}" for name in given)
        status = client.get(f"{path}?{query}").status_code
        yield query, status
        for name in given if status not in SHOWN else sorted({*given} - hearing.heard):
            yield f"{name}={value}", client.get(f"{path}?{name}={value}").status_code
    for wanted, query in TOGETHER:
        if wanted <= names:
            yield query, client.get(f"{path}?{query}").status_code


@pytest.mark.slow
@pytest.mark.parametrize("login", ["roman", "anna"])
def test_27_43_no_form_breaks_an_address(furnished: Desk, ears: None, login: str) -> None:
    client = furnished.client(login)
    client.raise_request_exception = False
    broken, asked = [], set()
    for name, path in addresses(furnished):
        for form, status in taken(client, path):
            asked |= {(name, one) for one in form}
            broken += [(name, {one: value[:20] for one, value in form.items()}, status)] if status >= 500 else []
        client.force_login(furnished.people[login])

    assert broken == []
    assert len(asked) > {"roman": 300, "anna": 40}[login]


def taken(client: Client, path: str) -> Iterator[tuple[dict[str, str], int]]:
    """Yield forms, and what the address answers to each; nothing it writes stays.

    All names that are read of a form are given a value at once; where that was refused, each is sent alone as well.
    """

    def answer(form: dict[str, str]) -> int:
        cache.clear()
        with transaction.atomic():
            status = client.post(path, form).status_code
            transaction.set_rollback(True)
        return status

    answer({})
    names = hearing.heard - {hearing.ALL}
    refused = set()
    for value in FORGED if names else ():
        status = answer(dict.fromkeys(names, value))
        yield dict.fromkeys(names, value), status
        refused |= names if status not in SHOWN else hearing.heard - names - {hearing.ALL}
    for one in sorted(refused):
        yield {one: FORGED[0]}, answer({one: FORGED[0]})


@pytest.mark.parametrize("query", ["q=%00", "status__exact=%00"])
def test_43_a_nul_is_refused_wherever_it_stands(furnished: Desk, query: str) -> None:
    client = furnished.client("roman")
    answers = {
        name: client.get(f"{path}?{query}").status_code
        for name, path in addresses(furnished)
        if name not in {"livez", "readyz"}
    }

    assert {name: status for name, status in answers.items() if status != 400} == {}


def test_35_a_forged_form_is_refused_everywhere(furnished: Desk) -> None:
    """A foreign page can make a browser send a form with its cookies, but not the token of the site."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(furnished.roman)
    before = state(furnished.request)
    passed = []
    for name, path in addresses(furnished):
        status = client.post(path, {"a": "b"}, headers={"Origin": "https://evil.example"}).status_code
        if status not in {403, 404, 405}:
            passed.append((name, status))

    assert passed == [], "an address that takes a form without the token"
    assert state(furnished.request) == before


NEXT = ("next", "back", "return", "url")
FOREIGN = ("//evil.example", "/\\evil.example", "https:evil.example", "\t//evil.example", "javascript:alert(1)")


def stays(path: str, target: str) -> bool:
    """Return True when a browser at `path` that is sent to `target` stays on the site; it skips tabs and turns backslashes."""
    parts = urlsplit(urljoin(f"http://testserver{path}", re.sub(r"[\t\r\n]", "", target).replace("\\", "/")))
    return (parts.scheme, parts.netloc) == ("http", "testserver")


@pytest.mark.once
def test_20_no_address_leads_to_a_foreign_page(furnished: Desk, ears: None, monkeypatch: pytest.MonkeyPatch) -> None:
    # It is of no interest what a page shows, only where it leads.
    monkeypatch.setattr(SimpleTemplateResponse, "rendered_content", "")
    client = furnished.client("roman")
    led, followed = [], set()
    for name, path in addresses(furnished):
        for ask in (lambda path, values: client.get(f"{path}?{urlencode(values)}"), client.post):
            for foreign in FOREIGN:
                target = ask(path, dict.fromkeys(NEXT, foreign)).get("Location", path)
                led += [] if stays(path, target) else [(name, foreign, target)]
                if name == "admin:logout":
                    client.force_login(furnished.roman)
                # Whatever never looks where to go on need not be told in other words.
                if not hearing.heard & {*NEXT, hearing.ALL}:
                    break
                followed.add(name)

    assert led == []
    assert {"admin:show_again", "admin:set_theme", "admin:set_language", "admin:by_passkey", "admin:login"} <= followed


@pytest.mark.parametrize("foreign", FOREIGN)
def test_20_a_sign_in_leads_to_no_foreign_page(desk: Desk, foreign: str) -> None:
    address = f"{reverse('admin:login')}?{urlencode({'next': foreign})}"

    answer = Client().post(address, {"username": "anna", "password": "demo", "next": foreign})

    assert answer.status_code == 302
    assert stays(address, answer["Location"])


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("user", "password__startswith=p"),
        ("user", "api_tokens__digest__startswith=a"),
        ("supportline", "members__password__startswith=p"),
    ],
)
def test_34_nothing_hidden_can_be_asked_out_of_a_list(desk: Desk, name: str, query: str) -> None:
    """The list may ignore the question or refuse it; it may not answer it."""
    client = desk.client("roman")
    client.raise_request_exception = False
    address = reverse(f"admin:helpdesk_{name}_changelist")

    told = [client.get(f"{address}?{query}"), client.get(f"{address}?{query}zzzz")]

    assert {answer.status_code for answer in told} <= {302, 400, 403}


@pytest.fixture
def hostile_values() -> dict[str, str]:
    """JSON texts that a field may be given."""
    return {
        "half a character": '"\\ud800"', "giant": "9" * 40, "infinite": "1e400", "negative": "-1", "fraction": "1.5",
        "list": '["a"]', "object": '{"a": {"b": 1}}', "null": "null", "truth": "true", "long": '"' + "a" * 30_000 + '"',
        "nul": '"a\\u0000"', "turned": '"\\u202eabc"',
    }  # fmt: skip


@pytest.mark.slow
def test_08_44_no_value_of_any_field_breaks_the_api(furnished: Desk, hostile_values: dict[str, str]) -> None:
    """All fields of a body are given the value at once; then those that were not refused by name, until none is."""
    broken: list[tuple[Any, ...]] = []
    refused = set()
    for login, method, address, fields in [*operations(furnished), *actions(furnished)]:
        client = furnished.client(login)
        client.raise_request_exception = False
        for sort, value in hostile_values.items() if fields else [("nothing", "")]:
            given = fields
            while True:
                cache.clear()
                body = "{" + ", ".join(f'"{field}": {value}' for field in given) + "}"
                with transaction.atomic():
                    answer = getattr(client, method)(address, body, content_type="application/json")
                    transaction.set_rollback(True)
                broken += [(method, address, sort, given, answer.content[:200])] if answer.status_code >= 500 else []
                told = set(given) & set(answer.json()["fields"]) if answer.status_code == 400 else set()
                refused |= {(method, address, field) for field in told}
                given = [field for field in given if field not in told]
                if not (told and given):
                    break

    assert broken == []
    assert len(refused) > 60


def operations(desk: Desk) -> Iterator[tuple[str, str, str, list[str]]]:
    """Yield who, the method, the address and the fields of every write that the schema of the API promises."""
    from helpdesk.api.reference import generator

    document = generator.document()
    for path, methods in document["paths"].items():
        address = "/api/v1" + path.replace("{number}", str(desk.request.pk)).replace("{id}", "1")
        for method in {"post", "patch", "put"} & set(methods) if "{action}" not in path else ():
            yield (
                "roman",
                method,
                address.partition("{")[0] + "1" * ("{" in address),
                _fields(document, methods[method]),
            )


def actions(desk: Desk) -> Iterator[tuple[str, str, str, list[str]]]:
    """Yield the same for every action, as somebody who may do it."""
    left = sorted(PEOPLE_START)
    for status in Status.values:
        ticket = desk.ticket(status)
        for name in tuple(left):
            able = [login for login in ("anna", "alla", "lev", "roman") if access.may(desk.people[login], name, ticket)]
            for login in able[:1]:
                left.remove(name)
                yield (
                    login,
                    "post",
                    f"/api/v1/tickets/{ticket.pk}/actions/{name}",
                    [i.name for i in ACTIONS[name].inputs],
                )


def _fields(document: Any, operation: Any) -> list[str]:
    """Return the names of the fields a body may have."""
    found: list[str] = []
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "body":
            schema = parameter["schema"]
            if "$ref" in schema:
                schema = document["definitions"][schema["$ref"].rsplit("/", 1)[1]]
            found += schema.get("properties", {})
        elif parameter["in"] == "formData":
            found.append(parameter["name"])
    return found


@pytest.mark.slow
def test_44_no_half_character_of_a_form_breaks_a_page(furnished: Desk, ears: None) -> None:
    """Every field that a page reads of a form gets one; and each page gets a form without any of its fields."""
    client = furnished.client("roman")
    client.raise_request_exception = False
    broken, filled = [], 0
    for name, path in addresses(furnished):
        statuses = [client.post(path, {"surprise": "1"}).status_code]
        names = hearing.heard - {hearing.ALL}
        if names:
            filled += 1
            body = "&".join(f"{quote(field)}=%ED%A0%80%FF{'9' * 30}" for field in sorted(names))
            statuses.append(client.post(path, body, content_type="application/x-www-form-urlencoded").status_code)
        broken += [(name, statuses)] if max(statuses) >= 500 else []
        if name == "admin:logout":
            client.force_login(furnished.roman)

    assert broken == []
    assert filled > 60


@pytest.mark.parametrize("content", ["multipart/form-data; boundary=x", "text/plain"])
def test_44_a_body_that_is_no_form_breaks_no_page(desk: Desk, content: str) -> None:
    client = desk.client("roman")
    client.raise_request_exception = False

    answer = client.post(reverse("admin:profile"), "first_name=%ED%A0%80%FF", content_type=content)

    assert answer.status_code in {400, 422}
