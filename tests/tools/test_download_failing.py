"""Downloads through a real broker from a server that misbehaves: what is told, and what is tried again."""

import hashlib
import random
import subprocess
import sys
import time

import pytest

from noglue.tools.sandbox.network import Broker
from noglue.tools.spec.errors import BudgetSpent, DataError
from tests.tools.fetching import failure
from tests.web import Reply, Web, page, redirect

DATA = random.Random(0).randbytes(300_000)
SHA256 = hashlib.sha256(DATA).hexdigest()


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (404, "not-found"),
        (410, "not-found"),
        (403, "forbidden"),
        (401, "forbidden"),
        (418, "bad-request"),
        (501, "server-error"),
    ],
)
def test_statuses(place, status, kind):
    error = failure(place, place.web.add("/x.zip", Reply(b"no", status=status)))
    assert (error.kind, error.code) == (kind, 4)
    assert "/x.zip" in error.message


def test_errors_that_pass(place):
    answers = [(503, {}), (429, {"Retry-After": "0"})]
    assert place.download(place.web.add("/x.bin", Reply(DATA, first=answers))).origins[0].sha256 == SHA256
    assert place.web.count("/x.bin") == 3


def test_errors_that_stay(place):
    error = failure(place, place.web.add("/x.bin", Reply(DATA, first=[(503, {"Retry-After": "0"})] * 50)))
    assert error.kind == "server-error"
    assert 2 < place.web.count("/x.bin") < 10


def test_nobody_there(place):
    with Web() as gone:
        url, pair = gone.url("/x.csv"), (gone.host, gone.port)
    with place.other_way(pair) as step:
        error = failure(place, url, step=step)
    assert error.kind == "unreachable"
    assert "refused" in error.message


def test_unknown_name(place):
    assert failure(place, "http://no-such-host.invalid/x.csv").kind in ("name-not-found", "unreachable")


def test_a_silent_server(place):
    url = place.web.add("/slow.bin", Reply(DATA, drip=3.0))
    began = time.monotonic()
    with place.fetcher(patience=0.2) as fetcher, pytest.raises(DataError) as caught:
        fetcher.get(url)
    assert caught.value.kind == "unreachable"
    assert time.monotonic() - began < 10


def test_a_crawling_server(place):
    """64 bytes every 0.2 s: never silent, never done."""
    url = place.web.add("/crawl.bin", Reply(DATA, drip=0.2))
    with place.fetcher(patience=0.3) as fetcher, pytest.raises(DataError, match="slowly"):
        fetcher.get(url)


@pytest.mark.parametrize("kind", ["login", "quota", "captcha", "page"])
def test_a_page_instead_of_the_file(place, kind):
    words = {
        "login": "<input type=password>",
        "quota": "Quota exceeded",
        "captcha": "solve the captcha",
        "page": "Hello",
    }
    url = place.web.add("/data.zip", page("Stop", words[kind]))
    error = failure(place, url)
    assert (error.kind, error.data["reason"]) == ("html-instead-of-data", kind)
    assert "'Stop'" in error.message


def test_redirects(place):
    place.web.add("/a", redirect("/b"))
    place.web.add("/b", redirect("real/data.bin", 307))
    url = place.web.add("/real/data.bin", Reply(DATA))
    assert place.download(place.web.url("/a")).origins[0].url == url


@pytest.mark.parametrize(
    ("location", "kind"),
    [
        ("/round", "redirect-loop"),
        ("http://169.254.169.254/latest/meta-data/", "forbidden-address"),
        ("http://localhost:22/", "forbidden-address"),
        ("http://10.0.0.1/x", "forbidden-address"),
        ("file:///etc/passwd", "forbidden-address"),
        ("ftp://example.org/x", "forbidden-address"),
        ("gopher://127.0.0.1:70/x", "forbidden-address"),
    ],
)
def test_redirects_that_are_not_followed(place, location, kind):
    assert failure(place, place.web.add("/round", redirect(location))).kind == kind


def test_a_redirect_to_another_port_of_a_named_host(place):
    with Web() as inside:
        inside.add("/secret.csv", Reply(b"secret"))
        assert failure(place, place.web.add("/out", redirect(inside.url("/secret.csv")))).kind == "forbidden-address"
        assert inside.asked == []


def test_too_large(place):
    url = place.web.add("/x.bin", Reply(DATA))
    assert failure(place, url, max_bytes=1000).kind == "too-large"
    endless = place.web.add("/y.bin", Reply(DATA, chunked=True))
    assert failure(place, endless, max_bytes=1000).kind == "too-large"
    small = place.web.add("/z.bin", Reply(bytes(800)))
    other = place.web.add("/w.bin", Reply(bytes(801)))
    assert failure(place, small, other, max_bytes=1000).kind == "too-large"


def test_more_than_the_disk_holds(place):
    error = failure(place, place.web.add("/x.bin", Reply(DATA, length=1 << 55)), max_bytes=1 << 60)
    assert error.kind == "disk-full"
    assert error.data["needed"] == 1 << 55


def test_the_disk_fills_up_while_writing(place):
    """A child with a small limit on file size: the kernel's EFBIG takes the place of ENOSPC."""
    url = place.web.add("/x.bin", Reply(DATA, chunked=True))
    code = f"""
import os, resource, signal, sys
from pathlib import Path
from noglue.tools import download
from noglue.tools.spec.errors import DataError
from noglue.tools.spec.step import Step
from noglue.tools.sandbox.network import Channel
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
folder = Path({str(place.folder)!r})
step = Step(folder / "child", folder, folder / "small", network=Channel(int(sys.argv[1])))
try:
    download.run(download.Args(sources=[{url!r}]), step)
except DataError as error:
    print(error.kind)
"""
    with Broker({(place.web.host, place.web.port)}, environment={}) as broker:
        command = [sys.executable, "-c", code, str(broker.descriptor)]
        done = subprocess.run(command, pass_fds=[broker.descriptor], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("disk-full", "")


def test_the_time_runs_out(place):
    url = place.web.add("/slow.bin", Reply(DATA, drip=0.02))
    step = place.step(deadline=time.monotonic() + 0.6)
    with pytest.raises(BudgetSpent):
        place.download(url, step=step)
