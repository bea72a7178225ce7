"""Decides what a page of the panel is, who asks for it, and how it hands a file out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.http import content_disposition_header

from helpdesk.models import User


@dataclass(frozen=True)
class Page:
    """A page of ours beside those of the model admins. Closed to everybody outside support unless `everybody` is set.

    `public` pages answer without a sign-in; `fresh` ones only to who has lately shown who he is. What a person sees and may do on an open page is asked of `access`.
    """

    name: str
    route: str
    view: Callable[..., HttpResponseBase]
    everybody: bool = False
    public: bool = False
    fresh: bool = False


def signed_in(request: HttpRequest) -> User:
    """Return the person who asks; the gate of the site lets nobody else come here. Raises Http404."""
    if not isinstance(request.user, User):
        raise Http404
    return request.user


def download(data: bytes, name: str, content_type: str) -> HttpResponse:
    """Return `data` as a file to keep, under a name in any language."""
    answer = HttpResponse(data, content_type=content_type)
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    answer["Cache-Control"] = "no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
