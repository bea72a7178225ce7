"""Decides how the list of tickets behaves: tabs, chips, filters, pages, and the lifecycle's transitions as admin actions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from admin_ext import ticket_rows
from admin_ext.forms.filters import ORDERS, TicketFilter, choices, pills
from admin_ext.ticket_rows import Shown
from admin_ext.views.bulk import LIMIT, bulk_page
from admin_ext.views.search import newest_of
from helpdesk import access, queues
from helpdesk.lifecycle import ACTIONS
from helpdesk.models import Ticket, User
from helpdesk.queues import CHIP_LABELS, SCOPE_LABELS, Chip, Scope
from helpdesk.whole_numbers import whole_numbers

PAGE = 25
_NARROWING = ("q", "line", "service", "kind", "assignee", "from", "to", "unread")
CHIPS = (Chip.OPEN, Chip.NEW, Chip.IN_WORK, Chip.WAITING, Chip.ON_REVIEW, Chip.REWORK, Chip.OVERDUE, Chip.DONE,
         Chip.CANCELLED, Chip.ANY)  # fmt: skip


@dataclass(frozen=True)
class Tab:
    """A scope or a status to switch to, with how many tickets it has where that is counted."""

    name: str
    label: str
    current: bool
    count: int = 0

    @property
    def shown(self) -> str:
        """The count in digits; where counting stopped it says so."""
        return number_format(self.count, force_grouping=True) + ("+" if self.count >= queues.CAP else "")


def _run(name: str, _admin: Any, request: HttpRequest, tickets: QuerySet[Ticket]) -> HttpResponse:
    """Show the bulk page of the action `name` for the chosen `tickets`; nothing is changed yet."""
    return bulk_page(request, name, list(tickets))


def _without(values: QueryDict, *keys: str) -> str:
    """Return the address of the list without `keys`, from its first page on."""
    kept = values.copy()
    for key in (*keys, "page"):
        kept.pop(key, None)
    return f"?{kept.urlencode()}"


def _rows(filtered: TicketFilter, base: QuerySet[Ticket], counts: dict[Chip, int], page: int) -> QuerySet[Ticket]:
    """Return the rows of a page, the first being 1. Of a list that is long they are found without going through all of it."""
    total, start, stop = counts[filtered.chip], (page - 1) * PAGE, page * PAGE
    if total > queues.MANY:
        if filtered.shown_order == "due" and not filtered.query:
            return queues.most_urgent(filtered.rows(base), start, stop)
        found = filtered.of_newest(start, stop, shown=total, found=counts[Chip.ANY])
        if found is not None:
            return found
    return queues.stretch(filtered.rows(base), start, stop)


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
        context = {**admin.site.each_context(request), **self._listed(filtered, user)}
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

    def _listed(self, filtered: TicketFilter, user: User) -> dict[str, Any]:
        base = filtered.base()
        counts = queues.chip_counts(base, filtered.way)
        total = counts[filtered.chip]
        pages = max(1, -(-total // PAGE))
        page = min(filtered.page, pages)
        rows = _rows(filtered, base, counts, page)
        tickets, unread = ticket_rows.read(user, rows)
        chips = [Tab(chip.value, str(CHIP_LABELS[chip]), chip is filtered.chip, counts[chip]) for chip in CHIPS]
        scopes = queues.scopes_for(user)
        return {
            "title": _("Requests") if len(scopes) > 1 else str(SCOPE_LABELS[filtered.scope]),
            "filter": filtered,
            "tickets": tickets,
            "unread": unread,
            "total": total,
            "has_more_than_counted": total >= queues.CAP,
            "cap": number_format(queues.CAP, force_grouping=True),
            "page": page,
            "pages": pages,
            "chips": chips,
            "tabs": [Tab(scope.value, str(SCOPE_LABELS[scope]), scope is filtered.scope) for scope in scopes],
            "orders": ORDERS,
            "choices": choices(filtered),
            # Before its last page the list goes on anyway.
            "newest_of": newest_of(user, filtered.query) if page == pages else "",
        }
