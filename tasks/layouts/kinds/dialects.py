"""Ways to write a table as text: marks, quotes, headers, encodings."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from noglue.tasks.layouts.layout import Expected, layout, of_table
from noglue.tasks.layouts.real_data import areas, iris, passages, wine

SPECIES = "Predict the species."
CULTIVAR = "Predict the cultivar."
DIAGNOSIS = "Predict the diagnosis."


def _lines(rows: Sequence[Sequence[Any]], delimiter: str = ",") -> list[str]:
    return [delimiter.join(map(str, row)) for row in rows]


def _put(path: Path, lines: Sequence[str], encoding: str = "utf-8", end: str = "\n") -> None:
    path.write_bytes((end.join(lines) + end).encode(encoding))


@layout(CULTIVAR, plain="wine_csv")
def wine_decimal_comma(place: Path) -> Expected:
    wine().to_csv(place / "wine.csv", index=False, sep=";", decimal=",")
    return of_table(wine(), "cultivar")


@layout("Predict the subject of each text.")
def texts_quoted_newlines(place: Path) -> Expected:
    with (place / "texts.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "subject"])
        writer.writerows([[text.replace(". ", '.\n"so", '), subject] for subject, text in passages()])
    return Expected(("table", "text"), 120, ("subject",), ("files", "network", "numbers"))


@layout("Predict the subject of each text.")
def texts_backslash_escapes(place: Path) -> Expected:
    with (place / "texts.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL, doublequote=False, escapechar="\\")
        writer.writerow(["text", "subject"])
        writer.writerows([[text.replace(". ", '. "so", '), subject] for subject, text in passages()])
    return Expected(("table", "text"), 120, ("subject",), ("files", "network", "numbers"))


@layout(SPECIES, plain="iris_csv")
def iris_byte_order_mark(place: Path) -> Expected:
    iris().to_csv(place / "iris.csv", index=False, encoding="utf-8-sig")
    return of_table(iris(), "species")


@layout(SPECIES, plain="iris_csv")
def iris_utf16(place: Path) -> Expected:
    iris().to_csv(place / "iris.csv", index=False, encoding="utf-16", sep="\t")
    return of_table(iris(), "species")


@layout("Predict Größe_ändert_Art.")
def iris_latin1(place: Path) -> Expected:
    frame = iris().rename(columns={"species": "Größe_ändert_Art"})
    frame["Größe_ändert_Art"] = "Schwertlilie süß " + frame["Größe_ändert_Art"]
    frame.to_csv(place / "iris.csv", index=False, encoding="latin-1")
    return of_table(frame, "Größe_ändert_Art")


@layout("Predict 品种.")
def iris_gbk(place: Path) -> Expected:
    frame = iris().rename(columns={"species": "品种", "petal_width": "花瓣宽度"})
    frame["品种"] = frame["品种"].map({"setosa": "山鸢尾", "versicolor": "变色鸢尾", "virginica": "维吉尼亚鸢尾"})
    frame.to_csv(place / "iris.csv", index=False, encoding="gbk")
    return of_table(frame, "品种")


@layout(SPECIES, plain="iris_csv")
def iris_carriage_returns(place: Path) -> Expected:
    _put(place / "iris.csv", _lines([list(iris().columns), *iris().values.tolist()]), end="\r\n")
    return of_table(iris(), "species")


@layout(SPECIES, plain="iris_csv")
def iris_old_mac_lines(place: Path) -> Expected:
    _put(place / "iris.csv", _lines([list(iris().columns), *iris().values.tolist()]), end="\r")
    return of_table(iris(), "species")


@layout(SPECIES, plain="iris_csv")
def iris_comments_above(place: Path) -> Expected:
    head = ["# measured in the Gaspé Peninsula", "# lengths in cm, one flower a line"]
    _put(place / "iris.csv", [*head, *_lines([list(iris().columns), *iris().values.tolist()])])
    return of_table(iris(), "species")


@layout(SPECIES, plain="iris_csv")
def iris_notes_above(place: Path) -> Expected:
    head = ["Flowers of three kinds", "Source: R. A. Fisher, 1936", ""]
    _put(place / "iris.csv", [*head, *_lines([list(iris().columns), *iris().values.tolist()])])
    return of_table(iris(), "species")


@layout("Predict species.")
def iris_two_row_header(place: Path) -> Expected:
    rows = [["sepal", "", "petal", "", ""], ["length", "width", "length", "width", "species"], *iris().values.tolist()]
    _put(place / "iris.csv", _lines(rows))
    return of_table(iris(), "species", target=("species", "_species", ".species"), sums={})


@layout(SPECIES, plain="iris_csv")
def iris_header_repeated(place: Path) -> Expected:
    """Files that were appended to one another with their headers."""
    rows = iris().values.tolist()
    head = list(iris().columns)
    _put(place / "iris.csv", _lines([head, *rows[:50], head, *rows[50:100], head, *rows[100:]]))
    return of_table(iris(), "species", rows=150)


@layout(DIAGNOSIS)
def cells_total_at_the_end(place: Path) -> Expected:
    frame = areas()
    last = [
        "Total",
        frame["mean_area"].sum().round(1),
        frame["worst_area"].sum(),
        frame["area_error"].sum().round(3),
        "",
        "",
    ]
    _put(place / "cells.csv", _lines([list(frame.columns), *frame.values.tolist(), last]))
    return of_table(frame, "diagnosis", rows=570, left_out=1)


@layout(SPECIES)
def iris_hash_in_cells(place: Path) -> Expected:
    frame = iris().assign(plot=[f"#{number % 7}" for number in range(150)])[
        ["plot", "sepal_length", "sepal_width", "petal_length", "petal_width", "species"]
    ]
    frame.to_csv(place / "iris.csv", index=False)
    return of_table(frame, "species")


@layout(SPECIES)
def iris_names_beside(place: Path) -> Expected:
    """UCI's way: no header, and a `.names` that tells the columns."""
    frame = iris()
    frame.to_csv(place / "iris.data", index=False, header=False)
    told = ["1. Title: Iris Plants", "", "7. Attribute Information:"]
    told += [f"   {number}. {name}" for number, name in enumerate([*frame.columns[:-1], "species"], 1)]
    _put(place / "iris.names", told)
    return of_table(frame, "species", sums={})


@layout("Predict the last column.")
def iris_without_header(place: Path) -> Expected:
    iris().to_csv(place / "iris.csv", index=False, header=False)
    return of_table(iris(), "species", target=(), sums={})


@layout(SPECIES)
def iris_index_column(place: Path) -> Expected:
    iris().to_csv(place / "iris.csv", index=True)
    return of_table(iris(), "species")


@layout(SPECIES, plain="iris_csv")
def iris_trailing_delimiters(place: Path) -> Expected:
    _put(place / "iris.csv", [f"{line}," for line in _lines([list(iris().columns), *iris().values.tolist()])])
    return of_table(iris(), "species")


@layout(SPECIES, plain="iris_csv")
def iris_blanks_after_commas(place: Path) -> Expected:
    _put(place / "iris.csv", _lines([list(iris().columns), *iris().values.tolist()], ", "))
    return of_table(iris(), "species")


@layout(SPECIES, plain="iris_csv")
def iris_excel_sep_line(place: Path) -> Expected:
    _put(place / "iris.csv", ["sep=;", *_lines([list(iris().columns), *iris().values.tolist()], ";")])
    return of_table(iris(), "species")


@layout(SPECIES, plain="iris_csv")
def iris_all_quoted(place: Path) -> Expected:
    iris().to_csv(place / "iris.csv", index=False, quoting=csv.QUOTE_ALL)
    return of_table(iris(), "species")


@layout(SPECIES, plain="iris_csv")
def iris_blank_lines_between(place: Path) -> Expected:
    lines = _lines([list(iris().columns), *iris().values.tolist()])
    _put(place / "iris.csv", [part for line in lines for part in (line, "")])
    return of_table(iris(), "species")
