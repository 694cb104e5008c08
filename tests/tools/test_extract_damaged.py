"""Archives that are cut off, locked, empty or of a form that is not read."""

import gzip
import lzma
import os
import random
import tarfile
import zipfile
import zlib

import pytest

from noglue.tools.files.archives import guard, kinds
from noglue.tools.spec.errors import DataError
from tests.tools.unpacking import NOISE, PACKERS, PLAIN, tarred, zipped


@pytest.mark.parametrize(
    "name", ["x.zip", "x.tar", "x.tar.gz", "x.tar.bz2", "x.tar.xz", "x.tar.zst", "x.csv.gz", "x.csv.xz", "x.csv.zst"]
)
def test_cut_off(desk, name):
    ending = name.rpartition(".")[2]
    plain = NOISE if ".csv" in name else tarred(PLAIN)
    content = zipped(PLAIN) if ending == "zip" else PACKERS.get(ending, bytes)(plain)
    error = desk.failure(desk.put(name, content[: len(content) * 2 // 3]))
    assert error.kind == "bad-archive"
    assert name in error.message


def test_flipped_bits_name_the_member(desk):
    content = bytearray(zipped(PLAIN, compression=zipfile.ZIP_STORED))
    content[len(content) // 2] ^= 0xFF
    error = desk.failure(desk.put("x.zip", bytes(content)))
    assert error.kind == "bad-archive"
    assert "data/deep/b.bin" in error.message
    packed = bytearray(gzip.compress(tarred(PLAIN)))
    packed[-6] ^= 0xFF  # the checksum at the very end
    assert desk.failure(desk.put("x.tgz", bytes(packed))).kind == "bad-archive"


def test_random_damage_is_always_a_typed_error_or_fine(desk):
    source, kinds_seen = random.Random(5), set()
    small = {"a.txt": b"hello" * 50, "d/b.txt": bytes(500)}
    for content in (
        zipped(small),
        tarred(small),
        gzip.compress(tarred(small)),
        lzma.compress(tarred(small)),
        PACKERS["zst"](tarred(small)),
    ):
        for _ in range(60):
            damaged = bytearray(content)
            for _ in range(source.choice((1, 3, 10))):
                damaged[source.randrange(len(damaged))] = source.randrange(256)
            desk.put("r.bin", bytes(damaged))
            try:
                desk.unpack("r.bin")
            except DataError as error:
                kinds_seen.add(error.kind)
    assert kinds_seen <= {"bad-archive", "unsafe-archive", "encrypted-archive", "empty", "archive-bomb", "disk-full"}
    assert not any(path.is_symlink() for path in desk.run.rglob("*"))


def test_locked_with_a_password(desk):
    content = bytearray(zipped({"a.txt": b"secret"}, compression=zipfile.ZIP_STORED))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    error = desk.failure(desk.put("x.zip", bytes(content)))
    assert error.kind == "encrypted-archive"
    assert "password" in error.message


def test_an_unknown_compression(desk):
    content = bytearray(zipped({"a.txt": b"text"}))
    content[8] = content[content.index(b"PK\x01\x02") + 10] = 97
    assert desk.failure(desk.put("x.zip", bytes(content))).kind == "bad-archive"


def test_a_format_that_is_not_read(desk):
    error = desk.failure(desk.put("x.bin", b"\x1f\x9d\x90" + NOISE[:100]))
    assert error.kind == "unsupported-archive"
    assert "--data" in error.hint


def test_nothing_in_it(desk):
    assert desk.failure(desk.put("e.zip", zipped({}))).kind == "empty"


def test_a_file_that_is_gone(desk):
    assert desk.failure("no/such.zip").kind == "not-found"


def test_zlib_is_what_the_standard_library_raises():
    """The list of what damaged input raises is complete enough to hold the base classes."""
    from noglue.tools.files.archives.members import BROKEN

    for error in (zlib.error, EOFError, zipfile.BadZipFile, tarfile.ReadError, lzma.LZMAError):
        assert issubclass(error, BROKEN)


def test_kinds_of_short_files():
    for head in (b"", b"P", b"\x1f\x8b", bytes(512), b"a" * 511):
        assert kinds.of_head(head) is None
    assert os.sep not in kinds.stem("a.tar.gz", "gzip")


def test_readable():
    assert guard.readable("naïve".encode()) == "naïve"
    assert guard.readable(b"na\xefve.txt")
