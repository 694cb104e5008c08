"""Numbers with units and scales, numbers that stand for a missing value, and moments written as numbers or in words."""

from datetime import datetime, timedelta

import pyarrow as pa
import pytest
from sklearn.datasets import load_iris

from noglue.tools.values.text_values import apply, learn_together

LENGTHS: list[float] = load_iris().data[:, 0].tolist()  # 4.3 … 7.9
DAYS = [datetime(2019, 1, 15) + timedelta(hours=37 * n) for n in range(80)]


def read(name: str, cells: list[str]) -> tuple[list[object], list[str], pa.ChunkedArray]:
    column = pa.chunked_array([pa.array([cell or None for cell in cells])])
    forms, notes = learn_together({name: column})
    found = apply(column, forms[name])
    one_by_one = [
        apply(pa.chunked_array([[cell or None]], pa.string()), forms[name]).column[0].as_py() for cell in cells
    ]
    values = found.column.to_pylist()
    assert one_by_one == values  # the same cell, the same value, whatever stands beside it
    return values, notes, found.column


@pytest.mark.parametrize("written", [
    "{0:.1f} kg", "{0:.1f}kg", "{0:.1f} °C", "{0:.1f} m²", "{0:.1f} sq ft", "{0:.1f}/10", "{0:.1f} out of 10",
    "{0:.1f} kmpl", "€{0:.1f}/month", "{0:.1f} years", "{0:.1f}+", "{0:.1f} mph", "{0:.1f}%", "{0:.1f} ‰",
])  # fmt: skip
def test_one_unit_behind_every_number(written: str) -> None:
    assert read("x", [written.format(length) for length in LENGTHS])[0] == LENGTHS


@pytest.mark.parametrize(("written", "worth"), [
    ("{0:.1f}k", 1e3), ("{0:.1f} Mio.", 1e6), ("{0:.1f} million", 1e6), ("${0:.1f}M", 1e6), ("{0:.1f} Mrd. €", 1e9),
    ("{0:.1f} Lakh", 1e5), ("{0:.1f}bn", 1e9), ("{0:.1f} Tsd.", 1e3),
])  # fmt: skip
@pytest.mark.parametrize("mark", [".", ","])
def test_scales(written: str, worth: float, mark: str) -> None:
    cells = [written.format(length) for length in LENGTHS]
    if mark == ",":
        cells = [cell.replace(".", ",", 1) for cell in cells]
    assert read("x", cells)[0] == pytest.approx([length * worth for length in LENGTHS])


def test_scales_beside_plain_numbers() -> None:
    assert read("views", ["950", "1.2k", "3.4M", "12k", "800", "7.7k"] * 4)[0][:4] == [950, 1200, 3_400_000, 12_000]


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["12.5 kg", "500 g", "80 kg", "7.5 kg"], [12.5, 0.5, 80, 7.5]),
        (["3 km", "500 m", "1.5 km", "12 km"], [3, 0.5, 1.5, 12]),
        (["5'11\"", "6'2\"", "5'0\"", "4'11\""], [71 / 12, 74 / 12, 5, 59 / 12]),
        (["5 ft 11 in", "6 ft 2 in", "5 ft 0 in", "6 ft 1 in"], [71 / 12, 74 / 12, 5, 73 / 12]),
        (["2h 30m", "0h 45m", "1h 5m", "3h 0m"], [2.5, 0.75, 65 / 60, 3]),
        (["90 min", "2 h", "45 min", "30 min"], [90, 120, 45, 30]),
        (["27:07:09", "1:00:00", "9:30", "30:00:01"], [97_629, 3600, 570, 108_001]),
        (["7.6 GB", "512 MB", "1 GB", "2 GB"], [7.6, 0.512, 1, 2]),
    ],
)
def test_units_of_one_dimension(cells: list[str], values: list[float]) -> None:
    found, notes, _ = read("x", cells * 5)
    assert found[:4] == pytest.approx(values)
    assert any("numbers are read in" in note for note in notes)


def test_units_of_several_dimensions_stay_text_and_are_told() -> None:
    cells = [f"{n} {'kg' if n % 2 else 'km'}" for n in range(40)]
    values, notes, _ = read("x", cells)
    assert values == cells
    assert any("kg, km" in note and "left as text" in note for note in notes)


def test_a_new_unit_of_the_same_dimension_is_known() -> None:
    column = pa.chunked_array([[f"{length} kg" for length in LENGTHS]])
    forms, _ = learn_together({"x": column})
    assert apply(pa.chunked_array([["500 g", "2 t", "3 m"]]), forms["x"]).column.to_pylist() == [0.5, 2000.0, None]


@pytest.mark.parametrize("cells", [
    ["2wd", "4wd"] * 20,  # two names of classes
    [f"{n}{'ABCD'[n % 4]}" for n in range(40)],  # seats
    [f"A{n}" for n in range(40)],
    [f"{n} Main Street" if n % 2 else f"{n} Oak Lane" for n in range(40)],
])  # fmt: skip
def test_codes_are_no_numbers(cells: list[str]) -> None:
    assert read("x", cells)[0] == cells


@pytest.mark.parametrize("word", ["-999", "-9999", "-999.0", "9999", "99999"])
def test_a_number_far_from_all_others_stands_for_missing(word: str) -> None:
    cells = [word if n % 9 == 4 else f"{length}" for n, length in enumerate(LENGTHS)]
    values, notes, _ = read("x", cells)
    assert values == [None if n % 9 == 4 else length for n, length in enumerate(LENGTHS)]
    assert any("is read as missing" in note for note in notes)


@pytest.mark.parametrize("cells", [
    [str(n * 100 - 999) for n in range(40)],  # the first of many
    [*[str(n) for n in range(40)], "-999"],  # once
    ["-1" if n % 3 else str(n) for n in range(40)],
    [str(9999 - n % 40) for n in range(80)],
])  # fmt: skip
def test_numbers_among_others_are_numbers(cells: list[str]) -> None:
    assert read("x", cells)[0] == [int(cell) for cell in cells]


@pytest.mark.parametrize("word", ["k.A.", "s/d", "n.d.", "keine Angabe", "non renseigné", "N/A", "?", "-"])
def test_words_for_missing_among_words(word: str) -> None:
    cells = [word if n % 9 == 4 else ("red", "green", "blue")[n % 3] for n in range(45)]
    assert [value is None for value in read("x", cells)[0]] == [n % 9 == 4 for n in range(45)]


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("x", "{0:%Y%m%d}"), ("x", "{0:%Y%m%dT%H%M%S}"), ("x", "{0:%Y%m%d%H%M%S}"), ("x", "{0:%d%b%Y}"),
        ("x", "{0:%a %b %d %H:%M:%S %Y}"), ("x", "{0.day}th of {0:%B} {0.year}"),
        ("x", "{0.day}.{0.month}.{0.year} {0:%H:%M} Uhr"),
        ("x", "KW {1} {0.year}"), ("x", "Week {1}, {0.year}"), ("x", "{2}. Quartal {0.year}"), ("x", "T{2} {0.year}"),
        ("timestamp", "{3}"), ("created_at", "{3}000"), ("time", "{3}.0"),
    ],
)  # fmt: skip
def test_moments(name: str, written: str) -> None:
    days = [day for day in DAYS if day.isocalendar().year == day.year]
    cells = [
        written.format(
            day, day.isocalendar().week, (day.month + 2) // 3, int((day - datetime(1970, 1, 1)).total_seconds())
        )
        for day in days
    ]
    values, _, column = read(name, cells)
    assert column.type == pa.timestamp("us")
    assert values[0] in (datetime(2019, 1, 15), datetime(2019, 1, 14), datetime(2019, 1, 1))
    assert len(set(values)) == len(set(cells))
    assert values == sorted(values)  # type: ignore[type-var]


@pytest.mark.parametrize(("name", "cells"), [
    ("amount", [str(1_547_510_400 + 1000 * n) for n in range(40)]),
    ("phone", [str(20_190_115 + 1000 * n) for n in range(40)]),
    ("year", [str(1960 + n) for n in range(40)]),
])  # fmt: skip
def test_large_numbers_are_numbers(name: str, cells: list[str]) -> None:
    assert read(name, cells)[0] == [int(cell) for cell in cells]
