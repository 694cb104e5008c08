"""Columns that stand under each other, commas within text, notes above, lines that begin with a mark."""

import random
from pathlib import Path

import pytest

from noglue.tools.readers import delimited
from noglue.tools.spec.protocols import Raw

CHANCE = random.Random(5)


def read(path: Path, text: str) -> Raw:
    path.write_text(text)
    match = delimited.sniff([path])
    assert match is not None
    assert sum(delimited.count(match).values()) == sum(one.num_rows for one in delimited.read(match).splits.values())
    return delimited.read(match)


@pytest.mark.parametrize("right", [False, True])
@pytest.mark.parametrize("holes", [0.0, 0.2, 0.6])
def test_columns_of_fixed_width(tmp_path: Path, right: bool, holes: float) -> None:
    towns = ["Bad Ems", "Ulm", "San Juan Bay", "Oslo"]
    rows = [
        [CHANCE.choice(towns), f"{n / 4:.2f}", "" if CHANCE.random() < holes else str(n * 13 % 900), "MF"[n % 2]]
        for n in range(60)
    ]
    widths = (14, 8, 7, 6)

    def line(cells: list[str]) -> str:
        first, *others = cells
        pairs = zip(others, widths[1:], strict=True)
        padded = [one.rjust(width - 1) + " " if right else one.ljust(width) for one, width in pairs]
        return first.ljust(widths[0]) + "".join(padded)

    raw = read(tmp_path / "t.txt", "\n".join(map(line, [["town", "size", "mass", "sex"], *rows])) + "\n")
    table = raw.splits["all"]
    assert table.column_names == ["town", "size", "mass", "sex"]
    assert table["town"].to_pylist() == [row[0] for row in rows]
    assert table["mass"].to_pylist() == [int(row[2]) if row[2] else None for row in rows]
    assert not raw.lost


def test_names_of_two_words_over_either_end_of_their_column(tmp_path: Path) -> None:
    lines = ["Name            Weight (kg)   Mean height  Group"]
    for n in range(40):
        height = "" if n % 4 == 0 else str(n + 100)
        lines.append(f"{'Jo Ann Smith' if n % 2 else 'Bo':<16}{n * 1.5:>11.1f}   {height:<13}{'AB'[n % 2]}")
    table = read(tmp_path / "t.txt", "\n".join(lines) + "\n").splits["all"]
    assert table.column_names == ["Name", "Weight (kg)", "Mean height", "Group"]
    assert table["Name"].to_pylist()[:2] == ["Bo", "Jo Ann Smith"]
    assert table["Mean height"].to_pylist()[:2] == [None, 101]


def test_a_cell_that_runs_into_the_next_column_is_counted(tmp_path: Path) -> None:
    rows = [f"{'ab' * 2:<8}{'' if n % 3 else n:<6}{n}" for n in range(2000)]
    rows[1500] = "abcdefghijklmno 17"
    raw = read(tmp_path / "t.txt", "\n".join([f"{'name':<8}{'size':<6}mass", *rows]) + "\n")
    assert (raw.splits["all"].num_rows, sum(raw.lost.values())) == (1999, 1)


@pytest.mark.parametrize("mark", ["#", "@", "", "%"])
def test_lines_that_begin_with_a_mark_are_rows_where_they_look_like_rows(tmp_path: Path, mark: str) -> None:
    rows = [
        f"{mark if n % 4 == 0 else ''}word{n} it broke{', after a week' * (n % 3)},{'ab'[n % 2]}" for n in range(90)
    ]
    raw = read(tmp_path / "t.csv", "\n".join(["text,mood", *rows]) + "\n")
    assert raw.splits["all"].num_rows == 90
    assert set(raw.splits["all"]["mood"].to_pylist()) == {"a", "b"}


def test_comments_are_told(tmp_path: Path) -> None:
    raw = read(tmp_path / "t.csv", "a,b\n" + "1,2\n" * 40 + "# a note\n" + "3,4\n" * 9)
    assert raw.splits["all"].num_rows == 49
    assert raw.skipped == ["t.csv: 1 line that begin with '#' left out"]


@pytest.mark.parametrize("above", [["Survey,,"], ["Survey,,", ",,", "Exported,2024,"], [",,"]])
def test_notes_that_are_filled_up(tmp_path: Path, above: list[str]) -> None:
    raw = read(tmp_path / "t.csv", "\n".join([*above, "kind,mass,size", *(f"a{n % 3},{n},{n * 2}" for n in range(20))]))
    assert raw.splits["all"].column_names == ["kind", "mass", "size"]
    assert raw.splits["all"].num_rows == 20


def test_rows_of_many_holes_are_no_notes(tmp_path: Path) -> None:
    raw = read(tmp_path / "t.csv", "a,b,c\n" + "1,,\n,,2\nx,y,z\n" * 5)
    assert raw.splits["all"].column_names == ["a", "b", "c"]
    assert raw.splits["all"].num_rows == 15
