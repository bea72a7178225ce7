"""One secret key for all processes of a machine, made once and readable by its owner alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from project import secret_key

ROOT = Path(__file__).resolve().parents[2]
PRINT_KEY = (
    "import sys, pathlib; from project import secret_key; print(secret_key.from_environment(pathlib.Path(sys.argv[1])))"
)


def test_processes_that_start_in_the_same_instant_agree_on_one_key(tmp_path: Path) -> None:
    starting = [
        subprocess.Popen(  # noqa: S603 - our own interpreter and code
            [sys.executable, "-c", PRINT_KEY, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True, env={}
        )
        for _ in range(8)
    ]

    keys = {process.communicate(timeout=30)[0].strip() for process in starting}

    assert len(keys) == 1
    assert len(keys.pop()) >= 64
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_the_file_is_readable_by_its_owner_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)

    secret_key.from_environment(tmp_path)

    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_the_key_stays_the_same(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)

    assert secret_key.from_environment(tmp_path) == secret_key.from_environment(tmp_path)


def test_a_key_of_the_environment_leaves_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SECRET_KEY", "a-long-and-random-enough-secret-key-0123456789")

    assert secret_key.from_environment(tmp_path) == "a-long-and-random-enough-secret-key-0123456789"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("key", ["short", "a" * 64])
def test_a_weak_key_is_refused_without_showing_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, key: str
) -> None:
    monkeypatch.setenv("SECRET_KEY", key)

    with pytest.raises(SystemExit):
        secret_key.from_environment(tmp_path)

    message = capsys.readouterr().err
    assert (
        message
        == "HelpDesk cannot start: SECRET_KEY must be at least 32 random characters, or absent to have one made.\n"
    )


def test_an_emptied_file_is_refused_rather_than_used(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    (tmp_path / "secret_key").touch()

    with pytest.raises(SystemExit):
        secret_key.from_environment(tmp_path)

    assert "holds no key" in capsys.readouterr().err
