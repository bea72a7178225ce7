"""Decides how the list of tickets behaves: tabs, filters, and the lifecycle's transitions as admin actions."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from admin_ext import ticket_pages
from admin_ext.forms.filters import ORDERS, TicketFilter, choices, pills
from admin_ext.ticket_pages import Tab
from admin_ext.ticket_rows import Shown
from admin_ext.views.bulk import LIMIT, bulk_page
from helpdesk import access, queues
from helpdesk.lifecycle import ACTIONS
from helpdesk.models import Ticket, User
from helpdesk.queues import SCOPE_LABELS, Scope
from helpdesk.whole_numbers import whole_numbers

_NARROWING = ("q", "line", "service", "kind", "assignee", "from", "to", "unread")


def _run(name: str, _admin: Any, request: HttpRequest, tickets: QuerySet[Ticket]) -> HttpResponse:
    """Show the bulk page of the action `name` for the chosen `tickets`; nothing is changed yet."""
    return bulk_page(request, name, list(tickets))


def _without(values: QueryDict, *keys: str) -> str:
    """Return the address of the list without `keys`, from its first page on."""
    kept = values.copy()
    for key in (*keys, "page"):
        kept.pop(key, None)
    return f"?{kept.urlencode()}"


class TicketListMixin:
    """The list of tickets on the admin's own change list address."""

    def get_actions(self, request: HttpRequest) -> dict[str, tuple[Callable[..., Any], str, str]]:
        """Return an admin action for every transition that can be done in bulk; each row is asked of `access`."""
        if not access.roles_of(request.user).lines:
            return {}
        return {name: (partial(_run, name), name, str(action.label)) for name, action in ACTIONS.items() if action.bulk}

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Answer with the list, or with the page of a bulk action that was chosen in it."""
        user = request.user
        if not isinstance(user, User):
            raise Http404
        if request.method == "POST":
            return self._chosen_action(request)
        filtered = TicketFilter.read(user, request.GET)
        scopes = queues.scopes_for(user)
        context = {
            **admin.site.each_context(request),
            **ticket_pages.read(filtered),
            "title": _("Requests") if len(scopes) > 1 else str(SCOPE_LABELS[filtered.scope]),
            "filter": filtered,
            "tabs": [Tab(scope.value, str(SCOPE_LABELS[scope]), scope is filtered.scope) for scope in scopes],
            "orders": ORDERS,
            "choices": choices(filtered),
        }
        context["actions"] = [ACTIONS[name] for name in self.get_actions(request)]
        context["shown"] = Shown(
            choosable=bool(context["actions"]), requester=filtered.scope is not Scope.MINE, line=filtered.shows_lines
        )
        context["pills"] = [(pill, _without(request.GET, *pill.keys)) for pill in pills(filtered, context["choices"])]
        context["without_pills"] = _without(request.GET, *_NARROWING)
        return TemplateResponse(request, "admin/helpdesk/ticket/change_list.html", context)

    def _chosen_action(self, request: HttpRequest) -> HttpResponse:
        chosen = self.get_actions(request).get(request.POST.get("action", ""))
        numbers = whole_numbers(request.POST.getlist("_selected_action"))[: LIMIT + 1]
        if chosen is None or not numbers:
            messages.warning(request, _("Choose requests and an action."))
            return HttpResponseRedirect(request.get_full_path())
        if len(numbers) > LIMIT:
            messages.warning(request, _("At most %(limit)d requests at once.") % {"limit": LIMIT})
            return HttpResponseRedirect(request.get_full_path())
        tickets = access.visible_to(request.user).filter(pk__in=numbers).order_by("pk")
        answer: HttpResponse = chosen[0](self, request, tickets.select_related("assignee", "line"))
        return answer
