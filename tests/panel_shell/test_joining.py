"""Who may become a person of the desk: after an administrator's word, by an invitation, or not at all; nobody learns more than his own."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import hashers
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from helpdesk import moment
from helpdesk.actions import accounts, approving, inviting, signing_up
from helpdesk.actions.refusals import ActionRefused, NotFound, ValidationError
from helpdesk.models import AuditKind, AuditRecord, Invitation, JoiningLetter, Letter, Membership, SignUp, User
from helpdesk.notify import send_joining_letters, send_letters
from tests.panel_shell.test_signing_up import VERA, picture
from tests.people import NOON, Desk

SAID = {key: value for key, value in VERA.items() if key not in ("email", "password_again")}


@pytest.fixture(autouse=True)
def _mail(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def browser() -> Client:
    return Client(headers={"accept-language": "en"})


def link() -> str:
    send_joining_letters()
    found = re.search(r"https?://[^/\s]+(/\S+)", str(mail.outbox[-1].body))
    assert found is not None
    return found[1]


def wait(**changed: Any) -> SignUp:
    """Sign up and confirm; the row waits for an administrator."""
    assert browser().post(reverse("admin:sign_up"), {**VERA, **changed}).status_code == 200
    assert "approve your account" in browser().post(link()).content.decode()
    return SignUp.objects.get(state="waiting", email__iexact=changed.get("email", VERA["email"]))


def stored() -> tuple[Any, ...]:
    models = (User, SignUp, Invitation, Membership, JoiningLetter)
    rows = [row for model in models for row in model.objects.order_by("pk").values()]
    return tuple({name: value for name, value in row.items() if name != "last_login"} for row in rows)


def sign_in(login: str, password: str) -> Any:
    return browser().post(reverse("admin:login"), {"username": login, "password": password})


@pytest.fixture
def approval(desk: Desk, settings: Any) -> Desk:
    settings.SIGN_UP = "approval"
    return desk


def test_an_administrator_approves_and_a_letter_says_so(approval: Desk) -> None:
    row = wait(photo=picture())
    assert not User.objects.filter(email=row.email).exists()
    assert list(Letter.objects.filter(kind="approval").values_list("person__username", flat=True)) == ["roman"]
    page = approval.client("roman").get(reverse("admin:joining")).content.decode()
    assert ("Vera Zimina" in page, "+7 495 123-45-67" in page) == (True, True)
    assert 'title="Sign-ups · waiting for approval"' in page

    answer = approval.client("roman").post(reverse("admin:joining_decide", args=[row.pk]), {"username": "vera"})
    assert answer.status_code == 302
    vera = User.objects.get(username="vera")
    assert (vera.get_full_name(), vera.is_staff, bool(vera.photo)) == ("Vera Zimina", False, True)
    assert vera.check_password(VERA["password"])
    assert AuditRecord.objects.filter(kind=AuditKind.ADDED, person=vera, actor=approval.roman).count() == 1
    assert not SignUp.objects.exists()
    send_letters()
    told = {letter.to[0]: letter for letter in mail.outbox}
    assert "vera" in str(told["vera@example.com"].body).partition("http")[0]
    assert sign_in("vera", VERA["password"]).status_code == 302


def test_a_refusal_tells_its_reason_and_forgets_the_rest(approval: Desk) -> None:
    row = wait(photo=picture())
    photo, address = row.photo, reverse("admin:joining_decide", args=[row.pk])
    assert approval.client("roman").post(address, {"refuse": "1", "reason": " "}).status_code == 422
    assert SignUp.objects.get().state == "waiting"

    assert (
        approval.client("roman").post(address, {"refuse": "1", "reason": "Nobody knows you."}).status_code,
        approval.client("roman").post(address, {"username": "vera"}).status_code,
    ) == (302, 404)
    row.refresh_from_db()
    assert (row.state, row.password, row.phone, bool(row.photo)) == ("refused", "", "", False)
    assert not photo.storage.exists(photo.name)
    send_joining_letters()
    assert (mail.outbox[-1].to, "Nobody knows you." in str(mail.outbox[-1].body)) == (["vera@example.com"], True)
    told = AuditRecord.objects.get(kind=AuditKind.CHANGED, actor=approval.roman)
    assert told.data["changes"] == [["state", "waiting", "refused"]]
    assert "Vera" not in told.object_name
    with moment.at(NOON + timedelta(days=3)):
        assert signing_up.forget_old() == 1
    assert not SignUp.objects.exists()


def test_who_waits_is_told_so_only_after_the_right_password(approval: Desk) -> None:
    wait()
    sentence = "An administrator has to approve"
    assert sentence in sign_in("VERA", VERA["password"]).content.decode()
    unknown, wrong = (sign_in(login, "wrong password").content.decode() for login in ("nobody", "vera"))
    blur = re.compile(r"[A-Za-z0-9]{64}|nobody|vera")
    assert blur.sub("", unknown) == blur.sub("", wrong)
    assert sentence not in wrong
    given = {"username": "vera", "password": VERA["password"]}
    answer = Client().post("/api/v1/auth/token", given, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (401, "waiting")
    assert not User.objects.filter(username="vera").exists()


def test_a_failed_sign_in_takes_the_same_work_whether_somebody_waits(approval: Desk, monkeypatch: Any) -> None:
    wait()
    hashed: list[str] = []
    encode = hashers.MD5PasswordHasher.encode

    def counted(self: Any, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(hashers.MD5PasswordHasher, "encode", counted)
    work = []
    for login in ("nobody", "vera", "anna"):
        hashed.clear()
        sign_in(login, "wrong")
        work.append(len(hashed))
    assert work[0] == work[1] == work[2]


def test_only_administrators_decide_and_only_once(approval: Desk) -> None:
    row, before = wait(), stored()
    address = reverse("admin:joining_decide", args=[row.pk])
    for login in ("anna", "alla", "lev", "katya", "olga"):
        assert approval.client(login).post(address, {"username": "vera"}).status_code == 403, login
        with pytest.raises(ActionRefused):
            approving.approve(actor=approval.people[login], sign_up_id=row.pk)
        with pytest.raises(ActionRefused):
            approving.refuse(actor=approval.people[login], sign_up_id=row.pk, reason="No.")
    with pytest.raises(ValidationError):
        approving.approve(actor=approval.roman, sign_up_id=row.pk, username="ANNA")
    assert stored() == before

    approving.approve(actor=approval.roman, sign_up_id=row.pk, username="vera.z")
    with pytest.raises(NotFound):
        approving.approve(actor=approval.roman, sign_up_id=row.pk)
    assert User.objects.filter(email=VERA["email"]).count() == 1


def test_the_latest_of_one_mailbox_waits_and_administrators_hear_once(approval: Desk) -> None:
    wait()
    with moment.at(NOON + timedelta(minutes=10)):
        row = wait(first_name="Veronika")
    assert (row.first_name, SignUp.objects.filter(state="waiting").count()) == ("Veronika", 1)
    assert Letter.objects.filter(kind="approval").count() == 1
    with moment.at(NOON + timedelta(days=30)):
        signing_up.forget_old()
        assert SignUp.objects.filter(state="waiting").count() == 1


def invite(desk: Desk, *emails: str, **gives: Any) -> list[Invitation]:
    return inviting.invite(actor=desk.roman, emails=emails or ["vera@corp.example"], **gives)


def test_an_invitation_makes_an_account_with_what_was_promised(desk: Desk, settings: Any) -> None:
    settings.SIGN_UP, settings.SIGN_UP_DOMAINS = "invitation", ["example.org"]
    assert browser().get(reverse("admin:sign_up")).status_code == 403
    answer = desk.client("roman").post(
        reverse("admin:joining"),
        {"emails": "vera@corp.example;\n dora@corp.example", "role": "analyst", "line": desk.second.pk, "line_role": "lead"},
    )  # fmt: skip
    assert (answer.status_code, Invitation.objects.count()) == (302, 2)
    address = link()
    assert [letter.to for letter in mail.outbox] == [["vera@corp.example"], ["dora@corp.example"]]
    form = browser().get(address).content.decode()
    assert ('name="email"' in form, "dora@corp.example" in form) == (False, True)

    # Nothing but his own can be set, the e-mail neither.
    given = {**VERA, "username": "dora", "email": "roman@example.com", "is_superuser": "on", "role": "administrator"}
    assert browser().post(address, {**given, "photo": picture()}).status_code == 302
    dora = User.objects.get(username="dora")
    assert (dora.email, dora.is_superuser, bool(dora.photo)) == ("dora@corp.example", False, True)
    assert Membership.objects.get(person=dora).role == "lead"
    assert set(dora.groups.values_list("name", flat=True)) >= {"analyst"}
    assert browser().post(address, {**given, "username": "dora2"}).status_code == 410
    assert sign_in("dora", VERA["password"]).status_code == 302
    actors = AuditRecord.objects.filter(person=dora, kind__in=("roles", "membership")).values_list("actor", flat=True)
    assert set(actors) == {desk.roman.pk}


def test_a_link_ends_by_withdrawing_sending_again_and_time(desk: Desk) -> None:
    (row,) = invite(desk)
    first = link()
    assert browser().get(first).status_code == 200
    inviting.send_again(actor=desk.roman, invitation_id=row.pk)
    assert browser().get(first).status_code == 410
    second = link()
    with moment.at(NOON + timedelta(days=14)):
        assert browser().get(second).status_code == 410
    # Inviting once more takes the place of the open one.
    (other,) = invite(desk, "VERA@corp.example")
    assert (browser().get(second).status_code, Invitation.objects.get(pk=row.pk).is_open) == (410, False)
    third = link()
    inviting.withdraw(actor=desk.roman, invitation_id=other.pk)
    before = stored()
    assert (browser().get(third).status_code, browser().post(third, VERA).status_code) == (410, 410)
    with pytest.raises(ActionRefused):
        inviting.accept(secret=third.rstrip("/").rpartition("/")[2], **SAID)
    with pytest.raises(NotFound):
        inviting.send_again(actor=desk.roman, invitation_id=other.pk)
    assert stored() == before


def test_only_administrators_invite_and_never_more_than_they_have(desk: Desk, settings: Any) -> None:
    before = stored()
    for login in ("anna", "alla", "lev", "katya"):
        with pytest.raises(ActionRefused):
            inviting.invite(actor=desk.people[login], emails=["eve@corp.example"], role="administrator")
        assert desk.client(login).post(reverse("admin:joining"), {"emails": "eve@corp.example"}).status_code == 403
    for wrong in (
        {"emails": ["x"]}, {"emails": []}, {"emails": ["anna@EXAMPLE.com"]}, {"emails": ["a@b.example"], "role": "agent"},
        {"emails": ["a@b.example"], "role": "root"}, {"emails": ["a@b.example"] * 1 + [f"{n}@b.example" for n in range(100)]},
    ):  # fmt: skip
        with pytest.raises(ValidationError):
            inviting.invite(actor=desk.roman, **wrong)  # type: ignore[arg-type]
    settings.SIGN_UP = "closed"
    with pytest.raises(ActionRefused):
        invite(desk)
    assert stored() == before


def test_who_has_lost_the_right_gives_nothing_by_an_old_invitation(desk: Desk) -> None:
    invite(desk, role="administrator", line=desk.first)
    address = link()
    accounts.set_groups(actor=User.objects.create(username="root", is_superuser=True), person=desk.roman, groups=[])
    assert browser().post(address, VERA).status_code == 302
    vera = User.objects.get(username="vera")
    assert (vera.groups.count(), vera.is_staff, Membership.objects.filter(person=vera).exists()) == (0, False, False)


def test_where_nobody_makes_his_own_account_an_old_invitation_is_over(desk: Desk, settings: Any) -> None:
    invite(desk)
    address = link()
    settings.SIGN_UP = "closed"
    before = stored()
    assert (browser().get(address).status_code, browser().post(address, VERA).status_code) == (410, 410)
    assert stored() == before


def test_letters_to_people_without_an_account_are_in_the_log(desk: Desk) -> None:
    invite(desk)
    client = desk.client("roman")
    page = client.get(reverse("admin:letters"), {"to": "outside"}).content.decode()
    assert ("vera@corp.example" in page, "Invitation to sign up" in page) == (True, True)
    letter = JoiningLetter.objects.get()
    again = reverse("admin:joining_letter_again", args=[letter.pk])
    assert desk.client("lev").post(again).status_code == 403
    first = link()
    assert client.post(again).status_code == 302
    second = link()
    assert (first != second, browser().get(first).status_code, browser().get(second).status_code) == (True, 410, 200)
    # A letter whose link has been used is not sent again.
    browser().post(second, VERA)
    client.post(again)
    assert (send_joining_letters(), JoiningLetter.objects.get().state) == (0, "given_up")


def test_a_letter_is_sent_once_and_given_up_after_a_day(desk: Desk, settings: Any) -> None:
    invite(desk)
    settings.EMAIL_BACKEND = "no.such.Backend"
    for minutes in (0, 1, 3, 7):
        with moment.at(NOON + timedelta(minutes=minutes)):
            assert send_joining_letters() == 0
    assert JoiningLetter.objects.get().attempts == 4
    with moment.at(NOON + timedelta(hours=25)):
        send_joining_letters()
    row = JoiningLetter.objects.get()
    assert (row.state, bool(row.error)) == ("given_up", True)


def test_the_page_costs_the_same_for_many(approval: Desk) -> None:
    client, page = approval.client("roman"), reverse("admin:joining")
    counts = []
    for number in (1, 12):
        invite(approval, *(f"n{each}@corp.example" for each in range(number)), line=approval.first)
        for each in range(number):
            SignUp.objects.create(state="waiting", username=f"w{number}{each}", email=f"w{each}@corp.example")
        client.get(page)
        with CaptureQueriesContext(connection) as queries:
            client.get(page)
        counts.append(len(queries))
    assert counts[0] == counts[1]
