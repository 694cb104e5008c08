"""Files made to start programs, to end the process that reads them, or to fill its memory: unreadable data, no more."""

import io
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image

from noglue.tools.files import damage
from noglue.tools.pictures import decoding
from noglue.tools.readers import delimited, npz, opendocument, parquet
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.protocols import Match
from tests.agent.command_line import answer

ROOT = Path(__file__).parent.parent.parent
BACKENDS = ["bwrap", "landlock"]
_EPS = (
    b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 8 8\n%%EndComments\n"
    b"(%pipe%touch /tmp/owned) (w) file\nshowpage\n%%EOF\n"
)


def _wrong_offsets(path: Path, last: int) -> None:
    """An Arrow file whose string column points beyond its bytes."""
    offsets = np.arange(0, 4 * 65, 4, dtype=np.int32)
    table = pa.table({"name": pa.array([f"n{n:03d}" for n in range(64)]), "y": pa.array([n % 2 for n in range(64)])})
    sink = io.BytesIO()
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    content = sink.getvalue()
    assert content.count(offsets.tobytes()) == 1
    offsets[40:60] = last  # the last one is right, so that a glance finds nothing
    path.write_bytes(content.replace(np.arange(0, 4 * 65, 4, dtype=np.int32).tobytes(), offsets.tobytes()))


@pytest.mark.parametrize("backend", BACKENDS)
def test_an_arrow_file_with_wrong_offsets_is_unreadable_data(tmp_path: Path, backend: str) -> None:
    _wrong_offsets(tmp_path / "train.arrow", 1 << 30)
    told = answer(tmp_path, "run", "predict y", "--data", "train.arrow", "--budget", "60s", "--sandbox", backend)
    assert told["exit"] == 4
    assert told["error"]["kind"] == Kind.UNREADABLE
    assert "train.arrow" in told["error"]["message"]


@pytest.mark.parametrize("last", [1 << 30, -1, -(1 << 31), (1 << 31) - 1, 257])
def test_offsets_are_checked_before_they_are_used(tmp_path: Path, last: int) -> None:
    """In a process of its own, which they would end."""
    _wrong_offsets(tmp_path / "t.arrow", last)
    code = (
        "import sys\nfrom pathlib import Path\nfrom noglue.tools.readers import parquet\n"
        "from noglue.tools.spec.errors import DataError\n"
        "try:\n    parquet.read(parquet.sniff([Path(sys.argv[1])])).splits['train'].to_pylist()\n"
        "except DataError as error:\n    print(error.kind)\n"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code, str(tmp_path / "t.arrow")], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "unreadable"), done.stderr


def test_rows_without_bytes(tmp_path: Path) -> None:
    table = pa.table({"x": pa.nulls(7_654_321), "y": pa.nulls(7_654_321)})
    with pa.ipc.new_file(str(tmp_path / "t.arrow"), table.schema) as writer:
        writer.write_table(table)
    match = parquet.sniff([tmp_path / "t.arrow"])
    assert match is not None
    for work in (parquet.count, parquet.read):
        with pytest.raises(DataError, match="more than its bytes can hold") as caught:
            work(match)
        assert caught.value.kind == Kind.UNREADABLE


@pytest.mark.parametrize("name", ["x.png", "x.jpg", "x.tif"])
def test_an_eps_by_another_name_starts_no_program(tmp_path: Path, name: str) -> None:
    """With a Ghostscript on the path that would tell of it."""
    for program in ("gs", "gswin64c"):
        (tmp_path / program).write_text(f"#!/bin/sh\ntouch {tmp_path}/started\n")
        (tmp_path / program).chmod(0o755)
    (tmp_path / name).write_bytes(_EPS)
    code = (
        "import sys\nfrom pathlib import Path\nfrom noglue.tools.pictures import decoding\n"
        "packed = lambda path: decoding.pixels(path.read_bytes())\n"
        "for work in (decoding.size, decoding.pixels, decoding.span, packed):\n"
        "    try:\n        work(Path(sys.argv[1]))\n"
        "    except ValueError:\n        continue\n    raise SystemExit('it was read')\n"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code, str(tmp_path / name)],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "started").exists()


def test_pictures_are_opened_by_the_list_alone(tmp_path: Path) -> None:
    """Of Pillow's formats only those that hold data sets, whatever the file is called; and every place keeps to it."""
    seen = []
    for form in ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF", "PPM", "PCX", "TGA", "SGI", "DDS", "EPS", "JPEG2000"):
        content = io.BytesIO()
        Image.new("RGB", (16, 16)).save(content, form)
        try:
            decoding.pixels(content.getvalue())
            seen.append(form)
        except ValueError:
            pass
    assert seen == ["PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF", "PPM", "TGA", "JPEG2000"]
    for file in (*(ROOT / "tools").rglob("*.py"), *(ROOT / "agent").rglob("*.py")):
        for line in file.read_text(encoding="utf-8").splitlines():
            assert "Image.open(" not in line or "formats=" in line, file


def _npy(shape: str, kind: str = "<f8", body: bytes = b"") -> bytes:
    header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}"
    header += " " * (-(len(header) + 11) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode() + body


ARRAYS = [
    _npy("(1000000000000,)"), _npy("(10, 1152921504606846976)"), _npy("(0, 1152921504606846976)"), _npy("(-1, 5)"),
    _npy("(" * 2000 + ")" * 2000), _npy("(5,)", "|O", b"\x80\x04."), _npy("(1, 200001)", "|u1", bytes(200_001)),
    _npy("(2, 2)"), b"\x93NUMPY\x09\x00\xff\xff", b"\x93NUMPY", _npy("__import__('os').system('true')"),
]  # fmt: skip


@pytest.mark.parametrize("content", ARRAYS, ids=range(len(ARRAYS)))
@pytest.mark.parametrize("packed", [False, True])
def test_arrays_that_lie_about_themselves(tmp_path: Path, content: bytes, packed: bool) -> None:
    path = tmp_path / ("x.npz" if packed else "x.npy")
    if packed:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("x.npy", content)
    else:
        path.write_bytes(content)
    match = npz.sniff([path])
    assert match is not None
    with pytest.raises(DataError) as caught:
        npz.read(match)
    assert caught.value.kind in (Kind.UNREADABLE, Kind.UNSAFE_PICKLE)


def test_a_bomb_in_an_archive_of_arrays(tmp_path: Path) -> None:
    with (
        zipfile.ZipFile(tmp_path / "x.npz", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive,
        archive.open("x.npy", "w", force_zip64=True) as member,
    ):
        member.write(_npy(f"({300 << 17},)"))
        for _ in range(300):
            member.write(bytes(1 << 20))
    match = npz.sniff([tmp_path / "x.npz"])
    assert match is not None
    with pytest.raises(DataError, match="would unfold"):
        npz.read(match)


def test_a_sheet_that_repeats_a_row_without_end(tmp_path: Path) -> None:
    table = (
        '<x xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"><table:table table:name="a">'
        '<table:table-row table:number-rows-repeated="2000000000"><table:table-cell office:value-type="float" '
        'office:value="1"/></table:table-row></table:table></x>'
    )
    entities = '<!DOCTYPE x [<!ENTITY a0 "aaaaaaaaaa">' + "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12)
    )
    for number, content in enumerate((table, f"{entities}]><x>&a11;</x>")):
        path = tmp_path / f"{number}.ods"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("content.xml", content)
        with pytest.raises(DataError) as caught:
            opendocument.read(Match(1.0, {"all": [path]}, "by its ending"))
        assert caught.value.kind == Kind.UNREADABLE


def _wide(path: Path) -> None:
    names = ",".join(f"c{n}" for n in range(150_000))
    path.write_text(f"{names}\n" + f"{','.join('1' * 150_000)}\n" * 3)


def _deep(path: Path) -> None:
    path.write_text('{"a":' * 100_000 + "1" + "}" * 100_000)


@pytest.mark.parametrize(("name", "make"), [("w.csv", _wide), ("d.json", _deep)])
def test_tables_that_are_no_tables(tmp_path: Path, name: str, make: Callable[[Path], None]) -> None:
    """As data that can't be read or are too wide, and never as an error of the program."""
    make(tmp_path / name)
    told = answer(tmp_path, "run", "predict a", "--data", name, "--budget", "120s")
    assert told["exit"] == 4, told
    assert told["error"]["kind"] in (Kind.TOO_WIDE, Kind.UNKNOWN_LAYOUT)


def test_a_line_without_end(tmp_path: Path) -> None:
    (tmp_path / "l.csv").write_text("a,b\n1,2\n3,4\n5," + "x" * (130 << 20))
    with pytest.raises(DataError, match="longer than") as caught:
        delimited.read(Match(1.0, {"all": [tmp_path / "l.csv"]}, "by its ending"))
    assert caught.value.kind == Kind.UNREADABLE


def test_what_breaks_a_reader_is_the_files_fault() -> None:
    """Whatever it is, but for what has a name of its own."""
    for error in (RecursionError("deep"), IndexError(), AttributeError("x\ny"), OverflowError()):
        with pytest.raises(DataError, match=r"a\.bin can't be read") as caught, damage.of_files("idx", [Path("a.bin")]):
            raise error
        assert caught.value.kind == Kind.UNREADABLE
    with pytest.raises(MemoryError), damage.of_files("idx", []):
        raise MemoryError
