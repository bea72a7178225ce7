"""Decides what a request without a sign-in, or with an old one, is answered: a page to show oneself, then the page one was on."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

# Pages ask for these by themselves. They must not carry a person off in the middle of a sentence.
BACKGROUND = frozenset({"counters", "presence", "ticket_messages"})


def answer(request: HttpRequest) -> HttpResponse:
    """Lead to the sign-in page; what htmx asked for in the background is only told that the sign-in has ended."""
    address = sign_in_page(_page(request))
    if "Hx-Request" not in request.headers:
        return HttpResponseRedirect(address)
    match = request.resolver_match
    if match and match.url_name in BACKGROUND:
        return HttpResponse(status=204, headers={"HX-Trigger": "signed-out"})
    return HttpResponse(status=204, headers={"HX-Redirect": address})


def sign_in_page(onward: str) -> str:
    """Return the address of the sign-in page, from which the way leads on to `onward`."""
    page = reverse("admin:login")
    return f"{page}?{urlencode({'next': onward})}" if onward else page


def show_again(request: HttpRequest) -> HttpResponse:
    """Lead to the page on which a person shows again who he is."""
    return HttpResponseRedirect(f"{reverse('admin:show_again')}?{urlencode({'next': _page(request)})}")


def onward(request: HttpRequest) -> str:
    """Return where `next` of the request leads, when it is a page of this desk; else nothing."""
    address = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if safe else ""


def _page(request: HttpRequest) -> str:
    """Return the page to come back to: of a form or a part of a page, the page it stood on."""
    is_part = "Hx-Request" in request.headers
    if request.method == "GET" and not is_part:
        return request.get_full_path()
    known = request.headers.get("Hx-Current-Url" if is_part else "Referer", "")
    parts = urlsplit(known)
    if not url_has_allowed_host_and_scheme(
        known, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return reverse("admin:index")
    return f"{parts.path}?{parts.query}" if parts.query else parts.path or "/"
