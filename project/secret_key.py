"""Decides where the secret key comes from: the environment, else a file that the first process to start creates.

Web and worker may start in the same instant: the key is written to a private file first and then linked to its final name,
which only one process can do, so nobody ever reads half a key or a second one.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from project import env

LEAST_LENGTH = 32


def from_environment(folder: Path) -> str:
    """Return SECRET_KEY (or what SECRET_KEY_FILE holds), else the key kept in `folder`/secret_key, made when missing."""
    key = env.secret("SECRET_KEY")
    if not key:
        return _kept(folder / "secret_key")
    if len(key) < LEAST_LENGTH or len(set(key)) < 5:
        env.refuse("SECRET_KEY", f"must be at least {LEAST_LENGTH} random characters, or absent to have one made.")
    return key


def former() -> list[str]:
    """Return the former keys in SECRET_KEY_FALLBACKS (or the file that SECRET_KEY_FALLBACKS_FILE names), newest first."""
    return [key.strip() for key in env.secret("SECRET_KEY_FALLBACKS").split(",") if key.strip()]


def _kept(path: Path) -> str:
    """Return the key in the file at `path`, creating it readable by its owner alone."""
    try:
        if not path.exists():
            _create(path)
        key = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        env.refuse("SECRET_KEY", f"is not set and its file cannot be used: {path} ({type(error).__name__}).")
    if len(key) < LEAST_LENGTH:
        env.refuse("SECRET_KEY", f"is not set and its file holds no key: {path}. Delete that file to have a key made.")
    return key


def _create(path: Path) -> None:
    """Write a fresh key to `path` unless another process does so first."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(64))
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()
