"""Archives that lead out, link out, or blow up."""

import gzip
import stat
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.tools.unpacking import NOISE, special, tarred, zipped

OUT = ["../evil", "a/../../evil", "/etc/evil", "..\\evil", "C:\\evil", "C:/evil", "\\\\server\\share", "a/b/../../../x"]


@pytest.mark.parametrize("name", OUT)
@pytest.mark.parametrize("pack", [zipped, tarred])
def test_names_that_lead_out(desk, name, pack):
    before = {path for path in desk.run.rglob("*") if "02-extract" not in str(path)}
    error = desk.failure(desk.put("x.bin", pack({"fine.txt": b"x", name: b"evil"})))
    assert error.kind == "unsafe-archive"
    assert "x.bin" in error.message
    after = {path for path in desk.run.rglob("*") if "02-extract" not in str(path)}
    assert after - before == {desk.run / "x.bin"}
    assert not Path("/etc/evil").exists()


@pytest.mark.parametrize("target", ["/etc/passwd", "../../secret", "a/../../.."])
@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE])
def test_tar_links_that_lead_out(desk, target, kind):
    assert desk.failure(desk.put("x.tar", tarred([special("d/link", kind, target)]))).kind == "unsafe-archive"


def test_writing_through_a_link(desk, tmp_path):
    """A link to a folder, then a file "in" it."""
    victim = tmp_path / "victim"
    victim.mkdir()
    inside = tarred([special("d", tarfile.SYMTYPE, "real")])[:512] + tarred({"d/evil.txt": b"evil"})
    tree = desk.tree(desk.unpack(desk.put("x.tar", inside)))
    assert tree == {"x/d/evil.txt": b"evil"}
    outside = tarred([special("d", tarfile.SYMTYPE, str(victim))])[:512] + tarred({"d/evil.txt": b"evil"})
    assert desk.failure(desk.put("y.tar", outside)).kind == "unsafe-archive"
    assert list(victim.iterdir()) == []


def test_zip_links(desk):
    def link(name: str, target: str) -> tuple[zipfile.ZipInfo, bytes]:
        info = zipfile.ZipInfo(name)
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        return info, target.encode()

    good = zipped([("a.txt", b"a"), link("b.txt", "a.txt")])
    assert desk.tree(desk.unpack(desk.put("g.zip", good))) == {"g/a.txt": b"a", "g/b.txt": b"a"}
    for target in ("/etc/passwd", "../../x", "x" * 5000):
        bad = zipped([link("b.txt", target)])
        result_kind = "empty" if target == "x" * 5000 else "unsafe-archive"
        assert desk.failure(desk.put("b.zip", bad)).kind in (result_kind, "unsafe-archive")


@pytest.mark.parametrize("kind", [tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE])
def test_devices_and_pipes(desk, kind):
    assert desk.failure(desk.put("x.tar", tarred([special("dev", kind)]))).kind == "unsafe-archive"
    assert list(desk.step.folder.rglob("dev")) == []


def test_zip_devices(desk):
    info = zipfile.ZipInfo("dev")
    info.external_attr = (stat.S_IFCHR | 0o666) << 16
    assert desk.failure(desk.put("x.zip", zipped([(info, b"")]))).kind == "unsafe-archive"


def test_a_bomb_by_ratio(desk):
    """128 MiB of zeros in 130 kB, as zip and as gz; one of the standard library's own limits is no help here."""
    for name, content in (("b.zip", zipped({"zeros": bytes(128 << 20)})), ("b.gz", gzip.compress(bytes(128 << 20), 1))):
        error = desk.failure(desk.put(name, content), max_ratio=100)
        assert error.kind == "archive-bomb"
        assert name in error.message


def test_a_nested_bomb(desk):
    inner = zipped({"zeros": bytes(40 << 20)})
    content = zipped({f"{number}.zip": inner for number in range(3)})
    assert desk.failure(desk.put("n.zip", content)).kind == "archive-bomb"


def test_a_bomb_by_total(desk):
    for name, content in (("b.zip", zipped({"x": NOISE})), ("b.tar", tarred({"x": NOISE}))):
        assert desk.failure(desk.put(name, content), max_bytes=100_000).kind == "archive-bomb"


def test_a_bomb_by_members(desk):
    content = zipped({str(number): b"" for number in range(101)})
    assert desk.failure(desk.put("m.zip", content), max_files=100).kind == "archive-bomb"
    assert desk.unpack("m.zip", max_files=101).files == 101


def test_honest_zeros_are_no_bomb(desk):
    assert desk.unpack(desk.put("z.gz", gzip.compress(bytes(32 << 20), 1))).bytes == 32 << 20


def test_members_that_overlap(desk):
    """Many directory entries for one member's bytes."""
    single = zipped({"aaaa": bytes(1 << 20)})
    start = single.index(b"PK\x01\x02")
    end = single.index(b"PK\x05\x06")
    entry, tail = single[start:end], bytearray(single[end:])
    count = 200
    tail[8:12] = count.to_bytes(2, "little") * 2
    tail[12:16] = (len(entry) * count).to_bytes(4, "little")
    entries = b"".join(entry.replace(b"aaaa", b"%04d" % number) for number in range(count))
    assert desk.failure(desk.put("o.zip", single[:start] + entries + bytes(tail))).kind in (
        "archive-bomb",
        "bad-archive",
    )


def test_deep_folders(desk):
    assert desk.failure(desk.put("d.zip", zipped({"/".join("d" * 100): b"x"}))).kind == "unsafe-archive"


def test_a_file_that_is_also_a_folder(desk):
    assert desk.failure(desk.put("f.tar", tarred({"a": b"1", "a/b": b"2"}))).kind == "bad-archive"
