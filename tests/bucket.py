"""A small store with the addresses of S3 on a port of this machine: what is put can be got, looked at and deleted."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    objects: dict[str, bytes]
    signed: list[bool]

    def do_PUT(self) -> None:
        body = self._chunks() if "aws-chunked" in self.headers.get("Content-Encoding", "") else self._plain()
        self.objects[self._key()] = body
        self._answer(200)

    def do_GET(self) -> None:
        self._show(self.objects.get(self._key()))

    def do_HEAD(self) -> None:
        self._show(self.objects.get(self._key()))

    def do_DELETE(self) -> None:
        self.objects.pop(self._key(), None)
        self._answer(204)

    def log_message(self, *args: object) -> None:
        """Say nothing."""

    def _key(self) -> str:
        self.signed.append(self.headers.get("Authorization", "").startswith("AWS4-HMAC-SHA256 Credential=key/"))
        return unquote(urlsplit(self.path).path).lstrip("/")

    def _plain(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _chunks(self) -> bytes:
        body = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return body

    def _show(self, body: bytes | None) -> None:
        if body is None:
            self._answer(404)
        else:
            self._answer(200, body, ETag='"1"', **{"Last-Modified": "Tue, 10 Mar 2026 07:00:00 GMT"})

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


@contextmanager
def bucket() -> Iterator[tuple[str, dict[str, bytes], list[bool]]]:
    """Yield the address of the store, what it holds by bucket and key, and whether each call was signed with the key `key`."""
    handler = type("Handler", (_Handler,), {"objects": {}, "signed": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", handler.objects, handler.signed
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
