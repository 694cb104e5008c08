"""Workbooks, JSON, sparse rows: the same table comes out as from a CSV."""

import datetime
import json
import sqlite3
import struct
import zipfile
from contextlib import closing
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from noglue.tools.readers import delimited, excel, records, sparse
from noglue.tools.spec import catalogue
from noglue.tools.spec.data_form import CellForm, DataForm
from noglue.tools.spec.errors import DataError
from noglue.tools.spec.protocols import Raw

RECORDS: list[dict[str, Any]] = [
    {"kind": "ab"[n % 2], "mass": n / 4, "count": n, "seen": datetime.date(2024, 1 + n % 12, 3)} for n in range(30)
]


def book(path: Path, **sheets: list[list[object]]) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    made.save(path)
    return path


def rows() -> list[list[object]]:
    return [list(RECORDS[0]), *[list(record.values()) for record in RECORDS]]


def written() -> list[dict[str, Any]]:
    return [record | {"seen": str(record["seen"])} for record in RECORDS]


@pytest.fixture
def as_text(tmp_path: Path) -> Raw:
    lines = [",".join(RECORDS[0]), *(",".join(map(str, record.values())) for record in RECORDS)]
    (tmp_path / "t.csv").write_text("\n".join(lines))
    match = delimited.sniff([tmp_path / "t.csv"])
    assert match is not None
    return delimited.read(match)


@pytest.mark.parametrize("above", [0, 1, 3])
@pytest.mark.parametrize("margin", [0, 2])
def test_a_sheet_is_the_table(tmp_path: Path, as_text: Raw, above: int, margin: int) -> None:
    notes: list[list[object]] = [["Survey", None, None], [None], ["exported", datetime.date(2024, 1, 5), None]][:above]
    path = book(tmp_path / "t.xlsx", data=[[None] * margin + row for row in [*notes, *rows()]])
    match = excel.sniff([path])
    assert match is not None
    assert excel.count(match) == {"all": 30}
    assert excel.read(match).splits["all"].equals(as_text.splits["all"])


def test_sheets_are_readings(tmp_path: Path) -> None:
    people = [["id", "a", "b"], *[[f"k{n}", n, n % 3] for n in range(20)]]
    pets = [["pet", "legs", "age", "owner"], *[[f"p{n}", 4, n, f"k{n // 2}"] for n in range(40)]]
    found = excel.readings([book(tmp_path / "shop.xlsx", people=people, pets=pets, empty=[])])
    assert sorted(excel.read(match).splits["all"].num_rows for match in found) == [20, 40]
    assert {match.labels_from for match in found} == {"people", "pets"}


def test_sheets_named_like_splits(tmp_path: Path) -> None:
    train = [["a", "b", "y"], *[[n, n % 5, n % 2] for n in range(20)]]
    test = [row[:2] for row in train[:6]]
    (match,) = excel.readings([book(tmp_path / "all.xlsx", train=train, test=test)])
    raw = excel.read(match)
    assert {split: one.num_rows for split, one in raw.splits.items()} == {"train": 20, "unlabelled": 5}
    assert raw.target == "y"


def test_native_cells_follow_the_form_of_a_file_of_text(tmp_path: Path) -> None:
    path = book(
        tmp_path / "t.xlsx", data=[["size", "sold"], [1.5, datetime.date(2024, 3, 4)], [1234.5, None], [7, None]]
    )
    form = DataForm(cells={"size": CellForm(kind="number", decimal=",", thousands="."),
                           "sold": CellForm(kind="date", dates=["%d.%m.%Y"])})  # fmt: skip
    match = excel.sniff([path])
    assert match is not None
    raw = excel.read(match, form=form)
    assert raw.splits["all"]["size"].to_pylist() == [1.5, 1234.5, 7.0]
    assert raw.splits["all"]["sold"].to_pylist()[0] == datetime.datetime(2024, 3, 4)
    assert not raw.strays


@pytest.mark.parametrize("content", [b"no workbook", b"PK\x03\x04 cut off", b"\xd0\xcf\x11\xe0 locked"])
def test_what_is_no_workbook_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "t.xlsx").write_bytes(content)
    match = excel.sniff([tmp_path / "t.xlsx"])
    assert match is not None
    with pytest.raises(DataError, match=r"t\.xlsx") as caught:
        excel.read(match)
    assert caught.value.kind == "unreadable"


def forms() -> dict[str, str]:
    told = written()
    columns = {name: [one[name] for one in told] for name in told[0]}
    return {
        "lines.jsonl": "\n".join(map(json.dumps, told)),
        "lines.json": "\n".join(map(json.dumps, told)) + "\n",
        "list.json": json.dumps(told, indent=2),
        "within.json": json.dumps({"version": 1, "data": told}),
        "columns.json": json.dumps(columns),
        "pandas.json": json.dumps({name: dict(enumerate(column)) for name, column in columns.items()}),
        "split.json": json.dumps({"columns": list(columns), "index": list(range(30)),
                                  "data": [list(one.values()) for one in told]}),
    }  # fmt: skip


@pytest.mark.parametrize("name", list(forms()))
def test_every_form_of_json_is_the_table(tmp_path: Path, as_text: Raw, name: str) -> None:
    (tmp_path / name).write_text(forms()[name])
    match = records.sniff([tmp_path / name])
    assert match is not None
    assert records.count(match) == {"all": 30}
    assert records.read(match).splits["all"].equals(as_text.splits["all"])


def test_several_lists_of_records_are_tables(tmp_path: Path) -> None:
    path = tmp_path / "sets.json"
    path.write_text(json.dumps({"train": written()[:20], "test": written()[20:], "made": "by hand"}))
    (match,) = records.readings([path])
    assert {split: table.num_rows for split, table in records.read(match).splits.items()} == {"train": 20, "test": 10}
    path.write_text(json.dumps({"animals": written(), "pens": [{"pen": n, "wide": n * 2} for n in range(12)]}))
    assert [records.read(one).splits["all"].num_rows for one in records.readings([path])] == [30, 12]


def test_columns_of_one_name_are_told(tmp_path: Path) -> None:
    lines = [[1, 2, "ab"[n % 2], n] for n in range(30)]
    book(tmp_path / "b.xlsx", one=[["size", "y", "kind", "y"], *lines])
    (tmp_path / "t.csv").write_text("\n".join(["size,y,kind,y", *(",".join(map(str, line)) for line in lines)]))
    for reader, name in ((excel, "b.xlsx"), (delimited, "t.csv")):
        match = reader.sniff([tmp_path / name])
        assert match is not None
        raw = reader.read(match)
        assert raw.splits["all"].column_names == ["size", "y", "kind", "y_2"]
        assert any("2 columns are called y, and are read as y, y_2" in line for line in [*raw.skipped, *raw.notes])


def test_records_within_records(tmp_path: Path) -> None:
    told = [{"a": {"b": n, "c": [n, n + 1]}, "words": ["x", "y"], "seen": True, "no": [{"p": 1}]} for n in range(5)]
    (tmp_path / "t.json").write_text(json.dumps(told))
    match = records.sniff([tmp_path / "t.json"])
    assert match is not None
    raw = records.read(match)
    assert raw.splits["all"].column_names == ["a.b", "a.c.0", "a.c.1", "words", "seen"]
    assert raw.splits["all"]["words"].to_pylist()[0] == "x y"
    assert raw.splits["all"]["seen"].to_pylist()[0] is True
    assert len(raw.skipped) == 1


def test_a_broken_line_is_counted_and_keeps_its_place_among_new_rows(tmp_path: Path) -> None:
    lines = [*map(json.dumps, written())]
    lines[4] = '{"kind": "a", '
    (tmp_path / "t.jsonl").write_text("\n".join(lines))
    match = records.sniff([tmp_path / "t.jsonl"])
    assert match is not None
    raw = records.read(match)
    assert (raw.splits["all"].num_rows, sum(raw.lost.values())) == (29, 1)
    again = records.read(match, form=raw.form)
    assert again.splits["all"].num_rows == 30
    assert list(again.problems["all"]) == [4]


@pytest.mark.parametrize("text", ["{}", "[]", '{"name": "a package", "scripts": {"x": "y"}}', "[1, 2]"])
def test_what_is_no_table_of_json(tmp_path: Path, text: str) -> None:
    (tmp_path / "t.json").write_text(text)
    assert records.sniff([tmp_path / "t.json"]) is None


def test_sparse_rows(tmp_path: Path) -> None:
    (tmp_path / "train.svm").write_text("+1 1:0.5 3:2 # a note\n-1 qid:4 2:1e-3\n\n-1\n+1 3:-2.5\n")
    match = sparse.sniff([tmp_path / "train.svm"])
    assert match is not None
    raw = sparse.read(match)
    assert raw.target == "label"
    rows = next(iter(raw.splits.values()))
    assert rows.column_names == ["label", "qid", "feature_1", "feature_2", "feature_3"]
    assert rows["label"].to_pylist() == ["1", "-1", "-1", "1"]
    assert rows["feature_3"].to_pylist() == [2.0, 0.0, 0.0, -2.5]
    assert sum(sparse.count(match).values()) == 4
    (tmp_path / "new.svm").write_text("2:5 9:1\n1:1\n")
    new = sparse.sniff([tmp_path / "new.svm"])
    assert new is not None
    told = sparse.read(new, form=raw.form).splits["all"]
    assert {"feature_1", "feature_2", "feature_3"} <= set(told.column_names)
    assert told["feature_2"].to_pylist() == [5.0, 0.0]


@pytest.mark.parametrize("text", ["a b c\n1 2 3\n", "10:30 11:45 12:00\nx y z\n", "time 10:30 rain\n", "{a: 1}\n"])
def test_what_is_not_sparse(tmp_path: Path, text: str) -> None:
    (tmp_path / "t.txt").write_text(text * 3)
    assert sparse.sniff([tmp_path / "t.txt"]) is None


def opendocument(path: Path) -> None:
    """As LibreOffice writes it, with the empty rows and cells that fill a sheet."""

    def cell(value: object) -> str:
        if isinstance(value, datetime.date):
            return f'<table:table-cell office:value-type="date" office:date-value="{value}"/>'
        if isinstance(value, int | float):
            return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
        return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'

    empty = '<table:table-cell table:number-columns-repeated="16000"/>'
    lines = ["<table:table-row>" + "".join(map(cell, row)) + empty + "</table:table-row>" for row in rows()]
    lines.append(f'<table:table-row table:number-rows-repeated="1000000">{empty}</table:table-row>')
    names = " ".join(
        f'xmlns:{one}="urn:oasis:names:tc:opendocument:xmlns:{one}:1.0"' for one in ("office", "table", "text")
    )
    sheet = f'<table:table table:name="Sheet1">{"".join(lines)}</table:table>'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("content.xml", f"<office:document-content {names}>{sheet}</office:document-content>")


def excel_2(path: Path) -> None:
    """The oldest form of `.xls`: a row of numbered records for each cell."""
    made = [struct.pack("<HHHH", 9, 4, 2, 0x10)]
    for place, row in enumerate(rows()):
        for column, value in enumerate(row):
            where = struct.pack("<HH3x", place, column)
            if isinstance(value, int | float):
                made.append(struct.pack("<HH", 3, 15) + where + struct.pack("<d", value))
            else:
                text = str(value).encode()
                made.append(struct.pack("<HH", 4, 8 + len(text)) + where + bytes([len(text)]) + text)
    path.write_bytes(b"".join([*made, struct.pack("<HH", 10, 0)]))


def weka(path: Path) -> None:
    told = "% a note\n@RELATION 'a test'\n@attribute kind {a, b}\n@attribute mass numeric\n"
    told += "@attribute count INTEGER\n@attribute 'seen' date 'yyyy-MM-dd'\n@DATA\n"
    path.write_text(told + "".join("{kind}, {mass},{count},'{seen}'\n".format(**one) for one in written()))


def data_base(path: Path) -> None:
    with closing(sqlite3.connect(path)) as base:
        base.execute('create table "the table" (kind text, mass real, count integer, seen text)')
        base.executemany('insert into "the table" values (?, ?, ?, ?)', [tuple(one.values()) for one in written()])
        base.commit()


def stata(path: Path) -> None:
    import pandas as pd

    told = pd.DataFrame(RECORDS)
    told["seen"] = pd.to_datetime(told["seen"])
    told.to_stata(path, write_index=False)


@pytest.mark.parametrize(
    ("reader", "name", "make"),
    [
        ("opendocument", "t.ods", opendocument),
        ("excel", "t.xls", excel_2),
        ("arff", "t.arff", weka),
        ("sqlite", "t.db", data_base),
        ("statistics_files", "t.dta", stata),
    ],
)
def test_other_programs_write_the_same_table(tmp_path: Path, as_text: Raw, reader: str, name: str, make: Any) -> None:
    make(tmp_path / name)
    module = catalogue.load("noglue.tools.readers", reader)
    match = module.sniff([tmp_path / name])
    assert module.count(match) == {"all": 30}
    assert module.read(match).splits["all"].equals(as_text.splits["all"])
    (tmp_path / name).write_bytes((tmp_path / name).read_bytes()[:90])
    broken = module.sniff([tmp_path / name])
    if broken is not None:
        with pytest.raises(DataError, match=name):
            module.read(broken)


def test_sparse_rows_of_weka(tmp_path: Path) -> None:
    (tmp_path / "t.arff").write_text(
        "@relation t\n@attribute a numeric\n@attribute b numeric\n@attribute c {no, yes}\n@data\n"
        "{0 5.5, 2 yes}\n{}\n{1 3}\n"
    )
    module = catalogue.load("noglue.tools.readers", "arff")
    table = module.read(module.sniff([tmp_path / "t.arff"])).splits["all"]
    assert table.to_pydict() == {"a": [5.5, 0, 0], "b": [0, 0, 3], "c": ["yes", "no", "no"]}
