"""Every reader of the environment takes what it promises, and refuses the rest with one line and exit status 3."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from project import env

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    ("value", "read", "expected"),
    [
        ("on", lambda: env.flag("X", default=False), True),
        ("FALSE", lambda: env.flag("X", default=True), False),
        ("", lambda: env.flag("X", default=True), True),
        ("  8123 ", lambda: env.number("X", 8000, least=1, most=65535), 8123),
        ("", lambda: env.number("X", 8000, least=1, most=65535), 8000),
        ("tls", lambda: env.choice("X", "none", ("none", "tls")), "tls"),
        ("a.example, .b.example ,[::1]", lambda: env.hosts("X", ()), ["a.example", ".b.example", "[::1]"]),
        ("", lambda: env.hosts("X", ("localhost",)), ["localhost"]),
        ("https://help.example.org/", lambda: env.web_address("X", ""), "https://help.example.org"),
        ("http://[::1]:8000", lambda: env.web_address("X", ""), "http://[::1]:8000"),
        ("0.0.0.0", lambda: env.listen_address("X", "127.0.0.1"), "0.0.0.0"),  # noqa: S104 - read, not bound
        ("::1", lambda: env.listen_address("X", "127.0.0.1"), "::1"),
        ("https://login.example.org/realms/a/", lambda: env.issuer("X"), "https://login.example.org/realms/a/"),
        ("http://127.0.0.1:5556", lambda: env.issuer("X"), "http://127.0.0.1:5556"),
        ("Asia/Yekaterinburg", lambda: env.time_zone("X", "UTC"), "Asia/Yekaterinburg"),
        ("Help <help@example.org>", lambda: env.mail_address("X", ""), "Help <help@example.org>"),
    ],
)
def test_a_good_value_is_read(
    monkeypatch: pytest.MonkeyPatch, value: str, read: Callable[[], object], expected: object
) -> None:
    monkeypatch.setenv("X", value)

    assert read() == expected


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("http://login.example.org", lambda: env.issuer("X")),
        ("https://a@login.example.org", lambda: env.issuer("X")),
        ("login.example.org", lambda: env.issuer("X")),
        ("maybe", lambda: env.flag("X", default=False)),
        ("2", lambda: env.flag("X", default=False)),
        ("80a", lambda: env.number("X", 8000, least=1, most=65535)),
        ("0", lambda: env.number("X", 8000, least=1, most=65535)),
        ("65536", lambda: env.number("X", 8000, least=1, most=65535)),
        ("-1", lambda: env.number("X", 8000, least=1, most=65535)),
        ("٣", lambda: env.number("X", 1, least=1, most=9)),
        ("TLS", lambda: env.choice("X", "none", ("none", "tls"))),
        ("https://a.example", lambda: env.hosts("X", ())),
        ("a.example:80", lambda: env.hosts("X", ())),
        ("a.example b.example", lambda: env.hosts("X", ())),
        ("help.example.org", lambda: env.web_address("X", "")),
        ("ftp://help.example.org", lambda: env.web_address("X", "")),
        ("https://me:secret@help.example.org", lambda: env.web_address("X", "")),
        ("https://help.example.org/path", lambda: env.web_address("X", "")),
        ("https://help.example.org:port", lambda: env.web_address("X", "")),
        ("https://", lambda: env.web_address("X", "")),
        ("https://[::1", lambda: env.web_address("X", "")),
        ("everywhere", lambda: env.listen_address("X", "127.0.0.1")),
        ("127.0.0.1:8000", lambda: env.listen_address("X", "127.0.0.1")),
        ("Moscow", lambda: env.time_zone("X", "UTC")),
        ("../../etc/passwd", lambda: env.time_zone("X", "UTC")),
        ("help", lambda: env.mail_address("X", "")),
        ("a@b@c", lambda: env.mail_address("X", "")),
        ("two\nlines", lambda: env.text("X")),
        ("relative/folder", lambda: env.folder("X", Path("/"))),
        ("/dev/null/below", lambda: env.folder("X", Path("/"))),
    ],
)
def test_an_odd_value_ends_the_process_with_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], value: str, read: Callable[[], object]
) -> None:
    monkeypatch.setenv("X", value)

    with pytest.raises(SystemExit) as stopped:
        read()

    assert stopped.value.code == env.EXIT_STATUS
    message = capsys.readouterr().err
    assert message.startswith("HelpDesk cannot start: X ")
    assert message.endswith(".\n")
    assert message.count("\n") == 1


def test_a_secret_is_read_from_the_file_that_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from the file\n", encoding="utf-8")
    monkeypatch.setenv("X_FILE", str(tmp_path / "secret"))

    assert env.secret("X") == "from the file"


@pytest.mark.parametrize("content", ["", "two\nlines", None])
def test_a_secret_file_that_holds_no_secret_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, content: str | None
) -> None:
    if content is not None:
        (tmp_path / "secret").write_text(content, encoding="utf-8")
    monkeypatch.setenv("X_FILE", str(tmp_path / "secret"))

    with pytest.raises(SystemExit):
        env.secret("X")

    assert capsys.readouterr().err.startswith("HelpDesk cannot start: X_FILE names ")


def test_a_secret_given_twice_is_refused_without_showing_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("X", "the-secret")
    monkeypatch.setenv("X_FILE", str(tmp_path / "secret"))

    with pytest.raises(SystemExit):
        env.secret("X")

    assert "the-secret" not in capsys.readouterr().err


def test_a_folder_is_made_for_its_owner_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("X", str(tmp_path / "one" / "two"))

    made = env.folder("X", tmp_path)

    assert made == tmp_path / "one" / "two"
    assert made.stat().st_mode & 0o777 == 0o700
    assert os.access(made, os.W_OK)
