"""Decides how a program shows a person where he is signed in, and signs him out there."""

from __future__ import annotations

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from helpdesk.actions import sign_ins
from helpdesk.api.endpoint import Endpoint
from helpdesk.api.errors import Problem
from helpdesk.api.operations import listing, operation
from helpdesk.api.safe_writes import once
from helpdesk.api.shapes.account import SignInShape
from helpdesk.api.v1.auth import SIGNED_IN, TAG

SignInList = listing(SignInShape, "SignInList")


class SignIns(Endpoint):
    """One's sign-ins."""

    session_only = True

    @operation(
        TAG, "sign_ins_list", "List where you are signed in", who=SIGNED_IN,
        text="Browsers, this one first. Pairs of tokens are not kept and not listed.",
        answers={200: SignInList}, errors=(403,),
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        found = sign_ins.of(person=self.person, session=_key(request))
        return Response({"results": SignInShape(found, many=True).data})


class SignInOne(Endpoint):
    """One sign-in."""

    session_only = True
    throttle_class = "sensitive"

    @operation(
        TAG, "sign_ins_delete", "Sign out in one browser", who=SIGNED_IN, answers={204: None}, errors=(403, 404)
    )  # fmt: skip
    def delete(self, request: Request, number: str) -> Response:
        sign_ins.end(actor=self.person, number=number)
        return Response(status=204)


class SignInOthers(Endpoint):
    """The end of all other sign-ins."""

    session_only = True
    throttle_class = "sensitive"

    @operation(
        TAG, "sign_ins_end_others", "Sign out everywhere else", who="everybody, in a session",
        text="Every other browser and every pair of tokens. Personal tokens go on.", answers={204: None}, errors=(403,),
    )  # fmt: skip
    @once
    def post(self, request: Request) -> Response:
        if request.auth is not None:
            raise Problem(403, "session_required", _("A pair of tokens cannot do this: it would end as well."))
        sign_ins.end_others(actor=self.person, session=_key(request))
        return Response(status=204)


def _key(request: Request) -> str | None:
    """Return the key of the session that asks; a pair has none."""
    return request._request.session.session_key if request.auth is None else None  # noqa: SLF001 - DRF wraps it
