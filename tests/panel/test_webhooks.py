"""Administrators keep webhooks in the panel: a secret shown once, a log with "send again", an address refused at its field."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.urls import reverse

from helpdesk.models import Webhook, WebhookDelivery
from helpdesk.notify.webhooks import secret_of
from tests.people import NO_ROW, NOON, Desk

GIVEN = {
    "name": "Monitor",
    "address": "https://monitor.example.org/desk",
    "events": ["submit", "take"],
    "is_active": "on",
}


def test_a_webhook_is_made_and_its_secret_is_shown_once(desk: Desk) -> None:
    client = desk.client("roman")
    made = client.post(reverse("admin:helpdesk_webhook_add"), {**GIVEN, "lines": [desk.first.pk]})
    webhook = Webhook.objects.get()
    assert (webhook.owner, webhook.events, list(webhook.lines.all())) == (desk.roman, ["take", "submit"], [desk.first])
    assert urlsplit(made["Location"]).path == reverse("admin:webhook_secret", args=[webhook.pk])
    shown = client.get(made["Location"])
    assert secret_of(webhook) in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    assert secret_of(webhook) not in client.get(made["Location"]).content.decode()

    old = secret_of(webhook)
    again = client.post(made["Location"], follow=True).content.decode()
    fresh = secret_of(Webhook.objects.get())
    assert fresh != old
    assert fresh in again
    for page in ("admin:helpdesk_webhook_change", "admin:webhook_deliveries", "admin:helpdesk_webhook_history"):
        text = client.get(reverse(page, args=[webhook.pk])).content.decode()
        assert fresh not in text
        assert webhook.salt not in text


def test_a_bad_address_is_refused_at_its_field_and_nothing_is_lost(desk: Desk) -> None:
    page = desk.client("roman").post(reverse("admin:helpdesk_webhook_add"), {**GIVEN, "address": "https://x.org:22/"})

    assert Webhook.objects.count() == 0
    text = page.content.decode()
    assert "only the ports 80 and 443 are allowed" in text
    assert 'value="https://x.org:22/"' in text
    assert 'value="submit" class="form-check-input" id="id_events_5" checked' in text


def test_the_log_shows_what_was_lost_and_sends_it_again(desk: Desk) -> None:
    client = desk.client("roman")
    client.post(reverse("admin:helpdesk_webhook_add"), GIVEN)
    webhook = Webhook.objects.get()
    log = reverse("admin:webhook_deliveries", args=[webhook.pk])
    client.post(reverse("admin:webhook_trial", args=[webhook.pk]))
    delivery = WebhookDelivery.objects.get()
    WebhookDelivery.objects.update(state="given_up", status=503, error="the other side is ill", attempts=13)
    Webhook.objects.update(failures=13, rest_until=NOON.replace(hour=9))
    text = client.get(log).content.decode()
    assert "503" in text
    assert "the other side is ill" in text
    assert "13 times in a row" in text
    assert "the other side is ill" not in client.get(f"{log}?state=sent").content.decode()
    assert "given up: 1" in client.get(reverse("admin:helpdesk_webhook_changelist")).content.decode()

    client.post(reverse("admin:webhook_again", args=[webhook.pk, delivery.pk]))
    delivery.refresh_from_db()
    webhook.refresh_from_db()
    assert (delivery.state, delivery.attempts, webhook.rest_until) == ("pending", 0, None)
    WebhookDelivery.objects.update(state="given_up")
    client.post(reverse("admin:webhook_lost_again", args=[webhook.pk]))
    assert WebhookDelivery.objects.get().state == "pending"
    assert client.post(reverse("admin:webhook_again", args=[webhook.pk, NO_ROW])).status_code == 404

    client.post(reverse("admin:helpdesk_webhook_delete", args=[webhook.pk]), {"post": "yes"})
    assert (Webhook.objects.count(), WebhookDelivery.objects.count()) == (0, 0)


def test_nobody_else_touches_a_webhook(desk: Desk) -> None:
    desk.client("roman").post(reverse("admin:helpdesk_webhook_add"), GIVEN)
    webhook = Webhook.objects.get()
    before = Webhook.objects.values().get()
    for who in ("anna", "alla", "lev", "katya", "olga"):
        client = desk.client(who)
        for page in (
            "webhook_secret",
            "webhook_trial",
            "webhook_lost_again",
            "helpdesk_webhook_change",
            "helpdesk_webhook_delete",
        ):
            answer = client.post(reverse(f"admin:{page}", args=[webhook.pk]), {"post": "yes", **GIVEN, "name": "Mine"})
            assert answer.status_code == 403, (who, page)
    assert (Webhook.objects.values().get(), WebhookDelivery.objects.count()) == (before, 0)


def test_the_list_does_not_answer_questions_about_what_the_form_hides(desk: Desk) -> None:
    client = desk.client("roman")
    client.post(reverse("admin:helpdesk_webhook_add"), GIVEN)
    for question in ("salt__startswith=a", "salt=a", "owner__password__startswith=p", "owner__email=x"):
        assert client.get(reverse("admin:helpdesk_webhook_changelist") + f"?{question}").status_code == 400
    people = reverse("admin:helpdesk_user_changelist")
    assert client.get(f"{people}?password__startswith=p").status_code == 400
    assert client.get(f"{people}?is_active__exact=1&groups__id__exact=1").status_code == 200
