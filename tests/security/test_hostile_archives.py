"""Archives whose headers, links and packing are the attack; see also `tests/tools/test_extract_hostile.py`."""

import gzip
import io
import lzma
import resource
import subprocess
import sys
import tarfile
import time
import zipfile
from pathlib import Path

import pytest

from noglue.tools import extract
from noglue.tools.files.archives import guard
from noglue.tools.spec.errors import DataError
from noglue.tools.spec.step import Step

HELD = 400 << 20  # bytes of memory, in a process of its own


def _extract(run: Path, name: str) -> tuple[int, str]:
    """In a process with little memory and processor time. → exit status, the error's kind or what came."""
    code = (
        "import resource, sys\nfrom pathlib import Path\nfrom noglue.tools import extract\n"
        "from noglue.tools.spec.errors import DataError\nfrom noglue.tools.spec.step import Step\n"
        f"resource.setrlimit(resource.RLIMIT_DATA, ({HELD}, {HELD}))\n"
        "run = Path(sys.argv[1])\nstep = Step(run / 'steps' / '02-extract', run)\n"
        "try:\n    print(extract.run(extract.Args(files=[sys.argv[2]]), step).files)\n"
        "except DataError as error:\n    print(error.kind)\n"
    )
    (run / "steps" / "02-extract").mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-P", "-c", code, str(run), name],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (20, 20)),
    )
    return done.returncode, done.stdout.strip() or done.stderr[-300:]


def _header(name: str, kind: bytes, size: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.type, info.size = kind, size
    return info.tobuf(tarfile.GNU_FORMAT)


def _pax(records: bytes, kind: bytes = tarfile.XHDTYPE) -> bytes:
    return _header("pax", kind, len(records)) + records + bytes(-len(records) % 512)


def _record(name: str, value: str) -> bytes:
    length = len(f" {name}={value}\n")
    while len(f"{length} {name}={value}\n") != length:
        length = len(f"{length} {name}={value}\n")
    return f"{length} {name}={value}\n".encode()


def _long_headers(kind: bytes) -> bytes:
    """4 MB that hold one header of 2 GB."""
    stream = io.BytesIO()
    with gzip.GzipFile(fileobj=stream, mode="wb", compresslevel=1) as packed:
        packed.write(_header("long", kind, 2 << 30))
        block = bytes(1 << 20)
        for _ in range(900):
            packed.write(block)
    return stream.getvalue()


def _sparse_map() -> bytes:
    """A map of a sparse file that goes on from block to block."""
    first = bytearray(_header("sparse", tarfile.GNUTYPE_SPARSE, 0))
    first[482] = 1
    first[148:156] = b" " * 8
    first[148:156] = b"%06o\0 " % sum(first)
    block = bytearray((b"%011o\0" % 0 + b"%011o\0" % 0) * 21 + bytes(8))
    block[504] = 1
    return gzip.compress(bytes(first) + bytes(block) * 400_000, 1)


TARS = {
    "a pax header": lambda: _long_headers(tarfile.XHDTYPE),
    "a global header": lambda: _long_headers(tarfile.XGLTYPE),
    "a long name": lambda: _long_headers(tarfile.GNUTYPE_LONGNAME),
    "a long link": lambda: _long_headers(tarfile.GNUTYPE_LONGLINK),
    "many global headers": lambda: gzip.compress(
        b"".join(_pax(_record(f"k{number}", "v" * 900_000), tarfile.XGLTYPE) for number in range(40)), 1
    ),
    "headers of headers": lambda: gzip.compress(_pax(_record("comment", "x")) * 50_000, 1),
    "a sparse map": _sparse_map,
    "negative size": lambda: _pax(_record("size", "-1024")) + _header("x", tarfile.REGTYPE, 0) + bytes(1024),
    "a size without end": lambda: _pax(_record("size", "9" * 30)) + _header("x", tarfile.REGTYPE, 0) + bytes(1024),
}


@pytest.mark.parametrize("what", TARS)
def test_headers_that_fill_the_memory(tmp_path: Path, what: str) -> None:
    (tmp_path / "x.tar.gz").write_bytes(TARS[what]())
    status, said = _extract(tmp_path, "x.tar.gz")
    assert (status, said in ("bad-archive", "archive-bomb", "unsafe-archive")) == (0, True), said


def test_a_sparse_file_of_a_terabyte(tmp_path: Path) -> None:
    records = b"".join((_record("GNU.sparse.major", "0"), _record("GNU.sparse.minor", "1"),
                        _record("GNU.sparse.realsize", str(1 << 40)), _record("GNU.sparse.map", "0,0")))  # fmt: skip
    (tmp_path / "x.tar").write_bytes(_pax(records) + _header("x", tarfile.REGTYPE, 0) + bytes(1024))
    status, said = _extract(tmp_path, "x.tar")
    assert (status, said) == (0, "archive-bomb")
    assert sum(file.stat().st_size for file in tmp_path.rglob("*") if file.is_file()) < 1 << 20


def test_a_member_that_unfolds_all_at_once(tmp_path: Path) -> None:
    """A few hundred bytes of bzip2 are as much memory as the process may have; the table of contents says little."""
    with (
        zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_BZIP2) as archive,
        archive.open("zeros", "w", force_zip64=True) as member,
    ):
        for _ in range(420):
            member.write(bytes(1 << 20))
    content = (tmp_path / "x.zip").read_bytes()
    told = content.replace((420 << 20).to_bytes(4, "little"), (60 << 20).to_bytes(4, "little"))
    assert told != content
    (tmp_path / "x.zip").write_bytes(told)
    status, said = _extract(tmp_path, "x.zip")
    assert (status, said in ("archive-bomb", "bad-archive")) == (0, True), said


@pytest.mark.parametrize("ends", ["a file", "a ring", "nowhere"])
def test_a_chain_of_links_takes_no_longer_than_it_is(tmp_path: Path, ends: str) -> None:
    """8,000 links, each to the next one, in the order that once took a round for each."""
    count = 8_000
    with tarfile.open(tmp_path / "x.tar", "w") as archive:
        for number in range(count):
            info = tarfile.TarInfo(f"{number}")
            info.type, info.linkname = tarfile.SYMTYPE, f"{number + 1}"
            if number == count - 1:
                info.linkname = {"a file": "end", "a ring": "0", "nowhere": "gone"}[ends]
            archive.addfile(info)
        end = tarfile.TarInfo("end")
        end.size = 1
        archive.addfile(end, io.BytesIO(b"x"))
    (tmp_path / "steps" / "x").mkdir(parents=True)
    started = time.process_time()
    result = extract.run(extract.Args(files=["x.tar"]), Step(tmp_path / "steps" / "x", tmp_path))
    assert result.files == (count + 1 if ends == "a file" else 1)
    assert time.process_time() - started < 6


def test_more_members_than_an_archive_can_hold_honestly(tmp_path: Path) -> None:
    """Half a million empty files of a few kilobytes: as many entries in the user's file system."""
    budget = guard.Budget("x.tar.bz2", 9_000, tmp_path, 1 << 40, 5_000_000, 300.0)
    for _ in range(guard.GRACE_FILES):
        budget.file()
    with pytest.raises(DataError) as caught:
        budget.file()
    assert caught.value.kind == "archive-bomb"


def test_honest_headers_are_read(tmp_path: Path) -> None:
    """Long names, pax records, links and a member of each packing."""
    with tarfile.open(tmp_path / "x.tar.xz", "w:xz", format=tarfile.PAX_FORMAT) as archive:
        for name in ("a" * 150 + "/" + "b" * 120, "größe.txt"):
            info = tarfile.TarInfo(name)
            info.size, info.pax_headers = 3, {"comment": "c" * 5000}
            archive.addfile(info, io.BytesIO(b"abc"))
    with zipfile.ZipFile(tmp_path / "y.zip", "w") as archive:
        for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
            archive.writestr(f"{method}.bin", bytes(range(256)) * 4000, method)
    (tmp_path / "z.xz").write_bytes(lzma.compress(b"z" * 10_000))
    (tmp_path / "steps" / "x").mkdir(parents=True)
    result = extract.run(extract.Args(files=["x.tar.xz", "y.zip", "z.xz"]), Step(tmp_path / "steps" / "x", tmp_path))
    assert result.files == 7
    assert all(file.read_bytes() == bytes(range(256)) * 4000 for file in tmp_path.rglob("*.bin"))
    assert len(list(tmp_path.rglob("*.bin"))) == 4
