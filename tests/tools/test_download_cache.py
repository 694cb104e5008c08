"""What the cache spares, checks and clears away."""

import hashlib
import random
import threading
from pathlib import Path

from noglue.tools import download
from tests.tools.fetching import failure
from tests.web import Reply, Web, page

DATA = random.Random(0).randbytes(300_000)
SHA256 = hashlib.sha256(DATA).hexdigest()
MD5 = hashlib.md5(DATA).hexdigest()
OTHER = random.Random(1).randbytes(300_000)


def test_an_unchanged_file_is_not_sent_again(place):
    url = place.web.add("/x.bin", Reply(DATA, etag='"1"'))
    place.download(url)
    again = place.download(url)
    assert again.origins[0].cached
    assert place.content(again.files[0]) == DATA
    assert place.web.asked[-1].headers["If-None-Match"] == '"1"'


def test_a_changed_file_is_sent_again(place):
    url = place.web.add("/x.bin", Reply(DATA, etag='"1"', then=Reply(OTHER, etag='"2"')))
    place.download(url)
    assert place.content(place.download(url).files[0]) == OTHER


def test_a_checksum_that_is_known_asks_nobody(place):
    url = place.web.add("/x.bin", Reply(DATA))
    place.download(url)
    asked = len(place.web.asked)
    for published in (f"sha256:{SHA256}", f"md5:{MD5}"):
        origin = place.download(url, checksums={url: published}).origins[0]
        assert (origin.cached, origin.checksum_verified) == (True, True)
    elsewhere = "https://mirror.example/x.bin"
    assert place.download(elsewhere, checksums={elsewhere: SHA256}).origins[0].cached
    assert len(place.web.asked) == asked


def test_offline(place):
    url = place.web.add("/x.bin", Reply(DATA))
    assert failure(place, url, offline=True).kind == "offline"
    place.download(url)
    asked = len(place.web.asked)
    assert place.download(url, offline=True).origins[0].cached
    assert "copy" in place.notes()
    assert len(place.web.asked) == asked


def test_the_server_is_down_and_a_copy_is_here(place):
    with Web() as soon_gone:
        pair, url = (soon_gone.host, soon_gone.port), soon_gone.add("/x.bin", Reply(DATA))
        with place.other_way(pair) as step:
            place.download(url, step=step)
    with place.other_way(pair) as step:
        result = place.download(url, step=step)
    assert result.origins[0].cached
    assert "unreachable" in [event.facts.get("kind") for event in place.events]


def test_a_harmed_copy_is_noticed(place):
    url = place.web.add("/x.bin", Reply(DATA, etag='"1"'))
    place.download(url)
    copy = place.folder / "cache" / "objects" / SHA256
    copy.chmod(0o644)
    copy.write_bytes(OTHER)
    result = place.download(url)
    assert place.content(result.files[0]) == DATA
    assert not result.origins[0].cached


def test_a_page_is_not_kept_as_the_file(place):
    """The server is down for maintenance, with a page and status 200; later it works."""
    url = place.web.add("/x.zip", page("Maintenance", "Back soon"))
    assert failure(place, url).kind == "html-instead-of-data"
    place.web.add("/x.zip", Reply(DATA))
    assert place.download(url).origins[0].sha256 == SHA256


def test_two_runs_at_once_download_once(place):
    url = place.web.add("/x.bin", Reply(DATA, drip=0.0001))
    results: list[download.Result] = []
    with place.other_way() as other:
        steps = [place.step(), other]
        threads = [
            threading.Thread(target=lambda step=step: results.append(place.download(url, step=step))) for step in steps
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [result.origins[0].sha256 for result in results] == [SHA256, SHA256]
    assert place.web.count("/x.bin") == 1
    assert sorted(result.origins[0].cached for result in results) == [False, True]


def test_what_a_killed_try_left_is_cleared(place):
    url = place.web.add("/x.bin", Reply(DATA))
    step = place.step()
    (step.folder / "files").mkdir()
    (step.folder / "files" / "x.bin").write_bytes(b"half")
    result = place.download(url, step=step)
    assert [Path(name).name for name in result.files] == ["x.bin"]
    assert place.content(result.files[0]) == DATA
