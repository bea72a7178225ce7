"""Decides what a request without a sign-in is answered: the sign-in page, and afterwards the page the person was on."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

# Pages ask for these by themselves. They must not carry a person off in the middle of a sentence.
BACKGROUND = frozenset({"counters", "presence", "ticket_messages"})


def answer(request: HttpRequest) -> HttpResponse:
    """Lead to the sign-in page; what htmx asked for in the background is only told that the sign-in has ended."""
    address = f"{reverse('admin:login')}?{urlencode({'next': _page(request)})}"
    if "Hx-Request" not in request.headers:
        return HttpResponseRedirect(address)
    match = request.resolver_match
    if match and match.url_name in BACKGROUND:
        return HttpResponse(status=204, headers={"HX-Trigger": "signed-out"})
    return HttpResponse(status=204, headers={"HX-Redirect": address})


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
