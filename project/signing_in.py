"""Decides that a signed-in browser is looked at before its request is answered: seen, or not signed in enough any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.middleware import get_user

from helpdesk.actions import signing_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


class SignInMiddleware:
    """Lets the one module that finishes sign-ins keep an eye on them; stands before whatever trusts `request.user`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # The person himself instead of the promise of him: through it each of the hundreds of looks at him is a call more.
        request.user = get_user(request)
        signing_in.keep(request)
        return self.get_response(request)
