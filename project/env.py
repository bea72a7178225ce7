"""Decides what an environment variable may say: typed readers that refuse odd values.

A refused value ends the process with one line on standard error and exit status 3, never with a traceback. gunicorn reads
status 3 as "cannot boot" and stops instead of starting its workers again for ever.

Every reader knows an empty variable as an absent one. Secrets may also come from a file: `NAME_FILE` names it.
"""

from __future__ import annotations

import ipaddress
import os
import re
import sys
from email.utils import parseaddr
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

EXIT_STATUS = 3

_ON = frozenset({"on", "true", "yes", "1"})
_OFF = frozenset({"off", "false", "no", "0"})


def refuse(name: str, problem: str) -> NoReturn:
    """End the process because the variable `name` has a `problem` (the second half of a sentence)."""
    sys.stderr.write(f"HelpDesk cannot start: {name} {problem}\n")
    raise SystemExit(EXIT_STATUS)


def text(name: str, default: str = "") -> str:
    """Return the variable without surrounding blanks, or `default`. Refuses control characters."""
    value = os.environ.get(name, "").strip() or default
    if not value.isprintable():
        refuse(name, "contains a line break or another control character.")
    return value


def secret(name: str, default: str = "") -> str:
    """Return a secret from the variable `name` or from the file that `name`_FILE points at. Never shows it in messages."""
    path = text(f"{name}_FILE")
    if not path:
        return text(name, default)
    if text(name):
        refuse(name, f"and {name}_FILE are both set. Keep one of them.")
    try:
        value = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        refuse(f"{name}_FILE", f"names a file that cannot be read: {path} ({type(error).__name__}).")
    if not value:
        refuse(f"{name}_FILE", f"names an empty file: {path}.")
    if not value.isprintable():
        refuse(f"{name}_FILE", f"names a file with more than one line or with control characters: {path}.")
    return value


def flag(name: str, *, default: bool) -> bool:
    """Return True for on/true/yes/1 and False for off/false/no/0, in any case."""
    value = text(name).lower()
    if not value:
        return default
    if value not in _ON | _OFF:
        refuse(name, f"must be on or off, not {value!r}.")
    return value in _ON


def number(name: str, default: int, *, least: int, most: int) -> int:
    """Return a whole number from `least` to `most`."""
    value = text(name)
    if not value:
        return default
    if not (value.isascii() and value.isdecimal()) or not least <= int(value) <= most:
        refuse(name, f"must be a whole number from {least} to {most}, not {value!r}.")
    return int(value)


def choice(name: str, default: str, options: tuple[str, ...]) -> str:
    """Return one of `options`."""
    value = text(name, default)
    if value not in options:
        refuse(name, f"must be one of {', '.join(options)}, not {value!r}.")
    return value


def listing(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """Return the parts of a comma-separated value."""
    value = text(name)
    return [part.strip() for part in value.split(",") if part.strip()] if value else list(default)


def choices(name: str, options: tuple[str, ...]) -> list[str]:
    """Return the parts of a comma-separated value, each one of `options`."""
    values = listing(name)
    for value in values:
        if value not in options:
            refuse(name, f"must be some of {', '.join(options)}, separated by commas, not {value!r}.")
    return values


def hosts(name: str, default: tuple[str, ...]) -> list[str]:
    """Return host names a browser may use, comma-separated: no scheme, path or blank; a leading dot takes subdomains."""
    names = listing(name, default)
    for host in names:
        if any(sign in host for sign in "/@? ") or (":" in host and not host.startswith("[")):
            refuse(name, f"must be host names separated by commas, without scheme, port or path, not {host!r}.")
    return names


def broker(name: str) -> str:
    """Return the address of a Redis or RabbitMQ, or nothing. It may hold a password, so a file may hold it."""
    value = secret(name)
    if value and not value.startswith(("redis://", "rediss://", "amqp://", "amqps://")):
        refuse(name, "must be an address such as redis://127.0.0.1:6379/0 or amqp://user:password@host//.")
    if value and find_spec("celery") is None:
        refuse(name, "is set, but Celery is not installed: pip install -r requirements-celery.txt")
    return value


def networks(name: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """Return networks written as `10.1.0.0/16`, comma-separated; a single address is a network of one."""
    try:
        return [ipaddress.ip_network(part) for part in listing(name)]
    except ValueError:
        refuse(name, f"must be networks such as 10.1.0.0/16, separated by commas, not {text(name)!r}.")


def listen_address(name: str, default: str) -> str:
    """Return an IP address of this machine, or localhost."""
    value = text(name, default)
    try:
        return value if value == "localhost" else str(ipaddress.ip_address(value))
    except ValueError:
        refuse(name, f"must be an IP address such as 127.0.0.1 or 0.0.0.0, not {value!r}.")


def web_address(name: str, default: str) -> str:
    """Return an http(s) address without a trailing slash, path, query or password."""
    value = text(name, default).rstrip("/")
    try:
        parts = urlsplit(value)
        complete = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        complete = False
    if not complete or value != f"{parts.scheme}://{parts.netloc}" or "@" in parts.netloc:
        refuse(name, f"must be an address such as https://help.example.org, not {value!r}.")
    return value


def issuer(name: str) -> str:
    """Return the https address of an OpenID provider, with its path, or ""; plain http on this machine only."""
    value = text(name)
    try:
        parts = urlsplit(value)
        plain = parts.scheme == "http" and parts.hostname in {"localhost", "127.0.0.1", "::1"}
        good = bool(parts.hostname) and (parts.scheme == "https" or plain)
    except ValueError:
        good = False
    if value and (not good or "@" in parts.netloc or parts.query or parts.fragment):
        refuse(name, f"must be an address such as https://login.example.org/realms/company, not {value!r}.")
    return value


def host_of(address: str) -> tuple[str, ...]:
    """Return the host of a `web_address` as ALLOWED_HOSTS writes it (an IPv6 address in brackets)."""
    host = urlsplit(address).hostname or ""
    return (f"[{host}]" if ":" in host else host,)


def mail_address(name: str, default: str) -> str:
    """Return an e-mail address, alone or as `Name <address>`."""
    value = text(name, default)
    mailbox = parseaddr(value)[1]
    if mailbox.count("@") != 1 or mailbox.startswith("@") or mailbox.endswith("@"):
        refuse(name, f"must be an e-mail address such as HelpDesk <help@example.org>, not {value!r}.")
    return value


def folder(name: str, default: Path) -> Path:
    """Return a folder the process may write to; it is created, readable by its owner alone, when missing."""
    path = Path(text(name) or default)
    if not path.is_absolute():
        refuse(name, f"must be an absolute path, not {str(path)!r}.")
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        refuse(name, f"names a folder that cannot be made: {path} ({error.strerror}).")
    if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        refuse(name, f"names a folder that cannot be written to: {path}.")
    return path


def time_zone(name: str, default: str) -> str:
    """Return the name of a time zone of the IANA data base."""
    value = text(name, default)
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        refuse(name, f"must be a time zone such as Europe/Moscow, not {value!r}.")
    return value


def limit(name: str, default: str) -> str:
    """Return an amount of working time as limits are written (`30m`, `4h`, `2bd`, `3d`), or "" for off."""
    value = text(name, default).lower()
    if value in _OFF:
        return ""
    if not re.fullmatch(r"[1-9][0-9]{0,3}(m|h|bd|d)", value):
        refuse(name, f"must be an amount and a unit such as 30m, 4h, 2bd or 3d, or off, not {value!r}.")
    return value
