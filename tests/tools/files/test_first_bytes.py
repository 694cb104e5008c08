"""What noglue says of files that nobody foresaw: what was seen, and what the user can do about it."""

import struct
import tomllib
from pathlib import Path

import numpy as np
import pytest
from scipy.io import netcdf_file

from noglue.tools.files import first_bytes
from tests.agent.command_line import answer, noglue

TABLE = Path(first_bytes.__file__).with_suffix(".toml")
RANDOM_BYTES = bytes(np.random.default_rng(5).integers(0, 256, 4000, dtype=np.uint8))


def made(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_every_format_of_the_table_is_told_by_its_mark(tmp_path: Path) -> None:
    formats = tomllib.loads(TABLE.read_text(encoding="utf-8"))["format"]
    assert len(formats) > 50
    for number, one in enumerate(formats):
        mark = bytes.fromhex(one["bytes"].replace("??", "41"))
        head = bytes(one.get("at", 0)) if one.get("at") else b""
        found = first_bytes.look(made(tmp_path / str(number), head + mark + RANDOM_BYTES))
        assert found.format == one["title"], one
        assert found.advice.endswith((".", ".."))
        assert len(found.advice) < 150


def test_records_of_tensorflow_are_told_by_their_checksum(tmp_path: Path) -> None:
    """The CRC-32C of a length of 4 is known: 8 bytes `04 00 …` give the masked sum below."""
    length = struct.pack("<Q", 4)
    masked = ((first_bytes._crc32c(length) >> 15 | first_bytes._crc32c(length) << 17) + 0xA282EAD8) & 0xFFFFFFFF
    assert first_bytes._crc32c(b"123456789") == 0xE3069283  # the check value of CRC-32C
    good = length + struct.pack("<I", masked) + b"abcd" + bytes(4)
    assert "TFRecord" in first_bytes.look(made(tmp_path / "a", good)).format
    assert "TFRecord" not in first_bytes.look(made(tmp_path / "b", length + bytes(4) + b"abcd" + bytes(4))).format


def test_one_of_each_kind_and_how_many_more(tmp_path: Path) -> None:
    files = [made(tmp_path / f"{n}.fits", b"SIMPLE  =" + RANDOM_BYTES) for n in range(250)]
    files += [made(tmp_path / "x.blob", b"\x01\x02"), made(tmp_path / "y.blob", b""), made(tmp_path / "n.txt", b"hi")]
    fits, *others = first_bytes.seen(files)
    assert (fits.name, fits.more, fits.bytes) == ("0.fits", 249, 4009)
    assert first_bytes.in_words(fits).endswith(
        "53 49 4d 50 4c 45 20 20 (the mark of FITS, of astronomy), and so do 249 more"
    )
    assert {one.name: one.more for one in others} == {"x.blob": 1, "n.txt": 0}
    assert first_bytes.in_words(first_bytes.look(files[-2])) == "y.blob (empty)"


def test_the_command_says_what_it_saw_and_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "sea").mkdir()
    with netcdf_file(str(tmp_path / "sea" / "waves.nc"), "w") as file:
        file.createDimension("time", 40)
        file.createVariable("height", "d", ("time",))[:] = np.sin(np.arange(40.0))
    told = answer(tmp_path, "run", "Predict height", "--data", "sea", "--budget", "60s", "--planner", "rules")
    error = told["error"]
    assert (told["exit"], error["kind"]) == (4, "unknown-layout")
    assert "waves.nc" in error["message"]
    assert "43 44 46 01" in error["message"]
    assert "NetCDF (classic)" in error["message"]
    assert "xarray" in error["hint"]
    assert "--model" in error["hint"]
    assert error["seen"][0]["format"] == "NetCDF (classic)"
    assert len(error["seen"][0]["first"].split()) == 16
    assert told["files"] is None or told["files"]["found"] == 0


@pytest.mark.parametrize("count", [1, 400])
def test_it_is_one_bounded_paragraph(tmp_path: Path, count: int) -> None:
    for n in range(count):
        made(tmp_path / "odd" / f"{'x' * 150}{n}.k{n % 30}", bytes([n % 7, 200]) + RANDOM_BYTES)
    done = noglue(tmp_path, "run", "Classify", "--data", "odd", "--budget", "60s", "--planner", "rules")
    assert done.returncode == 4
    last = done.stderr.rpartition("In 03-inspect: ")[2]
    assert len(last) < 1300
    assert "Traceback" not in done.stderr
