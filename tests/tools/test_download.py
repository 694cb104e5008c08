"""Whole downloads through a real broker from a server that misbehaves."""

import gzip
import hashlib
import os
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.tools.fetching import Bench, bench
from tests.web import Reply, Web, page, redirect, self_signed
from tools import download
from tools.core.errors import BudgetSpent, DataError
from tools.core.web import transport
from tools.sandbox.network import Broker

DATA = random.Random(0).randbytes(300_000)
SHA256 = hashlib.sha256(DATA).hexdigest()
MD5 = hashlib.md5(DATA).hexdigest()
OTHER = random.Random(1).randbytes(300_000)


@pytest.fixture
def place(tmp_path):
    with bench(tmp_path) as made:
        yield made


def failure(place: Bench, *sources: str, **options) -> DataError:
    with pytest.raises(DataError) as caught:
        place.download(*sources, **options)
    assert caught.value.message.endswith((".", "…"))
    return caught.value


# ---- one file --------------------------------------------------------------------------------------------------


def test_a_file(place):
    url = place.web.add("/some%20data.csv", Reply(DATA, "text/csv"))
    place.web.replies["/some data.csv"] = place.web.replies.pop("/some%20data.csv")
    result = place.download(url)
    assert result.files == ["steps/01-download/files/some data.csv"]
    assert place.content(result.files[0]) == DATA
    origin = result.origins[0]
    assert (origin.source, origin.url, origin.bytes, origin.sha256) == (url, url, len(DATA), SHA256)
    assert (origin.cached, origin.checksum_verified) == (False, False)
    assert any(event.get("total") == len(DATA) and event["done"] == len(DATA) for event in place.events)


@pytest.mark.parametrize("published", [f"sha256:{SHA256}", f"md5:{MD5}", f"MD5 {MD5.upper()}", SHA256])
def test_published_checksum(place, published):
    url = place.web.add("/data.bin", Reply(DATA))
    assert place.download(url, checksums={url: published}).origins[0].checksum_verified


def test_checksum_mismatch(place):
    url = place.web.add("/data.bin", Reply(OTHER))
    error = failure(place, url, checksums={url: f"sha256:{SHA256}"})
    assert error.kind == "checksum-mismatch"
    assert SHA256 in error.message
    assert failure(place, url, checksums={url: "md5:tooshort"}).kind == "bad-checksum"


def test_the_name_comes_from_the_server_and_stays_in_the_folder(place):
    for number, stated in enumerate(
        ["attachment; filename=../../evil.csv", "attachment; filename*=UTF-8''d%C3%A4ta.csv"]
    ):
        place.web.add(f"/get/{number}", Reply(DATA, headers={"Content-Disposition": stated}))
    result = place.download(place.web.url("/get/0"), place.web.url("/get/1"))
    assert [Path(name).name for name in result.files] == ["evil.csv", "däta.csv"]
    assert all(name.startswith("steps/01-download/files/") for name in result.files)


def test_two_files_of_one_name(place):
    first, second = place.web.add("/a/data.csv", Reply(b"1,2\n")), place.web.add("/b/data.csv", Reply(b"3,4\n"))
    result = place.download(first, second)
    assert [Path(name).name for name in result.files] == ["data.csv", "2-data.csv"]
    assert [place.content(name) for name in result.files] == [b"1,2\n", b"3,4\n"]


def test_query_and_password_stay_out_of_the_record(place):
    place.web.add("/f.csv", Reply(b"1,2\n", password="Basic bWU6aHVzaA=="))
    url = place.web.url("/f.csv?token=abc&part=1").replace("//", "//me:hush@")
    result = place.download(url)
    assert "hush" not in result.model_dump_json()
    assert "abc" not in result.model_dump_json()
    assert "part=1" in str(result.origins[0].url)
    assert not any(b"hush" in file.read_bytes() for file in (place.folder / "cache").rglob("*") if file.is_file())
    assert failure(place, place.web.url("/f.csv")).kind == "forbidden"


# ---- what goes wrong -------------------------------------------------------------------------------------------


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
from tools import download
from tools.core.errors import DataError
from tools.core.step import Step
from tools.sandbox.network import Channel
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


# ---- broken connections ----------------------------------------------------------------------------------------


def ranges(place: Bench, path: str) -> list[str | None]:
    return [asked.headers.get("Range") for asked in place.web.asked if asked.path == path]


@pytest.mark.parametrize("validators", [{"etag": '"1"'}, {"modified": "Wed, 21 Oct 2015 07:28:00 GMT"}])
def test_a_cut_connection_is_resumed(place, validators):
    url = place.web.add("/x.bin", Reply(DATA, cut_at=[100_000, 50_000], **validators))
    assert place.download(url).origins[0].sha256 == SHA256
    assert ranges(place, "/x.bin") == [None, "bytes=100000-", "bytes=150000-"]
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
    assert ranges(place, "/x.bin") == [None, "bytes=100000-", None]


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
    """All bytes came, more were promised; asking for the rest tells (416) that there is none."""
    url = place.web.add("/x.bin", Reply(DATA, etag='"1"', length=len(DATA) + 10))
    assert place.download(url).origins[0].sha256 == SHA256
    without = place.web.add("/y.bin", Reply(DATA, length=len(DATA) + 10))
    with place.fetcher(patience=0.2) as fetcher, pytest.raises(DataError) as caught:
        fetcher.get(without)
    assert caught.value.kind in ("truncated", "unreachable")


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
from tools import download
from tools.core.step import Step
from tools.sandbox.network import Channel
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
    assert start > 1 << 18


# ---- the cache -------------------------------------------------------------------------------------------------


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
    assert "unreachable" in [event.get("kind") for event in place.events]


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


# ---- mirrors ---------------------------------------------------------------------------------------------------


def test_mirrors_in_order(place):
    bad, worse = place.web.url("/missing.bin"), place.web.add("/wrong.bin", Reply(OTHER))
    good = place.web.add("/right.bin", Reply(DATA))
    result = place.download(bad, mirrors={bad: [worse, good]}, checksums={bad: SHA256})
    assert result.origins[0].url == good
    assert result.origins[0].source == bad
    assert "HTTP 404" in place.notes()
    assert "not what was published" in place.notes()


def test_all_mirrors_fail(place):
    bad, other = place.web.url("/missing.bin"), place.web.add("/b.bin", Reply(b"", status=403))
    error = failure(place, bad, mirrors={bad: [other]})
    assert (error.kind, error.data["tried"]) == ("not-found", ["not-found", "forbidden"])
    assert "1 other place" in error.message


# ---- paths and names -------------------------------------------------------------------------------------------


def test_built_in_names_pass(place):
    assert place.download("builtin:digits", step=place.step(network=None)).files == ["builtin:digits"]


def test_paths_are_looked_at_and_left_where_they_are(place, tmp_path):
    table, folder = tmp_path / "table.csv", tmp_path / "pictures"
    table.write_bytes(DATA)
    for name in ("cat/1.png", "dog/1.png", ".git/x"):
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_bytes(name.encode())
    args = download.Args(sources=[str(table), str(folder)])
    assert args.reads() == [str(table), str(folder)]
    step = place.step(network=None)
    result = download.run(args, step)
    assert result.files == [str(table), str(folder)]
    assert (result.count, result.bytes) == (3, len(DATA) + 18)
    assert [origin.sha256_of for origin in result.origins] == ["content", "content"]
    assert result.origins[0].sha256 == SHA256
    assert not (step.folder / "files").exists()
    before = result.origins[1].sha256
    (folder / "cat" / "1.png").write_bytes(b"cat/2.png")
    assert download.run(args, step).origins[1].sha256 != before


def test_large_folders_are_known_by_their_listing(place, tmp_path):
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(1001):
        (folder / f"{number}.txt").touch()
    origin = place.download(str(folder)).origins[0]
    assert (origin.files, origin.sha256_of) == (1001, "listing")


def test_a_missing_path_suggests_its_neighbours(tmp_path):
    (tmp_path / "titanic.csv").touch()
    with pytest.raises(DataError) as caught:
        download.Args(sources=[str(tmp_path / "Titanik.csv")]).reads()
    assert (caught.value.kind, caught.value.code) == ("not-found", 4)
    assert "titanic.csv" in caught.value.hint
    with pytest.raises(DataError) as caught:
        download.Args(sources=[str(tmp_path / "no" / "such" / "x.csv")]).reads()
    assert str(tmp_path) in caught.value.hint


def test_paths_that_are_no_data(place, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert failure(place, str(tmp_path / "pipe")).kind == "unreadable"
    (tmp_path / "nothing").mkdir()
    assert failure(place, str(tmp_path / "nothing")).kind == "empty"


# ---- https -----------------------------------------------------------------------------------------------------


def test_https(tmp_path):
    """A certificate that nobody vouches for is refused; named as one's own authority, it is accepted."""
    certificate = self_signed(tmp_path)
    with bench(tmp_path, certificate) as place:
        url = place.web.add("/x.bin", Reply(DATA, etag='"1"', cut_at=[100_000]))
        assert url.startswith("https://")
        with place.fetcher() as fetcher:
            fetcher.web.verify = True
            with pytest.raises(DataError) as caught:
                fetcher.get(url)
        assert caught.value.kind == "tls-error"
        with place.fetcher() as fetcher:
            fetcher.web.verify = str(tmp_path / "certificate.pem")
            assert fetcher.get(url).sha256 == SHA256


def test_certificates_named_by_the_environment(tmp_path):
    """In a process of its own, as a step gets it."""
    code = "from tools.core.web.transport import certificates; print(certificates())"
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
        environment = {name: "/some/where.pem", "PATH": os.environ["PATH"]}
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "/some/where.pem"


def test_no_proxy_or_netrc_is_read_in_the_step(place):
    web = transport.session(place.way)
    assert web.trust_env is False


def test_a_step_without_a_network(place):
    assert failure(place, "https://example.org/x.csv", step=place.step(network=None)).kind == "unreachable"


def test_args_are_strict():
    with pytest.raises(ValueError, match="sources"):
        download.Args(sources=[])
    with pytest.raises(ValueError, match="colour"):
        download.Args.model_validate({"sources": ["x"], "colour": "red"})


def test_access():
    assert (download.ACCESS.network, download.ACCESS.cache) == (True, True)
