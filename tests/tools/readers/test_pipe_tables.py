"""Tables drawn with bars: Markdown, Org, grids of reStructuredText, what psql and mysql print."""

from pathlib import Path

import pytest
from sklearn.datasets import load_iris

from noglue.tools.readers import delimited, pipe_tables
from noglue.tools.values.cells import settled
from tests.tools.readers.test_table_formats import likeliest

IRIS = load_iris()
NAMES = ["sepal_length", "sepal_width", "petal_length", "petal_width", "species"]
ROWS = [[*row, str(IRIS.target_names[label])] for row, label in zip(IRIS.data.tolist(), IRIS.target, strict=True)]
WIDTH = 14


def _row(cells: list, mark: str = " | ", outer: bool = True) -> str:
    line = mark.join(str(cell).ljust(WIDTH) for cell in cells)
    return f"| {line} |" if outer else f" {line}"


def _rule(corner: str, edge: str, dash: str = "-") -> str:
    return f"{edge}{corner.join([dash * (WIDTH + 2)] * len(NAMES))}{edge}"


def markdown() -> str:
    return "\n".join([_row(NAMES), _rule("|", "|"), *map(_row, ROWS)])


def bare_markdown() -> str:
    return "\n".join([" | ".join(NAMES), "--- | :--- | ---: | :-: | ---", *(" | ".join(map(str, row)) for row in ROWS)])


def org() -> str:
    return "* Flowers\n" + "\n".join([_row(NAMES), _rule("+", "|"), *map(_row, ROWS)])


def grid() -> str:
    rule = _rule("+", "+")
    return "\n".join([rule, _row(NAMES), _rule("+", "+", "="), *(f"{_row(row)}\n{rule}" for row in ROWS)])


def mysql() -> str:
    rule = _rule("+", "+")
    return "\n".join([rule, _row(NAMES), rule, *map(_row, ROWS), rule, "150 rows in set (0.00 sec)"])


def psql() -> str:
    return "\n".join(
        [_row(NAMES, outer=False), _rule("+", ""), *(_row(row, outer=False) for row in ROWS), "(150 rows)"]
    )


@pytest.mark.parametrize("ending", [".md", ".txt", ""])
@pytest.mark.parametrize("drawn", [markdown, bare_markdown, org, grid, mysql, psql])
def test_a_drawn_table(tmp_path: Path, drawn, ending: str) -> None:
    path = tmp_path / f"iris{ending}"
    path.write_text(f"Measured in 1936.\n\n{drawn()}\n\nThat is all.\n")
    reader, match = likeliest(path)
    assert reader is pipe_tables
    raw = settled(reader.read(match))
    assert [list(row.values()) for row in raw.splits["all"].to_pylist()] == ROWS
    assert raw.splits["all"].column_names == NAMES
    assert reader.count(match) == {"all": 150}
    assert settled(reader.read(match, form=raw.form), raw.form).splits["all"].equals(raw.splits["all"])


def test_cells_with_marks_rows_too_long_and_several_tables(tmp_path: Path) -> None:
    rows = [f"| **{'ab'[place % 2]}** | {place} \\| {place} | `{place}` |" for place in range(12)]
    rows[3] += " more |"
    rows[5] = "| a |"
    document = ["# Train", "", "| kind | pair | code |", "|---|---|---|", *rows, "", "# Other", "",
                "| x | y |", "|---|---|", *("| 1 | 2 |" for _ in range(4))]  # fmt: skip
    (tmp_path / "notes.md").write_text("\n".join(document))
    match = pipe_tables.sniff([tmp_path / "notes.md"])
    assert match is not None
    raw = pipe_tables.read(match)
    (table,) = raw.splits.values()
    assert table.num_rows == 11
    assert sum(raw.lost.values()) == 1
    assert table.slice(0, 1).to_pylist() == [{"kind": "a", "pair": "0 | 0", "code": 0}]
    assert table["pair"].null_count == 1


def test_a_readme_beside_data_stays_one(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(markdown())
    (tmp_path / "iris.csv").write_text("\n".join(",".join(map(str, row)) for row in [NAMES, *ROWS]))
    files = sorted(tmp_path.iterdir())
    table, readme = delimited.sniff(files), pipe_tables.sniff(files)
    assert table is not None
    assert readme is not None
    assert table.confidence > readme.confidence + 0.3


@pytest.mark.parametrize("text", ["a | b\n" * 9, "# Title\n\n---\n\ntext\n", "| not | a | table\n" * 9])
def test_prose_is_no_table(tmp_path: Path, text: str) -> None:
    (tmp_path / "notes.md").write_text(text)
    assert pipe_tables.sniff([tmp_path / "notes.md"]) is None
