"""On the way to an account: what is taken meanwhile, what does not fit, and what ends with a sign-up; nobody gets in by chance."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import pytest

from helpdesk import moment
from helpdesk.actions import approving, inviting, new_accounts, notices, signing_up
from helpdesk.actions.refusals import ActionRefused, NotFound, ValidationError
from helpdesk.models import Invitation, JoiningLetter, Letter, SignUp, User
from tests.meanwhile import meanwhile
from tests.panel_shell.test_joining import SAID, stored
from tests.panel_shell.test_signing_up import VERA, picture
from tests.people import NO_ROW, NOON, Desk

SECRET = "the-secret-of-the-letter"
ASKED = {name: value for name, value in VERA.items() if name != "password_again"}


@pytest.fixture
def approval(desk: Desk, settings: Any) -> Desk:
    settings.SIGN_UP = "approval"
    return desk


def asked(**changed: Any) -> SignUp:
    """Sign up; the letter has left, and SECRET stands in its link."""
    signing_up.sign_up(**{**ASKED, **changed})
    row = SignUp.objects.latest("pk")
    row.digest = hashlib.sha256(SECRET.encode()).hexdigest()
    row.save()
    return row


def waiting(**changed: Any) -> SignUp:
    """Sign up and confirm; the row waits for an administrator."""
    row = asked(**changed)
    assert signing_up.confirm(secret=SECRET) is None
    row.refresh_from_db()
    return row


def test_who_waits_under_a_login_of_somebody_else_has_to_choose_another(approval: Desk) -> None:
    asked(username="Anna")
    before = stored()

    for login in (None, "BORIS", "a b"):
        with pytest.raises(ValidationError) as told:
            signing_up.confirm(secret=SECRET, username=login)
        assert (set(told.value.message_dict), stored()) == ({"username"}, before)

    assert signing_up.confirm(secret=SECRET, username="vera") is None
    row = SignUp.objects.get()
    assert (row.state, row.username, User.objects.filter(email=row.email).exists()) == ("waiting", "vera", False)


def test_who_has_an_account_by_now_is_not_approved_but_can_be_refused(approval: Desk) -> None:
    row = waiting()
    User.objects.filter(username="boris").update(email="Vera@example.com")
    before = stored()

    with pytest.raises(ActionRefused) as refusal:
        approving.approve(actor=approval.roman, sign_up_id=row.pk)
    assert (refusal.value.code, stored()) == ("email_taken", before)
    assert "Refuse this sign-up" in str(refusal.value.reason)

    # She gave no photo, so there is none to forget.
    approving.refuse(actor=approval.roman, sign_up_id=row.pk, reason="You have an account.")
    assert SignUp.objects.get().state == "refused"
    assert not Letter.objects.filter(kind="approved").exists()


def test_signing_up_once_more_leaves_no_photo_and_no_letter_of_the_first_time(approval: Desk) -> None:
    first = waiting(photo=picture())
    photo, storage = first.photo.name, first.photo.storage
    assert storage.exists(photo)

    with moment.at(NOON + timedelta(minutes=10)):
        second = waiting(email="VERA@example.com")

    assert list(SignUp.objects.all()) == [second]
    assert not storage.exists(photo)
    assert not JoiningLetter.objects.filter(sign_up=None, state="pending").exists()


def test_a_login_taken_in_the_same_moment_is_told_as_taken(desk: Desk) -> None:
    row = SignUp(**{name: value for name, value in ASKED.items() if name != "photo"})

    with (
        pytest.raises(ValidationError) as told,
        meanwhile(lambda: User.objects.create(username="VERA"), before="SAVEPOINT"),
    ):
        new_accounts.make(row, actor=None)

    assert set(told.value.message_dict) == {"username"}
    assert list(User.objects.filter(username__iexact="vera").values_list("username", flat=True)) == ["VERA"]


def test_an_e_mail_taken_in_the_same_moment_is_told_as_taken(desk: Desk) -> None:
    """It was told as a taken login: another one would have been chosen in vain."""
    row = SignUp(**{name: value for name, value in ASKED.items() if name != "photo"})

    with (
        pytest.raises(ActionRefused) as told,
        meanwhile(lambda: User.objects.create(username="else", email=row.email.upper()), before="SAVEPOINT"),
    ):
        new_accounts.make(row, actor=None)

    assert told.value.code == "email_taken"
    assert not User.objects.filter(username="vera").exists()


@pytest.mark.parametrize(
    ("password", "says"), [(None, "Fill this in."), ("", "Fill this in."), (17, "Fill this in."), ("a1" * 2049, "4098")]
)
def test_a_password_that_cannot_be_one_is_told_at_its_field(desk: Desk, password: Any, says: str) -> None:
    before = stored()

    with pytest.raises(ValidationError) as told:
        signing_up.sign_up(**{**ASKED, "password": password})

    assert set(told.value.message_dict) == {"password"}
    assert says in told.value.message_dict["password"][0]
    assert stored() == before


def test_an_invitation_to_a_line_that_does_not_work_is_not_written(desk: Desk) -> None:
    desk.second.is_active = False
    desk.second.save()
    before = stored()

    for gives in ({"line": desk.second}, {"line": desk.first, "line_role": "owner"}):
        with pytest.raises(ValidationError) as told:
            inviting.invite(actor=desk.roman, emails=["vera@corp.example"], **gives)  # type: ignore[arg-type]
        assert set(told.value.message_dict) == {"line"}

    assert stored() == before


@pytest.fixture
def invitation(desk: Desk) -> Invitation:
    """Return an open invitation to vera@corp.example; the letter has left, and SECRET stands in its link."""
    (row,) = inviting.invite(actor=desk.roman, emails=["vera@corp.example"])
    row.digest = hashlib.sha256(SECRET.encode()).hexdigest()
    row.save()
    return row


def test_the_invited_does_not_choose_the_e_mail(desk: Desk, invitation: Invitation) -> None:
    before = stored()

    with pytest.raises(TypeError, match="e-mail"):
        inviting.accept(secret=SECRET, **SAID, email="roman@corp.example")

    assert stored() == before


def test_an_invitation_ends_when_its_e_mail_has_an_account(desk: Desk, invitation: Invitation) -> None:
    User.objects.filter(username="boris").update(email="VERA@corp.example")
    before = stored()

    with pytest.raises(ActionRefused) as refusal:
        inviting.accept(secret=SECRET, **SAID)

    assert (refusal.value.code, stored()) == ("link_over", before)


def test_an_invitation_withdrawn_while_it_is_answered_makes_no_account(desk: Desk, invitation: Invitation) -> None:
    people = User.objects.count()

    def withdraw() -> None:
        inviting.withdraw(actor=desk.roman, invitation_id=invitation.pk)

    with pytest.raises(ActionRefused) as refusal, meanwhile(withdraw, before="SAVEPOINT"):
        inviting.accept(secret=SECRET, **SAID)

    assert (refusal.value.code, User.objects.count()) == ("link_over", people)


def test_a_letter_that_waits_is_not_sent_again(desk: Desk, invitation: Invitation) -> None:
    letter, before = JoiningLetter.objects.get(), stored()

    with pytest.raises(ActionRefused) as refusal:
        notices.send_joining_again(actor=desk.roman, letter_id=letter.pk)
    with pytest.raises(NotFound):
        notices.send_joining_again(actor=desk.roman, letter_id=NO_ROW)

    assert (refusal.value.code, stored()) == ("pending", before)
