"""JSON whose table lies deeper, as servers answer, and the forms that services give one."""

import json
from pathlib import Path
from typing import Any

import pytest
from sklearn.datasets import load_iris

from noglue.tools.readers import records
from noglue.tools.values.cells import settled

IRIS = load_iris()
NAMES = ["sepal_length", "sepal_width", "petal_length", "petal_width", "species"]
CELLS = [[*row, str(IRIS.target_names[label])] for row, label in zip(IRIS.data.tolist(), IRIS.target, strict=True)]
LIST = [dict(zip(NAMES, row, strict=True)) for row in CELLS]
META = {"count": 150, "page": 1, "links": {"next": None, "tags": ["a", "b"]}}
COLUMNS = [{"name": name, "type": "text", "position": place} for place, name in enumerate(NAMES)]

DOCUMENTS: dict[str, Any] = {
    "two levels": {"result": {"orders": LIST}},
    "beside others": {"status": "ok", "meta": META, "result": {"total": 150, "page": {"orders": LIST}}},
    "rows and columns": {"meta": META, "data": {"rows": CELLS, "columns": NAMES}},
    "fields": {"result": {"fields": COLUMNS, "records": CELLS}},
    "described elsewhere": {"meta": {"view": {"columns": COLUMNS}}, "data": CELLS},
    "a sheet": {"range": "A1:E151", "values": [NAMES, *CELLS]},
    "rows alone": [NAMES, *CELLS],
    "columns deeper": {"meta": META, "data": {name: [row[name] for row in LIST] for name in NAMES}},
}  # fmt: skip


def read(path: Path, content: Any):
    path.write_text(json.dumps(content))
    match = records.sniff([path])
    assert match is not None
    raw = settled(records.read(match))
    assert records.count(match) == {split: table.num_rows for split, table in raw.splits.items()}
    return raw


@pytest.mark.parametrize("name", list(DOCUMENTS))
def test_the_table_inside(tmp_path: Path, name: str) -> None:
    assert read(tmp_path / "iris.json", DOCUMENTS[name]).splits["all"].to_pylist() == LIST


def test_records_by_their_identifiers(tmp_path: Path) -> None:
    by_id = {f"flower-{place}": {**record, "size": {"whole": place}} for place, record in enumerate(LIST)}
    for content in (by_id, {"status": "ok", "flowers": by_id}):
        rows = read(tmp_path / "iris.json", content).splits["all"].to_pylist()
        assert [row.pop("key") for row in rows] == list(by_id)
        assert [row.pop("size.whole") for row in rows] == list(range(150))
        assert rows == LIST


def test_splits_inside(tmp_path: Path) -> None:
    raw = read(tmp_path / "iris.json", {"result": {"train": LIST[:100], "test": LIST[100:]}})
    assert {split: table.num_rows for split, table in raw.splits.items()} == {"train": 100, "test": 50}


def test_rows_of_another_length_are_told(tmp_path: Path) -> None:
    raw = read(tmp_path / "iris.json", {"data": {"columns": NAMES, "rows": [*CELLS, [1, 2]]}})
    assert (raw.splits["all"].num_rows, sum(raw.lost.values())) == (150, 1)


@pytest.mark.parametrize("content", [META, {"scripts": {"a": "b"}, "dependencies": {"c": "1"}, "files": ["x"]}, [1, 2]])
def test_settings_are_no_table(tmp_path: Path, content: Any) -> None:
    (tmp_path / "a.json").write_text(json.dumps(content))
    match = records.sniff([tmp_path / "a.json"])
    assert match is None or match.confidence < 0.5
