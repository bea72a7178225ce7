"""Decides how the findings of the catalog check are shown: by check, each with a way to the record."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from admin_ext.pages import Page
from helpdesk.actions import catalog_check

SHOWN = 100


def check(request: HttpRequest) -> HttpResponse:
    """Show what is wrong with the catalog, the lines and the calendars now."""
    groups: dict[str, list[tuple[catalog_check.Finding, str]]] = {}
    for finding in catalog_check.check(request.user):
        model = finding.record._meta.model_name
        address = reverse(f"admin:helpdesk_{model}_change", args=[finding.record.pk])
        groups.setdefault(finding.check, []).append((finding, address))
    checks = [
        (label, groups.get(name, [])[:SHOWN], len(groups.get(name, []))) for name, label in catalog_check.NAMES.items()
    ]
    context = {
        **admin.site.each_context(request),
        "title": _("Catalog check"),
        "checks": checks,
        "is_clean": not groups,
    }
    return TemplateResponse(request, "admin_ext/imports/check.html", context)


PAGES = [Page("catalog_check", "catalog/check/", check)]
