"""Webhooks: signed, what their owner may see, tried again, given up, repeated; and never to an address inside."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from helpdesk import jobs, moment, notify
from helpdesk.actions import conversation, webhooks
from helpdesk.actions.refusals import ActionRefused, ValidationError
from helpdesk.models import Webhook, WebhookDelivery
from helpdesk.notify import outward
from helpdesk.notify import webhooks as sending
from helpdesk.notify.webhooks import forget_old, pause, secret_of
from tests.listener import Heard, listener
from tests.meanwhile import meanwhile
from tests.people import NOON, Desk


@pytest.fixture
def heard(settings: Any) -> Iterator[Heard]:
    settings.WEBHOOK_NETWORKS = [ipaddress.ip_network("127.0.0.1")]
    settings.WEBHOOK_HTTP = True
    with listener() as found:
        yield found


def hook(desk: Desk, heard: Heard, actor: str = "roman", **values: Any) -> Webhook:
    given = {"name": "Monitor", "address": heard.address, **values}
    return webhooks.change(actor=desk.people[actor], webhook=Webhook(), values=given)


def send() -> int:
    notify.fan_out()
    return jobs.send_webhooks()


def test_an_event_arrives_signed_with_its_ticket_in_the_shape_of_the_api(desk: Desk, heard: Heard) -> None:
    webhook = hook(desk, heard)
    ticket = desk.file()
    assert (send(), send()) == (1, 0)

    headers, body = heard.requests[0]
    stamp, digest = (part.split("=")[1] for part in headers["X-HelpDesk-Signature"].split(","))
    signed = hmac.new(secret_of(webhook).encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    assert (digest, int(stamp)) == (signed, int(NOON.timestamp()))
    told = heard.bodies[0]
    event = ticket.events.get()
    assert (told["id"], told["type"], headers["X-HelpDesk-Event"]) == (f"event-{event.pk}", "register", "register")
    assert (
        told["ticket"]
        == desk.client("roman").get(f"/api/v1/tickets/{ticket.pk}", headers={"Accept-Language": "en"}).json()
    )
    assert told["event"] == desk.client("roman").get("/api/v1/events?after=0").json()["results"][0]
    delivery = WebhookDelivery.objects.get()
    assert (delivery.state, delivery.status, headers["X-HelpDesk-Delivery"]) == ("sent", 200, str(delivery.pk))


def test_a_webhook_hears_of_its_events_and_lines_and_of_internal_ones_only_if_told(desk: Desk, heard: Heard) -> None:
    hook(desk, heard, name="notes", events=["note", "take"], lines=[desk.first.pk], sees_internal=True)
    hook(desk, heard, name="open", events=["note", "message"])
    hook(desk, heard, name="elsewhere", lines=[desk.second.pk])
    ticket = desk.ticket("in_work")
    conversation.post(actor=desk.alla, ticket_id=ticket.pk, text="Secret", internal=True)
    notify.fan_out()

    assert list(WebhookDelivery.objects.order_by("id").values_list("webhook__name", "kind")) == [
        ("notes", "take"), ("notes", "note")
    ]  # fmt: skip
    jobs.send_webhooks()
    assert [b"Secret" in body for _headers, body in heard.requests] == [False, False]


def test_it_hears_what_its_owner_may_see_now(desk: Desk, heard: Heard) -> None:
    hook(desk, heard)
    desk.file()
    notify.fan_out()
    Webhook.objects.update(owner=desk.egor)
    desk.file()
    assert send() == 0
    assert list(WebhookDelivery.objects.values_list("state", "error")) == [
        ("given_up", "the owner may not see it any more")
    ]

    desk.roman.is_active = False
    desk.roman.save()
    Webhook.objects.update(owner=desk.roman)
    webhooks_left = WebhookDelivery.objects.count()
    desk.file()
    send()
    assert (WebhookDelivery.objects.count(), heard.connections) == (webhooks_left, 0)


def test_only_administrators_keep_webhooks(desk: Desk, heard: Heard) -> None:
    webhook = hook(desk, heard)
    delivery = webhooks.try_out(actor=desk.roman, webhook=webhook)
    before = (list(Webhook.objects.values()), list(WebhookDelivery.objects.values()))
    for who in ("anna", "alla", "lev", "katya", "olga"):
        actor = desk.people[who]
        assert not webhooks.visible(actor).exists()
        for refused in (
            lambda actor=actor: webhooks.change(actor=actor, webhook=Webhook(), values={"name": "x", "address": "https://x.org"}),
            lambda actor=actor: webhooks.change(actor=actor, webhook=webhook, values={"name": "y"}),
            lambda actor=actor: webhooks.rotate(actor=actor, webhook=webhook),
            lambda actor=actor: webhooks.try_out(actor=actor, webhook=webhook),
            lambda actor=actor: webhooks.send_again(actor=actor, webhook=webhook, delivery_id=delivery.pk),
            lambda actor=actor: webhooks.send_lost_again(actor=actor, webhook=webhook),
            lambda actor=actor: webhooks.deliveries(actor=actor, webhook=webhook),
            lambda actor=actor: webhooks.one(actor=actor, pk=webhook.pk),
        ):  # fmt: skip
            with pytest.raises(ActionRefused):
                refused()
    assert (list(Webhook.objects.values()), list(WebhookDelivery.objects.values())) == before


def test_a_webhook_whose_owner_left_becomes_that_of_who_saves_it(desk: Desk, heard: Heard) -> None:
    webhook = hook(desk, heard)
    desk.katya.is_superuser = True
    desk.katya.save()
    assert webhooks.change(actor=desk.katya, webhook=webhook, values={"name": "Mine?"}).owner == desk.roman
    desk.roman.is_active = False
    assert webhooks.change(actor=desk.katya, webhook=webhook, values={"name": "Mine"}).owner == desk.katya


def test_failures_are_tried_again_with_growing_pauses_and_given_up_after_a_day(desk: Desk, heard: Heard) -> None:
    hook(desk, heard)
    heard.status = 500
    desk.file()
    at, tried = NOON, []
    for _attempt in range(14):
        with moment.at(at):
            assert send() == 0
            delivery = WebhookDelivery.objects.get()
            tried.append(int((delivery.next_at - at).total_seconds() // 60))
            at = delivery.next_at
    assert tried[:11] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360]
    assert (delivery.state, delivery.status, len(heard.requests)) == ("given_up", 500, 13)
    assert (pause(0), pause(50)) == (timedelta(minutes=1), timedelta(hours=6))


def test_an_address_that_is_down_costs_one_attempt_for_all_its_events_and_recovers(desk: Desk, heard: Heard) -> None:
    hook(desk, heard)
    heard.status = 503
    for _number in range(3):
        desk.file()
    assert (send(), len(heard.requests)) == (0, 1)
    with moment.at(NOON + timedelta(minutes=2)):
        heard.status = 204
        assert send() == 3
    assert Webhook.objects.get().rest_until is None
    assert [body["type"] for body in heard.bodies] == ["register"] * 4
    assert len({body["id"] for body in heard.bodies}) == 3

    heard.status = 503
    with moment.at(NOON + timedelta(hours=1)):
        for _number in range(2):
            desk.file()
        send()
    with moment.at(NOON + timedelta(hours=26)):
        send()
    assert WebhookDelivery.objects.filter(state="given_up").count() == 2


def test_one_event_that_is_not_liked_does_not_hold_up_the_others(desk: Desk, heard: Heard) -> None:
    hook(desk, heard)
    heard.status = 400
    desk.file()
    send()
    heard.status = 200
    desk.file()
    assert send() == 1
    assert sorted(WebhookDelivery.objects.values_list("state", "status")) == [("pending", 400), ("sent", 200)]


def test_one_event_that_cannot_be_written_waits_and_the_others_are_sent(desk: Desk, heard: Heard) -> None:
    hook(desk, heard)
    odd, even = desk.file(), desk.file()
    notify.fan_out()

    def compose(delivery: WebhookDelivery) -> dict[str, Any]:
        if delivery.event is not None and delivery.event.ticket == odd:
            raise ValueError("nobody can say this")
        return {"id": delivery.pk}

    assert sending.deliver(compose) == 1
    told = WebhookDelivery.objects.values_list("event__ticket", "state", "attempts", "error", "next_at")
    assert set(told) == {
        (odd.pk, "pending", 1, "the desk could not write it; see its log", NOON + timedelta(minutes=1)),
        (even.pk, "sent", 1, "", NOON),
    }
    assert Webhook.objects.get().rest_until is None


def test_an_event_that_another_worker_has_sent_meanwhile_is_not_sent_again(desk: Desk, heard: Heard) -> None:
    hook(desk, heard)
    desk.file()
    desk.file()
    notify.fan_out()
    with meanwhile(jobs.send_webhooks, behind='UPDATE "helpdesk_webhookdelivery"') as others:
        assert (jobs.send_webhooks(), others) == (1, [1])

    assert len({body["id"] for body in heard.bodies}) == len(heard.bodies) == 2


def test_a_run_ends_when_its_time_is_over_and_the_next_goes_on(
    desk: Desk, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook(desk, heard)
    for _number in range(3):
        desk.file()
    notify.fan_out()
    with meanwhile(lambda: monkeypatch.setattr(sending, "PATIENCE", 0.0), behind='UPDATE "helpdesk_webhookdelivery"'):
        assert (jobs.send_webhooks(), len(heard.requests)) == (1, 1)
    monkeypatch.undo()

    assert (jobs.send_webhooks(), len(heard.requests)) == (2, 3)


def test_what_was_given_up_can_be_sent_again_with_the_same_id(desk: Desk, heard: Heard) -> None:
    webhook = hook(desk, heard)
    desk.file()
    send()
    delivery = WebhookDelivery.objects.get()
    again = webhooks.send_again(actor=desk.roman, webhook=webhook, delivery_id=delivery.pk)
    with pytest.raises(ActionRefused):
        webhooks.send_again(actor=desk.roman, webhook=webhook, delivery_id=delivery.pk)
    assert (again.state, jobs.send_webhooks()) == ("pending", 1)
    assert heard.bodies[0]["id"] == heard.bodies[1]["id"]

    WebhookDelivery.objects.update(state="given_up")
    Webhook.objects.update(failures=3, rest_until=NOON + timedelta(hours=1))
    assert (webhooks.send_lost_again(actor=desk.roman, webhook=webhook), jobs.send_webhooks()) == (1, 1)
    with moment.at(NOON + timedelta(days=31)):
        assert forget_old() == 1


def test_a_new_secret_ends_the_old_one_and_no_secret_is_stored(desk: Desk, heard: Heard) -> None:
    webhook = hook(desk, heard)
    old = secret_of(webhook)
    webhooks.rotate(actor=desk.roman, webhook=webhook)
    assert secret_of(Webhook.objects.get()) != old
    stored = str(list(Webhook.objects.values())) + str(list(Webhook.history.values()))
    assert old.removeprefix("whsec_") not in stored
    assert webhook.salt not in str(list(Webhook.history.values()))


# --- where it may lead ---

INSIDE = (  # each of these leads to this machine, its network, or a crowd
    "127.0.0.1", "[::1]", "169.254.169.254", "10.1.2.3", "172.16.0.1", "192.168.0.1", "100.64.0.1", "0", "0.0.0.0", "2130706433",  # noqa: S104 - refused
    "0177.0.0.1", "0x7f000001", "127.1", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::]", "[fe80::1]", "[fc00::1]", "[fec0::1]",
    "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "224.0.0.1", "[ff02::1]", "255.255.255.255", "localhost",
)  # fmt: skip


@pytest.mark.parametrize("host", INSIDE)
def test_nothing_inside_is_connected_to(host: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.WEBHOOK_HTTP = True
    opened: list[Any] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _self, where: opened.append(where))
    with pytest.raises(outward.Blocked):
        outward.post(f"http://{host}/", b"{}", {})
    assert opened == []


def test_a_name_is_judged_by_where_it_leads_at_the_connect(
    heard: Heard, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that was harmless when it was written down, one with a harmless and a harmful answer, one that changes."""
    settings.WEBHOOK_NETWORKS = []
    settings.WEBHOOK_HTTP = True
    answers = [["127.0.0.1"], ["93.184.216.34", "127.0.0.1"]]
    asked: list[str] = []

    def look_up(host: str, port: int, **_options: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in answers[min(len(asked), 2) - 1]]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    for _time in range(2):
        with pytest.raises(outward.Blocked):
            outward.post("http://rebind.example.org/", b"{}", {})
    assert asked == ["rebind.example.org"] * 2, "the name is looked up once, and what was checked is connected to"
    assert heard.connections == 0


def test_a_blocked_delivery_is_given_up_and_the_canary_hears_nothing(desk: Desk, heard: Heard, settings: Any) -> None:
    hook(desk, heard)
    settings.WEBHOOK_NETWORKS = [ipaddress.ip_network("127.0.0.2")]
    desk.file()
    send()
    delivery = WebhookDelivery.objects.get()
    assert (delivery.state, delivery.error, heard.connections) == ("given_up", "blocked: not a public address", 0)


def test_a_redirect_is_not_followed(desk: Desk, heard: Heard) -> None:
    hook(desk, heard)
    with listener() as canary:
        heard.status, heard.headers = 302, {"Location": canary.address}
        desk.file()
        send()
        assert (heard.connections, canary.connections) == (1, 0)
    assert (WebhookDelivery.objects.get().status, WebhookDelivery.objects.get().error) == (
        302,
        "redirects are not followed",
    )


def test_an_answer_that_drips_is_cut_off(desk: Desk, heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outward, "DEADLINE", 0.5)
    hook(desk, heard)
    heard.drip = 0.1
    desk.file()
    began = time.monotonic()
    send()
    assert time.monotonic() - began < 3
    assert WebhookDelivery.objects.get().error.startswith("TimeoutError")


@pytest.mark.parametrize(
    "address",
    ["http://example.org/", "https://user:pw@example.org/", "https://example.org:8443/", "ftp://example.org/", "https://", "x",
     "https://example.org/#a", "https://exa mple.org/", "https://example.org:99999/", "file:///etc/passwd"],
)  # fmt: skip
def test_an_address_that_never_may_be_sent_to_is_refused_at_its_field(desk: Desk, address: str) -> None:
    with pytest.raises(ValidationError) as refused:
        webhooks.change(actor=desk.roman, webhook=Webhook(), values={"name": "x", "address": address})
    assert set(refused.value.message_dict) == {"address"}
    assert Webhook.objects.count() == 0
