"""Decides how events reach other programs: which webhook hears of which, signed, leased, tried again, given up after a day.

An address that does not answer rests, so that it costs one attempt per pause and not one per event.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import logging
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.crypto import salted_hmac

from helpdesk import access
from helpdesk.lifecycle import ACTIONS, REGISTER
from helpdesk.models import Event, Webhook, WebhookDelivery
from helpdesk.moment import now
from helpdesk.notify import outward

EVENTS = (REGISTER, *ACTIONS, "message", "note", "due_soon", "overdue", "requester_reminder")
TRIAL = "ping"
BATCH = 50
LEASE = timedelta(minutes=2)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=6)
GIVE_UP = timedelta(days=1)
KEEP = timedelta(days=30)
# The worker has other work: one run ends after so many seconds, however slowly others answer.
PATIENCE = 3.0
_State = WebhookDelivery.State
_TICKET = ("requester", "registered_by", "assignee", "line", "service", "work_type")
_log = logging.getLogger("helpdesk.webhooks")


def queue(event: Event) -> None:
    """Write down to which webhooks `event` has to be sent; call it in the transaction that handles the event."""
    active = Webhook.objects.filter(is_active=True).select_related("owner").prefetch_related("lines")
    rows = [
        WebhookDelivery(webhook=webhook, event=event, kind=event.kind, created_at=now(), next_at=now())
        for webhook in active
        if _wants(webhook, event) and may_hear(webhook, event)
    ]
    WebhookDelivery.objects.bulk_create(rows, ignore_conflicts=True)


def _wants(webhook: Webhook, event: Event) -> bool:
    lines = {line.pk for line in webhook.lines.all()}
    return (not webhook.events or event.kind in webhook.events) and (not lines or event.ticket.line_id in lines)


def may_hear(webhook: Webhook, event: Event) -> bool:
    """Say whether `webhook` may be told of `event`: what its owner may see, the internal only if that was chosen."""
    if event.internal:
        return webhook.sees_internal and access.is_support(webhook.owner, event.ticket)
    return access.can_see(webhook.owner, event.ticket)


def secret_of(webhook: Webhook) -> str:
    """Return the secret with which the deliveries of `webhook` are signed."""
    return "whsec_" + salted_hmac("helpdesk.webhook", f"{webhook.pk}:{webhook.salt}", algorithm="sha256").hexdigest()


def signature(secret: str, body: bytes, at: datetime) -> str:
    """Return the header by which the other side knows us: a moment, and the HMAC-SHA256 of moment, dot and body."""
    stamp = int(at.timestamp())
    digest = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={digest}"


def deliver(compose: Callable[[WebhookDelivery], Mapping[str, Any]], *, batch: int = BATCH) -> int:
    """Send what is due, oldest first; return how many arrived. `compose` makes the body of a delivery."""
    began, arrived = time.monotonic(), 0
    free = Q(leased_until=None) | Q(leased_until__lt=now())
    for pk, webhook_id in list(_due(free).values_list("pk", "webhook_id")[:batch]):
        if time.monotonic() - began > PATIENCE:
            break
        if _resting(now()).filter(pk=webhook_id).exists():
            continue
        if WebhookDelivery.objects.filter(free, pk=pk, state=_State.PENDING).update(leased_until=now() + LEASE):
            arrived += _send(pk, compose)
    return arrived


def _due(free: Q) -> QuerySet[WebhookDelivery]:
    waiting = WebhookDelivery.objects.filter(free, state=_State.PENDING, next_at__lte=now(), webhook__is_active=True)
    return waiting.exclude(webhook__in=_resting(now())).order_by("next_at", "id")


def _resting(at: datetime) -> QuerySet[Webhook]:
    return Webhook.objects.filter(rest_until__gt=at)


def _send(pk: int, compose: Callable[[WebhookDelivery], Mapping[str, Any]]) -> int:
    places = ("webhook__owner", "event__actor", *(f"event__ticket__{name}" for name in _TICKET))
    delivery = WebhookDelivery.objects.select_related(*places).get(pk=pk)
    webhook, event = delivery.webhook, delivery.event
    if not webhook.owner.is_active or (event is not None and not may_hear(webhook, event)):
        _close(delivery, _State.GIVEN_UP, error="the owner may not see it any more")
        return 0
    try:
        body = json.dumps(compose(delivery), ensure_ascii=False, separators=(",", ":")).encode()
    except Exception:  # noqa: BLE001 - whatever is wrong with one event, the others are sent
        _log.exception("delivery %s could not be written", pk)
        _try_later(delivery, "the desk could not write it; see its log", None, is_down=False)
        return 0
    try:
        status = outward.post(webhook.address, body, _headers(delivery, body))
    except outward.Blocked as error:
        _close(delivery, _State.GIVEN_UP, error=f"blocked: {error}")
        return 0
    except (OSError, http.client.HTTPException, ValueError) as error:
        _try_later(delivery, f"{type(error).__name__}: {error}", None, is_down=True)
        return 0
    if not 200 <= status < 300:
        told = "redirects are not followed" if 300 <= status < 400 else ""
        _try_later(delivery, told, status, is_down=status >= 500 or status == 429)
        return 0
    _close(delivery, _State.SENT, status=status)
    if webhook.failures:
        Webhook.objects.filter(pk=webhook.pk).update(failures=0, rest_until=None)
    return 1


def _headers(delivery: WebhookDelivery, body: bytes) -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "User-Agent": "HelpDesk-Webhooks/1",
        "X-HelpDesk-Event": delivery.kind,
        "X-HelpDesk-Delivery": str(delivery.pk),
        "X-HelpDesk-Signature": signature(secret_of(delivery.webhook), body, now()),
    }


def _close(delivery: WebhookDelivery, state: str, *, status: int | None = None, error: str = "") -> None:
    sent = now() if state == _State.SENT else None
    WebhookDelivery.objects.filter(pk=delivery.pk).update(
        state=state, sent_at=sent, status=status, error=error[:300], leased_until=None, attempts=delivery.attempts + 1
    )


def _try_later(delivery: WebhookDelivery, error: str, status: int | None, *, is_down: bool) -> None:
    """Keep the delivery for later; when the other side is down and not merely unwilling, let all of its deliveries rest."""
    _log.warning("delivery %s to webhook %s failed: %s %s", delivery.pk, delivery.webhook_id, status or "", error)
    at = now()
    WebhookDelivery.objects.filter(pk=delivery.pk).update(
        attempts=delivery.attempts + 1, status=status, error=error[:300], leased_until=None,
        next_at=at + pause(delivery.attempts),
        state=_State.GIVEN_UP if at - delivery.created_at > GIVE_UP else _State.PENDING,
    )  # fmt: skip
    if is_down:
        webhook = delivery.webhook
        Webhook.objects.filter(pk=webhook.pk).update(
            failures=F("failures") + 1, rest_until=at + pause(webhook.failures)
        )
        old = WebhookDelivery.objects.filter(webhook=webhook, state=_State.PENDING, created_at__lt=at - GIVE_UP)
        old.update(state=_State.GIVEN_UP, status=status, error=error[:300], leased_until=None)


def pause(failures: int) -> timedelta:
    """Return how long to wait after so many failures before this one: a minute, doubled each time, six hours at most."""
    return min(FIRST_PAUSE * (1 << min(failures, 10)), LONGEST_PAUSE)


def forget_old() -> int:
    """Delete what is in the log for longer than a month; return how much."""
    old = WebhookDelivery.objects.exclude(state=_State.PENDING).filter(created_at__lt=now() - KEEP)
    return old.delete()[0]
