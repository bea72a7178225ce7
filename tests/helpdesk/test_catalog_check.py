"""What nobody could tell apart in the catalog is named, each of the alike ones."""

from __future__ import annotations

from typing import Any

import pytest

from helpdesk.actions import catalog_check
from helpdesk.actions.refusals import ActionRefused
from helpdesk.models import Service, WorkType
from tests.people import Desk

LIMITS = {"reaction_limit": "30m", "execution_limit": "4h"}


def alike(desk: Desk) -> list[Any]:
    return [(found.record, found.text) for found in catalog_check.check(desk.katya) if found.check == "duplicates"]


def test_kinds_of_one_service_with_one_name_are_told_apart_by_their_codes(desk: Desk) -> None:
    phones = Service.objects.create(code="PHONE", name="Phones")
    WorkType.objects.create(service=phones, code="P.1", name="Mailbox", **LIMITS)
    assert alike(desk) == []

    twin = WorkType.objects.create(service=desk.mail, code="MAIL.3", name="MAILBOX", **LIMITS)
    assert alike(desk) == [(desk.mailbox, "Mail · MAIL.1"), (twin, "Mail · MAIL.3")]

    WorkType.objects.filter(pk=twin.pk).update(is_active=False)
    assert alike(desk) == []


def test_only_who_keeps_the_catalog_has_it_checked(desk: Desk) -> None:
    for login in ("anna", "alla", "lev", "olga"):
        with pytest.raises(ActionRefused):
            catalog_check.check(desk.people[login])
