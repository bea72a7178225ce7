"""Decides which addresses exist: the panel, the short address of a ticket, the API, the pages of health."""

from __future__ import annotations

from django.apps import apps
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from helpdesk.health import pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("livez", pages.livez, name="livez"),
    path("readyz", pages.readyz, name="readyz"),
    path("metrics", pages.metrics_page, name="metrics"),
    path("api/", include("helpdesk.api.urls")),
]

if apps.is_installed("admin_ext"):
    from django.contrib import admin

    urlpatterns += [
        path("", RedirectView.as_view(pattern_name="admin:index")),
        path("t/<int:number>/", RedirectView.as_view(url="/admin/helpdesk/ticket/%(number)s/change/"), name="ticket"),
        path("admin/", admin.site.urls),
    ]

# Under /api/ these answer in JSON, elsewhere as Django does.
handler400 = "helpdesk.api.failures.bad_request"
handler403 = "helpdesk.api.failures.permission_denied"
handler404 = "helpdesk.api.failures.page_not_found"
handler500 = "helpdesk.api.failures.server_error"
