"""Decides how the documentation is shown: Swagger UI and ReDoc from files of our own, and the schema as JSON and YAML."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch
from django.utils.translation import gettext as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe
from rest_framework.request import Request

from helpdesk.api.endpoint import Endpoint
from helpdesk.api.reference import generator

_KINDS = {
    "json": "application/json",
    "yaml": "application/yaml; charset=utf-8",
    "openapi3": "application/json",
}


class Schema(Endpoint):
    """The schema as a file, for whoever has signed in."""

    swagger_schema = None

    def get(self, request: Request, kind: str) -> HttpResponse:
        response = HttpResponse(generator.text(kind), content_type=_KINDS[kind])
        response["Cache-Control"] = "private, max-age=300"
        return response


@require_safe
@ensure_csrf_cookie
def docs(request: HttpRequest) -> HttpResponse:
    """Show Swagger UI, with which one can try everything out in one's session or with a token."""
    return _page(request, "helpdesk/api/docs.html", _("API documentation"))


@require_safe
def redoc(request: HttpRequest) -> HttpResponse:
    """Show ReDoc, for reading."""
    return _page(request, "helpdesk/api/redoc.html", _("API reference"))


def _page(request: HttpRequest, template: str, title: str) -> HttpResponse:
    """Without a panel there is no page to sign in: the frame is shown, and the schema in it asks for a key."""
    home = _address("admin:index")
    if home and not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))
    context: dict[str, Any] = {"title": title, "home": home}
    return TemplateResponse(request, template, context)


def _address(name: str) -> str:
    try:
        return resolve_url(name)
    except NoReverseMatch:
        return ""
