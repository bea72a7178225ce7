"""Decides the page where a person makes and ends his keys for programs, and administrators those of service accounts."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from admin_ext.forms.tokens import TokenForm
from admin_ext.pages import Page, signed_in
from helpdesk.actions import tokens
from helpdesk.actions.refusals import NotFound, ValidationError
from helpdesk.models import User


def own(request: HttpRequest) -> HttpResponse:
    """Show one's keys; make one on POST and show its text, this one time."""
    return _page(request, signed_in(request))


def of_person(request: HttpRequest, person: int) -> HttpResponse:
    """The same for somebody else's account; for administrators."""
    try:
        return _page(request, tokens.owner(actor=signed_in(request), person_id=person))
    except NotFound as error:
        raise Http404 from error


@require_POST
def revoke(request: HttpRequest, token: int) -> HttpResponse:
    """End a key at once."""
    user = signed_in(request)
    try:
        ended = tokens.revoke(actor=user, token_id=token)
    except NotFound as error:
        raise Http404 from error
    messages.success(request, _("The key “%(name)s” has ended.") % {"name": ended.name})
    return HttpResponseRedirect(_address(user, ended.person))


def _page(request: HttpRequest, owner: User) -> HttpResponse:
    user, text, status = signed_in(request), "", 200
    form = TokenForm(request.POST or None)
    if request.method == "POST":
        if form.is_valid():
            text = _made(user, owner, form)
        status = 422 if form.errors else 201
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Keys for programs"),
        "owner": owner,
        "is_own": owner == user,
        "form": TokenForm() if text else form,
        "text": text,
        "found": tokens.visible(actor=user, person=owner),
        "address": _address(user, owner),
    }
    return TemplateResponse(request, "admin_ext/profile/tokens.html", context, status=status)


def _made(user: User, owner: User, form: TokenForm) -> str:
    """Make the key and return its text; put what the action refuses to the fields."""
    try:
        _token, text = tokens.create(actor=user, person=owner, **form.values())
    except ValidationError as error:
        for field, found in error.error_dict.items():
            form.add_error(field if field in form.fields else None, found)
        form.mark()
        return ""
    return text


def _address(user: User, owner: User) -> str:
    return reverse("admin:tokens") if owner == user else reverse("admin:tokens_of_person", args=[owner.pk])


PAGES = [
    Page("tokens", "profile/keys/", own, everybody=True, fresh=True),
    Page("tokens_of_person", "people/<int:person>/keys/", of_person, fresh=True),
    Page("token_revoke", "profile/keys/<int:token>/end/", revoke, everybody=True),
]
