"""Decides whither the desk itself may connect: to public addresses, checked after the name was looked up, at the connect.

The address that was checked is the one that is connected to, so a name that changes its mind in between gains nothing.
Redirects are not followed, the body of the answer is not read, and after `DEADLINE` the connection is cut, however slowly
the other side talks. Proxies of the environment are not used: behind one the check would be of the proxy.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

DEADLINE = 7.0
PORTS = {"https": 443, "http": 80}
NOT_AN_ADDRESS, NOT_HTTPS = "not a web address", "only https is allowed"
NOT_PLAIN, ODD_PORT = "a login, password or fragment in the address", "only the ports 80 and 443 are allowed"
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# Their addresses carry one of IPv4 at the end.
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")


class Blocked(Exception):
    """The address is none the desk may connect to; the text says why, in English, for the log."""


def parts_of(address: str) -> SplitResult:
    """Return the parts of a web address that may be sent to. Raises Blocked for one that never may."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise Blocked(NOT_AN_ADDRESS) from error
    if not address.isascii() or not address.isprintable() or " " in address or not host:
        raise Blocked(NOT_AN_ADDRESS)
    if parts.scheme != "https" and not (parts.scheme == "http" and settings.WEBHOOK_HTTP):
        raise Blocked(NOT_HTTPS)
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise Blocked(NOT_PLAIN)
    if port not in (None, 80, 443) and not settings.WEBHOOK_NETWORKS:
        raise Blocked(ODD_PORT)
    return parts


def is_public(host: str, port: int) -> bool:
    """Say whether an IP address may be connected to: a public one at the ports of the web, or one of the allowed networks."""
    found = _innermost(ipaddress.ip_address(host.partition("%")[0]))
    if any(found.version == network.version and found in network for network in settings.WEBHOOK_NETWORKS):
        return True
    odd = found.is_multicast or found.is_reserved or getattr(found, "is_site_local", False)
    return port in PORTS.values() and found.is_global and not odd


def post(address: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Send `body` and return the status of the answer.

    Raises Blocked before anything is sent; OSError (TimeoutError too) and HTTPException when the other side does not answer.
    """
    parts = parts_of(address)
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    connection = _Connection(host, port, timeout=DEADLINE, is_secret=parts.scheme == "https")
    alarm = threading.Timer(DEADLINE, connection.cut)
    alarm.daemon = True
    alarm.start()
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body=body, headers=dict(headers))
        return connection.getresponse().status
    except (OSError, http.client.HTTPException, ValueError) as error:
        if connection.is_cut:
            raise TimeoutError(f"no answer within {DEADLINE:g} s") from error
        raise
    finally:
        alarm.cancel()
        connection.close()


class _Connection(http.client.HTTPConnection):
    """A connection to an address that was checked."""

    def __init__(self, host: str, port: int, *, timeout: float, is_secret: bool) -> None:
        super().__init__(host, port, timeout=timeout)
        self.is_secret = is_secret
        self.is_cut = False

    def connect(self) -> None:
        """Look the name up, refuse unless every answer may be connected to, and connect to the first that listens."""
        found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        if not all(is_public(str(where[0]), self.port) for *_rest, where in found):
            raise Blocked("not a public address")
        self.sock: Any = _first_that_listens(found)
        if self.is_secret:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
        if self.is_cut:
            raise TimeoutError
        if self.is_secret:
            self.sock.do_handshake()

    def cut(self) -> None:
        """End the connection from another thread, whatever it waits for."""
        self.is_cut = True
        if self.sock is not None:
            with suppress(OSError):
                # Of the socket below: TLS would first say goodbye.
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)


def _first_that_listens(found: list[Any]) -> socket.socket:
    problem = OSError("the name has no address")
    until = time.monotonic() + DEADLINE
    for family, kind, protocol, _name, where in found:
        left = until - time.monotonic()
        if left <= 0:
            break
        opened = socket.socket(family, kind, protocol)
        opened.settimeout(left)
        try:
            opened.connect(where)
        except OSError as error:
            opened.close()
            problem = error
        else:
            return opened
    raise problem


def _innermost(found: _Address) -> _Address:
    """Return the IPv4 address that one of IPv6 stands for, if it stands for one."""
    if not isinstance(found, ipaddress.IPv6Address):
        return found
    inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
    if inner is None and found in _TRANSLATED:
        inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
    return inner or found
