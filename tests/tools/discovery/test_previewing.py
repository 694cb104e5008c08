"""What the first bytes of real files say."""

import gzip
import io
import zipfile

import numpy as np
import pytest
from sklearn.datasets import load_iris, load_wine

from noglue.tools.discovery.previewing import READABLE, read
from noglue.tools.net.reach import HEAD, Look


def look(content: bytes, name: str = "x") -> Look:
    return Look(f"https://example.org/{name}", "", name, content[:HEAD], len(content))


def iris_csv(sep: str = ",") -> bytes:
    data = load_iris(as_frame=True)
    frame = data.frame.assign(species=data.target_names[data.target]).drop(columns="target")
    return frame.to_csv(index=False, sep=sep).encode()


@pytest.mark.parametrize("sep", [",", ";", "\t"])
def test_a_table(sep):
    found = read(look(iris_csv(sep)))
    assert (found.format, found.modality) == ("csv", "table")
    assert found.columns[-1] == "species"
    assert found.values == {"species": ["setosa", "versicolor", "virginica"]}
    assert found.rows == 150


def test_the_rows_of_a_long_table_are_guessed():
    found = read(look(load_wine(as_frame=True).frame.to_csv(index=False).encode() * 20))
    assert found.rows == pytest.approx(178 * 20, rel=0.1)


def test_a_table_without_a_header_has_no_names():
    content = "\n".join(iris_csv().decode().splitlines()[1:]).encode()
    found = read(look(content))
    assert (found.format, found.columns, found.rows) == ("csv", [], 150)


def test_a_packed_table_is_still_a_table():
    found = read(look(gzip.compress(iris_csv()), "iris.csv.gz"))
    assert (found.format, found.columns[-1]) == ("csv", "species")


def packed(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_an_archive_says_what_is_in_it():
    photos = read(look(packed({"train/cat/1.jpg": b"\xff\xd8\xff", "train/dog/2.jpg": b"\xff\xd8\xff"})))
    assert (photos.format, photos.modality) == ("zip", "image")
    assert photos.members[0] == "train/cat/1.jpg"
    buffer = io.BytesIO()
    np.savez(buffer, x=np.zeros((3, 2)), y=np.arange(3))
    assert read(look(buffer.getvalue())).format == "npz"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"PAR1" + bytes(50), "parquet"),
        (b"Rar!\x1a\x07\x00", "rar"),
        (b"%PDF-1.7", "pdf"),
        (gzip.compress(b"\0\0\x08\x03" + bytes(60)), "idx"),
        (b"MATLAB 5.0 MAT-file", "matlab"),
        (b"@relation iris\n@attribute a numeric\n@data\n1\n", "arff"),
        (b'{"a": 1}\n{"a": 2}\n', "jsonl"),
        (b"once upon a time\nthere was no table\n", "text"),
        (b"\0\1\2\3" * 20, "unknown"),
        (b"", "empty"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_other_formats(content, kind):
    assert read(look(content)).format == kind


def test_what_no_reader_reads_is_not_called_readable():
    assert not READABLE & {"rar", "7z", "matlab", "hdf5", "arff", "pdf", "text", "json", "unknown", "empty"}
