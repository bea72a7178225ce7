"""Decides how a single-page client signs in without a session, and how a forgotten password is set by the API."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from helpdesk.actions import pairs, passwords
from helpdesk.actions.refusals import ActionRefused
from helpdesk.api.endpoint import Endpoint, checked
from helpdesk.api.errors import Problem
from helpdesk.api.operations import operation
from helpdesk.api.shapes.account import Address, LinkPassword, PairShape, RefreshGiven, SignIn
from helpdesk.api.v1.auth import TAG, recognised

ANYBODY = "everybody with an account"


class _Public(Endpoint):
    is_public = True
    throttle_class = "sensitive"


class PairNew(_Public):
    """A pair of tokens."""

    @operation(
        TAG, "pair_create", "Sign in for a pair of tokens", who=ANYBODY, public=True,
        text="For a single-page client: send the access token as `Authorization: Bearer …`; it is valid for ten minutes. "
             "The refresh token is valid for fourteen days and works once. Both end with a new password. "
             "A person with a second factor sends `code` as well; without it: 401 `code_required`. "
             "After ten failures the login rests for five minutes (429).",
        body=SignIn, answers={200: PairShape}, errors=(403,),
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        person, second = recognised(request)
        return Response(PairShape(pairs.issue(actor=person, second=second)).data)


class PairRefresh(_Public):
    """The next pair."""

    @operation(
        TAG, "pair_refresh", "Get the next pair of tokens", who="everybody with a refresh token", public=True,
        text="The refresh token is used up by it, whether or not the answer arrives.",
        body=RefreshGiven, answers={200: PairShape},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        given = checked(RefreshGiven, request)["refresh"]
        try:
            pair = pairs.renew(text=given)
        except ActionRefused as refusal:
            raise Problem(401, refusal.code, refusal.reason) from refusal
        return Response(PairShape(pair).data)


class PairRevoke(_Public):
    """The end of a pair."""

    @operation(
        TAG, "pair_revoke", "End a refresh token", who="everybody with a refresh token", public=True,
        text="What signing out is for a session. The access token made with it ends by itself within ten minutes.",
        body=RefreshGiven, answers={204: None},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        given = checked(RefreshGiven, request)["refresh"]
        try:
            pairs.revoke(text=given)
        except ActionRefused as refusal:
            raise Problem(401, refusal.code, refusal.reason) from refusal
        return Response(status=204)


class PasswordForgotten(_Public):
    """A forgotten password."""

    @operation(
        TAG, "password_forgotten", "Ask for a letter with a link to set a new password", who="everybody", public=True,
        text="The answer is the same whether or not the address is known. At most one letter in five minutes.",
        body=Address, answers={204: None},
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        passwords.ask_for_link(email=checked(Address, request)["email"])
        return Response(status=204)


class PasswordSet(_Public):
    """A new password by the link of a letter."""

    @operation(
        TAG, "password_set", "Set a password by the link of a letter", who="whoever got the letter", public=True,
        text="`uid` and `token` are the last two parts of the address in the letter. It works once.",
        body=LinkPassword, answers={204: None}, errors=(403,),
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        values = checked(LinkPassword, request)
        passwords.set_by_link(uid=values["uid"], token=values["token"], new=values["new_password"])
        return Response(status=204)
