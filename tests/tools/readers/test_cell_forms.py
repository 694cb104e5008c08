"""Tables as other programs write them: one form a column over all files, and new files read by it."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from noglue.tools.readers import delimited, parquet
from noglue.tools.spec.data_form import DataForm
from noglue.tools.spec.errors import DataError
from noglue.tools.spec.protocols import Match, Raw
from noglue.tools.values import cells
from noglue.tools.values.text_values import strays_in_words


def read(*files: Path, form: DataForm | None = None) -> Raw:
    match = delimited.sniff(list(files))
    assert match is not None
    return delimited.read(match, form=form)


def again(file: Path, learned: Raw, target: str | None = None) -> dict[str, list[Any]]:
    """New rows, as `predict` has them read."""
    form = learned.form.model_copy(update={"target": target})
    return columns(delimited.read(Match(1.0, {"all": [file]}, ""), form=form))


def columns(raw: Raw, split: str = "all") -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = raw.splits[split].to_pydict()
    return found


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def test_excel_in_german(tmp_path: Path) -> None:
    text = "Straße;Fläche;Grundstück;Preis;Datum\r\nAm Wall;152,5;1.919;520.104,16 €;13.01.2020\r\n"
    text += "Neue Gasse;80;710;#DIV/0!;01.02.2020\r\n"
    raw = read(write(tmp_path / "haeuser.csv", text, "cp1252"))
    assert columns(raw) == {
        "Straße": ["Am Wall", "Neue Gasse"],
        "Fläche": [152.5, 80],
        "Grundstück": [1919, 710],
        "Preis": [520104.16, None],
        "Datum": [datetime(2020, 1, 13), datetime(2020, 2, 1)],
    }
    new = write(tmp_path / "neu.csv", "Fläche;Grundstück;Datum\n87;1.896;03.04.2020\n", "cp1252")
    assert again(new, raw) == {"Fläche": [87], "Grundstück": [1896], "Datum": [datetime(2020, 4, 3)]}


def test_semicolons_beside_commas_that_nothing_else_tells_are_of_decimal_commas(tmp_path: Path) -> None:
    raw = read(write(tmp_path / "iris.csv", "length;width;n\n6,187;18,640;3\n5,912;17,225;4\n"))
    assert columns(raw) == {"length": [6.187, 5.912], "width": [18.64, 17.225], "n": [3, 4]}
    new = write(tmp_path / "new.csv", "length;width;n\n6,187;18.640;3\n")
    assert again(new, raw) == {"length": [6.187], "width": [None], "n": [3]}


def test_decimal_commas_between_blanks(tmp_path: Path) -> None:
    rows = "".join(f"{n},5 {n % 3},25 {n}\n" for n in range(20))
    raw = read(write(tmp_path / "a.data", rows))
    assert [column[7] for column in columns(raw).values()] == [7.5, 1.25, 7]


def test_a_dump_of_mysql(tmp_path: Path) -> None:
    raw = read(write(tmp_path / "rides.tsv", "id\tkm\tpaid\ttown\n1\t\\N\tcash\tBonn\n2\t3.1\t\\N\t\\N\n"))
    assert columns(raw) == {"id": [1, 2], "km": [None, 3.1], "paid": ["cash", None], "town": ["Bonn", None]}


def test_a_data_frame_of_r(tmp_path: Path) -> None:
    text = '"state","income","born"\n"CA",NA,2020-01-31\nNA,15.5,NA\n"NY",17,2021-02-01\n"TX",18,2021-02-02\n'
    raw = read(write(tmp_path / "people.csv", text))
    assert columns(raw) == {
        "state": ["CA", None, "NY", "TX"],
        "income": [None, 15.5, 17, 18],
        "born": [datetime(2020, 1, 31), None, datetime(2021, 2, 1), datetime(2021, 2, 2)],
    }


def test_an_export_of_accounts(tmp_path: Path) -> None:
    text = 'region,prior,flow\nWest,(415.28),"$1,107.29"\nEast,"1,191.38","($36.92)"\nWest,-,$0.00\n'
    assert columns(read(write(tmp_path / "branches.csv", text))) == {
        "region": ["West", "East", "West"], "prior": [-415.28, 1191.38, None], "flow": [1107.29, -36.92, 0],
    }  # fmt: skip


def test_codes_that_look_like_missing_are_kept(tmp_path: Path) -> None:
    rows = "".join(f"{code},{n}.5\n" for n, code in enumerate(["AF", "AS", "EU", "NA", "OC", "SA"] * 3))
    raw = read(write(tmp_path / "countries.csv", f"continent,gnp\n{rows}EU,NuLL\n"))
    assert columns(raw)["continent"][3] == "NA"
    assert raw.form.cells["continent"].values == ["NA"]
    assert again(write(tmp_path / "new.csv", "continent,gnp\nNA,1\n"), raw)["continent"] == ["NA"]


def test_train_and_test_share_one_form(tmp_path: Path) -> None:
    train = write(tmp_path / "train.csv", "day,y\n25/12/2023,1\n03/04/2024,2\n")
    test = write(tmp_path / "test.csv", "day\n03/04/2024\n05/06/2024\n")
    raw = read(train, test)
    assert raw.splits["unlabelled"]["day"].to_pylist() == [datetime(2024, 4, 3), datetime(2024, 6, 5)]


def test_strays_are_counted_and_shown(tmp_path: Path) -> None:
    rows = "".join(f"{n},{n * 7}.5\n" for n in range(100))
    raw = read(write(tmp_path / "cars.csv", f"age,price\n{rows}" + "5,on request\n" * 30))
    assert (raw.strays["price"].count, raw.strays["price"].examples) == (30, ["on request"])
    assert strays_in_words("price", raw.strays["price"]) == (
        "column 'price': 30 values that do not fit the others ('on request') are read as missing"
    )
    new = write(tmp_path / "new.csv", "age\nold\n7\n")
    found = delimited.read(Match(1.0, {"all": [new]}, ""), form=raw.form)
    assert (columns(found), found.strays["age"].count) == ({"age": [None, 7]}, 1)


def test_a_header_that_stands_again_in_another_case_or_after_a_byte_order_mark(tmp_path: Path) -> None:
    rows = "Adelie,3600\nGentoo,5650\n"
    file = write(tmp_path / "all.csv", f"species,mass\n{rows}Species,MASS\n{rows}\ufeffspecies,mass\n{rows}")
    raw = read(file)
    assert columns(raw) == {"species": ["Adelie", "Gentoo"] * 3, "mass": [3600, 5650] * 3}
    assert raw.skipped == ["all.csv: the header is repeated in 2 rows of the table; left out"]
    assert delimited.count(Match(1.0, {"all": [file]}, "")) == {"all": 6}


def test_a_header_that_stands_again_inside_the_table(tmp_path: Path) -> None:
    part = "species,mass\nAdelie,3600\nGentoo,5650\n"
    file = write(tmp_path / "all.csv", part * 3)
    raw = read(file)
    assert columns(raw) == {"species": ["Adelie", "Gentoo"] * 3, "mass": [3600, 5650] * 3}
    assert raw.skipped == ["all.csv: the header is repeated in 2 rows of the table; left out"]
    assert delimited.count(Match(1.0, {"all": [file]}, "")) == {"all": 6}


# ---- tables without header -----------------------------------------------------------------------------------------

VOTES = "".join(
    f"{party},{','.join(votes)},{n}.5\n"
    for n in range(10)
    for party, votes in (("republican", "nynyyy"), ("democrat", "y?ynn?"))
)


@pytest.fixture
def votes(tmp_path: Path) -> Raw:
    return read(write(tmp_path / "votes.data", VOTES))


def test_columns_without_names_keep_their_places_where_the_target_is_left_out(tmp_path: Path, votes: Raw) -> None:
    assert votes.form.names == [f"column_{place}" for place in range(1, 9)]
    file = write(tmp_path / "new.data", "n,y,n,y,y,?,3.5\n")
    assert list(again(file, votes, "column_1")) == [f"column_{place}" for place in range(2, 9)]
    assert list(again(file, votes, "column_1").values()) == [["n"], ["y"], ["n"], ["y"], ["y"], [None], [3.5]]


def test_columns_without_names_with_the_target(tmp_path: Path, votes: Raw) -> None:
    file = write(tmp_path / "new.data", "democrat,n,y,n,y,y,?,3.5\nrepublican,y,y,y,y,y,y,1.5\n")
    assert again(file, votes, "column_1")["column_1"] == ["democrat", "republican"]


def test_another_column_that_is_left_out_is_found_by_the_values(tmp_path: Path, votes: Raw) -> None:
    file = write(tmp_path / "new.data", "democrat,n,y,n,y,y,?\nrepublican,y,y,y,y,y,y\n")
    assert list(again(file, votes, "column_1")) == [f"column_{place}" for place in range(1, 8)]


@pytest.mark.parametrize("row", ["n,y,n,y,3.5", "n,y,n,y,y,y,y,y,y,3.5", "7.5,8.5,y,1.5,n,2.5,y"])
def test_columns_that_fit_no_place_are_refused(tmp_path: Path, votes: Raw, row: str) -> None:
    file = write(tmp_path / "new.data", f"{row}\n" * 3)
    with pytest.raises(DataError, match=r"columns.*8.*column_1.*7 without column_1") as caught:
        again(file, votes, "column_1")
    assert caught.value.code == 4


def test_a_header_over_new_rows_of_a_table_that_had_none(tmp_path: Path, votes: Raw) -> None:
    file = write(
        tmp_path / "new.csv", "infants,water,budget,fees,aid,schools,wealth\nn,y,n,y,y,?,3.5\ny,y,n,y,y,?,4.5\n"
    )
    found = again(file, votes, "column_1")
    assert found["column_2"] == ["n", "y"]
    named = write(tmp_path / "named.csv", "column_8,column_3\n3.5,y\n4.5,y\n")
    assert again(named, votes, "column_1") == {"column_8": [3.5, 4.5], "column_3": ["y", "y"]}


def test_a_wide_table_without_names(tmp_path: Path) -> None:
    """MNIST's way: the class, then 784 pixels, of which two are words here."""
    width = 785
    rows = [[str((row + 1) % 10), *(f"{(row * place) % 256}" for place in range(1, width))] for row in range(30)]
    for number, row in enumerate(rows):
        row[400], row[784] = "ny"[number % 2], ["up", "down"][number % 2]
    raw = read(write(tmp_path / "in.data", "".join(",".join(row) + "\n" for row in rows)))
    for out in (0, 400, 784):
        text = "".join(",".join(row[:out] + row[out + 1 :]) + "\n" for row in rows[:9])
        found = list(again(write(tmp_path / "new.data", text), raw, "column_1"))
        assert found == [f"column_{place + 1}" for place in range(width) if place != out]


# ---- one column, long cells ----------------------------------------------------------------------------------------

QUESTIONS = ["What is salt, then ?", "Who are you; and I ?", 'Who said "no" ?', "Why", "12 what ?"]


@pytest.fixture
def questions(tmp_path: Path) -> Raw:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["question", "about"])
    writer.writerows([f"{question} {n}", "thing" if n % 2 else "person"] for n in range(20) for question in QUESTIONS)
    return read(write(tmp_path / "questions.csv", out.getvalue()))


def test_text_with_commas_and_blanks_is_not_cut(questions: Raw) -> None:
    assert columns(questions)["question"][:2] == ["What is salt, then ? 0", "Who are you; and I ? 0"]


@pytest.mark.parametrize("header", ["question\n", "Question\r\n", '"question"\n', ""])
@pytest.mark.parametrize("name", ["new.csv", "new.txt"])
def test_one_column_of_text(tmp_path: Path, questions: Raw, header: str, name: str) -> None:
    file = write(tmp_path / name, header + "".join(f"{question}\n" for question in QUESTIONS))
    assert list(again(file, questions, "about").values()) == [QUESTIONS]


def test_one_column_of_quoted_text(tmp_path: Path, questions: Raw) -> None:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows([["question"], *([question] for question in QUESTIONS)])
    assert again(write(tmp_path / "new.csv", out.getvalue()), questions, "about") == {"question": QUESTIONS}


def test_one_column_of_dates(tmp_path: Path) -> None:
    raw = read(write(tmp_path / "a.csv", "Date,temp\n25/12/2023 10:00,1.5\n03/04/2024 11:30,2.5\n"))
    day = [datetime(2024, 4, 3, 10)]
    assert again(write(tmp_path / "b.csv", "Date\n03/04/2024 10:00\n"), raw, "temp") == {"Date": day}
    assert again(write(tmp_path / "c.csv", "03/04/2024 10:00\n"), raw, "temp") == {"Date": day}
    assert again(write(tmp_path / "d.csv", "date;temp\n03/04/2024 10:00;7\n"), raw, "temp") == {
        "date": day,
        "temp": [7],
    }


@pytest.mark.parametrize("text", ["number,words\n1,foo\n2,bar\n", "id;note\n7;why\n8;who\n9;when\n"])
def test_several_columns_under_other_names_are_not_one_of_text(tmp_path: Path, questions: Raw, text: str) -> None:
    assert len(again(write(tmp_path / "new.csv", text), questions, "about")) == 2


def test_one_column_of_numbers_under_another_name(tmp_path: Path) -> None:
    raw = read(write(tmp_path / "a.csv", "x;y\n" + "".join(f"{n},5;{2 * n}\n" for n in range(9))))
    for text in ("size\n1,5\n2,5\n", "1,5\n2,5\n", "X\n1,5\n2,5\n"):
        assert list(again(write(tmp_path / "new.csv", text), raw, "y").values()) == [[1.5, 2.5]]


def test_one_row_and_its_header(tmp_path: Path, questions: Raw) -> None:
    file = write(tmp_path / "new.csv", "about;question\nthing;Why, then?\n")
    assert again(file, questions, "about") == {"about": ["thing"], "question": ["Why, then?"]}


# ---- other readers -------------------------------------------------------------------------------------------------


def test_columns_of_text_from_another_reader_are_read_by_the_same_forms(tmp_path: Path) -> None:
    raw = read(write(tmp_path / "a.csv", 'day,size,y\n25/12/2023,"1.919,5",1\n03/04/2024,"7,25",2\n'))
    pq.write_table(pa.table({"day": ["03/04/2024", "?"], "size": ["1.896", "soon"]}), tmp_path / "new.parquet")
    match = parquet.sniff([tmp_path / "new.parquet"])
    assert match is not None
    found = cells.settled(parquet.read(match), raw.form)
    assert columns(found) == {"day": [datetime(2024, 4, 3), None], "size": [1896, None]}
    assert found.strays["size"].examples == ["soon"]


def test_text_that_another_reader_hands_over_is_learned_too(tmp_path: Path) -> None:
    pq.write_table(pa.table({"day": ["25/12/2023", "03/04/2024"], "n": [1, 2]}), tmp_path / "a.parquet")
    match = parquet.sniff([tmp_path / "a.parquet"])
    assert match is not None
    found = cells.settled(parquet.read(match))
    assert columns(found) == {"day": [datetime(2023, 12, 25), datetime(2024, 4, 3)], "n": [1, 2]}
    assert found.form.cells["day"].dates == ["%d/%m/%Y"]


# ---- laws ----------------------------------------------------------------------------------------------------------

_DIALECTS = {"comma": (",", "."), "German": (";", ","), "tabs": ("\t", "."), "bars": ("|", ",")}
_ROW = st.tuples(
    st.integers(-999, 99_999),
    st.decimals(-9999, 9999, places=2).map(float),
    st.sampled_from(["red", "NA", "", "blue"]),
    st.dates(datetime(1990, 1, 1).date(), datetime(2030, 1, 1).date()),
)  # fmt: skip


def _written(path: Path, rows: Sequence[tuple[Any, ...]], dialect: str) -> Path:
    delimiter, decimal = _DIALECTS[dialect]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(["whole", "real", "colour", "when"])
    for whole, real, colour, when in rows:
        writer.writerow([whole, f"{real:.2f}".replace(".", decimal), colour, when.strftime("%d.%m.%Y")])
    return write(path, out.getvalue())


@given(st.lists(_ROW, min_size=3, max_size=20))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_same_table_in_another_dialect(tmp_path: Path, rows: list[tuple[Any, ...]]) -> None:
    found = [columns(read(_written(tmp_path / "a.csv", rows, dialect))) for dialect in _DIALECTS]
    assert found[1:] == found[:-1]
    assert found[0]["real"] == [row[1] for row in rows]
    assert found[0]["when"] == [datetime(row[3].year, row[3].month, row[3].day) for row in rows]


@given(st.lists(_ROW, min_size=3, max_size=20), st.data())
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_subset_of_a_file_holds_the_same_rows(
    tmp_path: Path, rows: list[tuple[Any, ...]], data: st.DataObject
) -> None:
    raw = read(_written(tmp_path / "a.csv", rows, "German"))
    chosen = data.draw(st.lists(st.integers(0, len(rows) - 1), min_size=1))
    part = again(_written(tmp_path / "b.csv", [rows[i] for i in chosen], "German"), raw)
    assert part == {name: [column[i] for i in chosen] for name, column in columns(raw).items()}
