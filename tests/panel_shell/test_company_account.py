"""What the company's sign-in changes around an account: passwords, signing out, the link, the doctor."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from helpdesk.actions import company, passwords
from helpdesk.actions.company_claims import Comer
from helpdesk.actions.refusals import ActionRefused
from helpdesk.health import doctor
from helpdesk.models import AuditKind, AuditRecord, CompanyIdentity, User
from helpdesk.notify import send_letters
from tests.openid_provider import Provider
from tests.panel_shell.company import browser, come, is_signed_in, provider, server
from tests.people import PASSWORD, Desk

__all__ = ["provider", "server"]


def test_only_administrators_come_in_by_password_where_the_company_is_the_door(
    desk: Desk, provider: Provider, settings: Any
) -> None:
    settings.OIDC_ONLY = True
    client = browser()
    hidden, shown = (client.get(reverse("admin:login"), asked).content.decode() for asked in ({}, {"password": ""}))
    assert ('name="password"' in hidden, 'name="password"' in shown, "sign-up" in shown) == (False, True, False)
    for login, status in (("anna", 200), ("alla", 200), ("roman", 302)):
        answer = browser().post(reverse("admin:login"), {"username": login, "password": PASSWORD})
        assert answer.status_code == status, login
    body = json.dumps({"username": "anna", "password": PASSWORD})
    assert Client().post("/api/v1/auth/token", body, content_type="application/json").status_code == 401
    assert come(browser(), provider).status_code == 302


def test_who_has_no_password_is_offered_none(desk: Desk, provider: Provider, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    client = browser()
    come(client, provider)
    assert "Change password" not in client.get(reverse("admin:profile")).content.decode()
    assert client.get(reverse("admin:password_change")).status_code == 403
    with pytest.raises(ActionRefused):
        passwords.change(actor=User.objects.get(username="vera"), old="", new="correct horse 17")

    passwords.ask_for_link(email="vera@example.com")
    passwords.ask_for_link(email="anna@example.com")
    send_letters()
    told = {letter.to[0]: str(letter.body) for letter in mail.outbox}
    assert ("/password/set/" in told["vera@example.com"], "/password/set/" in told["anna@example.com"]) == (False, True)


def test_signing_out_offers_to_leave_the_company_too(desk: Desk, provider: Provider) -> None:
    client = browser()
    come(client, provider)
    token = client.session["company_token"]
    answer = client.post(reverse("admin:logout"))
    href = answer.context["company_out"]
    asked = parse_qs(urlsplit(href).query)
    assert href.startswith(f"{provider.issuer}/logout?")
    assert (asked["id_token_hint"], asked["post_logout_redirect_uri"]) == ([token], ["http://testserver/admin/login/"])
    assert not is_signed_in(client)

    other = desk.client("anna")
    assert other.post(reverse("admin:logout")).context["company_out"] == ""


def test_an_administrator_sees_the_link_and_takes_it_away(desk: Desk, provider: Provider) -> None:
    come(browser(), provider)
    vera = User.objects.get(username="vera")
    page = reverse("admin:company_of_person", args=[vera.pk])
    with pytest.raises(ActionRefused):
        company.unlink(actor=desk.lev, person=vera)
    assert desk.client("lev").post(page + "unlink/").status_code == 403
    assert CompanyIdentity.objects.count() == 1
    assert "sub-vera" in desk.client("roman").get(page).content.decode()
    assert desk.client("roman").post(page + "unlink/").status_code == 302
    assert not CompanyIdentity.objects.exists()
    assert AuditRecord.objects.filter(kind=AuditKind.DELETED, actor=desk.roman, person=vera).count() == 1


def test_two_windows_make_one_account(desk: Desk, provider: Provider, monkeypatch: Any) -> None:
    comer = Comer(issuer=provider.issuer, subject="s", login="vera", first_name="Vera")
    first, calls = company._first_time, []

    def late(who: Comer) -> CompanyIdentity:
        if not calls:
            # The other window is done while this one has not looked yet.
            calls.append(1)
            company.sign_in(comer)
        return first(who)

    monkeypatch.setattr(company, "_first_time", late)
    person = company.sign_in(comer)
    assert (CompanyIdentity.objects.get().person, User.objects.filter(first_name="Vera").count()) == (person, 1)


def test_the_doctor_asks_the_provider(desk: Desk, provider: Provider, settings: Any) -> None:
    assert [(found.level, found.says) for found in doctor.company()] == [("ok", f"{provider.issuer} answers.")]
    provider.breaks = {"openid-configuration"}
    assert [found.level for found in doctor.company()] == ["failed"]
    settings.OIDC_ISSUER = ""
    assert list(doctor.company()) == []


def test_without_a_provider_there_is_no_such_page(desk: Desk) -> None:
    assert {Client().get(reverse(f"admin:company_{name}")).status_code for name in ("start", "back", "link")} == {404}
    assert "company/" not in Client().get(reverse("admin:login")).content.decode()
