"""Cells in columns: the same as the rows that they came in, whatever their number and their types."""

import gzip
import json
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from noglue.tools.readers import _cells, _grids, records, sqlite
from noglue.tools.spec.data_form import CellForm, DataForm
from noglue.tools.spec.errors import DataError

VALUES = some.one_of(some.text(), some.none(), some.booleans(), some.integers(), some.dates())


@given(rows=some.lists(some.lists(VALUES, min_size=0, max_size=3), max_size=30))
def test_columns_are_the_rows(rows: list[list[object]]) -> None:
    grid = _grids.Grid.of(["a", "b", "c"], rows)
    expected = [[_cells.text(value) for value in row] + [""] * (3 - len(row)) for row in rows]
    plain = [[cell.encode("utf-8", "replace").decode() for cell in row] for row in expected]
    assert len(grid) == len(rows)
    assert grid.sample == plain


def test_more_cells_than_wait_for_their_place_at_once() -> None:
    count = 3 * _cells._AT_ONCE // 2
    grid = _grids.Grid.of(["number"], ([place] for place in range(count)))
    assert len(grid) == count
    assert grid.cells("number")[-1] == str(count - 1)


def test_records_may_bring_new_names_late() -> None:
    filler = _cells.Filler()
    for place in range(_cells._AT_ONCE + 10):
        filler.record({"a": place} if place < _cells._AT_ONCE else {"a": place, "late": "x"})
    late = filler.columns()[filler.names.index("late")].to_pylist()
    assert late == [""] * _cells._AT_ONCE + ["x"] * 10


@pytest.mark.parametrize(
    ("value", "form", "written"),
    [
        (2.5, CellForm(kind="number", decimal=","), "2,5"),
        (2.0, None, "2"),
        (float("nan"), None, ""),
        (date(2024, 1, 5), CellForm(kind="date", dates=["%d.%m.%Y"]), "05.01.2024"),
        (datetime(2024, 1, 5, 17, 30), CellForm(kind="date", dates=["%d.%m.%Y"]), "05.01.2024 17:30:00"),
        (datetime(2024, 1, 5), None, "2024-01-05"),
        (b"\0", None, ""),
    ],
)
def test_numbers_and_dates_of_the_file_are_written_by_the_form(
    value: object, form: CellForm | None, written: str
) -> None:
    assert _cells.text(value, form) == written


def test_half_of_a_pair_is_replaced(tmp_path: Path) -> None:
    file = tmp_path / "texts.jsonl"
    file.write_text('{"text": "see \\ud83d", "kind": "a"}\n' * 4)
    raw = records.read(records.readings([file])[0])
    assert raw.splits["all"]["text"].to_pylist() == ["see ?"] * 4


def test_a_line_of_json_ends_at_its_newline_alone(tmp_path: Path) -> None:
    texts = ["one\u2028line", "next\x85line", "form\x0cfeed", "plain"]
    file = tmp_path / "texts.json"
    file.write_text("".join(json.dumps({"text": text, "kind": "a"}, ensure_ascii=False) + "\n" for text in texts))
    raw = records.read(records.readings([file])[0])
    assert raw.splits["all"]["text"].to_pylist() == texts
    assert raw.lost == {}


def test_a_broken_second_line_is_one_row_that_is_lost(tmp_path: Path) -> None:
    file = tmp_path / "rows.json"
    file.write_text('{"x": 1}\nbroken\n' + '{"x": 2}\n' * 8)
    raw = records.read(records.readings([file])[0])
    assert raw.splits["all"].num_rows == 9
    assert raw.lost == {"rows.json: line 2 is no record of JSON": 1}


def test_lines_that_break_off_in_the_packing_say_where(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl.gz"
    whole = gzip.compress("".join(f'{{"x": {place}, "y": {place % 7}}}\n' for place in range(50_000)).encode())
    file.write_bytes(whole[: len(whole) // 2])
    (match,) = records.readings([file])
    with pytest.raises(DataError, match=r"rows.jsonl.gz can't be read: after line [\d,]+"):
        records.read(match)


def test_a_file_is_loaded_once_while_it_stays_the_same(tmp_path: Path) -> None:
    import sqlite3

    file = tmp_path / "pets.db"
    with sqlite3.connect(file) as base:
        base.execute("create table pets (kind text, mass real)")
        base.executemany("insert into pets values (?, ?)", [("cat", 4.5), ("dog", 20.0)] * 10)
    base.close()
    (match,) = sqlite.readings([file])
    first = sqlite._READER._tables(file, None)
    assert sqlite._READER._tables(file, None) is first
    assert sqlite.count(match) == {"all": 20}
    with sqlite3.connect(file) as base:
        base.execute("insert into pets values ('owl', 1.5)")
    base.close()
    assert sqlite.count(match) == {"all": 21}
    known = DataForm(cells={"kind": CellForm(kind="text"), "mass": CellForm(kind="number", decimal=",", thousands=".")})
    assert sqlite.read(match, form=known).splits["all"]["mass"].to_pylist()[:2] == [4.5, 20.0]
