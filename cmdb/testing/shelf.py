"""A real HTTP server on loopback that keeps what is put there, and misbehaves as one pleases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


@dataclass(slots=True)
class Shelf:
    """What stands there, by path. `status` other than 200 refuses everything; `cut` leaves out the last bytes that
    were announced."""

    url: str
    kept: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    status: int = 200
    cut: int = 0


@contextmanager
def shelf() -> Iterator[Shelf]:
    """A server that runs, and is gone in the end."""

    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)) or self._chunked()
            self._note()
            if found.status == 200:
                found.kept[self.path] = body
            self._answer(found.status, b"")

        def do_GET(self) -> None:
            self._note()
            kept = found.kept.get(self.path)
            status = found.status if found.status != 200 else 404 if kept is None else 200
            self._answer(status, kept or b"")

        def do_HEAD(self) -> None:
            self.do_GET()

        def log_request(self, *_: object) -> None:
            """Says nothing."""

        def _note(self) -> None:
            found.asked.append(f"{self.command} {self.path}")

        def _chunked(self) -> bytes:
            body = b""
            while size := int(self.rfile.readline() or b"0", 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            return body

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body[: len(body) - found.cut])
            self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found = Shelf(f"http://127.0.0.1:{server.server_port}")
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
