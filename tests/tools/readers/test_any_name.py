"""Tables are known by content: without an ending, or under another format's; and texts are still no tables."""

import random
from pathlib import Path

import pandas as pd
import pytest

from noglue.tools.readers import delimited, records
from noglue.tools.values.cells import settled
from tests.tools.readers.test_table_formats import FORMATS, iris, likeliest, plain

BY_CONTENT = ["json records", "json lines", "orc", "avro", "duckdb", "sqlite", "sav", "stata", "sas", "excel", "arff"]
PROSE = """The cats of the house are fed at six, at noon, and at nine.
No cat is fed twice, however loudly it says otherwise, and whatever it says.
Kittens, of which there are four, eat more often, in smaller portions.
Dr. Meyer, the vet, calls on Monday, Wednesday and Friday.
Please close the door, the window, and the box.
In 2019, 12 cats, 3 dogs and 1 parrot lived here.
"""
MAIL = "From: ann@example.org\nTo: bob@example.org\nSubject: lunch\n\nShall we meet at 12, 13 or 14?\nAnn, 555-1234\n"
CODE = "import os, sys\n\ndef f(a, b):\n    return a, b\n\nx, y = f(1, 2)\nprint(x, y)\nprint(y, x)\n"


@pytest.mark.parametrize("ending", ["", ".bin", ".csv.bak", ".1"])
@pytest.mark.parametrize("name", [*BY_CONTENT, "csv", "parquet", "feather"])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_table_under_any_name(tmp_path: Path, name: str, ending: str) -> None:
    if name == "duckdb" and ending:
        pytest.skip("a database of DuckDB is known by ending or without any")
    table = tmp_path / "strange" / f"0000{ending}"
    table.parent.mkdir()
    if name in FORMATS:
        FORMATS[name](iris(), tmp_path).rename(table)
    else:
        frame = pd.DataFrame(iris())
        write = {"csv": lambda: frame.to_csv(table, index=False), "parquet": lambda: frame.to_parquet(table),
                 "feather": lambda: frame.to_feather(table)}  # fmt: skip
        write[name]()
    reader, match = likeliest(table)
    raw = settled(reader.read(match))
    found = plain(raw)
    assert [value.lower() for value in found["Species"]] == [row["Species"].lower() for row in iris()]
    assert found["Sepal_Length"] == [row["Sepal_Length"] for row in iris()]
    assert reader.count(match) == {"all": 150}


@pytest.mark.parametrize("text", [PROSE, PROSE * 20, MAIL, CODE, "one line\n" * 40, "a b c\n" * 40, "x, y\n" * 3])
@pytest.mark.parametrize("name", ["README", "LICENSE", "notes", "0001", "letter.old", "part.tex"])
def test_texts_under_any_name_are_no_tables(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    assert delimited.sniff([tmp_path / name]) is None


def test_log_lines_and_sets_are_no_json(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("[2024-01-05 12:00:00] started\n[2024-01-05 12:00:01] stopped\n" * 9)
    (tmp_path / "set").write_text("{a, b, c}\n{d, e}\n" * 9)
    assert records.sniff([tmp_path / "log", tmp_path / "set"]) is None


def test_one_table_among_many_texts_without_endings_is_none(tmp_path: Path) -> None:
    draw = random.Random(0)
    words = PROSE.split()
    for place in range(30):
        lines = (" ".join(draw.choices(words, k=12)) for _ in range(20))
        (tmp_path / f"{place}").write_text("\n".join(lines))
    (tmp_path / "table").write_text("a,b\n" + "1,2\n" * 20)
    assert delimited.sniff(sorted(tmp_path.iterdir())) is None
    assert delimited.sniff([tmp_path / "table"]) is not None


def test_an_ending_tells_first(tmp_path: Path) -> None:
    (tmp_path / "iris.csv").write_text("a,b\n" + "1,2\n" * 20)
    (tmp_path / "old").write_text("c,d\n" + "1,2\n" * 20)
    matches = delimited.readings(sorted(tmp_path.iterdir()))
    assert [match.files for match in matches] == [{"all": [tmp_path / "iris.csv"]}]
