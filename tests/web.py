"""A web server on the loopback that misbehaves on demand: a shipped component, used by tests and benchmarks.

with Web() as web:
    web.add("/data.zip", Reply(content, etag='"1"', cut_at=[1000]))      # the first answer ends after 1,000 bytes
    web.add("/page.html", page("CIFAR", '<a href="data.zip">data</a>'))
    fetch(web.url("/page.html")); web.asked                              # every request, in order

python -m tests.web FOLDER     serves a folder with listings, ranges and ETags, and prints its URL
"""

import argparse
import gzip
import hashlib
import html
import io
import mimetypes
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Literal, Self
from urllib.parse import quote, unquote, urlsplit


@dataclass
class Reply:
    """What a path answers, and how it goes wrong. Lists are used up from the front, one entry a request.

    etag, modified: validators (Last-Modified as text); none by default.
    ranges: `on` honours Range and If-Range, `off` ignores them, `lying` answers 206 with the file's beginning,
        `mislabelled` answers 206 with a Content-Range of another place.
    first: answers before it works: (status, headers). cut_at: the connection ends after so many bytes of a body.
    drip: seconds of waiting before every 64 bytes. length: a Content-Length other than the truth; "none" for no length.
    chunked, gzipped: transfer and content encoding. then: replaces this reply after its first full or cut answer.
    """

    body: bytes | Path = b""
    type: str = "application/octet-stream"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    etag: str | None = None
    modified: str | None = None
    ranges: Literal["on", "off", "lying", "mislabelled"] = "on"
    first: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    cut_at: list[int] = field(default_factory=list)
    drip: float = 0.0
    length: int | Literal["none"] | None = None
    chunked: bool = False
    gzipped: bool = False
    then: "Reply | None" = None
    password: str | None = None

    def open(self) -> tuple[io.BufferedIOBase | io.BytesIO, int]:
        if isinstance(self.body, Path):
            return self.body.open("rb"), self.body.stat().st_size
        content = gzip.compress(self.body) if self.gzipped else self.body
        return io.BytesIO(content), len(content)


@dataclass(frozen=True)
class Asked:
    """One request as it came. `sent`: bytes of body that were answered with."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes = b""


def page(title: str, body: str, **options: object) -> Reply:
    """An HTML page."""
    text = f"<!DOCTYPE html><html><head><title>{title}</title></head><body>{body}</body></html>"
    return Reply(text.encode(), "text/html; charset=utf-8", **options)  # type: ignore[arg-type]


def redirect(location: str, status: int = 302) -> Reply:
    return Reply(status=status, headers={"Location": location})


def folder_of(path: Path) -> Callable[[str], Reply | None]:
    """Files and listings below a folder, in the form of `python -m http.server`, with ranges and ETags."""

    def answer(below: str) -> Reply | None:
        place = (path / below).resolve()
        if not place.is_relative_to(path.resolve()) or not place.exists():
            return None
        if place.is_dir():
            if below and not below.endswith("/"):
                return redirect(quote(place.name) + "/", 301)
            return _listing(place, below)
        facts = place.stat()
        etag = hashlib.sha256(f"{place} {facts.st_mtime_ns} {facts.st_size}".encode()).hexdigest()[:20]
        kind = mimetypes.guess_type(place.name)[0] or "application/octet-stream"
        return Reply(place, kind, etag=f'"{etag}"', modified=formatdate(facts.st_mtime, usegmt=True))

    return answer


def _listing(place: Path, below: str) -> Reply:
    entries = sorted(place.iterdir(), key=lambda entry: entry.name)
    names = [entry.name + ("/" if entry.is_dir() else "") for entry in entries]
    lines = [f'<li><a href="{quote(name)}">{html.escape(name)}</a></li>' for name in names]
    return page(f"Directory listing for /{below}", f"<h1>Directory listing for /{below}</h1><ul>{''.join(lines)}</ul>")


class Web:
    """The server, on a free port of 127.0.0.1. `certificate`: (certificate and key file) for https."""

    def __init__(self, certificate: Path | None = None, port: int = 0, host: str = "127.0.0.1") -> None:
        self.replies: dict[str, Reply] = {}
        self.folders: dict[str, Callable[[str], Reply | None]] = {}
        self.asked: list[Asked] = []
        self._lock = threading.Lock()
        web = self

        class Handler(_Handler):
            site = web

        self._server = _Server((host, port), Handler)
        self._scheme = "http"
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
            self._scheme = "https"
        self.host, self.port = str(self._server.server_address[0]), int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop answering; the port refuses connections from here on."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def add(self, path: str, reply: Reply) -> str:
        """→ its URL."""
        self.replies[path] = reply
        return self.url(path)

    def mount(self, prefix: str, folder: Path) -> str:
        """A folder's files and listings below `prefix` (`/data/`). → its URL."""
        self.folders[prefix] = folder_of(folder)
        return self.url(prefix)

    def url(self, path: str) -> str:
        return f"{self._scheme}://{self.host}:{self.port}{path}"

    def find(self, path: str) -> Reply | None:
        """The reply for a path (with its query, or without), one entry of its `first` used up."""
        bare = unquote(path.partition("?")[0])
        with self._lock:
            reply = self.replies.get(path) or self.replies.get(bare)
            if reply is not None:
                if reply.first:
                    status, headers = reply.first.pop(0)
                    return Reply(b"not now", "text/plain", status, headers)
                return reply
        for prefix, answer in self.folders.items():
            if bare.startswith(prefix):
                return answer(bare[len(prefix) :])
        return None

    def count(self, path: str) -> int:
        """How often a path was asked for."""
        return sum(1 for asked in self.asked if asked.path == path)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that hang up are part of the game."""


class _Handler(BaseHTTPRequestHandler):
    site: Web
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: object) -> None:
        """Silent: `Web.asked` is the record."""

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def do_POST(self) -> None:
        self._answer(body=True, sent=self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def _answer(self, body: bool, sent: bytes = b"") -> None:
        self.site.asked.append(Asked(self.command, self.path, dict(self.headers.items()), sent))
        reply = self.site.find(self.path) or Reply(b"nothing here", "text/plain", 404)
        if reply.password is not None and self.headers.get("Authorization") != reply.password:
            reply = Reply(b"who are you?", "text/plain", 401)
        if self._unchanged(reply):
            self.send_response(304)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        file, size = reply.open()
        with file:
            start, status = self._range(reply, size)
            if status == 416:
                self.send_response(416)
                self.send_header("Content-Range", f"bytes */{size}")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self._head(reply, status, start, size)
            if body:
                file.seek(0 if reply.ranges == "lying" else start)
                self._body(reply, file, size - start)
        if reply.then is not None and body:
            self.site.replies[urlsplit(self.path).path] = reply.then

    def _unchanged(self, reply: Reply) -> bool:
        if "Range" in self.headers or reply.status != 200:
            return False
        match, since = self.headers.get("If-None-Match"), self.headers.get("If-Modified-Since")
        return (match is not None and match == reply.etag) or (
            match is None and since is not None and since == reply.modified
        )

    def _range(self, reply: Reply, size: int) -> tuple[int, int]:
        """→ where the body starts, and the status."""
        wanted = self.headers.get("Range", "")
        if not wanted.startswith("bytes=") or reply.ranges == "off" or reply.status != 200:
            return 0, reply.status
        condition = self.headers.get("If-Range")
        if condition is not None and condition not in (reply.etag, reply.modified) and reply.ranges == "on":
            return 0, 200
        start = int(wanted.removeprefix("bytes=").partition("-")[0])
        return (0, 416) if start >= size else (start, 206)

    def _head(self, reply: Reply, status: int, start: int, size: int) -> None:
        self.send_response(status)
        self.send_header("Content-Type", reply.type)
        if reply.chunked:
            self.send_header("Transfer-Encoding", "chunked")
        elif reply.length != "none":
            self.send_header("Content-Length", str(reply.length if reply.length is not None else size - start))
        if reply.chunked is False and reply.length is not None:
            self.close_connection = True
        if status == 206:
            stated = start + 7 if reply.ranges == "mislabelled" else start
            self.send_header("Content-Range", f"bytes {stated}-{size - 1}/{size}")
        elif reply.ranges == "on":
            self.send_header("Accept-Ranges", "bytes")
        stated_headers = {
            "ETag": reply.etag,
            "Last-Modified": reply.modified,
            "Content-Encoding": "gzip" if reply.gzipped else None,
        }
        for name, value in [*stated_headers.items(), *reply.headers.items()]:
            if value is not None:
                self.send_header(name, value)
        self.end_headers()

    def _body(self, reply: Reply, file: io.BufferedIOBase | io.BytesIO, count: int) -> None:
        end = reply.cut_at.pop(0) if reply.cut_at else None
        left = count if end is None else min(end, count)
        while left > 0:
            chunk = file.read(min(64 if reply.drip else 1 << 18, left))
            if not chunk:
                break
            time.sleep(reply.drip)
            self.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk) if reply.chunked else chunk)
            if reply.drip:
                self.wfile.flush()
            left -= len(chunk)
        if end is not None:
            self.close_connection = True
        elif reply.chunked:
            self.wfile.write(b"0\r\n\r\n")


def self_signed(folder: Path, host: str = "127.0.0.1") -> Path:
    """A certificate and its key in one file, for `host`, made with the `openssl` program."""
    key, certificate, both = folder / "key.pem", folder / "certificate.pem", folder / "both.pem"
    subject = f"/CN={host}"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "2",
    ]
    names = ["-subj", subject, "-addext", f"subjectAltName=IP:{host}", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*command, *names], check=True, capture_output=True)
    both.write_bytes(key.read_bytes() + certificate.read_bytes())
    return both


def main() -> None:
    """Serve a folder until interrupted. `index.html` in it is served as any file; name it in the URL."""
    parser = argparse.ArgumentParser(prog="python -m tests.web", description="Serve a folder on the loopback.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, default=0)
    chosen = parser.parse_args()
    with Web(port=chosen.port) as web:
        sys.stdout.write(web.mount("/", chosen.folder) + "\n")
        sys.stdout.flush()
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
