"""Decides how a person signs in by the API, makes and revokes tokens, and changes the password."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import authenticate, logout, update_session_auth_hash
from django.middleware.csrf import get_token
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from helpdesk.actions import approving, attempts, passwords, second_factors, signing_in, tokens
from helpdesk.api import throttles
from helpdesk.api.authentication import SessionAuthentication
from helpdesk.api.endpoint import Endpoint, checked, created
from helpdesk.api.errors import Problem
from helpdesk.api.operations import listing, operation
from helpdesk.api.safe_writes import once, safe_write
from helpdesk.api.shapes.account import PasswordNew, Proof, SessionShape, SignIn, TokenMade, TokenNew, TokenShape
from helpdesk.models import User

TAG = "Sign-in"
SIGNED_IN = "everybody, in a session; not with a token"
TokenList = listing(TokenShape, "TokenList")


def recognised(request: Request) -> tuple[User, bool]:
    """Return the person whose login, password and, where one is due, code the body has, and whether a code was taken.

    What is missing is told only to who knows the password. Raises Problem, and Throttled after too many failures.
    """
    values = checked(SignIn, request)
    code = values.pop("code", "")
    login_name, address = values["username"], attempts.address_of(request)
    throttles.rest(attempts.sign_in_wait(login_name, address))
    user = authenticate(request._request, **values)  # noqa: SLF001 - Django's backends want its own request
    if not isinstance(user, User):
        attempts.sign_in_failed(login_name, address)
        if approving.waits(login_name, values["password"]):
            raise Problem(401, "waiting", approving.sentence())
        raise Problem(401, "wrong_credentials", _("Login and password do not match."))
    attempts.forgive("sign-in", attempts.pair(login_name, address))
    step = signing_in.step_of(user)
    if step is signing_in.Step.SET_UP:
        raise Problem(
            403, "second_factor_missing", _("Your role demands a second factor. Set one up in the panel first.")
        )
    if step is signing_in.Step.CODE:
        _take_code(user, code, address)
    return user, step is signing_in.Step.CODE


def _take_code(user: User, code: str, address: str) -> None:
    if not code:
        raise Problem(401, "code_required", _("Send the code of your app, or a recovery code, along as “code”."))
    done = second_factors.check(person=user, text=code, address=address)
    throttles.rest(done.wait)
    if not done.taken:
        raise Problem(401, "wrong_code", _("This code is wrong, or it was used before."))


class Session(Endpoint):
    """The session of this browser."""

    is_public = True
    throttle_class = "sensitive"

    @operation(
        TAG, "session_read", "Look whether you are signed in", who="everybody", public=True,
        text="Sets the cookie `csrftoken`; send its value as X-CSRFToken with every write in a session.",
        answers={200: SessionShape},
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        return Response(_session(request))

    @operation(
        TAG, "session_create", "Sign in", who="everybody with an account", public=True,
        text="For a client of the same origin: the answer sets the session cookie. Needs X-CSRFToken. "
             "A person with a second factor sends `code` as well; without it: 401 `code_required`. "
             "After ten failures the login rests for five minutes (429).",
        body=SignIn, answers={200: SessionShape}, errors=(403,),
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        SessionAuthentication().enforce_csrf(request._request)  # noqa: SLF001 - DRF wraps the request that has the cookie
        user, second = recognised(request)
        signing_in.begin(request._request, user, remember=True, strong=second)  # noqa: SLF001
        request.user = user
        return Response(_session(request))

    @operation(
        TAG, "session_delete", "Sign out", who="everybody, in a session", public=True, answers={204: None}, errors=(403,)
    )  # fmt: skip
    def delete(self, request: Request) -> Response:
        logout(request._request)  # noqa: SLF001
        return Response(status=204)


class Confirmation(Endpoint):
    """Having shown again who one is."""

    session_only = True
    throttle_class = "sensitive"

    @operation(
        TAG, "session_confirm", "Show again who you are", who="everybody, in a session; with a pair sign in for a new one",
        text="With the password or a code of the app; for a quarter of an hour you may make tokens then.",
        body=Proof, answers={204: None}, errors=(403,),
    )  # fmt: skip
    @once
    def post(self, request: Request) -> Response:
        if request.auth is not None:
            raise Problem(403, "session_required", _("Sign in again for a new pair of tokens instead."))
        proof = checked(Proof, request)["proof"]
        done = signing_in.confirm(request._request, self.person, proof)  # noqa: SLF001
        throttles.rest(done.wait)
        if not done.taken:
            raise Problem(403, "wrong_proof", _("This is neither your password nor a code of your app."))
        return Response(status=204)


class Tokens(Endpoint):
    """One's tokens."""

    session_only = True
    fresh_only = True
    throttle_class = "sensitive"

    @operation(TAG, "tokens_list", "List your tokens", who=SIGNED_IN, answers={200: TokenList}, errors=(403,))
    def get(self, request: Request) -> Response:
        return Response({"results": TokenShape(tokens.visible(actor=self.person), many=True).data})

    @operation(
        TAG, "tokens_create", "Make a token", who=f"{SIGNED_IN}; for a service account administrators",
        text="The text of the token is in this answer and nowhere else. Whoever signed in more than a quarter of an hour "
             "ago shows again who he is first: 403 `confirmation_required`.",
        body=TokenNew, answers={201: TokenMade}, errors=(403,),
    )  # fmt: skip
    @safe_write
    def post(self, request: Request) -> Response:
        values = checked(TokenNew, request)
        owner = tokens.owner(actor=self.person, person_id=values.pop("person", None))
        token, text = tokens.create(actor=self.person, person=owner, **values)
        answer = created({**TokenShape(token).data, "token": text}, f"{request.path}/{token.pk}")
        answer.secret_field = "token"  # type: ignore[attr-defined]  # noqa: S105 - the name of a field
        return answer


class TokenOne(Endpoint):
    """One token."""

    session_only = True
    throttle_class = "sensitive"

    @operation(
        TAG, "tokens_delete", "Revoke a token", who=f"{SIGNED_IN}; administrators anybody's", text="It ends at once.",
        answers={204: None}, errors=(403, 404),
    )  # fmt: skip
    def delete(self, request: Request, pk: int) -> Response:
        tokens.revoke(actor=self.person, token_id=pk)
        return Response(status=204)


class Password(Endpoint):
    """One's password."""

    session_only = True
    throttle_class = "sensitive"

    @operation(
        TAG, "password_change", "Change your password", who=SIGNED_IN,
        text="Every other session and every token ends. After ten wrong old passwords: 429.",
        body=PasswordNew, answers={204: None}, errors=(403,),
    )  # fmt: skip
    @once
    def post(self, request: Request) -> Response:
        values = checked(PasswordNew, request)
        who = f"person-{self.person.pk}"
        throttles.refuse_after_failures("password", who)
        if not self.person.check_password(values["old_password"]):
            attempts.count_failure("password", who)
        person = passwords.change(actor=self.person, old=values["old_password"], new=values["new_password"])
        if request.auth is None:
            update_session_auth_hash(request._request, person)  # noqa: SLF001
        return Response(status=204)


def _session(request: Request) -> dict[str, Any]:
    user = request.user
    signed_in = user.is_authenticated
    return {
        "signed_in": signed_in,
        "username": user.get_username() if signed_in else None,
        "csrf_token": get_token(request._request),  # noqa: SLF001
    }
