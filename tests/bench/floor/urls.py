"""The addresses of the floor."""

from __future__ import annotations

from django.contrib.auth.views import LoginView
from django.urls import path

from tests.bench.floor import views

urlpatterns = [
    path("login", LoginView.as_view(template_name="page.html")),
    path("list", views.list_page),
    path("ticket/<int:number>", views.ticket_page, name="ticket"),
    path("create", views.create),
    path("api/tickets", views.ApiList.as_view()),
    path("api/tickets/<int:pk>", views.ApiOne.as_view()),
]
