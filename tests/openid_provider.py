"""A small OpenID provider on this machine: a page on which a person is picked, codes good once, tokens signed, and every fault on wish."""

from __future__ import annotations

import base64
import hashlib
import hmac
import html
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT_ID, CLIENT_SECRET = "helpdesk", "quiet-as-a-mouse"


@cache
def key(name: str) -> RSAKey:
    """Return a key of this run; making one takes a moment."""
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig"}, private=True)


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass
class Provider:
    """What the provider knows and how it misbehaves.

    `people` maps the name of a person to his claims. `forged` replaces claims of the next tokens (None leaves one out),
    `algorithm` and `signs_with` how they are signed; `breaks` names the parts that answer with 500; `refuses` is an error
    for every question; `at` is the moment of tokens, the present one where it is None.
    """

    port: int = 0
    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    forged: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] = field(default_factory=dict)
    told: dict[str, Any] = field(default_factory=dict)
    algorithm: str = "RS256"
    signs_with: str = "first"
    publishes: tuple[str, ...] = ("first",)
    breaks: set[str] = field(default_factory=set)
    refuses: str = ""
    at: float | None = None
    asked: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}/realms/company"

    def begin_anew(self) -> None:
        """Forget everything but the place."""
        self.__dict__.update(Provider(port=self.port).__dict__)

    def settings(self) -> dict[str, Any]:
        """Return the settings of a desk that uses this provider."""
        return {
            "OIDC_ISSUER": self.issuer, "OIDC_CLIENT_ID": CLIENT_ID, "OIDC_CLIENT_SECRET": CLIENT_SECRET,
            "OIDC_NAME": "Horns and Hooves",
        }  # fmt: skip

    def description(self) -> dict[str, Any]:
        names = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "end_session_endpoint", "jwks_uri")
        parts = ("authorize", "token", "userinfo", "logout", "jwks")
        places = {name: f"{self.issuer}/{part}" for name, part in zip(names, parts, strict=True)}
        return {"issuer": self.issuer, **places, **self.told}

    def pick(self, asked: dict[str, str], name: str) -> str:
        """Return where the browser goes after `name` was picked for the question `asked`."""
        code = secrets.token_urlsafe(16)
        self.codes[code] = {**asked, "person": name}
        answer = {"error": self.refuses} if self.refuses else {"code": code}
        return f"{asked['redirect_uri']}?{urlencode({**answer, 'state': asked['state']})}"

    def token_for(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """Return the tokens for a code, once; None where anything is not as it has to be."""
        asked = self.codes.pop(form.get("code", ""), None)
        secret = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if asked is None or authorization != f"Basic {secret}":
            return None
        challenge = _base64(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if challenge != asked["code_challenge"] or form.get("redirect_uri") != asked["redirect_uri"]:
            return None
        access = secrets.token_urlsafe(16)
        self.tokens[access] = asked["person"]
        return {"access_token": access, "token_type": "Bearer", "id_token": self.id_token(asked)}

    def id_token(self, asked: dict[str, str]) -> str:
        at = int(self.at if self.at is not None else time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT_ID, "iat": at, "exp": at + 300, "nonce": asked.get("nonce"),
            "sub": f"sub-{asked['person']}", **self.people[asked["person"]], **self.forged,
        }  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        header = {"alg": self.algorithm, "kid": self.signs_with}
        if self.algorithm not in ("none", "HS256"):
            return jwt.encode(header, claims, key(self.signs_with), algorithms=[self.algorithm])
        text = ".".join(_base64(json.dumps(part).encode()) for part in (header, claims))
        # The old confusion: the public key, which everybody has, taken for a secret.
        secret = key(self.signs_with).as_pem(private=False)
        signature = hmac.new(secret, text.encode(), hashlib.sha256).digest() if self.algorithm == "HS256" else b""
        return f"{text}.{_base64(signature)}"


class Handler(BaseHTTPRequestHandler):
    """One question; `provider` is set by `running`."""

    provider: Provider

    def do_GET(self) -> None:
        part, given = self._asked()
        known = self.provider
        if part in known.breaks:
            self._json({}, 500)
        elif part == "openid-configuration":
            self._json(known.description())
        elif part == "jwks":
            self._json({"keys": [key(name).as_dict(private=False) for name in known.publishes]})
        elif part == "userinfo":
            name = known.tokens.get(self.headers.get("Authorization", "").removeprefix("Bearer "), "")
            self._json({"sub": f"sub-{name}", **known.userinfo}, 200 if name else 401)
        elif part == "authorize":
            fields = "".join(
                f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
                for name, value in given.items()
            )
            buttons = "".join(f'<button name="person" value="{name}">{name}</button>' for name in known.people)
            self._page(f"<h1>Who are you?</h1><form method='post'>{fields}{buttons}</form>")
        else:
            self._page(
                "<h1>Signed out of the company</h1>" if part == "logout" else "", 200 if part == "logout" else 404
            )

    def do_POST(self) -> None:
        part, _query = self._asked()
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body, keep_blank_values=True).items()}
        if part in self.provider.breaks:
            self._json({}, 500)
        elif part == "authorize":
            self.send_response(302)
            self.send_header("Location", self.provider.pick(form, form.pop("person")))
            self.end_headers()
        else:
            token = self.provider.token_for(form, self.headers.get("Authorization", ""))
            self._json(token or {"error": "invalid_grant"}, 200 if token else 400)

    def _asked(self) -> tuple[str, dict[str, str]]:
        address = urlsplit(self.path)
        part = address.path.rpartition("/")[2]
        self.provider.asked.append(part)
        return part, {name: values[0] for name, values in parse_qs(address.query).items()}

    def _json(self, told: dict[str, Any], status: int = 200) -> None:
        self._send(json.dumps(told).encode(), "application/json", status)

    def _page(self, text: str, status: int = 200) -> None:
        self._send(
            f"<!doctype html><title>Provider</title><link rel='icon' href='data:,'>{text}".encode(),
            "text/html; charset=utf-8",
            status,
        )

    def _send(self, body: bytes, kind: str, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def running(**known: Any) -> Iterator[Provider]:
    """Run a provider on a free port of 127.0.0.1."""
    provider = Provider(**known)
    handler = type("Bound", (Handler,), {"provider": provider})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    provider.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
