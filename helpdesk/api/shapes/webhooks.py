"""Decides what is told of webhooks and their deliveries, and what is taken to make or change one."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from helpdesk.api.shapes.parts import Id, Moment, Named, PersonBrief, Shape
from helpdesk.models import WebhookDelivery
from helpdesk.notify.webhooks import EVENTS

ALL = "Empty means all of them."


class WebhookShape(Shape):
    """A webhook, without its secret."""

    id = Id()
    name = serializers.CharField()
    address = serializers.CharField()
    events = serializers.ListField(child=serializers.ChoiceField(choices=EVENTS), help_text=ALL)
    lines = Named(many=True, help_text=ALL)
    sees_internal = serializers.BooleanField(help_text="Internal notes and deadlines too.")
    active = serializers.BooleanField(source="is_active")
    owner = PersonBrief(help_text="It hears what this person may see.")
    created_at = Moment()
    waiting = serializers.IntegerField(help_text="Deliveries to be sent.")
    given_up = serializers.IntegerField(source="lost", help_text="Deliveries that were given up in the last month.")
    rest_until = Moment(
        allow_null=True, help_text="The address did not answer and is not tried before; null when it does."
    )

    class Meta:
        ref_name = "Webhook"


class WebhookEdit(Shape):
    """What can be changed of a webhook."""

    name = serializers.CharField(required=False, max_length=100)
    address = serializers.CharField(required=False, max_length=500, help_text="Such as `https://example.org/desk`.")
    events = serializers.ListField(
        required=False, child=serializers.ChoiceField(choices=EVENTS), max_length=len(EVENTS), help_text=ALL
    )
    lines = serializers.ListField(required=False, child=Id(), max_length=1000, help_text=f"Ids. {ALL}")
    sees_internal = serializers.BooleanField(required=False)
    active = serializers.BooleanField(required=False, source="is_active")


class WebhookNew(WebhookEdit):
    """A webhook to make."""

    def get_fields(self) -> dict[str, serializers.Field]:
        fields: dict[str, Any] = super().get_fields()
        fields["name"].required = fields["address"].required = True
        return fields


class WebhookMade(WebhookShape):
    """A webhook with its secret, which is shown this one time."""

    secret = serializers.CharField(allow_null=True, help_text="Signs the deliveries. Null in a repeated answer.")

    class Meta:
        ref_name = "WebhookMade"


class DeliveryShape(Shape):
    """A delivery of an event to a webhook."""

    id = Id(help_text="The header `X-HelpDesk-Delivery`.")
    kind = serializers.CharField(help_text="The kind of the event, or `ping` for a trial.")
    event = Id(source="event_id", allow_null=True, help_text="Null for a trial.")
    ticket = serializers.SerializerMethodField(help_text="Null for a trial.")
    state = serializers.ChoiceField(choices=WebhookDelivery.State.values)
    created_at = Moment()
    attempts = serializers.IntegerField()
    next_at = Moment(help_text="When it is tried next, while it is pending.")
    sent_at = Moment(allow_null=True)
    status = serializers.IntegerField(allow_null=True, help_text="Of the last answer; its body is not kept.")
    error = serializers.CharField(allow_blank=True)

    class Meta:
        ref_name = "WebhookDelivery"

    def get_ticket(self, delivery: WebhookDelivery) -> int | None:
        return delivery.event.ticket_id if delivery.event else None
