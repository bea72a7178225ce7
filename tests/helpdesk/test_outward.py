"""How the desk connects to others: over TLS that proves who is there, never longer than the deadline, however they dawdle."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from helpdesk.notify import outward
from tests.listener import listener

HERE = ipaddress.ip_address("127.0.0.1")


@pytest.fixture(autouse=True)
def _to_this_machine(settings: Any) -> None:
    settings.WEBHOOK_NETWORKS = [ipaddress.ip_network("127.0.0.0/8")]
    settings.WEBHOOK_HTTP = True


def certificate(file: Path, *names: x509.GeneralName) -> Path:
    """Write a certificate of its own making, with its key, for a server with these names."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "A test")])
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    pem = serialization.Encoding.PEM
    file.write_bytes(key.private_bytes(pem, *plain) + made.public_bytes(pem))
    return file


@contextmanager
def secure_listener(shown: Path) -> Iterator[tuple[int, list[bytes]]]:
    """Listen over TLS, showing a certificate; yield the port and what was said here."""
    heard: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(shown)
    server = HTTPServer((str(HERE), 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield server.server_address[1], heard
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def refusing() -> Iterator[int]:
    """Hold a port at which nobody listens; yield it."""
    with socket.socket() as ours:
        ours.bind((str(HERE), 0))
        yield ours.getsockname()[1]


@contextmanager
def deaf() -> Iterator[int]:
    """Hold a port at which connections are made and nothing is ever answered, nor more than one taken; yield it."""
    with socket.socket() as ours, socket.socket() as first:
        ours.bind((str(HERE), 0))
        ours.listen(0)
        first.connect(ours.getsockname())
        yield ours.getsockname()[1]


def leads_to(monkeypatch: pytest.MonkeyPatch, *ports: int, after: float = 0.0) -> None:
    """Let every name lead to these ports of this machine, one after the other; to look it up takes so long."""
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (str(HERE), port)) for port in ports]

    def look_up(*_asked: Any, **_options: Any) -> list[Any]:
        time.sleep(after)
        return found

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


def test_what_is_sent_over_tls_arrives_where_the_certificate_is_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = certificate(tmp_path / "right.pem", x509.IPAddress(HERE))
    monkeypatch.setenv("SSL_CERT_FILE", str(shown))
    with secure_listener(shown) as (port, heard):
        assert outward.post(f"https://{HERE}:{port}/", b"told", {}) == 204
    assert heard == [b"told"]


@pytest.mark.parametrize("wrong", ["unknown", "misnamed"])
def test_nothing_is_sent_where_the_certificate_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    right, other = x509.IPAddress(HERE), x509.DNSName("elsewhere.example.org")
    shown = certificate(tmp_path / "shown.pem", other if wrong == "misnamed" else right)
    known = certificate(tmp_path / "known.pem", right) if wrong == "unknown" else shown
    monkeypatch.setenv("SSL_CERT_FILE", str(known))
    with secure_listener(shown) as (port, heard), pytest.raises(ssl.SSLCertVerificationError):
        outward.post(f"https://{HERE}:{port}/", b"told", {})
    assert heard == []


def test_a_handshake_that_does_not_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outward, "DEADLINE", 0.2)
    with socket.create_server((str(HERE), 0)) as silent:
        began = time.monotonic()
        with pytest.raises(TimeoutError):
            outward.post(f"https://{HERE}:{silent.getsockname()[1]}/", b"told", {})
    assert time.monotonic() - began < 3


def test_nothing_is_sent_when_to_look_the_name_up_took_all_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outward, "DEADLINE", 0.05)

    with listener() as heard:
        leads_to(monkeypatch, heard.port, after=0.15)
        with pytest.raises(TimeoutError, match=r"no answer within 0\.05 s"):
            outward.post(f"http://slow.example.org:{heard.port}/", b"told", {})
    assert heard.requests == []


def test_the_next_address_of_a_name_is_tried_where_one_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    with listener() as heard, refusing() as port:
        leads_to(monkeypatch, port, heard.port)
        assert outward.post(f"http://two.example.org:{heard.port}/", b"told", {}) == 200
    assert heard.connections == 1


def test_no_other_address_of_a_name_is_tried_when_the_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outward, "DEADLINE", 0.2)
    with listener() as heard, deaf() as port:
        leads_to(monkeypatch, port, heard.port)
        with pytest.raises(TimeoutError):
            outward.post(f"http://two.example.org:{heard.port}/", b"told", {})
    assert heard.connections == 0


def test_where_nobody_listens_that_is_said() -> None:
    with refusing() as port, pytest.raises(ConnectionRefusedError):
        outward.post(f"http://{HERE}:{port}/", b"told", {})
