"""Decides when a sign-in is finished: at once, or after a second step; every way of signing in ends here.

Between the steps nobody is signed in. The session, with a new key, remembers for ten minutes who has shown that he knows
his password: pages and API see an anonymous visitor.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.contrib.auth import login
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from helpdesk import access
from helpdesk.access.sessions import ADDRESS, BEGAN, BROWSER
from helpdesk.actions import attempts, second_factors, sign_ins, totp
from helpdesk.actions.second_factors import Checked
from helpdesk.models import User
from helpdesk.moment import now

HALF_LIFE = timedelta(minutes=10)
# How long a person who has just shown who he is may change what guards his account.
FRESH = timedelta(minutes=15)
BACKEND = "helpdesk.access.backends.PeopleBackend"
_log = logging.getLogger(__name__)
_HALF, _SECOND, _SHOWN = "half", "second", "shown"


class Step(StrEnum):
    """What is left of a sign-in."""

    DONE = "done"
    CODE = "code"
    SET_UP = "set_up"


@dataclass(frozen=True)
class Waiting:
    """Somebody between the two steps: who, what is left, where to go afterwards, whether the browser remembers him."""

    person: User
    step: Step
    onward: str
    remember: bool


def begin(
    request: HttpRequest, person: User, *, remember: bool = False, onward: str = "", strong: bool = False
) -> Step:
    """Finish the sign-in of `person`, or put it on hold until his second step; return what is left.

    Every way of signing in calls this once, and never Django's `login`, after it has found out who the person is: by a
    password, by a passkey, from the company's provider. `person` must be active and no service account. `onward` is an
    address of this desk that the caller has checked; `remember` lets the sign-in outlive the browser. `strong` says that
    both factors have been shown already: a passkey whose device has verified its user, or a provider that says so.

    DONE: `request.user` is signed in, answer with a redirect to `onward`. CODE and SET_UP: nobody is signed in; answer
    with a redirect to the page `admin:second_step`, which asks for a code or a passkey, or, because the role of the
    person demands a second factor and he has none, lets him set one up; it calls `complete` and goes on to `onward`.
    """
    step = Step.DONE if strong else step_of(person)
    if step is Step.DONE:
        _finish(request, person, remember=remember, second=strong)
        return step
    request.session.flush()
    request.session[_HALF] = {
        "person": person.pk,
        "stamp": person.get_session_auth_hash(),
        "until": (now() + HALF_LIFE).isoformat(),
        "onward": onward,
        "remember": remember,
    }
    request.session.set_expiry(int(HALF_LIFE.total_seconds()))
    request.user = AnonymousUser()
    return step


def step_of(person: User) -> Step:
    """Return which second step is due after the password of `person`."""
    if second_factors.has_some(person):
        return Step.CODE
    return Step.SET_UP if access.demands_second_factor(person) else Step.DONE


def waiting(request: HttpRequest) -> Waiting | None:
    """Return who is between the two steps in this browser; None when nobody is, or when he took too long."""
    half = request.session.get(_HALF)
    if half is None or now() >= datetime.fromisoformat(half["until"]):
        return None
    person = User.objects.filter(pk=half["person"], is_active=True, is_service=False).first()
    # A password that was changed in between ends what began with the old one.
    if person is None or not constant_time_compare(half["stamp"], person.get_session_auth_hash()):
        return None
    return Waiting(person, step_of(person), half["onward"], half["remember"])


def complete(request: HttpRequest, found: Waiting) -> None:
    """Sign in who has taken the second step: his code or passkey was accepted, or he has just set one up."""
    _finish(request, found.person, remember=found.remember, second=True)


def _finish(request: HttpRequest, person: User, *, remember: bool, second: bool) -> None:
    session, at = request.session, now().isoformat()
    session.pop(_HALF, None)
    login(request, person, backend=BACKEND)
    session[BEGAN] = session[_SHOWN] = at
    session[_SECOND] = second
    session[ADDRESS] = attempts.address_of(request)
    session[BROWSER] = request.headers.get("User-Agent", "")
    # Without the wish to be remembered the session ends with the browser: the machine may be a shared one.
    session.set_expiry(None if remember else 0)


def keep(request: HttpRequest) -> None:
    """Look at a signed-in browser before its request is answered: note that it was seen, or end what is not enough any more.

    Not enough is a sign-in without a second step of a person whose role demands one: since his sign-in the role or the
    rule has come.
    """
    person = request.user
    if not isinstance(person, User) or not person.is_authenticated:
        return
    if access.demands_second_factor(person) and not request.session.get(_SECOND):
        request.session.flush()
        request.user = AnonymousUser()
        return
    try:
        sign_ins.note_seen(request.session)  # type: ignore[arg-type]  # the engine of the settings
    except DatabaseError:
        # The page does not depend on it: a lock held by somebody else's long write must not cost an answer.
        _log.warning("it could not be noted that a browser was seen", exc_info=True)


def mark_second(request: HttpRequest) -> None:
    """Remember that this signed-in browser has shown a second factor: its person has just set one up, or used one."""
    request.session[_SECOND] = True
    mark_shown(request)


def mark_shown(request: HttpRequest) -> None:
    """Remember that the person at this browser has just shown again who he is."""
    request.session[_SHOWN] = now().isoformat()


def confirm(request: HttpRequest, person: User, proof: str) -> Checked:
    """Let the signed-in `person` show again who he is, by his password or a code of his app. Failures are counted."""
    typed, who = "".join(proof.split()), f"person-{person.pk}"
    looks_like_code = len(typed) == totp.DIGITS and typed.isascii() and typed.isdecimal()
    if looks_like_code and second_factors.has_app(person):
        done = second_factors.check(person=person, text=typed, address=attempts.address_of(request))
    else:
        wait = attempts.seconds_to_wait("password", who)
        done = Checked(taken=not wait and person.check_password(proof), wait=wait)
        if not done.taken and not wait:
            attempts.count_failure("password", who)
    if done.taken:
        mark_shown(request)
    return done


def is_fresh(request: Any) -> bool:
    """Say whether the person at this browser has shown who he is within the last fifteen minutes."""
    shown = request.session.get(_SHOWN) or request.session.get(BEGAN)
    return bool(shown) and now() - datetime.fromisoformat(shown) < FRESH
