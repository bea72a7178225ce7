"""Decides what a webhook is sent: the event and its ticket in the shapes of the API, as the webhook's owner sees them."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from django.conf import settings
from django.utils import translation

from helpdesk.api.shapes.desk import EventShape
from helpdesk.api.shapes.tickets import ticket_data
from helpdesk.api.v1.tickets import unread_in
from helpdesk.models import WebhookDelivery
from helpdesk.moment import now


def compose(delivery: WebhookDelivery) -> dict[str, Any]:
    """Return the body of a delivery. Its `id` is that of the event: the same in every attempt and replay.

    The ticket is told as it is now, which may be later than the event. A trial has neither event nor ticket.
    """
    event, owner = delivery.event, delivery.webhook.owner
    if event is None:
        return {
            "id": f"{delivery.kind}-{delivery.pk}",
            "type": delivery.kind,
            "sent_at": _stamp(),
            "event": None,
            "ticket": None,
        }
    with translation.override(owner.language or settings.LANGUAGE_CODE):
        ticket = ticket_data(event.ticket, owner, unread=unread_in(owner, [event.ticket_id]))
        told = dict(EventShape(event).data)
    return {"id": f"event-{event.pk}", "type": event.kind, "sent_at": _stamp(), "event": told, "ticket": ticket}


def _stamp() -> str:
    return now().astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
