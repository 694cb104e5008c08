"""An OpenAI-compatible server on the loopback, as forgetful and broken as real ones are.

with ModelServer(answers=['{"order": ["iris"]}'], refuses={"schema": 500, "tools": 400}) as server:
    ask(f"http://127.0.0.1:{server.port}/v1"); server.asked          # every request's body, in order
"""

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


@dataclass
class ModelServer:
    """answers: contents, one a request that is not refused; the last one stays. refuses: form → status.

    first: statuses with which the first requests are answered, whatever they ask. key: what has to be sent, or None;
    wrong_key: what is said to another one.
    slow: seconds before each answer, unless the server ends first. longest: characters that a question may have.
    """

    answers: list[str]
    refuses: dict[str, int] = field(default_factory=dict)
    first: list[int] = field(default_factory=list)
    key: str | None = None
    wrong_key: str = "wrong key"
    slow: float = 0.0
    longest: int | None = None
    asked: list[dict[str, Any]] = field(default_factory=list)

    def __enter__(self) -> Self:
        server = self
        self._ended = threading.Event()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._say(200, {"object": "list", "data": [{"id": "tiny", "object": "model"}]})

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                server.asked.append(body)
                if server._ended.wait(server.slow):
                    return
                if server.key is not None and self.headers.get("Authorization") != f"Bearer {server.key}":
                    self._say(401, {"error": {"message": server.wrong_key}})
                elif server.first:
                    self._say(server.first.pop(0), {"error": {"message": "busy"}}, {"Retry-After": "0.01"})
                elif server.longest is not None and len(str(body["messages"])) > server.longest:
                    self._say(400, {"error": {"message": "Requested tokens (2389) exceed context window of 2048"}})
                elif form_of(body) in server.refuses:
                    self._say(server.refuses[form_of(body)], {"error": {"message": "not in this form"}})
                else:
                    self._say(200, server._completion(body))

            def _say(self, status: int, content: dict[str, Any], headers: dict[str, str] | None = None) -> None:
                text = json.dumps(content).encode()
                self.send_response(status)
                for name, value in ({"Content-Type": "application/json"} | (headers or {})).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_: Any) -> None:
                """Nothing on the tests' output."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}/v1"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()

    def _completion(self, body: dict[str, Any]) -> dict[str, Any]:
        content = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        message: dict[str, Any] = {"role": "assistant", "content": content}
        if form_of(body) == "tools":
            call = {"name": body["tools"][0]["function"]["name"], "arguments": content}
            message |= {"content": None, "tool_calls": [{"id": "1", "type": "function", "function": call}]}
        return {
            "id": "1",
            "object": "chat.completion",
            "created": 0,
            "model": body["model"],
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120},
        }


def form_of(body: dict[str, Any]) -> str:
    return "schema" if "response_format" in body else "tools" if "tools" in body else "text"
