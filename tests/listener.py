"""A program on this machine that listens for webhooks: it counts connections and keeps what it was sent."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Heard:
    """What came: the number of connections and the requests, each as headers and body; and what is answered."""

    port: int = 0
    connections: int = 0
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    drip: float = 0.0
    pause: float = 0.0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/desk?from=1"

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(body) for _headers, body in self.requests]


@contextmanager
def listener() -> Iterator[Heard]:
    """Listen on a free port of 127.0.0.1."""
    heard = Heard()

    class Handler(BaseHTTPRequestHandler):
        def setup(self) -> None:
            heard.connections += 1
            super().setup()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.requests.append((dict(self.headers), body))
            time.sleep(heard.pause)
            if heard.drip:
                for _byte in range(100):
                    self.wfile.write(b"H")
                    self.wfile.flush()
                    time.sleep(heard.drip)
            self.send_response(heard.status)
            for name, value in heard.headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 64

        def handle_error(self, *args: Any) -> None:
            """The other side hung up, as it may."""

    server = Quiet(("127.0.0.1", 0), Handler)
    heard.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield heard
    finally:
        server.shutdown()
        server.server_close()
