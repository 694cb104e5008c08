"""The misbehaving server itself, asked with the standard library's client."""

import gzip
import http.client
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.web import Reply, Web, page, redirect

BODY = bytes(range(256)) * 40


@pytest.fixture
def web():
    with Web() as running:
        yield running


@contextmanager
def ask(web: Web, path: str, **headers: str) -> Iterator[http.client.HTTPResponse]:
    with closing(http.client.HTTPConnection(web.host, web.port, timeout=5)) as connection:
        connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        yield connection.getresponse()


def test_plain_and_missing(web):
    web.add("/x", Reply(BODY, "text/csv", etag='"1"'))
    with ask(web, "/x") as answer:
        assert (answer.status, answer.read(), answer.headers["Content-Type"]) == (200, BODY, "text/csv")
    with ask(web, "/y") as answer:
        assert answer.status == 404
    assert [asked.path for asked in web.asked] == ["/x", "/y"]
    with ask(web, "/x", If_None_Match='"1"') as answer:
        assert (answer.status, answer.read()) == (304, b"")


def test_ranges(web):
    web.add("/x", Reply(BODY, etag='"1"'))
    with ask(web, "/x", Range="bytes=100-", If_Range='"1"') as answer:
        assert (answer.status, answer.read()) == (206, BODY[100:])
        assert answer.headers["Content-Range"] == f"bytes 100-{len(BODY) - 1}/{len(BODY)}"
    with ask(web, "/x", Range="bytes=100-", If_Range='"other"') as answer:
        assert (answer.status, answer.read()) == (200, BODY)
    with ask(web, "/x", Range=f"bytes={len(BODY)}-") as answer:
        assert (answer.status, answer.headers["Content-Range"]) == (416, f"bytes */{len(BODY)}")


@pytest.mark.parametrize(
    ("ranges", "status", "start", "body"),
    [
        ("off", 200, None, BODY),
        ("lying", 206, "bytes 100-", BODY[:-100]),
        ("mislabelled", 206, "bytes 107-", BODY[100:]),
    ],
)
def test_bad_ranges(web, ranges, status, start, body):
    web.add("/x", Reply(BODY, ranges=ranges))
    with ask(web, "/x", Range="bytes=100-") as answer:
        assert (answer.status, answer.read()) == (status, body)
        assert (answer.headers["Content-Range"] or "").startswith(start or "")


def test_cut_and_first_and_then(web):
    web.add("/x", Reply(BODY, first=[(503, {"Retry-After": "1"})], cut_at=[10], then=Reply(b"other")))
    with ask(web, "/x") as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
    with ask(web, "/x") as answer, pytest.raises(http.client.IncompleteRead):
        answer.read()
    with ask(web, "/x") as answer:
        assert answer.read() == b"other"


def test_lengths_and_encodings(web):
    web.add("/long", Reply(BODY, length=len(BODY) + 1))
    web.add("/none", Reply(BODY, length="none"))
    web.add("/chunked", Reply(BODY, chunked=True))
    web.add("/packed", Reply(BODY, gzipped=True))
    with ask(web, "/long") as answer, pytest.raises(http.client.IncompleteRead):
        answer.read()
    for path in ("/none", "/chunked"):
        with ask(web, path) as answer:
            assert (answer.headers["Content-Length"], answer.read()) == (None, BODY)
    with ask(web, "/packed") as answer:
        assert gzip.decompress(answer.read()) == BODY


def test_redirect_page_password(web):
    web.add("/r", redirect("/x", 301))
    web.add("/p", page("Title", "text"))
    web.add("/s", Reply(b"secret", password="Basic eDp5"))
    with ask(web, "/r") as answer:
        assert (answer.status, answer.headers["Location"]) == (301, "/x")
    with ask(web, "/p") as answer:
        assert b"<title>Title</title>" in answer.read()
    with ask(web, "/s") as answer:
        assert answer.status == 401
    with ask(web, "/s", Authorization="Basic eDp5") as answer:
        assert answer.read() == b"secret"


def test_folders(web, tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a b.csv").write_bytes(BODY)
    web.mount("/data/", tmp_path)
    with ask(web, "/data/") as answer:
        assert b'href="sub/"' in answer.read()
    with ask(web, "/data/sub") as answer:
        assert (answer.status, answer.headers["Location"]) == (301, "sub/")
    with ask(web, "/data/sub/a%20b.csv", Range="bytes=5-") as answer:
        assert (answer.status, answer.read()) == (206, BODY[5:])
    with ask(web, "/data/../../etc/passwd") as answer:
        assert answer.status == 404


def test_from_the_command_line(tmp_path):
    (tmp_path / "x.csv").write_bytes(b"1,2\n")
    root = Path(__file__).parent.parent
    command = [sys.executable, "-m", "tests.web", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as server:
        assert server.stdout is not None
        url = urlsplit(server.stdout.readline().strip())
        with closing(http.client.HTTPConnection(str(url.hostname), int(url.port or 0), timeout=5)) as connection:
            connection.request("GET", "/x.csv")
            assert connection.getresponse().read() == b"1,2\n"
        server.terminate()
