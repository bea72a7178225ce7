"""Decides the pages of the sign-in by the company: the way there and back, linking an account once, and how failures are told."""

from __future__ import annotations

import logging
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from admin_ext.forms.company import LinkForm
from admin_ext.pages import Page, signed_in
from helpdesk import openid
from helpdesk.actions import attempts, company, company_claims, signing_in
from helpdesk.actions.refusals import ActionRefused
from helpdesk.models import User
from helpdesk.moment import now

# Several windows may be on their way at once; a way is good for as long as somebody looks for his phone.
MOST_WAYS, WAY_GOES = 3, 900
FROM_ONE_ADDRESS = 100
WAYS, WAITING, TOKEN = "company_ways", "company_waiting", "company_token"
_log = logging.getLogger("helpdesk.openid")


def choice(request: HttpRequest) -> dict[str, Any]:
    """Return what the sign-in page shows of the company: nothing where it is not used."""
    if not openid.is_used():
        return {}
    asked = "password" in request.GET or request.method == "POST"
    return {
        "company_name": settings.OIDC_NAME,
        "has_password_form": not settings.OIDC_ONLY or asked,
        "company_only": settings.OIDC_ONLY,
    }


@never_cache
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Send the browser to the provider, with secrets that its session keeps."""
    _require_use()
    address = attempts.address_of(request)
    if attempts.seconds_to_wait("company", address, most=FROM_ONE_ADDRESS):
        return _failed(request, _("Too many sign-ins were begun from your network. Try again in some minutes."), 429)
    attempts.count_failure("company", address)
    try:
        begun = openid.begin(back=_back())
    except openid.ProviderDown as error:
        return _down(request, error)
    ways = dict(list(request.session.get(WAYS, {}).items())[1 - MOST_WAYS :])
    ways[begun.state] = [begun.nonce, begun.verifier, request.GET.get("next", ""), _seconds()]
    request.session[WAYS] = ways
    return HttpResponseRedirect(begun.address)


@never_cache
@require_GET
def come_back(request: HttpRequest) -> HttpResponse:
    """Take who comes back from the provider; each way is taken once, whatever comes of it."""
    _require_use()
    ways = request.session.get(WAYS, {})
    way = ways.pop(request.GET.get("state", ""), None)
    if way is None or _seconds() - way[3] > WAY_GOES:
        text = _("This sign-in was begun in another browser, has been finished, or took too long. Begin again.")
        return _failed(request, text, 400)
    request.session[WAYS] = ways
    # At once: an answer that tells of a fault would not keep the session.
    request.session.save()
    nonce, verifier, page, _at = way
    told = {key: value for key, value in request.GET.items() if isinstance(value, str)}
    try:
        arrival = openid.finish(back=_back(), nonce=nonce, verifier=verifier, told=told)
    except openid.ProviderDown as error:
        return _down(request, error)
    except openid.Declined as error:
        return _declined(request, str(error))
    except openid.Untrusted as error:
        _log.warning("the answer of the provider was refused: %s", error)
        text = _("What %(name)s answered cannot be trusted, so you are not signed in. Tell the administrator.")
        return _failed(request, text % {"name": settings.OIDC_NAME}, 403)
    # What a provider says of itself after two factors (RFC 8176): then ours is not asked for.
    told_ways = arrival.claims.get("amr")
    strong = isinstance(told_ways, list) and "mfa" in told_ways
    return _arrived(request, company_claims.read(arrival.claims), arrival.id_token, page, strong=strong)


@never_cache
@sensitive_post_parameters("password")
def link(request: HttpRequest) -> HttpResponse:
    """Ask once for the password of the account that has the e-mail of who came."""
    _require_use()
    waiting = request.session.get(WAITING)
    if waiting is None or _seconds() - waiting["at"] > WAY_GOES:
        return _failed(request, _("This took too long. Begin again."), 400)
    comer, status = company_claims.Comer(**waiting["comer"]), 200
    form = LinkForm(request.POST or None)
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                address = attempts.address_of(request)
                person = company.link(comer, password=form.cleaned_data["password"], address=address)
            except ValidationError as error:
                form.add_error(None, error)
                form.mark()
            except ActionRefused as refusal:
                form.add_error(None, str(refusal.reason))
                status = 403
            else:
                return _signed_in(request, person, waiting["token"], waiting["page"], strong=waiting["strong"])
    context = {
        "is_alone": True,
        "title": _("Is this your account?"),
        "form": form,
        "email": comer.email,
        "name": settings.OIDC_NAME,
    }
    return TemplateResponse(request, "registration/company_link.html", context, status=status)


def of_person(request: HttpRequest, somebody: int) -> HttpResponse:
    """Show how a person is known to the company and what his groups give him."""
    person = _person(request, somebody)
    found = company.link_of(actor=signed_in(request), person=person)
    title = _("Company sign-in: %(person)s") % {"person": person}
    context = {
        **admin.site.each_context(request),
        "title": title,
        "person": person,
        "found": found,
        "name": settings.OIDC_NAME,
    }
    return TemplateResponse(request, "admin_ext/people/company.html", context)


@require_POST
def unlink(request: HttpRequest, somebody: int) -> HttpResponse:
    """Forget how a person is known to the company."""
    person = _person(request, somebody)
    company.unlink(actor=signed_in(request), person=person)
    messages.success(request, _("The link is gone. The next sign-in by the company makes a new one."))
    return HttpResponseRedirect(reverse("admin:company_of_person", args=[person.pk]))


def sign_out_address(request: HttpRequest) -> str:
    """Return where the person signs out of the provider as well, or ""; asked before the session ends."""
    token = request.session.get(TOKEN, "")
    if not token or not openid.is_used():
        return ""
    return openid.sign_out_address(id_token=token, back=settings.PUBLIC_URL + reverse("admin:login"))


def _arrived(
    request: HttpRequest, comer: company_claims.Comer, id_token: str, page: str, *, strong: bool
) -> HttpResponse:
    try:
        person = company.sign_in(comer)
    except company.PasswordNeeded:
        kept = {"comer": asdict(comer), "token": id_token, "page": page, "at": _seconds(), "strong": strong}
        request.session[WAITING] = kept
        return HttpResponseRedirect(reverse("admin:company_link"))
    except ActionRefused as refusal:
        return _failed(request, str(refusal.reason), 403)
    return _signed_in(request, person, id_token, page, strong=strong)


def _signed_in(request: HttpRequest, person: User, id_token: str, page: str, *, strong: bool) -> HttpResponse:
    for key in (WAYS, WAITING):
        request.session.pop(key, None)
    is_ours = url_has_allowed_host_and_scheme(
        page, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    onward = page if is_ours else reverse("admin:index")
    # The provider remembers the person; here the session ends with the browser.
    step = signing_in.begin(request, person, onward=onward, strong=strong)
    request.session[TOKEN] = id_token
    if not person.email:
        messages.warning(
            request, _("There is no e-mail of yours here, so no letters will come. Ask the administrator to enter it.")
        )
    return HttpResponseRedirect(onward if step is signing_in.Step.DONE else reverse("admin:second_step"))


def _declined(request: HttpRequest, code: str) -> HttpResponse:
    if code == "access_denied":
        text = _("%(name)s did not let you in, or you turned back. You can try again.")
        return _failed(request, text % {"name": settings.OIDC_NAME}, 403)
    _log.warning("the provider answered with the error %r", code)
    if code == "temporarily_unavailable":
        text = _("%(name)s is busy. Try again in a minute.")
        return _failed(request, text % {"name": settings.OIDC_NAME}, 503)
    text = _("%(name)s could not sign you in. Tell the administrator.")
    return _failed(request, text % {"name": settings.OIDC_NAME}, 403)


def _down(request: HttpRequest, error: openid.ProviderDown) -> HttpResponse:
    _log.error("the provider cannot be asked: %s", error)
    if settings.OIDC_ONLY:
        text = _("%(name)s does not answer. Try again in a minute.")
    else:
        text = _("%(name)s does not answer. Try again in a minute, or sign in with your login and password.")
    return _failed(request, text % {"name": settings.OIDC_NAME}, 503)


def _failed(request: HttpRequest, text: str, status: int) -> HttpResponse:
    context = {"is_alone": True, "title": _("You are not signed in"), "text": text}
    return TemplateResponse(request, "registration/company_failed.html", context, status=status)


def _back() -> str:
    """Return the address that the provider knows as ours."""
    return str(settings.PUBLIC_URL + reverse("admin:company_back"))


def _seconds() -> int:
    return int(now().timestamp())


def _require_use() -> None:
    if not openid.is_used():
        raise Http404


def _person(request: HttpRequest, number: int) -> User:
    company.require_right(signed_in(request))
    found = User.objects.filter(pk=number).first()
    if found is None:
        raise Http404
    return found


PAGES = [
    Page("company_start", "company/", start, public=True),
    Page("company_back", "company/back/", come_back, public=True),
    Page("company_link", "company/link/", link, public=True),
    Page("company_of_person", "people/<int:somebody>/company/", of_person),
    Page("company_unlink", "people/<int:somebody>/company/unlink/", unlink),
]
