"""Decides who may keep webhooks: administrators make, change, try and delete them, see how deliveries went, and repeat one."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpdesk import access
from helpdesk.actions import audit, records
from helpdesk.actions.notices import administrator, may_administer
from helpdesk.actions.refusals import ActionRefused, NotFound, bad_input
from helpdesk.models import AuditKind, SupportLine, User, Webhook, WebhookDelivery
from helpdesk.moment import now
from helpdesk.notify import outward
from helpdesk.notify.webhooks import EVENTS, TRIAL

MOST = 50
PROBLEMS = {
    outward.NOT_AN_ADDRESS: gettext_lazy("this is none"),
    outward.NOT_HTTPS: gettext_lazy("only https is allowed"),
    outward.NOT_PLAIN: gettext_lazy("a login, a password or a fragment has no place in it"),
    outward.ODD_PORT: gettext_lazy("only the ports 80 and 443 are allowed"),
}


def visible(user: access.Visitor) -> QuerySet[Webhook]:
    """Return the webhooks with the number of deliveries `waiting` and `lost`; nothing without the right."""
    if not may_administer(user):
        return Webhook.objects.none()
    state = WebhookDelivery.State
    counted = {"waiting": _number_of(state.PENDING), "lost": _number_of(state.GIVEN_UP)}
    return Webhook.objects.annotate(**counted).order_by("name")


def _number_of(state: str) -> Coalesce:
    rows = WebhookDelivery.objects.filter(webhook=OuterRef("pk"), state=state).order_by().values("webhook")
    return Coalesce(Subquery(rows.annotate(number=Count("pk")).values("number")), 0)


def one(*, actor: User, pk: int) -> Webhook:
    """Return a webhook. Raises ActionRefused, NotFound."""
    found = visible(administrator(actor)).select_related("owner").prefetch_related("lines").filter(pk=pk).first()
    if found is None:
        raise NotFound(pk)
    return found


def save(*, actor: User, webhook: Webhook) -> Webhook:
    """Make or change a webhook. A new one, and one whose owner may not keep webhooks any more, becomes the actor's.

    Raises ActionRefused, and ValidationError by field.
    """
    administrator(actor)
    is_new = webhook._state.adding  # noqa: SLF001 - documented by Django
    if is_new:
        webhook.salt = secrets.token_hex(16)
        if Webhook.objects.count() >= MOST:
            text = _("There are too many webhooks. Delete those that nobody uses.")
            raise ActionRefused(access.denied("too_many", text))
    if is_new or not may_administer(webhook.owner):
        webhook.owner = actor
    check_address(webhook.address)
    webhook.events = _check_events(webhook.events)
    webhook.failures, webhook.rest_until = 0, None
    records.save(actor=actor, record=webhook)
    return webhook


def check_address(address: str) -> None:
    """Raise ValidationError for an address that may never be sent to, whatever its name leads to."""
    try:
        outward.parts_of(address)
    except outward.Blocked as error:
        text = _("Write an address such as https://example.org/desk: %(problem)s.") % {"problem": PROBLEMS[str(error)]}
        raise bad_input({"address": text}) from error


def _check_events(kinds: Any) -> list[str]:
    if not isinstance(kinds, list) or not set(kinds) <= set(EVENTS):
        raise bad_input({"events": _("Choose from: %(events)s.") % {"events": ", ".join(EVENTS)}})
    return [kind for kind in EVENTS if kind in kinds]


def change(*, actor: User, webhook: Webhook, values: dict[str, Any]) -> Webhook:
    """Set the given fields, `lines` as ids among them, and save. Raises ActionRefused, ValidationError."""
    lines = values.pop("lines", None)
    chosen = _lines(lines) if lines is not None else None
    for name, value in values.items():
        setattr(webhook, name, value)
    with transaction.atomic():
        save(actor=actor, webhook=webhook)
        if chosen is not None:
            _set_lines(actor, webhook, chosen)
    return webhook


def _set_lines(actor: User, webhook: Webhook, chosen: list[SupportLine]) -> None:
    before = sorted(str(line) for line in webhook.lines.all())
    webhook.lines.set(chosen)
    after = sorted(str(line) for line in chosen)
    if before != after:
        audit.record(AuditKind.CHANGED, actor=actor, about=webhook, changes=[["lines", before, after]])


def _lines(numbers: Iterable[int]) -> list[SupportLine]:
    wanted = set(numbers)
    found = list(SupportLine.objects.filter(pk__in=wanted))
    if len(found) != len(wanted):
        raise bad_input({"lines": _("There is no such line.")})
    return found


def rotate(*, actor: User, webhook: Webhook) -> Webhook:
    """Give a webhook a new secret; the old one is over at once. Raises ActionRefused."""
    administrator(actor)
    webhook.salt = secrets.token_hex(16)
    records.save(actor=actor, record=webhook, reason=_("New secret"))
    return webhook


def try_out(*, actor: User, webhook: Webhook) -> WebhookDelivery:
    """Send a trial to a webhook, soon, also while it rests. Raises ActionRefused."""
    administrator(actor)
    if not webhook.is_active:
        raise ActionRefused(access.denied("inactive", _("The webhook is switched off. Switch it on first.")))
    with transaction.atomic():
        _wake(webhook)
        return WebhookDelivery.objects.create(webhook=webhook, kind=TRIAL, created_at=now(), next_at=now())


def deliveries(*, actor: User, webhook: Webhook, state: str = "") -> QuerySet[WebhookDelivery]:
    """Return the log of a webhook, newest first. Raises ActionRefused."""
    administrator(actor)
    found = WebhookDelivery.objects.filter(webhook=webhook).select_related("event").order_by("-id")
    return found.filter(state=state) if state else found


def send_again(*, actor: User, webhook: Webhook, delivery_id: int) -> WebhookDelivery:
    """Put a delivery that was sent or given up into the queue again. Raises ActionRefused, NotFound."""
    administrator(actor)
    with transaction.atomic():
        rows = WebhookDelivery.objects.select_for_update()
        delivery = rows.filter(pk=delivery_id, webhook=webhook).first()
        if delivery is None:
            raise NotFound(delivery_id)
        if delivery.state == WebhookDelivery.State.PENDING:
            raise ActionRefused(access.denied("pending", _("It is waiting to be sent already.")))
        delivery.state, delivery.attempts, delivery.error, delivery.status = WebhookDelivery.State.PENDING, 0, "", None
        delivery.next_at, delivery.created_at, delivery.leased_until, delivery.sent_at = now(), now(), None, None
        delivery.save()
        _wake(webhook)
    return delivery


def send_lost_again(*, actor: User, webhook: Webhook) -> int:
    """Put everything that was given up into the queue again; return how much. Raises ActionRefused."""
    administrator(actor)
    with transaction.atomic():
        lost = WebhookDelivery.objects.filter(webhook=webhook, state=WebhookDelivery.State.GIVEN_UP)
        at = now()
        count = lost.update(
            state=WebhookDelivery.State.PENDING, attempts=0, error="", status=None, next_at=at, created_at=at
        )
        _wake(webhook)
    return count


def _wake(webhook: Webhook) -> None:
    Webhook.objects.filter(pk=webhook.pk).update(failures=0, rest_until=None)
