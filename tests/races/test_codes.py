"""Of several processes that send one code at the same moment exactly one gets in; each recovery code lets one in."""

from __future__ import annotations

from datetime import timedelta

import pyotp
import pytest

from helpdesk.actions import recovery, second_factors
from helpdesk.models import AuditKind, AuditRecord
from helpdesk.moment import at, now
from tests.people import make_desk
from tests.races.processes import start, together

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
RACER = """
from helpdesk.actions import second_factors
from helpdesk.models import User
person = User.objects.get(username="anna")
print("ready", flush=True)
start = float(sys.stdin.readline())
time.sleep(max(0, start - time.time()))
print(*(second_factors.check(person=person, text=text, address="10.0.0.1").taken for text in sys.argv[1:]))
"""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_one_code_lets_one_of_four_in() -> None:
    desk = make_desk()
    with at(now() - timedelta(hours=1)) as before:
        codes = second_factors.set_up_app(
            actor=desk.anna, secret=SECRET, code=pyotp.TOTP(SECRET).at(before), session=None
        )
    answers = together([start(RACER, pyotp.TOTP(SECRET).at(now()), codes[0]) for _number in range(4)])

    for taken in zip(*(answer.split() for answer in answers), strict=True):
        assert sorted(taken) == ["False"] * 3 + ["True"]
    assert recovery.left(desk.anna) == 9
    assert AuditRecord.objects.filter(kind=AuditKind.CODE_FAILED).count() == 6
