"""The frame of every page: the menu a role opens, live counters, theme and language, what is told after a deed."""

from __future__ import annotations

import re

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from helpdesk.models import User
from tests.people import PASSWORD, Desk


def menu_of(desk: Desk, login: str) -> list[str]:
    page = desk.client(login).get(reverse("admin:help")).content.decode()
    side = page[page.index('id="side"') : page.index("<main")]
    return re.findall(r'<span class="side__text">(.*?)</span>', side)


@pytest.mark.parametrize(
    ("login", "entries"),
    [
        ("anna", ["Home", "My requests", "Help"]),
        ("alla", ["Home", "First line", "Assigned to me", "My requests", "All requests", "Help"]),
        ("lev", ["Home", "First line", "Assigned to me", "My requests", "All requests", "Reply templates", "Help"]),
        ("katya", ["Home", "My requests", "Services", "Kinds of work", "Help"]),
    ],
)
def test_the_menu_holds_what_a_role_may_open(desk: Desk, login: str, entries: list[str]) -> None:
    found = menu_of(desk, login)

    assert [entry for entry in found if entry in {*entries, "Services", "People", "Working calendars"}] == entries


def test_every_entry_of_the_menu_opens(desk: Desk) -> None:
    client = desk.client("roman")
    page = client.get(reverse("admin:help")).content.decode()
    hrefs = re.findall(r'class="side__link" href="([^"]+)"', page)

    assert len(hrefs) > 8
    assert {href: client.get(href.replace("&amp;", "&")).status_code for href in hrefs} == dict.fromkeys(hrefs, 200)


def test_the_page_one_is_on_is_marked_once(desk: Desk) -> None:
    page = desk.client("alla").get("/admin/helpdesk/ticket/?scope=assigned").content.decode()
    side = page[page.index('id="side"') : page.index("<main")]

    assert side.count('aria-current="page"') == 1
    assert 'scope=assigned" aria-current="page"' in side


def test_counters_count_what_the_person_can_move_on(desk: Desk) -> None:
    desk.ticket()
    desk.ticket("in_work")
    desk.ticket("waiting")
    counters = desk.client("alla").get(reverse("admin:counters")).content.decode()
    own = desk.client("anna").get(reverse("admin:counters")).content.decode()

    assert re.search(rf'id="counter-line-{desk.first.pk}" hx-swap-oob="true">1<', counters)
    assert re.search(r'id="counter-assigned" hx-swap-oob="true">1<', counters)
    assert re.search(r'id="counter-waiting" hx-swap-oob="true">1<', own)
    assert "counter-assigned" not in own


@pytest.mark.parametrize(("theme", "kept"), [("dark", "dark"), ("light", "light"), ("pink", "auto"), ("", "auto")])
def test_the_theme_is_the_persons(desk: Desk, theme: str, kept: str) -> None:
    client = desk.client("anna")
    client.post(reverse("admin:set_theme"), {"theme": theme})

    assert f'data-theme="{kept}"' in client.get(reverse("admin:index")).content.decode()
    assert User.objects.get(username="anna").theme == kept


def test_the_language_is_the_persons_and_before_the_sign_in_the_browsers(desk: Desk) -> None:
    visitor = Client()
    visitor.post(reverse("admin:set_language"), {"language": "ru", "next": reverse("admin:login")})
    assert '<html lang="ru"' in visitor.get(reverse("admin:login")).content.decode()

    client = desk.client("anna")
    answer = client.post(reverse("admin:set_language"), {"language": "ru", "next": "https://evil.example/"})
    assert answer["Location"] == reverse("admin:index")
    assert '<html lang="ru"' in client.get(reverse("admin:index")).content.decode()


def test_what_went_well_is_a_toast_and_what_did_not_stays(desk: Desk) -> None:
    client = desk.client("alla")
    calm = client.post(reverse("admin:next_ticket"), follow=True).content.decode()
    refused = client.post(reverse("admin:helpdesk_ticket_changelist"), {"action": ""}, follow=True).content.decode()

    assert "There is no new request" in calm[calm.index('id="toasts"') :]
    assert 'class="alert alert-warning' in refused[: refused.index('id="toasts"')]


def test_employees_sign_in_and_a_wrong_password_keeps_the_login(desk: Desk) -> None:
    client = Client()
    wrong = client.post(reverse("admin:login"), {"username": "anna", "password": "wrong"})
    assert 'value="anna"' in wrong.content.decode()
    assert 'role="alert"' in wrong.content.decode()

    right = client.post(reverse("admin:login"), {"username": "anna", "password": PASSWORD, "next": "/admin/help/"})
    assert right["Location"] == "/admin/help/"
    assert client.post(reverse("admin:logout")).status_code in {200, 302}
    assert client.get(reverse("admin:index")).status_code == 302


def test_trouble_has_a_sentence_and_a_way_out(desk: Desk) -> None:
    client = desk.client("anna")
    foreign = client.get("/admin/helpdesk/ticket/999999/change/")
    closed = client.get("/admin/helpdesk/service/")

    assert (foreign.status_code, closed.status_code) == (404, 403)
    assert "This page is for support only." in closed.content.decode()
    for text in (foreign.content.decode(), closed.content.decode(), *map(render_to_string, ("400.html", "500.html"))):
        assert 'href="/"' in text
        assert text.count("<h1") == 1


def test_no_page_of_the_frame_has_a_script_of_its_own(desk: Desk) -> None:
    client = desk.client("lev")
    for name in ("index", "inbox", "search", "profile", "help", "password_change"):
        page = client.get(reverse(f"admin:{name}")).content.decode()
        assert re.findall(r"<script(?![^>]* src=)|<style|\son\w+=", page) == []
        assert page.count("<h1") == 1
