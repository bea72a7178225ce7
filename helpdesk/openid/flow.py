"""Decides the way of one sign-in by the company: to the provider with a secret of our own, and back with a code for a token.

Authorization code flow with PKCE. State, nonce and verifier stay in the session of the browser and work once. The packages are
imported on the way: they bring a hundred and fifty modules, and most desks have no provider.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import requests
from django.conf import settings

from helpdesk.openid.provider import PATIENCE, Declined, Provider, ProviderDown, Untrusted, describe, fetch

if TYPE_CHECKING:
    from authlib.integrations.requests_client import OAuth2Session


@dataclass(frozen=True)
class Begun:
    """A way that was begun: where the browser goes, and what has to be known when it comes back."""

    address: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Arrival:
    """Who came, by the word of the provider: the claims, and the token by which it knows him when he signs out."""

    claims: dict[str, Any]
    id_token: str


def begin(*, back: str) -> Begun:
    """Return the way to the provider; it leads back to the address `back`. Raises ProviderDown."""
    provider = describe()
    state, nonce, verifier = (secrets.token_urlsafe(32) for _each in range(3))
    address, _state = _client(provider, back).create_authorization_url(
        provider.authorization_endpoint, state=state, nonce=nonce, code_verifier=verifier
    )
    return Begun(address, state, nonce, verifier)


def finish(*, back: str, nonce: str, verifier: str, told: Mapping[str, str]) -> Arrival:
    """Return who came back with the parameters `told`. Raises Declined, Untrusted, ProviderDown."""
    from helpdesk.openid import id_tokens

    provider = describe()
    if (told.get("iss") or provider.names_itself) and told.get("iss") != provider.issuer:
        raise Untrusted("the answer is another issuer's")
    if "error" in told:
        raise Declined(told["error"][:100])
    if not told.get("code"):
        raise Untrusted("there is no code")
    with _client(provider, back) as session:
        token = _exchange(session, provider, told["code"], verifier)
        id_token = token.get("id_token")
        if not isinstance(id_token, str):
            raise Untrusted("there is no id_token")
        access_token = str(token.get("access_token") or "")
        claims = id_tokens.read(id_token, provider=provider, nonce=nonce, access_token=access_token)
        return Arrival(_completed(session, provider, claims), id_token)


def sign_out_address(*, id_token: str, back: str) -> str:
    """Return where the person signs out of the provider too, or "" where it offers nothing or does not answer."""
    from authlib.common.urls import add_params_to_uri

    try:
        place = describe().end_session_endpoint
    except ProviderDown:
        return ""
    if not place:
        return ""
    given = {"id_token_hint": id_token, "post_logout_redirect_uri": back, "client_id": settings.OIDC_CLIENT_ID}
    return str(add_params_to_uri(place, given))


def _client(provider: Provider, back: str) -> OAuth2Session:
    from authlib.integrations.requests_client import OAuth2Session

    method = "client_secret_post" if provider.posts_secret else "client_secret_basic"
    return OAuth2Session(
        settings.OIDC_CLIENT_ID,
        settings.OIDC_CLIENT_SECRET or None,
        token_endpoint_auth_method=method if settings.OIDC_CLIENT_SECRET else "none",
        scope=settings.OIDC_SCOPES,
        redirect_uri=back,
        code_challenge_method="S256",
        default_timeout=PATIENCE,
    )


def _exchange(session: OAuth2Session, provider: Provider, code: str, verifier: str) -> Mapping[str, Any]:
    from authlib.integrations.base_client import OAuthError

    try:
        token = session.fetch_token(provider.token_endpoint, code=code, code_verifier=verifier)
    except OAuthError as error:
        raise Untrusted(f"the code was refused: {error.error}") from error
    except (requests.RequestException, ValueError) as error:
        raise ProviderDown(f"{provider.token_endpoint}: {type(error).__name__}: {error}") from error
    return token if isinstance(token, Mapping) else {}


def _completed(session: OAuth2Session, provider: Provider, claims: dict[str, Any]) -> dict[str, Any]:
    """Return `claims` with those that the provider tells at its userinfo only; the token wins where both speak."""
    wanted = {"email", settings.OIDC_GROUPS_CLAIM}
    if wanted <= claims.keys() or not provider.userinfo_endpoint or not session.token:
        return claims
    more = fetch(provider.userinfo_endpoint, session)
    if more.get("sub") != claims["sub"]:
        raise Untrusted("the userinfo is somebody else's")
    return {**more, **claims}
