"""A device that keeps passkeys, as a test holds one in its hand: it makes keys and answers questions of a page."""

from __future__ import annotations

import hashlib
import json
import struct
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url

PRESENT, VERIFIED, HOLDS_KEY = 0x01, 0x04, 0x40


@dataclass
class Device:
    """One key pair. `verifies` says whether it has looked at finger or PIN; `count` is how often it has answered."""

    origin: str = "http://localhost:8000"
    site: str = "localhost"
    number: bytes = b"device-of-a-test"
    verifies: bool = True
    count: int = 0
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def make(self, options: dict[str, Any]) -> str:
        """Answer the question for a new passkey."""
        point = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        kept = bytes(16) + struct.pack(">H", len(self.number)) + self.number + cbor2.dumps(public)
        statement = {"fmt": "none", "attStmt": {}, "authData": self._head(HOLDS_KEY) + kept}
        told = {"attestationObject": cbor2.dumps(statement), "clientDataJSON": self._told("webauthn.create", options)}
        return self._answer(told)

    def answer(self, options: dict[str, Any]) -> str:
        """Answer the question who is there."""
        self.count += 1
        head, told = self._head(), self._told("webauthn.get", options)
        signature = self.key.sign(head + hashlib.sha256(told).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer({"authenticatorData": head, "clientDataJSON": told, "signature": signature})

    def _head(self, flags: int = 0) -> bytes:
        flags |= PRESENT | (VERIFIED if self.verifies else 0)
        return hashlib.sha256(self.site.encode()).digest() + struct.pack(">BI", flags, self.count)

    def _told(self, sort: str, options: dict[str, Any]) -> bytes:
        return json.dumps({"type": sort, "challenge": options["challenge"], "origin": self.origin}).encode()

    def _answer(self, response: dict[str, bytes]) -> str:
        number = bytes_to_base64url(self.number)
        texts = {name: bytes_to_base64url(value) for name, value in response.items()}
        return json.dumps({"id": number, "rawId": number, "type": "public-key", "response": texts})
