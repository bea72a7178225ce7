"""Decides how remembered events become notices and letters: once each, in the transaction that marks the event handled."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import connection, transaction

from helpdesk import worktime
from helpdesk.clocks import calendar_of
from helpdesk.models import Channel, Event, Letter, Notice, NoticeKind, Ticket, User
from helpdesk.moment import now
from helpdesk.notify import matrix, webhooks
from helpdesk.notify.recipients import kind_of, recipients

BATCH = 200
# These cannot wait for the morning.
_URGENT = frozenset({NoticeKind.OVERDUE})
_log = logging.getLogger("helpdesk.notices")


def fan_out(*, batch: int = BATCH) -> int:
    """Turn the events nobody has been told of into notices and letters; return how many events were handled."""
    handled = 0
    for event_id in Event.objects.filter(handled_at=None).order_by("id").values_list("pk", flat=True)[:batch]:
        try:
            with transaction.atomic():
                handled += _handle(event_id)
        except Exception:  # noqa: BLE001 - whatever is wrong with one event, people are told of the others
            _log.exception("event %s was not told", event_id)
    return handled


def _handle(event_id: int) -> int:
    rows = Event.objects.filter(pk=event_id, handled_at=None)
    lockable = connection.features.has_select_for_update_skip_locked
    event = rows.select_for_update(skip_locked=True).first() if lockable else rows.first()
    if event is None:
        return 0
    event.ticket = Ticket.objects.select_related("requester", "assignee", "line__calendar").get(pk=event.ticket_id)
    kind = kind_of(event)
    if kind is not None:
        _tell(event, kind)
    webhooks.queue(event)
    return Event.objects.filter(pk=event_id, handled_at=None).update(handled_at=now())


def _tell(event: Event, kind: NoticeKind) -> None:
    by_role = {role: wanted for role, wanted in matrix.channels(kind).items() if wanted}
    people = recipients(event, set(by_role))
    off = matrix.switched_off(kind, list(people))
    notices, letters = [], []
    for person, roles in people.items():
        wanted = {channel for role in roles for channel in by_role[role]}
        wanted = {channel for channel in wanted if (person.pk, channel.value) not in off}
        if Channel.PANEL in wanted:
            notices.append(Notice(person=person, event=event, ticket=event.ticket, kind=kind, created_at=event.at))
        if Channel.EMAIL in wanted and person.email:
            at = _sending_time(event, kind, person)
            letters.append(Letter(person=person, event=event, kind=kind, created_at=event.at, next_at=at))
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
    Letter.objects.bulk_create(letters, ignore_conflicts=True)


def _sending_time(event: Event, kind: NoticeKind, person: User) -> datetime:
    """Support's letters wait for the working hours of the line, unless they burn or their reader wants them at once."""
    at = now()
    if kind in _URGENT or person.pk == event.ticket.requester_id or not person.letters_wait:
        return at
    return worktime.next_working(calendar_of(event.ticket.line.calendar), at)


def settle_old_events(*, keep: timedelta = timedelta(days=1)) -> int:
    """Mark events older than `keep` as told: nobody wants letters about what a demo or an import lived through long ago."""
    return Event.objects.filter(handled_at=None, at__lt=now() - keep).update(handled_at=now())
