"""What holds for every reader in the folder, found by its file."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from noglue.tools.readers import builtin
from noglue.tools.spec import catalogue
from noglue.tools.spec.errors import DataError
from noglue.tools.spec.protocols import Match

READERS = catalogue.names("noglue.tools.readers")
NAMES = (
    "train-images-idx3-ubyte", "train-labels-idx1-ubyte.gz", "data_batch_1", "test_batch", "batches.meta", "train",
    "meta", "data_batch_1.bin", "train.bin", "a.csv", "train.tsv", "adult.data", "adult.names", "a.npz", "a.npy",
    "a.parquet", "a.arrow", "a.feather", "cat.png", "dog.jpg", "readme.txt", "noending",
)  # fmt: skip


@pytest.mark.parametrize("name", READERS)
def test_contract(name: str) -> None:
    reader = catalogue.load("noglue.tools.readers", name)
    assert all(callable(getattr(reader, part)) for part in ("sniff", "read", "count"))
    assert reader.__doc__
    assert 0 < len(reader.READS) < 60
    assert reader.sniff([]) is None


def raised(work: Callable[[Any], object], match: Match) -> DataError | None:
    try:
        work(match)
    except DataError as error:
        return error
    return None


@pytest.mark.parametrize(
    "content", [b"", b"\0", b"\x80\x02", b"\x1f\x8b\x08", b"PAR1", b"PK\x03\x04", bytes(range(256)) * 9]
)
@pytest.mark.parametrize("name", READERS)
def test_junk_under_any_name_is_no_crash(tmp_path: Path, name: str, content: bytes) -> None:
    reader = catalogue.load("noglue.tools.readers", name)
    files = [tmp_path / file for file in NAMES]
    for file in files:
        file.write_bytes(content)
    for given in (files, *([file] for file in files)):
        match = reader.sniff(given)
        if match is None:
            continue
        assert 0 < match.confidence <= 1
        for work in (reader.read, reader.count):
            error = raised(work, match)
            assert error is None or (error.kind in ("unreadable", "unsafe-pickle") and len(error.message) < 600)


@pytest.mark.parametrize(("name", "rows"), builtin.ROWS.items())
def test_builtin(name: str, rows: int) -> None:
    match = builtin.sniff([Path(f"builtin:{name}")])
    assert match is not None
    raw = builtin.read(match)
    assert builtin.count(match) == {"all": raw.splits["all"].num_rows} == {"all": rows}
    assert raw.target in raw.splits["all"].column_names
    assert builtin.read(match, rows=10).splits["all"].num_rows == 10


def test_builtin_digits_use_the_whole_range() -> None:
    match = builtin.sniff([Path("builtin:digits")])
    assert match is not None
    pixels = {value for row in builtin.read(match).splits["all"]["image"].to_pylist() for value in row}
    assert (min(pixels), max(pixels), len(pixels)) == (0, 255, 17)


def test_builtin_that_is_none() -> None:
    match = builtin.sniff([Path("builtin:mnist")])
    assert match is not None
    with pytest.raises(DataError, match="no built-in data set 'mnist'"):
        builtin.read(match)
