"""Webhooks through the API: made with a secret shown once, changed, tried, repeated; and the guide's checks of a signature work."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from helpdesk.models import Webhook, WebhookDelivery
from helpdesk.moment import now
from helpdesk.notify.webhooks import secret_of, signature
from tests.people import NO_ROW, Desk

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "webhooks.md"
NEW = {"name": "Monitor", "address": "https://monitor.example.org/desk"}


def test_a_webhook_lives_through_the_api(desk: Desk, program: Any) -> None:
    roman = program("roman")
    made = roman.post("/webhooks", {**NEW, "lines": [desk.first.pk], "events": ["submit"]}, Idempotency_Key="1")
    webhook = Webhook.objects.get()
    told = made.json()
    assert (made.status_code, told["secret"], told["lines"]) == (
        201,
        secret_of(webhook),
        [{"id": desk.first.pk, "name": "First line"}],
    )
    assert (told["owner"]["id"], told["active"], told["waiting"], told["given_up"]) == (desk.roman.pk, True, 0, 0)
    again = roman.post("/webhooks", {**NEW, "lines": [desk.first.pk], "events": ["submit"]}, Idempotency_Key="1")
    assert (again.json()["secret"], Webhook.objects.count()) == (None, 1)

    path = f"/webhooks/{webhook.pk}"
    assert "secret" not in roman.get(path).json()
    changed = roman.patch(path, {"active": False, "lines": []}).json()
    assert (changed["active"], changed["lines"], changed["events"]) == (False, [], ["submit"])
    assert roman.post(f"{path}/trial").json()["code"] == "inactive"
    roman.patch(path, {"active": True})
    trial = roman.post(f"{path}/trial").json()
    assert (trial["kind"], trial["state"], trial["ticket"]) == ("ping", "pending", None)
    assert roman.post(f"{path}/deliveries/{trial['id']}/again").json()["code"] == "pending"
    WebhookDelivery.objects.update(state="given_up", status=500)
    assert [row["status"] for row in roman.get(f"{path}/deliveries?state=given_up").json()["results"]] == [500]
    assert roman.get(f"{path}/deliveries?state=odd").status_code == 400
    assert roman.post(f"{path}/deliveries/{trial['id']}/again").json()["state"] == "pending"
    rotated = roman.post(f"{path}/secret").json()["secret"]
    assert rotated == secret_of(Webhook.objects.get()) != told["secret"]
    assert roman.get("/webhooks").json()["results"][0]["waiting"] == 1
    assert roman.delete(path).status_code == 204
    assert Webhook.objects.count() == 0


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"address": "http://example.org/"}, "address"), ({"events": ["nonsense"]}, "events.0"), ({"lines": [NO_ROW]}, "lines"),
     ({"name": ""}, "name"), ({"salt": "x"}, "salt"), ({"owner": 1}, "owner")],
)  # fmt: skip
def test_what_is_wrong_is_told_at_its_field(desk: Desk, program: Any, wrong: dict[str, Any], field: str) -> None:
    answer = program("roman").post("/webhooks", {**NEW, **wrong})

    assert (answer.status_code, set(answer.json()["fields"])) == (400, {field})
    assert Webhook.objects.count() == 0


def test_a_rehearsal_makes_nothing_and_tells_no_secret(desk: Desk, program: Any) -> None:
    answer = program("roman").post("/webhooks?dry_run=true", NEW)

    assert (answer.status_code, answer.json()["secret"], Webhook.objects.count()) == (200, None, 0)


def test_the_checks_of_the_guide_tell_genuine_from_forged(tmp_path: Path) -> None:
    blocks = dict(
        re.findall(r"^```(bash|python)\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    )
    body = '{"id": "event-1", "text": "Почта"}'.encode()
    header = signature("whsec_1", body, now())
    space: dict[str, Any] = {}
    exec(blocks["python"], space)  # noqa: S102 - our own guide
    genuine = space["is_genuine"]
    assert genuine("whsec_1", header, body)
    assert not genuine("whsec_2", header, body)
    assert not genuine("whsec_1", header, body + b" ")
    assert not genuine("whsec_1", header, body, tolerance=-1)

    if shutil.which("openssl") is None:
        pytest.skip("the example for the shell needs openssl")
    (tmp_path / "body.json").write_bytes(body)
    for secret, verdict in (("whsec_1", "genuine\n"), ("whsec_2", "forged\n")):
        told = subprocess.run(  # noqa: S603 - our own guide
            [shutil.which("bash") or "bash", "-c", blocks["bash"]], cwd=tmp_path, env={"PATH": "/usr/bin:/bin", "HEADER": header, "SECRET": secret},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert told.stdout == verdict
