"""How the rows of a table of text end: with a delimiter too many, with lone carriage returns, with several kinds."""

from pathlib import Path

import pytest

from noglue.tools.readers import delimited

ROWS = [f"{place},{place * 0.5},{'ab'[place % 2]}" for place in range(40)]


def read(path: Path, text: str):
    path.write_bytes(text.encode())
    match = delimited.sniff([path])
    assert match is not None
    raw = delimited.read(match)
    assert delimited.count(match) == {"all": 40}
    again = delimited.read(match, form=raw.form)
    assert again.splits["all"].equals(raw.splits["all"])
    return raw.splits["all"]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("above", [True, False])
def test_a_delimiter_behind_the_last_cell_is_no_column(tmp_path: Path, mark: str, above: bool) -> None:
    lines = [f"x,y,z{',' * above}", *(f"{row}," for row in ROWS)]
    table = read(tmp_path / "t.csv", "\n".join(lines).replace(",", mark) + "\n")
    assert table.column_names == ["x", "y", "z"]
    assert table["z"].to_pylist() == ["a", "b"] * 20


def test_what_stands_behind_it_further_down_is_not_lost(tmp_path: Path) -> None:
    rows = [f"{place},a," for place in range(3000)] + ["3000,b,late"]
    (tmp_path / "t.csv").write_text("\n".join(["x,y,", *rows]) + "\n")
    match = delimited.sniff([tmp_path / "t.csv"])
    assert match is not None
    table = delimited.read(match).splits["all"]
    assert table.column_names == ["x", "y", "column_3"]
    assert table["column_3"].to_pylist()[-1] == "late"


def test_a_named_column_without_values_stays(tmp_path: Path) -> None:
    table = read(tmp_path / "t.csv", "\n".join(["x,y,z,w", *(f"{row}," for row in ROWS)]) + "\n")
    assert table.column_names == ["x", "y", "z", "w"]


@pytest.mark.parametrize(
    "ends", [["\r"], ["\r\n", "\r"], ["\n", "\r"], ["\r", "\r", "\n"], ["\n", "\r\n"], ["\r\n", "\n", "\r"]]
)
@pytest.mark.parametrize("last", [True, False])
def test_rows_end_as_they_will(tmp_path: Path, ends: list[str], last: bool) -> None:
    text = "".join(line + ends[place % len(ends)] for place, line in enumerate(["x,y,z", *ROWS]))
    table = read(tmp_path / "t.csv", text if last else text.rstrip("\r\n"))
    assert table["x"].to_pylist() == list(range(40))


def test_a_carriage_return_in_a_cell_ends_no_row(tmp_path: Path) -> None:
    text = "x,y,z\n" + "".join(f'{place},"one\rtwo",{place}\n' for place in range(40))
    assert read(tmp_path / "t.csv", text)["y"].to_pylist() == ["one\rtwo"] * 40
