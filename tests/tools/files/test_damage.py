"""What damaged files do to readers and archives ends in an error with a name and of a length that can be read."""

import zipfile
from pathlib import Path

import pytest

from noglue.tools import extract
from noglue.tools.files import damage
from noglue.tools.files.archives.guard import bad
from noglue.tools.readers import arff, statistics_files, ts_files
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.step import Step


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


def test_a_member_without_a_name(tmp_path: Path) -> None:
    file = tmp_path / "pictures.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.png", b"x")
    content = file.read_bytes()
    place = content.index(b"PK\x01\x02")
    nameless = content[: place + 28] + b"\0\0" + content[place + 30 : place + 46] + content[place + 51 :]
    end = nameless.index(b"PK\x05\x06")
    size = int.from_bytes(nameless[end + 12 : end + 16], "little") - 5
    file.write_bytes(nameless[: end + 12] + size.to_bytes(4, "little") + nameless[end + 16 :])
    run = tmp_path / "run"
    (run / "steps" / "extract").mkdir(parents=True)
    with pytest.raises(DataError, match=r"pictures.zip can't be unpacked"):
        extract.run(extract.Args(files=[str(file)]), Step(run / "steps" / "extract", run))


def test_blank_lines_without_end_are_looked_through_once(tmp_path: Path) -> None:
    blank = tmp_path / "blank"
    blank.write_bytes(b"\n \n" * 5000)
    commented = tmp_path / "weather"
    commented.write_text(
        "% of the weather\n\n  % more\n@RELATION weather\n@attribute a numeric\n@data\n" + "1\n2\n" * 9
    )
    matches = arff.readings([blank, commented])
    assert [match.files for match in matches] == [{"all": [commented]}]
