"""Walls that stand around every address: headers, forged forms, hostile questions; an address that is added is walked too."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tests.matrix.test_addresses import addresses, furnished
from tests.people import Desk, state

__all__ = ["furnished"]

# What an address may be asked besides what it knows. Each was an error of some product once (docs/security.md). Those with a
# NUL are refused before any address hears them, which a test of its own shows.
# What an engine has a say in, and what is settled before it is asked.
VALUES = (
    "q=%ff%fe%ed%a0%80", "page=99999999999999999999999999", "p=99999999999999999999999999", "line=99999999999999999999999999",
    "person=99999999999999999999999999", "service=-9999999999999999999", "from=0001-01-01&to=9999-12-31", "month=9999-12",
)  # fmt: skip
NAMES = (
    "unknown=1", "o=password", "o=99999999999999999999", "_connector=OR+1%3D1", "password__startswith=p",
    "requester__password__startswith=p", "id__in=1,a", "_to_field=password&_popup=1",
)  # fmt: skip
SPELLINGS = ("p=-1", "page=-1", "line=abc", "quarter=0001-1", "year=99999999999999999999")


@pytest.mark.slow
@pytest.mark.parametrize(
    "questions",
    [VALUES, pytest.param(NAMES, marks=pytest.mark.once), pytest.param(SPELLINGS, marks=pytest.mark.once)],
    ids=["values", "names", "spellings"],
)
@pytest.mark.parametrize("login", ["roman", "anna"])
def test_27_43_no_question_breaks_an_address(furnished: Desk, login: str, questions: tuple[str, ...]) -> None:
    client = furnished.client(login)
    client.raise_request_exception = False
    broken = []
    for name, path in addresses(furnished):
        status = client.get(path).status_code
        # What takes forms alone says so before it reads a question.
        if status == 405 or (status in {403, 404} and login != "roman"):
            continue
        broken += [(name, query) for query in questions if client.get(f"{path}?{query}").status_code >= 500]

    assert broken == []


@pytest.mark.parametrize("query", ["q=%00", "status__exact=%00"])
def test_43_a_nul_is_refused_wherever_it_stands(furnished: Desk, query: str) -> None:
    client = furnished.client("roman")
    answers = {
        name: client.get(f"{path}?{query}").status_code
        for name, path in addresses(furnished)
        if name not in {"livez", "readyz"}
    }

    assert {name: status for name, status in answers.items() if status != 400} == {}


@pytest.mark.once
def test_53_every_answer_has_its_headers_and_is_not_stored(furnished: Desk) -> None:
    wanted = {"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin"}
    odd = []
    for login in ("anna", "roman", None):
        client = furnished.client(login) if login else Client()
        client.raise_request_exception = False
        for name, path in [
            *addresses(furnished),
            ("api", "/api/v1/tickets"),
            ("api 404", "/api/v1/none"),
            ("404", "/x"),
        ]:
            answer = client.get(path)
            policy = answer.get("Content-Security-Policy", "")
            scripts = policy.split("script-src ")[-1].split(";")[0]
            kept = "no-store" not in answer.get("Cache-Control", "")
            if kept or scripts.split() != ["'self'"] or "frame-ancestors 'none'" not in policy:
                odd.append((name, login, answer.status_code))
            odd += [(name, login, header) for header, value in wanted.items() if answer.get(header) != value]

    assert odd == []


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


FOREIGN = ("//evil.example", "/\\evil.example", "https:evil.example", "\t//evil.example", "javascript:alert(1)")


def stays(path: str, target: str) -> bool:
    """Return True when a browser at `path` that is sent to `target` stays on the site; it skips tabs and turns backslashes."""
    parts = urlsplit(urljoin(f"http://testserver{path}", re.sub(r"[\t\r\n]", "", target).replace("\\", "/")))
    return (parts.scheme, parts.netloc) == ("http", "testserver")


@pytest.mark.slow
@pytest.mark.once
def test_20_no_address_leads_to_a_foreign_page(furnished: Desk) -> None:
    client = furnished.client("roman")
    led = []
    for name, path in addresses(furnished):
        for foreign in FOREIGN:
            values = dict.fromkeys(("next", "back", "return", "url"), foreign)
            for answer in (client.get(f"{path}?{urlencode(values)}"), client.post(path, values)):
                target = answer.get("Location", path)
                led += [] if stays(path, target) else [(name, foreign, target)]
        if name == "admin:logout":
            client.force_login(furnished.roman)

    assert led == []


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
def test_34_nothing_hidden_can_be_asked_out_of_a_list(furnished: Desk, name: str, query: str) -> None:
    """The list may ignore the question or refuse it; it may not answer it."""
    client = furnished.client("roman")
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
    from helpdesk.api.reference import generator

    document = generator.document()
    client = furnished.client("roman")
    client.raise_request_exception = False
    broken: list[tuple[Any, ...]] = []
    asked = 0
    for path, methods in document["paths"].items():
        address = "/api/v1" + path.replace("{number}", str(furnished.request.pk)).replace("{name}", "take")
        address = address.replace("{id}", "1")
        if "{" in address:
            address = address.split("{")[0] + "1"
        for method in {"post", "patch", "put"} & set(methods):
            for field in _fields(document, methods[method]):
                for sort, value in hostile_values.items():
                    cache.clear()
                    asked += 1
                    body = f'{{"{field}": {value}, "surprise": 1}}'
                    answer = getattr(client, method)(address, body, content_type="application/json")
                    if answer.status_code >= 500:
                        broken.append((method, path, field, sort, answer.content[:200]))

    assert broken == []
    assert asked > 300


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
def test_44_no_half_character_of_a_form_breaks_a_page(furnished: Desk) -> None:
    client = furnished.client("roman")
    client.raise_request_exception = False
    values = dict.fromkeys(("subject", "text", "comment", "name", "q", "first_name", "username", "work_type"), "��")
    body = "&".join(f"{name}=%ED%A0%80%FF{'9' * 30}" for name in values)
    broken = []
    for name, path in addresses(furnished):
        for content in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"):
            if client.post(path, body, content_type=content).status_code >= 500:
                broken.append((name, content))
            if name == "admin:logout":
                client.force_login(furnished.roman)

    assert broken == []
