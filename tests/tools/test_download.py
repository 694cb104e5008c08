"""Whole downloads through a real broker: files, names, mirrors, paths, https."""

import hashlib
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from noglue.tools import download
from noglue.tools.net import transport
from noglue.tools.spec.errors import DataError
from tests.tools.fetching import bench, failure
from tests.web import Reply, self_signed

DATA = random.Random(0).randbytes(300_000)
SHA256 = hashlib.sha256(DATA).hexdigest()
MD5 = hashlib.md5(DATA).hexdigest()
OTHER = random.Random(1).randbytes(300_000)


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
    assert any(event.total == event.done == len(DATA) for event in place.events if event.event == "progress")


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
    code = "from noglue.tools.net.transport import certificates; print(certificates())"
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
