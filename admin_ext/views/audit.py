"""Decides the page of the audit: what is asked for, newest first, page after page by number, and the same as a file."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.dateparse import parse_date
from django.utils.timezone import localtime, make_aware
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from tablib import Dataset

from admin_ext import audit_words
from admin_ext.pages import Page, download, signed_in
from helpdesk.actions import audit
from helpdesk.models import AuditKind, AuditRecord
from helpdesk.spreadsheets import writing
from helpdesk.whole_numbers import whole_number

PER_PAGE = 50
MOST = 20_000
FILTERS = ("who", "kind", "sort", "number", "from", "to", "address", "request")


@require_GET
def records(request: HttpRequest) -> HttpResponse:
    """Show the records that fit what is asked."""
    found = _asked(request)
    before = whole_number(request.GET.get("before"))
    rows = list((found.filter(pk__lt=before) if before else found)[: PER_PAGE + 1])
    chosen = {name: request.GET[name] for name in FILTERS if request.GET.get(name)}
    older = urlencode({**chosen, "before": rows[PER_PAGE - 1].pk}) if len(rows) > PER_PAGE else ""
    context = {
        **admin.site.each_context(request),
        "title": _("Audit"),
        "lines": [audit_words.line(row) for row in rows[:PER_PAGE]],
        "chosen": chosen,
        "query": urlencode(chosen),
        "older": older,
        "is_later_page": bool(before),
        "kinds": AuditKind.choices,
        "sorts": audit_words.sorts(),
    }
    return TemplateResponse(request, "admin_ext/audit/page.html", context)


@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """Hand the records that fit what is asked out as csv, the newest twenty thousand; the audit hears of it."""
    rows = list(_asked(request)[:MOST])
    table = Dataset(headers=[
        _("Moment"), _("Who"), _("Event"), _("About"), _("Changes"), _("Details"), _("Address"), _("Request ID"), _("Number"),
    ])  # fmt: skip
    for row in rows:
        told = audit_words.line(row)
        changes = "; ".join(f"{label}: {old} → {new}" for label, old, new in told.changes)
        moment = localtime(row.at).strftime("%Y-%m-%d %H:%M:%S")
        who = str(row.actor) if row.actor else ""
        table.append([moment, who, told.title, told.about, changes, told.note, row.address, row.request_id, row.pk])
    audit.exported(actor=signed_in(request), what="audit", form="csv", rows=len(rows))
    return download(writing.as_csv(table), f"{_('Audit')}.csv", "text/csv; charset=utf-8")


def _asked(request: HttpRequest) -> QuerySet[AuditRecord]:
    found, given = audit.visible_to(signed_in(request)), request.GET
    if words := given.get("who", "").split()[:4]:
        people = audit.people_called(words)
        found = found.filter(Q(actor__in=people) | Q(person__in=people))
    if given.get("kind") in AuditKind.values:
        found = found.filter(kind=given["kind"])
    if given.get("sort"):
        found = found.filter(object_type=given["sort"])
    if number := whole_number(given.get("number")):
        found = found.filter(object_id=number)
    if start := _day(given.get("from", "")):
        found = found.filter(at__gte=start)
    if end := _day(given.get("to", "")):
        found = found.filter(at__lt=end + timedelta(days=1))
    for name, field in (("address", "address"), ("request", "request_id")):
        if given.get(name):
            found = found.filter(**{field: given[name].strip()})
    return found


def _day(text: str) -> Any:
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return make_aware(datetime.combine(day, time.min)) if day and 1900 < day.year < 9000 else None


PAGES = [Page("audit", "audit/", records), Page("audit_export", "audit/export.csv", export)]
