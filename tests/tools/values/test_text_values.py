"""Cells as people and programs write them: what form is learned of a column, and what comes out of it."""

import random
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noglue.tools.spec.data_form import CellForm, Strays
from noglue.tools.values.date_text import formats
from noglue.tools.values.text_values import apply, learn, learn_together, parse, strays_in_words, target_strays_in_words


def column(*cells: str | None) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(cells, pa.string())])


def values(*cells: str | None) -> list[Any]:
    found: list[Any] = parse(column(*cells)).column.to_pylist()
    return found


@pytest.mark.parametrize(
    ("cells", "meant"),
    [
        (["(506.31)", "1,242.83", "($1,200.50)", "$(3)"], [-506.31, 1242.83, -1200.5, -3]),
        (["-5", "−5", "5-", "5 −", "-$5", "$-5", "+5"], [-5, -5, -5, -5, -5, -5, 5]),
        (["1.200,50 €", "-3,5 €", "7,- €", "€ 12"], [1200.5, -3.5, 7, 12]),
        (["R$ 5,50", "EUR 1.200,00", "3 kr", "12 zł"], [5.5, 1200, 3, 12]),
        (["US$1,000.50", "£7", "¥ 12,000", "15 USD"], [1000.5, 7, 12000, 15]),
        (["1 234,5", "12 000", "7"], [1234.5, 12000, 7]),
        (["1\u00a0234,5", "12\u202f000", "1\u2009000,25 €"], [1234.5, 12000, 1000.25]),
        (["1'234.50", "2’000", "3"], [1234.5, 2000, 3]),
        (["12,34,567", "1,23,456.50"], [1234567, 123456.5]),
        (["10%", "12.5 %", "-3 %"], [10, 12.5, -3]),
        (["1e5", "-1.5E-3", "2"], [1e5, -0.0015, 2]),
        (["$ -", "$ 1,200.00", "$ (5.00)"], [0, 1200, -5]),
        (["1.234.567", "2.000"], [1234567, 2000]),
        (["1.250", "0.125"], [1.25, 0.125]),
        (["1.896", "874", "1.612", "2.100"], [1.896, 874, 1.612, 2.1]),
        (["1.896", "874", "1.612", "710", "2.100", "655"], [1896, 874, 1612, 710, 2100, 655]),
        (
            [*(f"{1 + n % 7}.{n:03}" for n in range(100, 140)), "100"],
            [*(float(f"{1 + n % 7}.{n:03}") for n in range(100, 140)), 100],
        ),
        (["4,472e+04", "1,250"], [44720, 1.25]),
        (["4.472e+04", "1.250", "874", "655", "710"], [44720, 1.25, 874, 655, 710]),
        (["1.250", "3.875"], [1.25, 3.875]),
        (["1,250", "3,875"], [1250, 3875]),
    ],
)
def test_numbers(cells: list[str], meant: list[float]) -> None:
    assert values(*cells) == pytest.approx(meant)


def test_a_point_that_nothing_tells_is_a_decimal_point_and_told() -> None:
    lengths = column("1.134", "4.285", "100")
    assert learn_together({"length": lengths})[1] == [
        "column 'length': nothing shows what its points mean; they are read as decimal points"
    ]
    sizes = column("1.896", "874", "1.612", "710", "2.100", "655")
    for other, size in (("12.5", 1.896), ("12,5", 1896), ("7", 1896)):
        forms, notes = learn_together({"size": sizes, "price": column(other)})
        assert (apply(sizes, forms["size"]).column[0].as_py(), notes) == (size, [])


def test_a_mark_of_thousands_that_training_never_saw_is_a_stray() -> None:
    for cells in (("5.123", "6.187"), ("5.12", "6.1"), ("0.125", "6.187 €")):
        found = apply(column("5,123", "5,123.50", "7.5"), learn(column(*cells)))
        assert (found.column.to_pylist(), found.strays) == ([None, 5123.5, 7.5], ["5,123"])
    assert apply(column("5,123"), learn(column("800", "975"))).column.to_pylist() == [5123]
    assert apply(column("5,123"), learn(column("1,200.5", "975"))).column.to_pylist() == [5123]


@pytest.mark.parametrize("cells", [["0x10", "0x11"], ["(5", "6)"], ["5 kg", "6 kg"], ["1.2.3", "1.2.4"], ["12A", "3"]])
def test_what_is_no_number_stays_as_it_is(cells: list[str]) -> None:
    assert values(*cells) == cells


WORDS = ["?", "NA", "N/A", "n.a.", "#N/A", "<NA>", "NaN", "null", "NuLL", "None", "nil", r"\N", "-", "--", ".",
         "#DIV/0!", "#VALUE!", "#REF!", "(null)", " NULL ", ""]  # fmt: skip


@pytest.mark.parametrize("word", WORDS)
def test_words_for_missing_among_numbers_and_dates(word: str) -> None:
    for cells in (["1", "2.5"], ["1,5", "2,25"], ["(3.5)", "1"], ["2020-01-31", "2021-02-01"], ["true", "False"]):
        found = parse(column(*cells, *[word] * 9))
        assert found.column.null_count == 9, cells
        assert found.count == 0
        assert not pa.types.is_string(found.column.type)


@pytest.mark.parametrize(
    ("cells", "missing"),
    [
        (["AF", "AS", "EU", "NA", "OC", "SA"], set()),
        (["EMEA", "APAC", "NA", "LATAM"], set()),
        (["H", "He", "Na", "Cl", "Ne"], set()),
        (["Mild", "None", "Severe", "Moderate"], set()),
        (["none", "mild", "severe"], set()),
        (["+", "-"], set()),
        (["YES", "NO", "NA"], {"NA"}),
        (["M", "F", "NA"], {"NA"}),
        (["Grvl", "Pave", "NA"], {"NA"}),
        (["red", "blue", "None"], {"None"}),
        (["None", "Sleep Apnea", "Insomnia"], set()),
        (["None", "Fraud"], set()),
        (["None", *["Fraud"] * 40], {"None"}),
        (["none", "high school", "some college"], set()),
        (["NA", "EU", "Asia", "Other"], set()),
        (["EMEA", "Asia", "LatAm", "NA"], set()),
        (["CA", "TX", "NY", "NA"], set()),
        (["Na+", "K+", "Na", "Cl-"], set()),
        (["Null", "Nan", "Smith", "Jones", "Garcia", "Chen", "Kim", "McKay", "Patel", "Diaz", "Wolf", "Abe"], set()),
        (
            ["NULL", "nan", "Smith", "Jones", "Garcia", "Chen", "Kim", "McKay", "Patel", "Diaz", "Wolf", "Abe"],
            {"NULL", "nan"},
        ),
        (["None", "Sleep Apnea", "Insomnia", "?", "-", r"\N", "."], {"?", "-", r"\N", "."}),
        (["AF", "NA", "EU", "-", "?", "", "NULL", "n/a"], {"-", "?", "", "NULL", "n/a"}),
        (["unknown", "urban", "rural"], set()),
    ],
)
def test_words_for_missing_among_categories(cells: list[str], missing: set[str]) -> None:
    assert values(*cells) == [None if cell in missing else cell for cell in cells]


def test_a_word_that_stands_for_missing_among_the_tables_numbers_does_so_among_its_codes() -> None:
    table = {"state": column("CA", "NY", "NA", "TX"), "income": column("1", "NA", "3", "4")}
    forms, notes = learn_together(table)
    assert apply(table["state"], forms["state"]).column.to_pylist() == ["CA", "NY", None, "TX"]
    assert notes == ["'NA' is read as missing in state"]
    table = {"continent": column("AF", "EU", "NA", "AS"), "gnp": column("1", "NA", "3", "4")}
    assert learn_together(table)[0]["continent"].values == ["NA"]


def test_a_word_that_may_have_been_meant_is_told() -> None:
    forms, notes = learn_together({"alley": column("Grvl", "Pave", "NA"), "fence": column("MnPrv", "GdWo", "NA")})
    assert notes == ["'NA' is read as missing in alley, fence"]
    assert forms["alley"].missing == ["NA"]


@pytest.mark.parametrize("share", [0.07, 0.2, 0.3])
def test_numbers_but_for_a_few_words_are_numbers(share: float) -> None:
    words = round(1000 * share)
    found = parse(column(*(f"{n}.5" for n in range(1000 - words)), *["on request"] * (words - 9), *["sold out"] * 9))
    assert (found.count, found.strays) == (words, ["on request", "sold out"])
    assert found.column.null_count == words


def test_dates_but_for_a_few_words_are_dates() -> None:
    found = parse(column(*(f"{day:02}.01.2020" for day in range(1, 32)), *["see note"] * 5))
    assert (found.count, found.strays) == (5, ["see note"])


@pytest.mark.parametrize(
    "cells",
    [
        [f"{n}" for n in range(30)] + [f"A{n}" for n in range(10)],  # ticket numbers
        ["1", "2", "3", "K"] * 20,  # grades
        ["12", "13", "other"] * 20,
    ],
)
def test_columns_of_codes_are_not_numbers_with_strays(cells: list[str]) -> None:
    assert values(*cells) == cells


JANUARY = datetime(2020, 1, 13)


@pytest.mark.parametrize(
    ("cells", "meant"),
    [
        (["1/13/2020 5:00 PM", "1/13/2020 12:00 am"], [JANUARY + timedelta(hours=17), JANUARY]),
        (["1/13/2020 5:00:30 pm", "1/13/2020 12:30PM"], [JANUARY + timedelta(hours=17, seconds=30),
                                                         JANUARY + timedelta(hours=12, minutes=30)]),
        (["13.1.2020 17:00"], [JANUARY + timedelta(hours=17)]),
        (["2020-01", "1949-12"], [datetime(2020, 1, 1), datetime(1949, 12, 1)]),
        (["01/1949", "12/2020"], [datetime(1949, 1, 1), datetime(2020, 12, 1)]),
        (["Jan 1949", "December 1950"], [datetime(1949, 1, 1), datetime(1950, 12, 1)]),
        (["1949M01", "1949M12"], [datetime(1949, 1, 1), datetime(1949, 12, 1)]),
        (["2020Q1", "2020Q4"], [datetime(2020, 1, 1), datetime(2020, 10, 1)]),
        (["Q1 2020", "Q3 2020"], [datetime(2020, 1, 1), datetime(2020, 7, 1)]),
        (["3. März 2020", "12. Dezember 2019"], [datetime(2020, 3, 3), datetime(2019, 12, 12)]),
        (["12 déc. 2019", "3 août 2019"], [datetime(2019, 12, 12), datetime(2019, 8, 3)]),
        (["3 de enero de 2020", "1 de abril de 2020"], [datetime(2020, 1, 3), datetime(2020, 4, 1)]),
        (["January 31, 2020", "May 3, 2020"], [datetime(2020, 1, 31), datetime(2020, 5, 3)]),
        (["31-Jan-20", "01-Feb-99"], [datetime(2020, 1, 31), datetime(1999, 2, 1)]),
        (["1/31/20", "2/1/20"], [datetime(2020, 1, 31), datetime(2020, 2, 1)]),
        (["2020-01-13T10:30:00.25Z"], [JANUARY + timedelta(hours=10, minutes=30, milliseconds=250)]),
        (["2020-01-13 10:30:00-05:00"], [JANUARY + timedelta(hours=15, minutes=30)]),
        (["Mon, 13 Jan 2020 10:00:00 GMT"], [JANUARY + timedelta(hours=10)]),
        (["2020-01-13", "2020-01-13 10:00"], [JANUARY, JANUARY + timedelta(hours=10)]),
        (["2020-W03", "2021W01"], [JANUARY, datetime(2021, 1, 4)]),
        (["17:30", "5:00"], [datetime(1970, 1, 1, 17, 30), datetime(1970, 1, 1, 5)]),
        (["5:30:10 PM", "12:00 am"], [datetime(1970, 1, 1, 17, 30, 10), datetime(1970, 1, 1)]),
    ],
)  # fmt: skip
def test_dates(cells: list[str], meant: list[datetime]) -> None:
    assert values(*cells) == meant


@pytest.mark.parametrize(
    "cells", [["2010-11", "2011-12", "2012-13"], ["Bus 12", "Bus 14"], ["1/2", "3/4"], ["555-1234"]]
)
def test_what_only_looks_like_dates_stays_as_it_is(cells: list[str]) -> None:
    assert values(*cells) == cells


def test_day_or_month_first() -> None:
    assert values("03/04/2020", "25/12/2020")[0] == datetime(2020, 4, 3)
    assert values("03/04/2020", "12/25/2020")[0] == datetime(2020, 3, 4)
    assert values("01/01/1981", "02/01/1981", "03/01/1981")[1] == datetime(1981, 1, 2)  # a day each step
    monthly = [f"{month:02}/01/{year}" for year in (1981, 1982) for month in range(1, 13)]
    assert values(*monthly)[1] == datetime(1981, 2, 1)
    assert values("03/04/2020", "07/02/2020", "05/06/2020", "01/09/2020")[0] == datetime(2020, 3, 4)
    forms, notes = learn_together({"seen": column("03/04/2020", "07/02/2020", "05/06/2020", "01/09/2020")})
    assert notes == ["column 'seen': day and month can't be told apart; the month is read first"]
    forms, notes = learn_together(
        {"seen": column("03/04/2020", "07/02/2020"), "sold": column("13/04/2020", "1/1/2021")}
    )
    assert (forms["seen"].dates, notes) == (["%d/%m/%Y"], [])


def test_nothing_is_told_of_dates_without_doubt() -> None:
    for cells in (["17:30", "5:00", "6:00"], ["2020-01", "2020-07", "2021-02"], ["2020Q1", "2021Q1", "2023Q1"]):
        assert learn_together({"when": column(*cells)})[1] == []


def test_the_tables_other_columns_tell_the_decimal_mark() -> None:
    table = {"plot": column("1.919", "1.783"), "size": column("152,5", "201,5"), "age": column("87", "27")}
    forms, _ = learn_together(table)
    assert apply(table["plot"], forms["plot"]).column.to_pylist() == [1919, 1783]
    assert apply(column("1.896", "87"), forms["age"]).column.to_pylist() == [1896, 87]
    forms, _ = learn_together({"weight": column("1,919", "1,783"), "size": column("152,5", "201,5")})
    assert apply(column("1,919"), forms["weight"]).column.to_pylist() == [1.919]


def test_a_learned_form_is_applied_whatever_stands_in_the_column() -> None:
    form = learn(column("1.200,50", "15"))
    assert apply(column("1.896", "2.5", "soon", "n.a."), form) == apply(column("1.896", "2.5", "soon", "n.a."), form)
    found = apply(column("1.896", "2.5", "soon", "n.a."), form)
    assert (found.column.to_pylist(), found.count, found.strays) == ([1896, None, None, None], 2, ["2.5", "soon"])
    dates = learn(column("25/12/2023", "03/04/2024"))
    found = apply(column("04/03/2024", "2024-03-04", "12/25/2023"), dates)
    assert found.column.to_pylist() == [datetime(2024, 3, 4), datetime(2024, 3, 4), None]
    assert found.strays == ["12/25/2023"]


def test_a_form_survives_being_written_down() -> None:
    form = learn(column("AF", "EU", "NA", "SA", "-"))
    again = CellForm.model_validate_json(form.model_dump_json())
    assert again == form
    assert apply(column("NA", "-", "EU"), again).column.to_pylist() == ["NA", None, "EU"]


def test_nothing_at_all() -> None:
    assert values() == []
    assert values(None, None) == [None, None]
    assert values("NA", "n/a") == [None, None]
    assert apply(column(), learn(column("1/1/2020"))).column.to_pylist() == []


# ---- laws ----------------------------------------------------------------------------------------------------------

_NUMBER = st.decimals(-(10**6), 10**6, places=2, allow_nan=False).map(float)
_WRITERS = {
    "plain": lambda x: f"{x:.2f}",
    "English": lambda x: f"{x:,.2f}",
    "German": lambda x: f"{x:,.2f}".translate(str.maketrans(",.", ".,")),
    "French": lambda x: f"{x:,.2f}".translate(str.maketrans(",.", "\u202f,")),
    "Swiss": lambda x: f"{x:,.2f}".replace(",", "'"),
    "accounting": lambda x: f"({-x:,.2f})" if x < 0 else f"{x:,.2f}",
    "dollars": lambda x: f"-${-x:,.2f}" if x < 0 else f"${x:,.2f}",
    "euros": lambda x: f"{x:,.2f} €".translate(str.maketrans(",.", ".,")),
}


@pytest.mark.parametrize("writer", _WRITERS)
@given(st.lists(_NUMBER, min_size=1, max_size=30))
@settings(max_examples=30, deadline=None)
def test_numbers_come_back_from_every_way_of_writing(writer: str, numbers: list[float]) -> None:
    assert values(*map(_WRITERS[writer], numbers)) == pytest.approx(numbers)


_CELLS = st.sampled_from(
    ["1.250", "1,5", "12", "-3.5", "(4)", "NA", "", "on request", "03/04/2020", "25/12/2020", "2020-01-31", "AF", "EU",
     "None", "true", "5 €", "1/2/2020 5:00 PM", " x ", "?", "1 000"]
)  # fmt: skip


@given(st.lists(_CELLS, min_size=1, max_size=25), st.lists(_CELLS, min_size=1, max_size=25), st.data())
@settings(max_examples=60, deadline=None)
def test_each_cell_is_read_as_it_would_be_by_itself(learned: list[str], cells: list[str], data: st.DataObject) -> None:
    form = learn(column(*learned))
    whole = apply(column(*cells), form).column.to_pylist()
    assert whole == [apply(column(cell), form).column.to_pylist()[0] for cell in cells]
    chosen = data.draw(st.lists(st.integers(0, len(cells) - 1), unique=True, min_size=1))
    assert apply(column(*(cells[i] for i in chosen)), form).column.to_pylist() == [whole[i] for i in chosen]


@given(st.lists(_CELLS, min_size=1, max_size=25), st.integers(0, 99))
@settings(max_examples=60, deadline=None)
def test_the_order_of_the_rows_changes_no_form(cells: list[str], seed: int) -> None:
    shuffled = random.Random(seed).sample(cells, len(cells))
    one, other = learn(column(*cells)), learn(column(*shuffled))
    assert one.model_copy(update={"missing": sorted(one.missing)}) == other.model_copy(
        update={"missing": sorted(other.missing)}
    )


def test_one_cell_among_many_tells_day_from_month() -> None:
    """Of more different texts than are looked at one by one, the last alone shows which is the month."""
    start = datetime(2020, 1, 1)
    cells = [f"0{1 + n % 9}/0{1 + n // 9 % 9}/2020 {start + timedelta(seconds=n):%H:%M:%S}" for n in range(9001)]
    for last, first in (("25/12/2020", "%d/%m/%Y"), ("12/25/2020", "%m/%d/%Y")):
        assert learn(column(*cells, f"{last} 10:00:00")).dates[0] == first
    found = formats(pa.array(cells), np.ones(len(cells), np.int64))
    assert found is not None
    assert (found.formats, found.swap) == (["%m/%d/%Y"], "%d/%m/%Y")


def test_rare_words_among_many_different_dates_are_strays() -> None:
    start = datetime(2020, 1, 1)
    cells = [f"{start + timedelta(minutes=n):%d/%m/%Y %H:%M}" for n in range(30_000)]
    form = learn(column(*cells, "soon", "later"))
    assert (form.kind, form.dates) == ("date", ["%d/%m/%Y"])
    assert apply(column("31/01/2020 10:30", "soon"), form).column.to_pylist() == [datetime(2020, 1, 31, 10, 30), None]


def test_one_value_is_told_in_the_singular() -> None:
    one, two = Strays(count=1, kind="number", examples=["x"]), Strays(count=2, kind="date", examples=["x", "y"])
    assert strays_in_words("n", one) == "column 'n': 1 value that does not fit the others ('x') is read as missing"
    assert strays_in_words("n", two) == "column 'n': 2 values that do not fit the others ('x', 'y') are read as missing"
    assert target_strays_in_words("n", one) == "1 value of n, like 'x', can't be read as numbers; this row is left out"
    assert (
        target_strays_in_words("n", two)
        == "2 values of n, like 'x', 'y', can't be read as dates; these rows are left out"
    )
