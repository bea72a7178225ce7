"""Where nobody signs up, what is sent to the form all the same makes nothing and says where an account comes from."""

from __future__ import annotations

from typing import Any

import pytest

from helpdesk.actions import signing_up
from helpdesk.actions.refusals import ActionRefused
from helpdesk.models import JoiningLetter, SignUp

VERA: dict[str, Any] = {
    "first_name": "Vera", "last_name": "Zimina", "department": "", "email": "vera@example.com", "phone": "",
    "username": "vera", "password": "correct horse 17", "photo": None,
}  # fmt: skip


@pytest.mark.parametrize(
    ("mode", "company_only", "says"),
    [
        ("closed", False, "Nobody signs up here. Ask the administrator for an account."),
        ("open", True, "Nobody signs up here. Ask the administrator for an account."),
        ("invitation", False, "Who is invited by an administrator gets a letter with a link. Ask for one."),
    ],
)
def test_a_desk_without_sign_up_says_where_accounts_come_from(
    db: None, settings: Any, mode: str, company_only: bool, says: str
) -> None:
    settings.SIGN_UP, settings.OIDC_ONLY = mode, company_only

    with pytest.raises(ActionRefused, match="sign_up_closed") as refused:
        signing_up.sign_up(**VERA)

    assert refused.value.reason == says
    assert not SignUp.objects.exists()
    assert not JoiningLetter.objects.exists()
