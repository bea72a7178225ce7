"""The units, the compose file and the image name files, variables and commands that are there."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands

from tests.contracts.sources import ROOT
from tests.contracts.test_configuration import read

UNITS = sorted((ROOT / "deploy" / "systemd").iterdir())
# Variables of others.
FOREIGN = {"PYTHONUNBUFFERED", "POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD"}


def test_every_variable_is_one_that_is_read() -> None:
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    named = {name for service in compose["services"].values() for name in service.get("environment", {})}
    for text in [
        (ROOT / "Dockerfile").read_text(encoding="utf-8"),
        *(unit.read_text(encoding="utf-8") for unit in UNITS),
    ]:
        for line in re.findall(r"^(?:ENV|Environment=)(.+)$", text, re.MULTILINE):
            named |= set(re.findall(r"([A-Z_]+)=", line))

    assert {"DATABASE_URL", "VAR_DIR", "CACHE_URL"} <= named
    assert named - read() - FOREIGN == set()


def test_everything_the_image_is_made_of_is_there() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    copied = {name for line in re.findall(r"^COPY (.+)$", text, re.MULTILINE) for name in line.split()[:-1]}
    let_in = {line.removeprefix("!") for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()}

    assert {"project", "helpdesk", "admin_ext", "fixtures", "requirements.txt"} <= copied
    assert {name for name in copied if not (ROOT / name).exists()} == set()
    assert {
        name for name in copied if name not in let_in and not name.startswith(("requirements", "constraints"))
    } == set()


def test_the_services_of_the_compose_file_wait_for_ones_that_exist() -> None:
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    services = compose["services"]

    assert {"setup", "web", "worker", "postgres", "redis"} == set(services)
    assert {name for each in services.values() for name in each.get("depends_on", {})} <= set(services)
    mounted = {volume.split(":")[0] for each in services.values() for volume in each.get("volumes", [])}
    assert mounted == set(compose["volumes"])


@pytest.mark.parametrize(
    "page",
    ["docs/operations.md", "README.md", "compose.yaml", "Dockerfile", *(str(unit.relative_to(ROOT)) for unit in UNITS)],
)
def test_every_command_that_is_named_exists(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")

    assert set(re.findall(r"manage\.py\W{1,4}([a-z_]+)", text)) - set(get_commands()) == set()


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_understands_the_units(unit: object) -> None:
    done = subprocess.run(  # noqa: S603 - a program of the system
        ["systemd-analyze", "verify", "--man=no", str(unit)],  # noqa: S607 - on the path
        capture_output=True,
        text=True,
        check=False,
    )
    # The programs of the product are not where the units look for them.
    odd = [line for line in done.stderr.splitlines() if "is not executable" not in line and "helpdesk" in line]

    assert odd == []


@pytest.mark.slow
@pytest.mark.skipif(not (shutil.which("nginx") and shutil.which("openssl")), reason="no nginx or no openssl here")
def test_nginx_takes_its_file(tmp_path: Path) -> None:
    text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(  # noqa: S603 - a program of the system
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=help.example.org",  # noqa: S607 - on the path
         "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    for name, path in (("fullchain", certificate), ("privkey", key)):
        text = text.replace(f"/etc/letsencrypt/live/help.example.org/{name}.pem", str(path))
    (tmp_path / "site.conf").write_text(text, encoding="utf-8")
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid; error_log stderr; events {{}} http {{ access_log off; include {tmp_path}/site.conf; }}"
    )

    done = subprocess.run(  # noqa: S603 - a program of the system
        ["nginx", "-t", "-c", str(tmp_path / "nginx.conf"), "-e", "stderr"],  # noqa: S607 - on the path
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
