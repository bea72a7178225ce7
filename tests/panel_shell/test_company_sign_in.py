"""People come in by the company: only by an answer that is signed, for us and fresh; an e-mail alone opens no account."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from helpdesk import moment
from helpdesk.models import AuditKind, AuditRecord, CompanyGroup, CompanyIdentity, User
from tests.openid_provider import Provider
from tests.panel_shell.company import VERA, browser, come, is_signed_in, provider, server, stored, way
from tests.people import NOON, PASSWORD, Desk

__all__ = ["provider", "server"]


def test_the_first_sign_in_makes_the_account_and_the_second_finds_it(desk: Desk, provider: Provider) -> None:
    client = browser()
    assert "Sign in with Horns and Hooves" in client.get(reverse("admin:login")).content.decode()
    answer = come(client, provider, page="/admin/new/")
    assert (answer.status_code, answer["Location"]) == (302, "/admin/new/")

    vera = User.objects.get(username="vera")
    assert (vera.get_full_name(), vera.email, vera.department, vera.phone) == (
        "Vera Zimina", "vera@example.com", "Accounts", "+74951234567",
    )  # fmt: skip
    assert (vera.has_usable_password(), vera.is_staff, vera.groups.count()) == (False, False, 0)
    assert client.get("/admin/new/").status_code == 200
    kinds = list(AuditRecord.objects.order_by("pk").values_list("kind", "person"))
    assert kinds == [("added", vera.pk), ("added", vera.pk), ("signed_in", vera.pk)]

    provider.people["vera"]["family_name"] = "Another"
    come(browser(), provider)
    assert User.objects.get(username="vera").last_name == "Zimina"
    assert CompanyIdentity.objects.get().person == vera


def test_a_login_is_derived_and_never_collides(desk: Desk, provider: Provider) -> None:
    provider.people = {
        "a": {**VERA, "email": "v1@example.com", "preferred_username": "ANNA@corp.example"},
        "b": {**VERA, "email": "v2@example.com", "preferred_username": "anna"},
        "c": {"name": "Ким Чен\x00 Сон", "phone_number": "?", "groups": 5, "preferred_username": ["x"]},
    }
    for name in provider.people:
        come(browser(), provider, name)
    made = User.objects.filter(company_identities__isnull=False).order_by("pk")
    assert [person.username for person in made] == ["ANNA-2", "anna-3", "company"]
    assert (made[2].first_name, made[2].last_name, made[2].email, made[2].phone) == ("Ким", "Чен Сон", "", "")


def test_what_the_token_lacks_is_read_from_the_userinfo(desk: Desk, provider: Provider) -> None:
    CompanyGroup.objects.create(group="support", line=desk.first)
    del provider.people["vera"]["groups"]
    provider.userinfo = {"groups": ["support"], "email": "roman@example.com", "family_name": "Other"}
    come(browser(), provider)
    vera = User.objects.get(username="vera")
    assert (vera.email, vera.last_name, vera.memberships.get().line) == ("vera@example.com", "Zimina", desk.first)


def broken(provider: Provider) -> Iterator[tuple[str, Any]]:
    """Yield what is wrong, and how the provider is made so."""
    at = int(NOON.timestamp())
    for name, forged in (
        ("nonce", {"nonce": "another"}), ("no nonce", {"nonce": None}), ("audience", {"aud": "another"}),
        ("party", {"aud": ["helpdesk", "another"], "azp": "another"}), ("issuer", {"iss": "https://evil.example"}),
        ("expired", {"exp": at - 61}), ("tomorrow", {"iat": at + 86400, "nbf": at + 86400}), ("no end", {"exp": None}),
        ("subject", {"sub": None}), ("subject a number", {"sub": 5}),
    ):  # fmt: skip
        yield name, {"forged": forged}
    yield "alg none", {"algorithm": "none"}
    yield "public key as a secret", {"algorithm": "HS256"}
    yield "another key", {"signs_with": "second"}
    yield "userinfo of another", {"userinfo": {"sub": "sub-roman"}, "forged": {"email": None}}


WRONG = [name for name, _how in broken(Provider())]


@pytest.mark.parametrize("wrong", WRONG)
def test_an_answer_that_is_not_right_signs_nobody_in(desk: Desk, provider: Provider, wrong: str) -> None:
    before, client = stored(), browser()
    for name, value in dict(broken(provider))[wrong].items():
        setattr(provider, name, value)

    answer = come(client, provider)

    assert (answer.status_code, "cannot be trusted" in answer.content.decode()) == (403, True)
    assert (is_signed_in(client), stored()) == (False, before)


def test_a_way_is_taken_once_and_by_the_browser_that_began_it(desk: Desk, provider: Provider) -> None:
    client, before = browser(), stored()
    address = way(client, provider)
    # Somebody else's browser, and a state that nobody made.
    assert (browser().get(address).status_code, client.get(address + "x").status_code) == (400, 400)
    with moment.at(NOON + timedelta(minutes=16)):
        assert client.get(address).status_code == 400
    assert stored() == before

    address = way(client, provider)
    assert client.get(address).status_code == 302
    after, other = stored(), browser()
    assert client.get(address).status_code == 400
    # The same code in a way of another browser: the provider knows it as used, and its challenge is another's.
    fresh = way(other, provider)
    state = parse_qs(urlsplit(fresh).query)["state"][0]
    code = parse_qs(urlsplit(address).query)["code"][0]
    assert other.get(reverse("admin:company_back"), {"state": state, "code": code}).status_code == 403
    assert (is_signed_in(other), stored()) == (False, after)


def test_a_stolen_code_is_worth_nothing_without_its_verifier(desk: Desk, provider: Provider) -> None:
    victim, thief = browser(), browser()
    code = parse_qs(urlsplit(way(victim, provider)).query)["code"][0]
    state = parse_qs(urlsplit(way(thief, provider)).query)["state"][0]

    assert thief.get(reverse("admin:company_back"), {"state": state, "code": code}).status_code == 403
    assert not User.objects.filter(username="vera").exists()


@pytest.mark.parametrize("page", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"])
def test_a_sign_in_by_the_company_leads_to_no_foreign_page(desk: Desk, provider: Provider, page: str) -> None:
    assert come(browser(), provider, page=page)["Location"] == "/admin/"


def test_an_unconfirmed_email_opens_no_account_and_is_not_kept(desk: Desk, provider: Provider, settings: Any) -> None:
    settings.OIDC_LINK_BY_EMAIL = True
    before = User.objects.values().get(username="roman")
    for number, verified in enumerate((False, None, "false", 1)):
        provider.people = {f"eve{number}": {**VERA, "email": "roman@example.com", "email_verified": verified}}
        client = browser()
        assert come(client, provider, f"eve{number}").status_code == 302
        assert client.session["_auth_user_id"] != str(desk.roman.pk)
    assert User.objects.values().get(username="roman") == before
    assert list(User.objects.filter(username__startswith="vera").values_list("email", flat=True)) == [""] * 4
    assert not CompanyIdentity.objects.filter(person=desk.roman).exists()


def test_a_known_email_is_linked_by_the_password_once(desk: Desk, provider: Provider) -> None:
    provider.people = {"anna": {**VERA, "email": "ANNA@example.com"}}
    client, before = browser(), stored()
    answer = come(client, provider, "anna", "/admin/new/")
    assert (answer["Location"], is_signed_in(client), stored()) == (reverse("admin:company_link"), False, before)
    page = client.get(answer["Location"]).content.decode()
    assert ("ANNA@example.com" in page, "Anna Smirnova" in page) == (True, False)
    for _time in range(10):
        assert client.post(answer["Location"], {"password": "wrong"}).status_code == 422
    assert client.post(answer["Location"], {"password": PASSWORD}).status_code == 403
    assert (is_signed_in(client), stored()) == (False, before)

    again = browser()
    again.defaults["REMOTE_ADDR"] = "10.0.0.7"
    come(again, provider, "anna", "/admin/new/")
    assert again.post(answer["Location"], {"password": PASSWORD})["Location"] == "/admin/new/"
    assert again.session["_auth_user_id"] == str(desk.anna.pk)
    assert browser().post(answer["Location"], {"password": PASSWORD}).status_code == 400
    third = browser()
    come(third, provider, "anna")
    assert third.session["_auth_user_id"] == str(desk.anna.pk)


def test_emails_link_by_themselves_only_where_the_desk_says_so(desk: Desk, provider: Provider, settings: Any) -> None:
    settings.OIDC_LINK_BY_EMAIL = True
    provider.people = {
        "anna": {**VERA, "email": "anna@example.com"},
        "successor": {**VERA, "email": "anna@example.com"},
    }
    come(browser(), provider, "anna")
    assert CompanyIdentity.objects.get().person == desk.anna
    # The address was given to somebody else: his subject is another, and the account stays whose it is.
    before, client = stored(), browser()
    assert come(client, provider, "successor").status_code == 403
    assert (is_signed_in(client), stored()) == (False, before)


@pytest.mark.parametrize("linked", [True, False])
@pytest.mark.parametrize("change", [{"is_active": False}, {"is_service": True}])
def test_closed_accounts_and_programs_stay_out(
    desk: Desk, provider: Provider, settings: Any, change: dict[str, Any], linked: bool
) -> None:
    settings.OIDC_LINK_BY_EMAIL = True
    provider.people = {"anna": {**VERA, "email": "anna@example.com"}}
    if linked:
        come(browser(), provider, "anna")
    User.objects.filter(pk=desk.anna.pk).update(**change)
    before, client = stored(), browser()

    answer = come(client, provider, "anna")

    assert (answer.status_code, "no open account for you" in answer.content.decode()) == (403, True)
    assert (is_signed_in(client), stored()) == (False, before)
    assert AuditRecord.objects.filter(kind=AuditKind.SIGN_IN_FAILED, data__way="company").count() == 1


def test_accounts_are_made_only_where_that_is_wanted(desk: Desk, provider: Provider, settings: Any) -> None:
    settings.OIDC_NEW_ACCOUNTS = False
    before = stored()
    assert come(browser(), provider).status_code == 403
    assert stored() == before


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [("access_denied", 403, "did not let you in"), ("temporarily_unavailable", 503, "busy"), ("<script>", 403, "Tell the administrator")],
)  # fmt: skip
def test_a_refusal_of_the_provider_is_told(desk: Desk, provider: Provider, error: str, status: int, words: str) -> None:
    provider.refuses = error
    answer = come(browser(), provider)
    assert (answer.status_code, words in answer.content.decode(), b"<script>" in answer.content) == (
        status,
        True,
        False,
    )


@pytest.mark.parametrize("part", ["openid-configuration", "token", "jwks", "userinfo"])
def test_without_the_provider_people_get_a_sentence_and_the_other_way_in(
    desk: Desk, provider: Provider, part: str
) -> None:
    provider.breaks, provider.forged = {part}, {"groups": None}
    client, before = browser(), stored()
    answer = client.get(reverse("admin:company_start"))
    if answer.status_code == 302:
        answer = come(client, provider)
    assert (answer.status_code, "sign in with your login and password" in answer.content.decode()) == (503, True)
    assert (is_signed_in(client), stored()) == (False, before)
    assert client.post(reverse("admin:login"), {"username": "anna", "password": PASSWORD}).status_code == 302


@pytest.mark.parametrize(
    "told",
    [{"issuer": "https://evil.example"}, {"token_endpoint": ""}, {"jwks_uri": "ftp://127.0.0.1/"}, {"jwks_uri": 5}],
)
def test_a_provider_that_describes_itself_wrongly_is_not_asked(
    desk: Desk, provider: Provider, told: dict[str, Any]
) -> None:
    provider.told = told
    assert browser().get(reverse("admin:company_start")).status_code == 503


def test_new_keys_are_fetched_but_not_without_end(desk: Desk, provider: Provider, monkeypatch: Any) -> None:
    come(browser(), provider)
    provider.signs_with, provider.publishes = "second", ("first", "second")
    for _time in range(3):
        assert come(browser(), provider).status_code == 403
    assert provider.asked.count("jwks") == 1
    monkeypatch.setattr("helpdesk.openid.provider.PAUSE_OF_KEYS", 0)
    assert come(browser(), provider).status_code == 302
    assert (provider.asked.count("jwks"), provider.asked.count("openid-configuration")) == (2, 1)
