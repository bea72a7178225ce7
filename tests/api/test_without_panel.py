"""The API works with the panel uninstalled."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import database

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import json
import django
django.setup()
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.test import Client
settings.ALLOWED_HOSTS = ["testserver"]
call_command("migrate", verbosity=0)
from helpdesk.actions import roles, tokens
from helpdesk.models import Service, SupportLine, User, WorkType
roles.ensure_groups()
SupportLine.objects.create(name="First", is_default=True)
mail = Service.objects.create(code="MAIL", name="Mail")
kind = WorkType.objects.create(service=mail, code="1", name="Box", reaction_limit="30m", execution_limit="4h")
anna = User.objects.create_user("anna", "anna@example.com", password="demo")
token, text = tokens.create(actor=anna, name="Test", scopes=["read", "write"])
client = Client(headers={"Authorization": "Bearer " + text}, raise_request_exception=False)
told = {"panel": apps.is_installed("admin_ext")}
made = client.post("/api/v1/tickets", {"work_type": kind.pk, "subject": "a", "text": "b"}, content_type="application/json")
number = made.json()["number"]
told["made"] = made.status_code
for path in ("tickets", f"tickets/{number}", f"tickets/{number}/history", f"tickets/{number}/actions", "me", "events"):
    told[path.replace(str(number), "n")] = client.get("/api/v1/" + path).status_code
body = {"comment": "Not needed."}
answer = client.post(f"/api/v1/tickets/{number}/actions/cancel", body, content_type="application/json")
told["cancelled"] = answer.json()["status"]
told["schema"] = client.get("/api/schema.json").status_code
told["docs"] = Client().get("/api/docs/").status_code
told["admin"] = client.get("/admin/").status_code
body = {"username": "anna", "password": "demo"}
told["sign-in"] = Client().post("/api/v1/auth/session", body, content_type="application/json").json()["signed_in"]
Client().post("/api/v1/auth/password/forgotten", {"email": "anna@example.com"}, content_type="application/json")
from django.core import mail
from helpdesk import notify
settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
mail.outbox = []
notify.fan_out()
notify.send_letters()
told["letters"] = [next(line for line in letter.body.splitlines() if "http" in line).split("/", 3)[3].split("/")[0] for letter in mail.outbox]
print("TOLD" + json.dumps(told))
"""


@pytest.mark.slow
@pytest.mark.own_desk
def test_the_api_runs_alone(tmp_path: Path) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "project.settings",
        "PANEL": "off",
        "VAR_DIR": str(tmp_path),
    }
    database.head_start(tmp_path / "db.sqlite3")
    command = [sys.executable, "-c", PROGRAM]
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)  # noqa: S603

    assert "TOLD" in ran.stdout, ran.stderr
    assert json.loads(ran.stdout.split("TOLD")[1]) == {
        "panel": False, "made": 201, "tickets": 200, "tickets/n": 200, "tickets/n/history": 200, "tickets/n/actions": 200,
        "me": 200, "events": 200, "cancelled": "cancelled", "schema": 200, "docs": 200, "admin": 404, "sign-in": True,
        "letters": ["password-set"],
    }  # fmt: skip
