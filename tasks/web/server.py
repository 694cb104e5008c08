"""A web server on a free port of the loopback that answers what a function says, and keeps what it was asked.

with Server(lambda path, query: Reply(b"hello", "text/plain")) as server:
    server.url("/x")      # http://127.0.0.1:40123/x
    server.asked          # ["/x", …]

Every answer has a length; HEAD is answered without its body. (`tests/web.py` is the server that misbehaves on the
wire: cut answers, lying ranges.)
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, unquote, urlsplit


@dataclass(frozen=True)
class Reply:
    body: bytes
    type: str = "application/octet-stream"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


Answer = Callable[[str, dict[str, str]], Reply]


class Server:
    """`answer`: (path without query, unquoted; the query) → reply; called from several threads."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.asked: list[str] = []
        site = self

        class Handler(_Handler):
            server_of = site

        self._server = _Listening(("127.0.0.1", 0), Handler)
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def url(self, path: str = "") -> str:
        return f"http://127.0.0.1:{self.port}{path}"


class _Listening(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """Who has seen enough of a file hangs up."""


class _Handler(BaseHTTPRequestHandler):
    server_of: Server
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """Silent: `Server.asked` is the record."""

    def do_HEAD(self) -> None:
        self._send(body=False)

    def do_GET(self) -> None:
        self._send(body=True)

    def _send(self, body: bool) -> None:
        self.server_of.asked.append(self.path)
        parts = urlsplit(self.path)
        reply = self.server_of.answer(unquote(parts.path), dict(parse_qsl(parts.query)))
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.type)
        self.send_header("Content-Length", str(len(reply.body)))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if body:
            self.wfile.write(reply.body)


def refusing() -> str:
    """The address of a port that was free a moment ago: nobody listens there."""
    server = Server(lambda path, query: Reply(b""))
    server._server.server_close()
    return server.url()
