"""Decides who comes into the panel and which pages answer to whom: any active account, and only open pages to employees."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from admin_ext import signed_out
from admin_ext.context import panel_context
from admin_ext.pages import Page
from helpdesk.actions import signing_in, signing_up
from helpdesk.actions.refusals import ActionRefused

View = Callable[..., Any]

# Every module here has a list PAGES.
AREAS = (
    "home",
    "requests",
    "tickets",
    "conversation",
    "bulk",
    "inbox",
    "search",
    "profile",
    "password",
    "signing_up",
    "company",
    "joining",
    "tokens",
    "signing_in",
    "second_step",
    "second_factor",
    "passkeys",
    "sign_ins",
    "reset_factor",
    "notices",
    "webhooks",
    "help",
    "calendars",
    "imports",
    "analytics",
    "figure_tickets",
    "report_schedules",
    "event_log",
    "what_if",
    "cases",
    "catalog_check",
    "deadline",
    "similar",
    "ticket_numbers",
    "audit",
    "letting_go",
    "erasing",
    "own_data",
    "who_may",
)
# The admin's own pages that employees use; `change` and `changelist` of tickets are scoped by `access`.
OPEN = frozenset({
    "index", "login", "logout", "password_change", "password_change_done", "jsi18n",
    "helpdesk_ticket_changelist", "helpdesk_ticket_change",
})  # fmt: skip


def pages() -> list[Page]:
    """Return all pages of ours, in the order in which their addresses are tried."""
    return [page for area in AREAS for page in import_module(f"admin_ext.views.{area}").PAGES]


class HelpDeskSite(AdminSite):
    """The one admin site. A page or model that nobody opened is closed to everybody outside support."""

    site_title = "HelpDesk"
    site_header = "HelpDesk"
    index_title = gettext_lazy("Home")
    enable_nav_sidebar = False

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Take models of ours; those that other packages bring stay out of the panel, whoever has which right."""
        models = model_or_iterable if isinstance(model_or_iterable, Iterable) else [model_or_iterable]
        ours = [model for model in models if model._meta.app_label == "helpdesk"]
        super().register(ours, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """Let any active account in; `admin_view` decides about each page."""
        return request.user.is_active and request.user.is_authenticated

    def admin_view(self, view: View, cacheable: bool = False) -> Any:  # noqa: FBT002 - Django's signature
        """Wrap a view into sign-in and the gate: without support's rights only open pages answer, others are 403."""
        inner = super().admin_view(view, cacheable)

        @wraps(view)
        def gate(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            match = request.resolver_match
            name = match.url_name if match else None
            if not self.has_permission(request) and name != "logout":
                return signed_out.answer(request)
            if not request.user.is_staff and name not in self.open_names():
                raise PermissionDenied(_("This page is for support only."))
            if name in self.fresh_names() and not signing_in.is_fresh(request):
                return signed_out.show_again(request)
            try:
                response: HttpResponseBase = inner(request, *args, **kwargs)
            except ActionRefused as refusal:
                # A page that has nothing to show to this person; refused writes are told on the page they came from.
                raise PermissionDenied(str(refusal.reason)) from refusal
            return response

        return gate

    def open_names(self) -> frozenset[str]:
        """Return the names of the pages that answer to every signed-in person."""
        return OPEN | {page.name for page in pages() if page.everybody}

    def fresh_names(self) -> frozenset[str]:
        """Return the names of the pages that guard an account."""
        return frozenset(page.name for page in pages() if page.fresh)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Put our pages before those of the models."""
        ours: list[URLPattern | URLResolver] = [
            path(page.route, page.view if page.public else self.admin_view(page.view), name=page.name)
            for page in pages()
        ]
        return ours + super().get_urls()

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """Answer with the home page of the person."""
        from admin_ext.views.home import home

        return home(request)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Answer with the sign-in page; whoever has signed in goes on to the home page."""
        from admin_ext.views.company import choice
        from admin_ext.views.signing_in import SignInPage

        if request.method == "GET" and self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index"))
        told = {**(extra_context or {}), "may_sign_up": signing_up.is_open(), **choice(request)}
        return SignInPage.as_view(extra_context={**self.each_context(request), **told})(request)

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Sign out here, and offer to sign out of the company too."""
        from admin_ext.views.company import sign_out_address

        told = {
            "company_out": sign_out_address(request),
            "company_name": settings.OIDC_NAME,
            "title": _("You have signed out"),
        }
        return super().logout(request, {**(extra_context or {}), **told})

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Answer with our page, which changes the password through the same action as the API."""
        from admin_ext.views.password import change_password

        return change_password(request)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Return nothing: the menu is ours, and to ask every model for its rights takes a tenth of a page."""
        return []

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Return what every page of the panel shows around its content: menu, counters, theme."""
        return {**super().each_context(request), **panel_context(request)}
