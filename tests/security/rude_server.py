"""A language model's server on the loopback that says exactly what a test has it say, byte by byte.

with RudeServer(lambda asked, number: completion('{"order": ["iris"]}')) as server:
    server.url, server.asked          # http://127.0.0.1:PORT/v1; every question's path, headers and body
"""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


@dataclass
class Asked:
    path: str
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass
class Says:
    """body: bytes, or pieces that are sent as they come, without a length; headers of the server's own go before."""

    body: bytes | Iterator[bytes] = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    raw: bool = False  # the pieces are the whole reply, status line and all


def says(content: Any, status: int = 200, **headers: str) -> Says:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Says(json.dumps(content).encode(), status, {"Content-Type": "application/json"} | names)


def completion(content: Any, finish: Any = "stop", **message: Any) -> Says:
    """An answer in OpenAI's form."""
    said = {"role": "assistant", "content": content} | message
    usage = {"prompt_tokens": 500, "completion_tokens": 20, "total_tokens": 520}
    return says({"id": "1", "object": "chat.completion", "created": 1, "model": "tiny", "usage": usage,
                 "choices": [{"index": 0, "finish_reason": finish, "message": said}]})  # fmt: skip


def models(*names: str) -> Says:
    return says({"object": "list", "data": [{"id": name, "object": "model"} for name in names]})


@dataclass
class RudeServer:
    """answer: of a question and its number, from 1. listed: of a GET, by its path; None answers 404."""

    answer: Callable[[Asked, int], Says]
    listed: Callable[[str], Says | None] = lambda path: models("tiny") if path == "/v1/models" else None
    asked: list[Asked] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    def __enter__(self) -> Self:
        server = self
        self.ended = threading.Event()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                server.paths.append(self.path)
                self._say(server.listed(self.path) or says({"detail": "Not Found"}, 404))

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                server.asked.append(Asked(self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                self._say(server.answer(server.asked[-1], len(server.asked)))

            def _say(self, what: Says) -> None:
                self.close_connection = True
                if not what.raw:
                    self.send_response(what.status)
                    for name, value in what.headers.items():
                        self.send_header(name, value)
                    self.send_header("Connection", "close")
                    self.end_headers()
                try:
                    for piece in [what.body] if isinstance(what.body, bytes) else what.body:
                        self.wfile.write(piece)
                        self.wfile.flush()
                        if server.ended.is_set():
                            return
                except OSError:
                    return

            def log_message(self, *_: Any) -> None:
                """Nothing on the tests' output."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign,assignment]
        self.root = f"http://127.0.0.1:{self._server.server_port}"
        self.url = f"{self.root}/v1"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.ended.set()
        self._server.shutdown()
        self._server.server_close()

    def dribble(self, piece: bytes, first: bytes = b"", every: float = 0.2) -> Iterator[bytes]:
        """A piece again and again until the test is over."""
        yield first
        while not self.ended.wait(every):
            yield piece
