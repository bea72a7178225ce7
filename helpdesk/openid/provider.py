"""Decides what is known of the company's provider: what it says of itself and its keys, remembered for a while, asked briefly.

Both are kept in the memory of the process: whoever could write them elsewhere could sign in as anybody.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
from django.conf import settings

if TYPE_CHECKING:
    from joserfc.jwk import KeySet

PATIENCE = 5
KEPT = 600
# A token may name a key that was made since; a forged one must not let us ask the provider without end.
PAUSE_OF_KEYS = 30
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_MORE = ("userinfo_endpoint", "end_session_endpoint")


class ProviderDown(Exception):
    """The provider cannot be asked, or its answer makes no sense; the text is for the log and the doctor."""


class Untrusted(Exception):
    """What came back must not be believed; the text says why, for the log."""


class Declined(Exception):
    """The provider, or the person there, said no; the text is the code of OAuth 2."""


@dataclass(frozen=True)
class Provider:
    """What the provider says of itself. Endpoints that it does not offer are empty."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str
    end_session_endpoint: str
    posts_secret: bool
    names_itself: bool


_remembered: dict[str, tuple[float, Any]] = {}


def is_used() -> bool:
    """Say whether people may sign in by the company."""
    return bool(settings.OIDC_ISSUER)


def forget() -> None:
    """Ask anew next time."""
    _remembered.clear()


def describe() -> Provider:
    """Return what the provider says of itself, at most ten minutes old. Raises ProviderDown."""
    address = f"{settings.OIDC_ISSUER.rstrip('/')}/.well-known/openid-configuration"
    known = _recall(address, KEPT)
    if known is None:
        known = _remember(address, _read(fetch(address)))
    return known  # type: ignore[no-any-return]  # one dictionary remembers several sorts


def keys(provider: Provider, *, anew: bool = False) -> KeySet:
    """Return the keys by which the provider signs; `anew` asks again unless that was done just now. Raises ProviderDown."""
    from joserfc.jwk import KeySet

    known = _recall(provider.jwks_uri, PAUSE_OF_KEYS if anew else KEPT)
    if known is None:
        found = [key for raw in _rows(fetch(provider.jwks_uri), "keys") if (key := _key(raw)) is not None]
        if not found:
            raise ProviderDown("there is no key at jwks_uri")
        known = _remember(provider.jwks_uri, KeySet(found))
    return known  # type: ignore[no-any-return]


def fetch(address: str, session: requests.Session | None = None) -> dict[str, Any]:
    """Return the JSON object at `address`. Raises ProviderDown."""
    try:
        if session is None:
            answer = requests.get(address, timeout=PATIENCE, headers={"Accept": "application/json"})
        else:
            answer = session.get(address, timeout=PATIENCE, headers={"Accept": "application/json"})
        answer.raise_for_status()
        found = answer.json()
    except (requests.RequestException, ValueError) as error:
        raise ProviderDown(f"{address}: {type(error).__name__}: {error}") from error
    if not isinstance(found, dict):
        raise ProviderDown(f"{address}: not a JSON object")
    return found


def _read(told: dict[str, Any]) -> Provider:
    issuer = told.get("issuer")
    if not isinstance(issuer, str) or issuer.rstrip("/") != settings.OIDC_ISSUER.rstrip("/"):
        raise ProviderDown(f"it calls itself {issuer!r}, and OIDC_ISSUER is {settings.OIDC_ISSUER!r}")
    places = {name: told.get(name) or "" for name in (*_ENDPOINTS, *_MORE)}
    for name, place in places.items():
        if place and (not isinstance(place, str) or not _is_safe(place)):
            raise ProviderDown(f"{name} is no https address: {place!r}")
        if not place and name in _ENDPOINTS:
            raise ProviderDown(f"it names no {name}")
    methods = told.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    posts = "client_secret_basic" not in methods and "client_secret_post" in methods
    names = told.get("authorization_response_iss_parameter_supported") is True
    return Provider(issuer=issuer, posts_secret=posts, names_itself=names, **places)


def _is_safe(address: str) -> bool:
    """Say whether `address` is https; where the issuer itself is plain (on this machine only), plain ones will do."""
    scheme = urlsplit(address).scheme
    return scheme == "https" or (scheme == "http" and settings.OIDC_ISSUER.startswith("http://"))


def _rows(told: dict[str, Any], name: str) -> list[Any]:
    rows = told.get(name)
    return rows if isinstance(rows, list) else []


def _key(raw: Any) -> Any:
    """Return a key to check signatures by; None for one of another sort or for encryption."""
    from joserfc.errors import JoseError
    from joserfc.jwk import import_key

    if not isinstance(raw, dict) or raw.get("use") == "enc" or raw.get("kty") not in ("RSA", "EC", "OKP"):
        return None
    try:
        return import_key(raw)
    except (JoseError, ValueError, KeyError, TypeError):
        return None


def _recall(address: str, longest: float) -> Any:
    at, found = _remembered.get(address, (0.0, None))
    return found if found is not None and time.monotonic() - at < longest else None


def _remember(address: str, found: Any) -> Any:
    _remembered[address] = (time.monotonic(), found)
    return found
