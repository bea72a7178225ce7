"""Decides the addresses of version 1. They end without a slash and do not change."""

from __future__ import annotations

from django.urls import path

from helpdesk.api.v1 import (
    auth,
    conversation,
    desk,
    life,
    me,
    pairs,
    reports,
    signing_up,
    similar,
    tickets,
    webhooks,
    what_if,
)

app_name = "v1"
TICKET = "tickets/<int:number>"

urlpatterns = [
    path("tickets", tickets.Tickets.as_view(), name="tickets"),
    path("tickets/next", tickets.TicketNext.as_view(), name="ticket-next"),
    path("tickets/similar", similar.Draft.as_view(), name="draft-similar"),
    path(f"{TICKET}/similar", similar.OfTicket.as_view(), name="ticket-similar"),
    path(TICKET, tickets.TicketOne.as_view(), name="ticket"),
    path(f"{TICKET}/messages", conversation.Messages.as_view(), name="messages"),
    path(f"{TICKET}/messages/<int:message>", conversation.MessageOne.as_view(), name="message"),
    path(f"{TICKET}/files", conversation.Files.as_view(), name="files"),
    path(f"{TICKET}/files/<int:file>", conversation.FileOne.as_view(), name="file"),
    path(f"{TICKET}/history", life.History.as_view(), name="history"),
    path(f"{TICKET}/clocks", life.Clocks.as_view(), name="clocks"),
    path(f"{TICKET}/actions", life.Actions.as_view(), name="actions"),
    path(f"{TICKET}/actions/<slug:action>", life.ActionOne.as_view(), name="action"),
    path("lifecycle", life.Lifecycle.as_view(), name="lifecycle"),
    path("services", desk.Services.as_view(), name="services"),
    path("work-types", desk.WorkTypes.as_view(), name="work-types"),
    path("work-types/<int:pk>", desk.WorkTypeOne.as_view(), name="work-type"),
    path("lines", desk.Lines.as_view(), name="lines"),
    path("people", desk.People.as_view(), name="people"),
    path("people/<int:pk>", desk.PersonOne.as_view(), name="person"),
    path("events", desk.Events.as_view(), name="events"),
    path("me", me.Me.as_view(), name="me"),
    path("me/inbox", me.Inbox.as_view(), name="inbox"),
    path("me/inbox/read", me.InboxRead.as_view(), name="inbox-read"),
    path("me/inbox/read-all", me.InboxReadAll.as_view(), name="inbox-read-all"),
    path("counters", me.Counters.as_view(), name="counters"),
    path("reports", reports.Reports.as_view(), name="reports"),
    path("reports/file", reports.ReportFile.as_view(), name="report-file"),
    path("reports/figures/<slug:figure>", reports.ReportTickets.as_view(), name="report-tickets"),
    path("reports/what-if", what_if.WhatIf.as_view(), name="what-if"),
    path("webhooks", webhooks.Webhooks.as_view(), name="webhooks"),
    path("webhooks/<int:pk>", webhooks.WebhookOne.as_view(), name="webhook"),
    path("webhooks/<int:pk>/secret", webhooks.WebhookSecret.as_view(), name="webhook-secret"),
    path("webhooks/<int:pk>/trial", webhooks.WebhookTrial.as_view(), name="webhook-trial"),
    path("webhooks/<int:pk>/deliveries", webhooks.WebhookDeliveries.as_view(), name="webhook-deliveries"),
    path(
        "webhooks/<int:pk>/deliveries/<int:delivery>/again",
        webhooks.WebhookDeliveryAgain.as_view(),
        name="webhook-again",
    ),
    path("auth/session", auth.Session.as_view(), name="session"),
    path("auth/session/confirm", auth.Confirmation.as_view(), name="session-confirm"),
    path("auth/token", pairs.PairNew.as_view(), name="pair"),
    path("auth/token/refresh", pairs.PairRefresh.as_view(), name="pair-refresh"),
    path("auth/token/revoke", pairs.PairRevoke.as_view(), name="pair-revoke"),
    path("auth/password/forgotten", pairs.PasswordForgotten.as_view(), name="password-forgotten"),
    path("auth/password/set", pairs.PasswordSet.as_view(), name="password-set"),
    path("auth/sign-up", signing_up.SignUp.as_view(), name="sign-up"),
    path("auth/sign-up/invited", signing_up.Invited.as_view(), name="sign-up-invited"),
    path("auth/sign-up/confirm", signing_up.SignUpLink.as_view(), name="sign-up-confirm"),
    path("auth/tokens", auth.Tokens.as_view(), name="tokens-mine"),
    path("auth/tokens/<int:pk>", auth.TokenOne.as_view(), name="token"),
    path("auth/password", auth.Password.as_view(), name="password"),
]
