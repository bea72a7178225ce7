"""Filing a request: the catalog offers what is there, nothing typed is lost, nothing is filed twice or for a stranger."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from helpdesk.models import Service, Ticket, User, WorkType
from tests.people import Desk, make_desk, state


def send(desk: Desk, login: str, /, **values: Any) -> HttpResponse:
    """Fill in the form of the mail service and send it, as the browser of `login` would."""
    given = {"work_type": desk.mailbox.pk, "subject": "No mail", "text": "Since nine.", "token": "abc", **values}
    answer: HttpResponse = desk.client(login).post(reverse("admin:new_request_form", args=[desk.mail.pk]), given)
    return answer


def test_the_catalog_shows_what_can_be_asked_for(desk: Desk) -> None:
    Service.objects.create(code="EMPTY", name="Nothing in it")
    off = Service.objects.create(code="OFF", name="Switched off", is_active=False)
    WorkType.objects.create(service=off, code="OFF.1", name="Old", reaction_limit="1h", execution_limit="1h")
    for login in ("anna", "katya"):
        text = desk.client(login).get(reverse("admin:new_request")).content.decode()
        assert re.findall(r'class="service__name">([^<]+)<', text) == ["Mail"]
        assert "mail server" in text, "the search over the cards knows the kinds of work"


def test_the_catalog_begins_with_what_a_person_asks_for_and_what_is_named_in_his_language(desk: Desk) -> None:
    for code, name in (("PRINT", "Печать"), ("ACCESS", "Access"), ("WEB", "Zoom")):
        service = Service.objects.create(code=code, name=name)
        kind = WorkType.objects.create(service=service, code=code, name=name, reaction_limit="1h", execution_limit="1h")
    desk.file("boris", kind)

    def names(login: str, language: str) -> list[str]:
        User.objects.filter(username=login).update(language=language)
        text = desk.client(login).get(reverse("admin:new_request")).content.decode()
        return re.findall(r'class="service__name">([^<]+)<', text)

    assert names("anna", "en") == ["Access", "Mail", "Zoom", "Печать"]
    assert names("anna", "ru") == ["Печать", "Access", "Mail", "Zoom"]
    assert names("boris", "ru") == ["Zoom", "Печать", "Access", "Mail"]


def test_the_form_tells_type_and_limits_in_words(desk: Desk) -> None:
    desk.server.is_active = False
    desk.server.save()
    text = desk.client("anna").get(reverse("admin:new_request_form", args=[desk.mail.pk])).content.decode()

    assert "reaction 30 minutes, execution 4 hours" in text
    assert "Service request" in text
    assert "Mail server" not in text
    assert re.search(r'name="work_type" value="\d+" checked', text), "the only kind is chosen already"


def test_success_names_the_number_and_the_deadline(desk: Desk) -> None:
    client = desk.client("anna")
    given = {"work_type": desk.mailbox.pk, "subject": "No mail", "text": "Since nine.", "token": "abc"}
    answer = client.post(reverse("admin:new_request_form", args=[desk.mail.pk]), given, follow=True)
    ticket = Ticket.objects.get()

    assert answer.redirect_chain[0][0] == reverse("admin:helpdesk_ticket_change", args=[ticket.pk])
    assert f"Request #{ticket.pk} is registered. Support will react by" in answer.content.decode()


def test_each_error_stands_at_its_field_and_everything_typed_stays(desk: Desk) -> None:
    answer = send(
        desk, "alla", subject="", text="A <b>long</b> story", work_type=desk.server.pk, requester=desk.boris.pk,
        person="Boris Kovalev", files=[SimpleUploadedFile("a.txt", b"text")],
    )  # fmt: skip
    text = answer.content.decode()

    assert answer.status_code == 422
    assert "Say in a few words what it is about." in text
    assert "A &lt;b&gt;long&lt;/b&gt; story" in text
    assert f'value="{desk.server.pk}" checked' in text
    assert f'name="requester" value="{desk.boris.pk}"' in text
    assert 'value="Boris Kovalev"' in text
    assert 'value="abc"' in text, "the token of the form goes on"
    assert "Choose the files again" in text
    assert Ticket.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [("a.exe", b"MZ", "files of this type are not taken"), ("a.txt", b"", "is empty"),
     ("a.png", b"<html><script>", "is not what its name says"), ("a.pdf", b"GIF89a", "is not what its name says")],
)  # fmt: skip
def test_a_file_is_refused_by_what_it_is(desk: Desk, name: str, content: bytes, said: str) -> None:
    answer = send(desk, "anna", files=[SimpleUploadedFile("fine.txt", b"fine"), SimpleUploadedFile(name, content)])
    text = answer.content.decode()

    assert answer.status_code == 422
    assert said in text
    assert "Since nine." in text
    assert Ticket.objects.count() == 0


@pytest.mark.parametrize("login", ["anna", "katya", "olga"])
def test_who_is_not_support_cannot_file_for_another(desk: Desk, login: str) -> None:
    answer = send(desk, login, requester=desk.boris.pk)
    form = desk.client(login).get(reverse("admin:new_request_form", args=[desk.mail.pk])).content.decode()

    assert answer.status_code == 422
    assert Ticket.objects.count() == 0
    assert 'name="person"' not in form
    assert "Boris" not in desk.client(login).get(reverse("admin:people_search"), {"person": "bor"}).content.decode()


@pytest.mark.parametrize("requester", ["ivan", "-1", "9" * 30, "x"])
def test_support_files_only_for_people_who_are_there(desk: Desk, requester: str) -> None:
    chosen = desk.people[requester].pk if requester in desk.people else requester

    assert send(desk, "alla", requester=chosen).status_code == 422
    assert Ticket.objects.count() == 0


def test_a_name_without_a_choice_is_not_filed_for_oneself(desk: Desk) -> None:
    answer = send(desk, "alla", person="Kovalev")

    assert answer.status_code == 422
    assert "Choose the colleague from the list" in answer.content.decode()
    assert Ticket.objects.count() == 0


@pytest.mark.parametrize(
    ("typed", "found"),
    [("kov", True), ("KOV", True), ("bori kov", True), ("boris@", True), ("b", False), ("", False), ("zebra", False), ("%", False),
     ("ivan", False), ("ovalev", False)],
)  # fmt: skip
def test_colleagues_are_found_by_beginnings(desk: Desk, typed: str, found: bool) -> None:
    text = desk.client("alla").get(reverse("admin:people_search"), {"person": typed}).content.decode()

    assert ("Boris Kovalev" in text) is found
    assert "Ivan" not in text


def test_the_same_form_makes_one_request_and_says_so(desk: Desk) -> None:
    client = desk.client("anna")
    address = reverse("admin:new_request_form", args=[desk.mail.pk])
    given = {"work_type": desk.mailbox.pk, "subject": "No mail", "text": "Since nine.", "token": "abc"}
    client.post(address, given)
    ticket = Ticket.objects.get()
    before = state(ticket)
    again = client.post(address, given, follow=True)

    assert state(Ticket.objects.get()) == before
    assert f"This request has been registered already: #{ticket.pk}." in again.content.decode()


def test_a_form_filled_in_anew_after_going_back_is_another_request(desk: Desk) -> None:
    client = desk.client("anna")
    address = reverse("admin:new_request_form", args=[desk.mail.pk])
    for text in ("Since nine.", "Also the calendar."):
        client.post(address, {"work_type": desk.mailbox.pk, "subject": "No mail", "text": text, "token": "abc"})

    assert sorted(Ticket.objects.values_list("text", flat=True)) == ["Also the calendar.", "Since nine."]


def test_a_token_belongs_to_one_person(desk: Desk) -> None:
    for login in ("anna", "boris"):
        assert send(desk, login).status_code == 302

    assert Ticket.objects.count() == 2


@pytest.mark.parametrize("kind", ["off", "foreign", ""])
def test_only_a_kind_of_this_service_can_be_asked_for(desk: Desk, kind: str) -> None:
    other = Service.objects.create(code="OTHER", name="Other")
    foreign = WorkType.objects.create(service=other, code="O", name="O", reaction_limit="1h", execution_limit="1h")
    WorkType.objects.filter(pk=desk.server.pk).update(is_active=False)

    answer = send(desk, "anna", work_type={"off": desk.server.pk, "foreign": foreign.pk, "": ""}[kind])
    assert answer.status_code == 422
    assert "Choose a kind of work." in answer.content.decode()
    assert Ticket.objects.count() == 0


def test_next_is_for_support_and_by_deadline(desk: Desk) -> None:
    desk.server.line = desk.first
    desk.server.save()
    late, soon, elsewhere = desk.file(kind=desk.server), desk.file(), desk.file("boris")
    desk.act("transfer", "lev", elsewhere, line=desk.second.pk, comment="Yours.")

    for login in ("anna", "olga", "roman"):
        assert desk.client(login).post(reverse("admin:next_ticket")).status_code == 403
    answer = desk.client("alla").post(reverse("admin:next_ticket"))

    assert answer.headers["Location"] == reverse("admin:helpdesk_ticket_change", args=[soon.pk])
    assert [Ticket.objects.get(pk=ticket.pk).assignee for ticket in (soon, late, elsewhere)] == [desk.alla, None, None]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_same_form_sent_at_the_same_moment_makes_one_request() -> None:
    desk = make_desk()
    browser = desk.client("anna")
    address = reverse("admin:new_request_form", args=[desk.mail.pk])
    given = {"work_type": desk.mailbox.pk, "subject": "No mail", "text": "Since nine.", "token": "abc"}
    together = Barrier(4)

    def click(_number: int) -> str:
        client = Client()
        client.cookies = browser.cookies
        together.wait()
        answer = client.post(address, given)
        connections.close_all()
        return str(answer.headers["Location"])

    with ThreadPoolExecutor(4) as clicks:
        led_to = set(clicks.map(click, range(4)))

    assert led_to == {reverse("admin:helpdesk_ticket_change", args=[Ticket.objects.get().pk])}
