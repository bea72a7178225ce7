"""Decides which token of the provider is believed: signed by a key of its own, for us, now, and in answer to our question."""

from __future__ import annotations

from typing import Any

from authlib.oidc.core import CodeIDToken
from django.conf import settings
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from helpdesk.moment import now
from helpdesk.openid.provider import Provider, Untrusted, keys

# Signatures by keys that the provider alone has. None of "none", and none by a secret that both sides know.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
LEEWAY = 60
LONGEST_TOKEN = 64 * 1024
_REGISTRY = JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)


def read(id_token: str, *, provider: Provider, nonce: str, access_token: str = "") -> dict[str, Any]:
    """Return the claims of `id_token`. Raises Untrusted with the reason, ProviderDown when its keys cannot be had."""
    if len(id_token) > LONGEST_TOKEN:
        raise Untrusted("the token is too long")
    try:
        token = _decoded(id_token, provider)
        options: Any = {
            "iss": {"essential": True, "value": provider.issuer},
            "aud": {"essential": True, "value": settings.OIDC_CLIENT_ID},
        }
        told: Any = {"nonce": nonce, "client_id": settings.OIDC_CLIENT_ID, "access_token": access_token or None}
        claims = CodeIDToken(token.claims, token.header, options, told)
        claims.validate(now=int(now().timestamp()), leeway=LEEWAY)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise Untrusted(f"{type(error).__name__}: {error}") from error
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= 255 or not subject.isprintable():
        raise Untrusted("the subject is no text of 255 characters at most")
    return dict(claims)


def _decoded(id_token: str, provider: Provider) -> jwt.Token:
    try:
        return _checked(id_token, keys(provider))
    except InvalidKeyIdError:
        return _checked(id_token, keys(provider, anew=True))


def _checked(id_token: str, known: KeySet) -> jwt.Token:
    return jwt.decode(id_token, known, registry=_REGISTRY)
