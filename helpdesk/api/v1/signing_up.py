"""Decides how an employee makes his own account by the API: asked for here, made when the letter is answered."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from helpdesk.actions import attempts, inviting, signing_up
from helpdesk.api import throttles
from helpdesk.api.endpoint import Endpoint, checked, refuse_unknown
from helpdesk.api.operations import operation
from helpdesk.api.shapes.account import InvitedNew, SignUpConfirm, SignUpDone, SignUpNew
from helpdesk.api.v1.auth import TAG

PHOTO = "A photo, if you like: one picture of at most 5 MB."


class SignUp(Endpoint):
    """An account to be made."""

    is_public = True
    throttle_class = "sensitive"

    @operation(
        TAG, "sign_up", "Ask for an account", public=True,
        who="everybody, where sign-up is open (`sign_up_closed` elsewhere)",
        text="A letter goes to the e-mail; the account is made when its link is followed. The answer is the same whether "
             "or not the login or the e-mail is known. The same as the panel's New account.",
        body=SignUpNew, files=PHOTO, answers={204: None}, errors=(403, 413),
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        address = attempts.address_of(request)
        throttles.rest(attempts.seconds_to_wait("sign-up", address, most=signing_up.FROM_ONE_ADDRESS))
        signing_up.sign_up(address=address, **checked(SignUpNew, request), photo=photo_of(request))
        return Response(status=204)


class SignUpLink(Endpoint):
    """An account made by the link of a letter."""

    is_public = True
    throttle_class = "sensitive"

    @operation(
        TAG, "sign_up_confirm", "Make the account by the link of the letter", who="whoever got the letter", public=True,
        text="`secret` is the last part of the address in the letter. It works once, for three days. Where an administrator decides, `waits` is true and there is no account yet. When the login is taken "
             "by now (400 at `username`), send another one.",
        body=SignUpConfirm, answers={200: SignUpDone}, errors=(403,),
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        values = checked(SignUpConfirm, request)
        person = signing_up.confirm(secret=values["secret"], username=values.get("username"))
        return Response({"username": person.username if person else None, "waits": person is None})


class Invited(Endpoint):
    """An account made by an invitation."""

    is_public = True
    throttle_class = "sensitive"

    @operation(
        TAG, "invitation_accept", "Make the account you are invited to", who="whoever got the letter", public=True,
        text="`secret` is the last part of the address in the letter; the e-mail is the one the letter came to. It works once.",
        body=InvitedNew, files=PHOTO, answers={200: SignUpDone}, errors=(403, 413),
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        person = inviting.accept(**checked(InvitedNew, request), photo=photo_of(request))
        return Response({"username": person.username, "waits": False})


def photo_of(request: Request) -> Any:
    """Return the photo of a form, None where there is none. Raises ValidationError for other files, or more than one."""
    refuse_unknown(request.FILES, {"files"})
    found = request.FILES.getlist("files")
    if len(found) > 1:
        raise ValidationError({"photo": [_("One picture is enough.")]})
    return found[0] if found else None
