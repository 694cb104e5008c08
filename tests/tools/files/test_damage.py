"""What damaged files do to readers and archives ends in an error with a name and of a length that can be read."""

import zipfile
from pathlib import Path

import pytest

from noglue.tools.files import damage
from noglue.tools.files.archives.guard import bad
from noglue.tools.readers import statistics_files, ts_files
from noglue.tools.spec.errors import DataError, Kind


def test_a_small_file_that_asks_for_more_memory_than_there_is_is_damaged(tmp_path: Path) -> None:
    file = tmp_path / "small.dta"
    file.write_bytes(b"x" * 100)
    with pytest.raises(DataError) as caught, damage.of_files("statistics_files", [file]):
        bytearray(1 << 62)
    assert caught.value.kind == Kind.UNREADABLE
    assert "small.dta" in caught.value.message


def test_a_large_file_that_does_not_fit_is_not_called_damaged(tmp_path: Path) -> None:
    file = tmp_path / "large.dta"
    with file.open("wb") as opened:
        opened.truncate(100 << 20)
    with pytest.raises(MemoryError), damage.of_files("statistics_files", [file]):
        bytearray(1 << 62)


def test_a_count_of_labels_that_no_file_holds(tmp_path: Path) -> None:
    import pandas as pd

    file = tmp_path / "pets.dta"
    pets = pd.DataFrame({"kind": pd.Categorical(["cat", "dog"] * 20), "mass": range(40)})
    pets.to_stata(file, write_index=False, version=118)
    content = file.read_bytes()
    labels = content.index(b"<lbl>")
    place = labels + 5 + 4 + 129 + 3  # the length, the name and its padding go before the number of labels
    file.write_bytes(content[:place] + b"\xff\xff\xff\x7f" + content[place + 4 :])
    with pytest.raises(DataError) as caught, damage.of_files("statistics_files", [file]):
        statistics_files.read(statistics_files.readings([file])[0])
    assert caught.value.kind == Kind.UNREADABLE


def test_a_message_does_not_quote_an_archive(tmp_path: Path) -> None:
    error = bad("pictures.zip", None, zipfile.BadZipFile("its names\x00 differ " + "x" * 5000 + "\nmore"))
    assert len(error.message) < 400


def test_series_of_which_none_can_be_read(tmp_path: Path) -> None:
    file = tmp_path / "waves.ts"
    file.write_text("@problemName waves\n@univariate true\n@classLabel true a b\n@data\n" + "x,y:a\n" * 10)
    match = ts_files.sniff([file])
    assert match is not None
    with pytest.raises(DataError) as caught:
        ts_files.read(match)
    assert caught.value.kind == Kind.UNREADABLE
