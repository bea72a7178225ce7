"""Decides what a browser asks its device for: a passkey to sign in, to take the second step, or to add."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from admin_ext import challenges
from admin_ext.pages import Page
from helpdesk.actions import passkeys, signing_in
from helpdesk.actions.passkeys import Asked
from helpdesk.models import User


@require_POST
def options(request: HttpRequest, purpose: str) -> HttpResponse:
    """Answer with the question to the device as JSON, and remember its challenge. 404 when this browser has nothing to ask."""
    asked = _ask(request, purpose)
    challenges.keep(request, purpose, asked)
    return HttpResponse(asked.options, content_type="application/json")


def _ask(request: HttpRequest, purpose: str) -> Asked:
    if purpose == "sign-in":
        return passkeys.ask(None)
    waiting = signing_in.waiting(request)
    person = request.user if isinstance(request.user, User) else (waiting.person if waiting else None)
    if person is None:
        raise Http404
    if purpose == "step":
        return passkeys.ask(person)
    may_add = signing_in.is_fresh(request) if waiting is None else waiting.step is signing_in.Step.SET_UP
    if purpose == "add" and may_add:
        return passkeys.ask_new(person)
    raise Http404


PAGES = [Page("passkey_options", "passkeys/options/<slug:purpose>/", options, public=True)]
