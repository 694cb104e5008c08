"""Connections that break, servers that lie about lengths and ranges, and a download that is killed."""

import gzip
import hashlib
import random
import subprocess
import sys
import time

import pytest

from noglue.tools.net.parts import OVERLAP
from noglue.tools.sandbox.network import Broker
from noglue.tools.spec.errors import DataError
from tests.tools.fetching import Bench
from tests.web import Reply

DATA = random.Random(0).randbytes(300_000)
SHA256 = hashlib.sha256(DATA).hexdigest()
OTHER = random.Random(1).randbytes(300_000)


def ranges(place: Bench, path: str) -> list[str | None]:
    return [asked.headers.get("Range") for asked in place.web.asked if asked.path == path]


@pytest.mark.parametrize("validators", [{"etag": '"1"'}, {"modified": "Wed, 21 Oct 2015 07:28:00 GMT"}])
def test_a_cut_connection_is_resumed(place, validators):
    url = place.web.add("/x.bin", Reply(DATA, cut_at=[100_000, 50_000], **validators))
    assert place.download(url).origins[0].sha256 == SHA256
    assert ranges(place, "/x.bin") == [None, f"bytes={100_000 - OVERLAP}-", f"bytes={150_000 - 2 * OVERLAP}-"]
    assert "Going on" in place.notes()


@pytest.mark.parametrize("ranges_are", ["off", "mislabelled"])
def test_a_server_without_usable_ranges_starts_over(place, ranges_are):
    url = place.web.add("/x.bin", Reply(DATA, etag='"1"', cut_at=[100_000], ranges=ranges_are))
    assert place.download(url).origins[0].sha256 == SHA256


def test_no_validator_no_resume(place):
    url = place.web.add("/x.bin", Reply(DATA, cut_at=[100_000]))
    assert place.download(url).origins[0].sha256 == SHA256
    assert ranges(place, "/x.bin") == [None, None]


def test_a_weak_etag_does_not_resume(place):
    url = place.web.add("/x.bin", Reply(DATA, etag='W/"1"', cut_at=[100_000]))
    assert place.download(url).origins[0].sha256 == SHA256
    assert ranges(place, "/x.bin") == [None, None]


def test_lying_ranges_are_caught_by_the_checksum(place):
    url = place.web.add("/x.bin", Reply(DATA, etag='"1"', cut_at=[100_000], ranges="lying"))
    result = place.download(url, checksums={url: f"sha256:{SHA256}"})
    assert place.content(result.files[0]) == DATA
    assert ranges(place, "/x.bin") == [None, f"bytes={100_000 - OVERLAP}-", None]


def test_the_file_changes_half_way(place):
    later = Reply(OTHER, etag='"2"')
    url = place.web.add("/x.bin", Reply(DATA, etag='"1"', cut_at=[100_000], then=later))
    result = place.download(url)
    assert place.content(result.files[0]) == OTHER


def test_the_file_shrinks_half_way(place):
    """The range is past the new end: 416, of another size than ours."""
    later = Reply(OTHER[:50_000], etag='"2"', ranges="mislabelled")
    url = place.web.add("/x.bin", Reply(DATA, etag='"1"', cut_at=[100_000], then=later))
    assert place.content(place.download(url).files[0]) == OTHER[:50_000]


def test_a_content_length_that_is_too_long(place):
    """More is promised than comes, each time: that may be all, and may be a part; it is not kept."""
    for path, etag in (("/x.bin", '"1"'), ("/y.bin", None)):
        url = place.web.add(path, Reply(DATA, etag=etag, length=len(DATA) + 10))
        with place.fetcher(patience=0.2) as fetcher, pytest.raises(DataError) as caught:
            fetcher.get(url)
        assert caught.value.kind in ("truncated", "unreachable", "wrong-part")


@pytest.mark.parametrize("options", [{"chunked": True}, {"length": "none"}])
def test_no_length_at_all(place, options):
    assert place.download(place.web.add("/x.bin", Reply(DATA, **options))).origins[0].sha256 == SHA256


def test_a_cut_chunked_answer(place):
    url = place.web.add("/x.bin", Reply(DATA, chunked=True, cut_at=[100_000], etag='"1"'))
    assert place.download(url).origins[0].sha256 == SHA256


def test_always_cut_at_once(place):
    url = place.web.add("/x.bin", Reply(DATA, etag='"1"', cut_at=[0] * 100))
    with place.fetcher(patience=0.2) as fetcher, pytest.raises(DataError) as caught:
        fetcher.get(url)
    assert caught.value.kind in ("unreachable", "truncated")
    assert place.web.count("/x.bin") < 20


def test_gzip_on_the_way_is_undone_unless_it_is_the_file(place):
    packed = gzip.compress(DATA)
    plain = place.web.add("/x.csv", Reply(DATA, gzipped=True))
    already = place.web.add("/y.csv.gz", Reply(DATA, gzipped=True))
    result = place.download(plain, already)
    assert place.content(result.files[0]) == DATA
    assert gzip.decompress(place.content(result.files[1])) == DATA
    assert place.content(result.files[1])[:2] == packed[:2]


def test_a_killed_download_goes_on_in_the_next_run(place):
    """kill -9 in the middle; what had come is not asked for again."""
    big = random.Random(2).randbytes(4 << 20)
    url = place.web.add("/big.bin", Reply(big, etag='"1"', drip=0.0002))
    code = f"""
import sys
from pathlib import Path
from noglue.tools import download
from noglue.tools.spec.step import Step
from noglue.tools.sandbox.network import Channel
folder = Path({str(place.folder)!r})
step = Step(folder / "child", folder, folder / "cache", network=Channel(int(sys.argv[1])))
download.run(download.Args(sources=[{url!r}]), step)
"""
    with Broker({(place.web.host, place.web.port)}, environment={}) as broker:
        child = subprocess.Popen([sys.executable, "-c", code, str(broker.descriptor)], pass_fds=[broker.descriptor])
        partial = place.folder / "cache" / "partial"
        while not any(file.stat().st_size > 1 << 18 for file in partial.glob("*") if not file.suffix):
            assert child.poll() is None
            time.sleep(0.01)
        child.kill()
        child.wait()
    place.web.add("/big.bin", Reply(big, etag='"1"'))
    result = place.download(url)
    assert result.origins[0].sha256 == hashlib.sha256(big).hexdigest()
    start = int(str(ranges(place, "/big.bin")[-1]).removeprefix("bytes=").rstrip("-"))
    assert start > (1 << 18) - OVERLAP
