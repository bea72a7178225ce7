"""Who comes by the company: an e-mail counts only when it is sure and whole, and an account that is gone cannot be linked."""

from __future__ import annotations

from typing import Any

import pytest

from helpdesk.actions import company, company_claims
from helpdesk.actions.company_claims import Comer
from helpdesk.actions.refusals import ActionRefused
from helpdesk.models import AuditKind, AuditRecord, CompanyIdentity, User
from tests.people import PASSWORD, Desk

ISSUER = "https://login.example.org"
LONG = "vera@" + "a" * 60 + "." + "b" * 60 + "." + "c" * 40 + ".example"


@pytest.fixture(autouse=True)
def _used(settings: Any) -> None:
    settings.OIDC_ISSUER = ISSUER


@pytest.mark.parametrize(
    ("claims", "email"),
    [
        ({"email": "vera@example.com", "email_verified": True}, "vera@example.com"),
        ({"email": "vera@example.com", "email_verified": "true"}, "vera@example.com"),
        ({"email": "vera@example.com"}, ""), ({"email": "vera@example.com", "email_verified": "false"}, ""),
        ({"email": "vera at example.com", "email_verified": True}, ""), ({"email_verified": True}, ""),
        ({"email": ["vera@example.com"], "email_verified": True}, ""),
        ({"email": LONG, "email_verified": True}, LONG),
        ({"email": f"vera@{'.'.join(['d' * 60] * 4)}.example", "email_verified": True}, ""),
    ],
)  # fmt: skip
def test_an_e_mail_is_taken_only_when_it_is_sure_and_whole(claims: dict[str, Any], email: str) -> None:
    assert company_claims.read({"iss": ISSUER, "sub": "1", **claims}).email == email


def test_an_account_whose_e_mail_has_changed_is_not_linked(desk: Desk) -> None:
    comer = Comer(ISSUER, "sub-anna", email="anna@example.com")
    User.objects.filter(pk=desk.anna.pk).update(email="anna@elsewhere.example")

    with pytest.raises(ActionRefused) as refusal:
        company.link(comer, password=PASSWORD, address="192.0.2.1")

    assert refusal.value.code == "no_account"
    assert not CompanyIdentity.objects.exists()


def test_who_has_no_e_mail_here_gets_the_one_of_the_company(desk: Desk) -> None:
    CompanyIdentity.objects.create(person=desk.boris, issuer=ISSUER, subject="b")
    User.objects.filter(pk=desk.boris.pk).update(email="")

    # Anna's stays hers.
    company.sign_in(Comer(ISSUER, "b", email="ANNA@example.com"))
    assert User.objects.get(pk=desk.boris.pk).email == ""

    company.sign_in(Comer(ISSUER, "b", email="boris@corp.example"))
    assert User.objects.get(pk=desk.boris.pk).email == "boris@corp.example"
    told = AuditRecord.objects.get(kind=AuditKind.CHANGED, person=desk.boris)
    assert (told.actor, [change[0] for change in told.data["changes"]]) == (desk.boris, ["email"])

    company.sign_in(Comer(ISSUER, "b", email="boris@other.example"))
    assert User.objects.get(pk=desk.boris.pk).email == "boris@corp.example"
