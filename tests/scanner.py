"""A program on this machine that answers as ClamAV does: it finds the malware whose mark it was told, or misbehaves as a test wants."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

MARK = b"X5O!P%@AP[4"


@dataclass
class Scanner:
    """Where it listens, the contents it was sent, and how it answers: `says` instead of what it finds, None to hang up."""

    port: int = 0
    seen: list[bytes] = field(default_factory=list)
    says: bytes | None = b""
    version: bytes = b"ClamAV 1.4.6/27840/Sat Nov 28 09:26:58 2026"

    @property
    def place(self) -> dict[str, str | int]:
        return {"host": "127.0.0.1", "port": self.port}


@contextmanager
def scanner() -> Iterator[Scanner]:
    """Listen on a free port of 127.0.0.1."""
    told = Scanner()

    class Answer(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            command = self.rfile.readline()
            if told.says is None:
                return
            if command == b"nVERSION\n":
                self.wfile.write(told.version + b"\n")
            elif command == b"nINSTREAM\n":
                content = b""
                while size := struct.unpack("!L", self.rfile.read(4))[0]:
                    content += self.rfile.read(size)
                told.seen.append(content)
                found = b"stream: Test.Mark FOUND" if MARK in content else b"stream: OK"
                self.wfile.write((told.says or found) + b"\n")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Answer) as server:
        told.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield told
        finally:
            server.shutdown()
            thread.join()
