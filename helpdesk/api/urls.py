"""Decides the addresses of the API: its versions and its documentation."""

from __future__ import annotations

from django.urls import include, path

from helpdesk.api.reference import pages

app_name = "api"

urlpatterns = [
    path("v1/", include("helpdesk.api.v1.urls")),
    path("docs/", pages.docs, name="docs"),
    path("redoc/", pages.redoc, name="redoc"),
    path("schema.json", pages.Schema.as_view(), {"kind": "json"}, name="schema"),
    path("schema.yaml", pages.Schema.as_view(), {"kind": "yaml"}, name="schema-yaml"),
    path("openapi3.json", pages.Schema.as_view(), {"kind": "openapi3"}, name="schema-openapi3"),
]
