"""Decides how administrators' programs keep webhooks, and read and repeat their deliveries."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from helpdesk.actions import webhooks
from helpdesk.actions.notices import administrator
from helpdesk.actions.records import delete
from helpdesk.api.endpoint import Endpoint, checked, created
from helpdesk.api.operations import operation
from helpdesk.api.safe_writes import safe_write
from helpdesk.api.shapes.parts import Nothing
from helpdesk.api.shapes.webhooks import DeliveryShape, WebhookEdit, WebhookMade, WebhookNew, WebhookShape
from helpdesk.api.v1.desk import paged
from helpdesk.models import User, Webhook, WebhookDelivery
from helpdesk.notify.webhooks import secret_of

TAG = "Webhooks"
WHO = "administrators"
WebhookPage, DeliveryPage = paged(WebhookShape, "WebhookPage"), paged(DeliveryShape, "WebhookDeliveryPage")
STATES = WebhookDelivery.State.values


class Webhooks(Endpoint):
    """The webhooks of the desk."""

    orderings = {"name": "name", "id": "pk"}

    @operation(TAG, "webhooks_list", "List webhooks", who=WHO, answers={200: WebhookPage}, errors=(400, 403))
    def get(self, request: Request) -> Response:
        rows = webhooks.visible(administrator(self.person)).select_related("owner").prefetch_related("lines")
        page = self.page(rows)
        return Response(page.answer(WebhookShape(page.rows, many=True).data))

    @operation(
        TAG, "webhooks_create", "Make a webhook", who=WHO,
        text="It is yours and hears what you may see. The secret is in this answer and nowhere else. "
             "How deliveries look and are checked: docs/webhooks.md.",
        body=WebhookNew, answers={201: WebhookMade}, errors=(403,),
    )  # fmt: skip
    @safe_write
    def post(self, request: Request) -> Response:
        actor = administrator(self.person)
        made = webhooks.change(actor=actor, webhook=Webhook(), values=checked(WebhookNew, request))
        answer = created(_with_secret(actor, made), f"{request.path}/{made.pk}")
        answer.secret_field = "secret"  # type: ignore[attr-defined]  # noqa: S105 - the name of a field
        return answer


class WebhookOne(Endpoint):
    """One webhook."""

    @operation(TAG, "webhooks_read", "Read a webhook", who=WHO, answers={200: WebhookShape}, errors=(403, 404))
    def get(self, request: Request, pk: int) -> Response:
        return Response(WebhookShape(webhooks.one(actor=self.person, pk=pk)).data)

    @operation(
        TAG, "webhooks_edit", "Change a webhook", who=WHO, text="Only the given fields change.",
        body=WebhookEdit, answers={200: WebhookShape}, errors=(403, 404),
    )  # fmt: skip
    def patch(self, request: Request, pk: int) -> Response:
        found = webhooks.one(actor=self.person, pk=pk)
        webhooks.change(actor=self.person, webhook=found, values=checked(WebhookEdit, request))
        return Response(WebhookShape(webhooks.one(actor=self.person, pk=pk)).data)

    @operation(
        TAG, "webhooks_delete", "Delete a webhook", who=WHO, text="Its log goes with it.",
        answers={204: None}, errors=(403, 404),
    )  # fmt: skip
    def delete(self, request: Request, pk: int) -> Response:
        delete(actor=self.person, record=webhooks.one(actor=self.person, pk=pk))
        return Response(status=204)


class WebhookSecret(Endpoint):
    """The secret of a webhook."""

    @operation(
        TAG, "webhooks_rotate", "Give a webhook a new secret", who=WHO, text="The old one ends at once.",
        body=Nothing, answers={200: WebhookMade}, errors=(403, 404),
    )  # fmt: skip
    @safe_write
    def post(self, request: Request, pk: int) -> Response:
        checked(Nothing, request)
        found = webhooks.rotate(actor=self.person, webhook=webhooks.one(actor=self.person, pk=pk))
        answer = Response(_with_secret(self.person, found))
        answer.secret_field = "secret"  # type: ignore[attr-defined]  # noqa: S105 - the name of a field
        return answer


class WebhookTrial(Endpoint):
    """A trial of a webhook."""

    @operation(
        TAG, "webhooks_trial", "Send a trial", who=WHO, text="An event `ping` without a ticket, soon, also while it rests.",
        body=Nothing, answers={201: DeliveryShape}, errors=(403, 404),
    )  # fmt: skip
    @safe_write
    def post(self, request: Request, pk: int) -> Response:
        checked(Nothing, request)
        made = webhooks.try_out(actor=self.person, webhook=webhooks.one(actor=self.person, pk=pk))
        return Response(DeliveryShape(made).data, status=201)


class WebhookDeliveries(Endpoint):
    """How the deliveries of a webhook went."""

    query = ("state",)
    orderings = {"-id": "pk"}

    @operation(
        TAG, "webhook_deliveries_list", "List deliveries", who=WHO, text="Newest first; the log reaches back a month.",
        query={"state": f"One of: {', '.join(STATES)}."}, answers={200: DeliveryPage}, errors=(400, 403, 404),
    )  # fmt: skip
    def get(self, request: Request, pk: int) -> Response:
        found = webhooks.one(actor=self.person, pk=pk)
        state = request.query_params.get("state", "")
        if state and state not in STATES:
            raise ValidationError({"state": [", ".join(STATES)]})
        page = self.page(webhooks.deliveries(actor=self.person, webhook=found, state=state))
        return Response(page.answer(DeliveryShape(page.rows, many=True).data))


class WebhookDeliveryAgain(Endpoint):
    """A delivery once more."""

    @operation(
        TAG, "webhook_deliveries_repeat", "Send a delivery again", who=WHO,
        text="One that was sent or given up; its body has the same `id`.",
        body=Nothing, answers={200: DeliveryShape}, errors=(403, 404),
    )  # fmt: skip
    @safe_write
    def post(self, request: Request, pk: int, delivery: int) -> Response:
        checked(Nothing, request)
        found = webhooks.one(actor=self.person, pk=pk)
        again = webhooks.send_again(actor=self.person, webhook=found, delivery_id=delivery)
        return Response(DeliveryShape(again).data)


def _with_secret(actor: User, webhook: Webhook) -> dict[str, Any]:
    return {**WebhookShape(webhooks.one(actor=actor, pk=webhook.pk)).data, "secret": secret_of(webhook)}
