"""Decides what counts as waiting for a worker: events to tell, letters to send, deliveries to webhooks; how many, since when, how many lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from helpdesk.models import Event, Letter, WebhookDelivery
from helpdesk.moment import now

CAP = 10_000
# What is tried for a day and then given up is remembered as lost for another one.
LATELY = timedelta(days=2)


@dataclass(frozen=True)
class Queue:
    """A sort of work of the worker. `one` names a piece of it in a sentence; `since` is when the oldest piece that could be
    done became due, None when there is none."""

    name: str
    one: str
    since: datetime | None
    waiting: QuerySet[Event] | QuerySet[Letter] | QuerySet[WebhookDelivery]

    @property
    def count(self) -> int:
        """How much waits, due or not; at most CAP."""
        return self.waiting.order_by()[:CAP].count()


def queues() -> list[Queue]:
    """Return what waits, a query each along its index."""
    events = Event.objects.filter(handled_at=None)
    letters = Letter.objects.filter(state=Letter.State.PENDING)
    deliveries = WebhookDelivery.objects.filter(state=WebhookDelivery.State.PENDING, webhook__is_active=True)
    # While the other side rests after failures no worker may try, so nothing is late on our side.
    awake = Q(webhook__rest_until=None) | Q(webhook__rest_until__lte=now())
    return [
        Queue("events", "an event", events.order_by("id").values_list("at", flat=True).first(), events),
        Queue("letters", "a letter", _first_due(letters), letters),
        Queue("deliveries", "a delivery to a webhook", _first_due(deliveries.filter(awake)), deliveries),
    ]


def _first_due(rows: QuerySet[Letter] | QuerySet[WebhookDelivery]) -> datetime | None:
    due = rows.filter(next_at__lte=now()).order_by("next_at")
    return due.values_list("next_at", flat=True).first()


def lost_letters() -> int:
    """Return how many letters were given up lately although they were tried."""
    return Letter.objects.filter(
        state=Letter.State.GIVEN_UP, created_at__gt=now() - LATELY, attempts__gt=0
    ).count()  # fmt: skip


def lost_deliveries() -> int:
    """Return how many deliveries to webhooks were given up lately; at most CAP."""
    lost = WebhookDelivery.objects.filter(state=WebhookDelivery.State.GIVEN_UP, created_at__gt=now() - LATELY)
    return lost.order_by()[:CAP].count()
