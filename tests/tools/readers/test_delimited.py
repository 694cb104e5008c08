"""Tables of text as they come: every oddity of the field, in a file."""

import gzip
from datetime import datetime
from pathlib import Path

import pytest

from noglue.tools.readers import delimited
from noglue.tools.spec.errors import DataError
from noglue.tools.spec.protocols import Raw


def read(*files: Path, rows: int | None = None) -> Raw:
    match = delimited.sniff(list(files))
    assert match is not None
    return delimited.read(match, rows)


def columns(raw: Raw, split: str = "all") -> dict[str, list[object]]:
    found: dict[str, list[object]] = raw.splits[split].to_pydict()
    return found


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


PEOPLE = (
    "name,age,height,member,joined\nAnna,31,1.70,true,2020-01-02\nBjörn,?,1.82,false,2021-03-04\nCleo,45,,true,NA\n"
)
PEOPLE_COLUMNS = {
    "name": ["Anna", "Björn", "Cleo"],
    "age": [31, None, 45],
    "height": [1.70, 1.82, None],
    "member": [True, False, True],
    "joined": [datetime(2020, 1, 2), datetime(2021, 3, 4), None],
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encoding_and_delimiter(tmp_path: Path, encoding: str, delimiter: str) -> None:
    file = write(tmp_path / "people.csv", PEOPLE.replace(",", delimiter), encoding)
    assert columns(read(file)) == PEOPLE_COLUMNS


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends(tmp_path: Path, end: str) -> None:
    assert columns(read(write(tmp_path / "people.csv", PEOPLE.replace("\n", end)))) == PEOPLE_COLUMNS


def test_compressed(tmp_path: Path) -> None:
    file = tmp_path / "people.csv.gz"
    file.write_bytes(gzip.compress(PEOPLE.encode()))
    assert columns(read(file)) == PEOPLE_COLUMNS


def test_other_script(tmp_path: Path) -> None:
    rows = "".join(f"Москва;{n}\nСанкт-Петербург;{n + 1}\n" for n in range(30))
    found = columns(read(write(tmp_path / "a.csv", "город;число\n" + rows, "cp1251")))
    assert list(found) == ["город", "число"]
    assert found["город"][:2] == ["Москва", "Санкт-Петербург"]


def test_bytes_that_are_not_utf8_far_behind_the_beginning(tmp_path: Path) -> None:
    text = "name,n\n" + "plain,1\n" * 40_000 + "caf\xe9,2\n"
    assert columns(read(write(tmp_path / "a.csv", text, "latin-1")))["name"][-1] == "café"


def test_decimal_comma_and_thousands(tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", "ort;preis;menge\nBonn;1.234,50;10\nKöln;17,25;2.000\nUlm;0,5;30\n")
    assert columns(read(file)) == {
        "ort": ["Bonn", "Köln", "Ulm"],
        "preis": [1234.5, 17.25, 0.5],
        "menge": [10, 2000, 30],
    }


def test_thousands_in_quotes_and_currency(tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", 'item,price,share\na,"$1,234.50",10%\nb,$7.25,20%\nc,"$12,000",5%\n')
    assert columns(read(file)) == {"item": ["a", "b", "c"], "price": [1234.5, 7.25, 12000.0], "share": [10, 20, 5]}


def test_quotes_hide_delimiters_and_line_ends(tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", 'id,text\n1,"a, b"\n2,"two\nlines"\n3,"said ""hi"""\n')
    raw = read(file)
    assert columns(raw) == {"id": [1, 2, 3], "text": ["a, b", "two\nlines", 'said "hi"']}
    match = delimited.sniff([file])
    assert match is not None
    assert delimited.count(match) == {"all": 3}


def test_single_quotes(tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", "id,text\n1,'a, b'\n2,'c, d'\n3,'e'\n")
    assert columns(read(file))["text"] == ["a, b", "c, d", "e"]


def test_runs_of_spaces(tmp_path: Path) -> None:
    file = write(tmp_path / "auto-mpg.data", '18.0   8   307.0  "ford torino"\n15.0   8   ?      "amc ambassador"\n')
    assert list(columns(read(file)).values()) == [
        [18.0, 15.0],
        [8, 8],
        [307.0, None],
        ["ford torino", "amc ambassador"],
    ]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("5.1,3.5,setosa\n4.9,3.0,setosa\n6.2,2.9,virginica\n", ["column_1", "column_2", "column_3"]),
        ("a,b\nx,y\nz,w\n", ["a", "b"]),
        ("red,small\nblue,large\nred,large\nblue,small\n", ["column_1", "column_2"]),
        ("0,1,2\n4,5,6\n7,8,9\n", ["0", "1", "2"]),
        ("label,1x1,1x2\n5,0,0\n3,1,255\n", ["label", "1x1", "1x2"]),
        ("country,2010,2011\nDE,1,2\nFR,3,4\n", ["country", "2010", "2011"]),
        ("x,x,,x\n1,2,3,4\n5,6,7,8\n", ["x", "x_2", "column_3", "x_3"]),
        ("# made by us\n# twice\na,b\n1,2\n3,4\n", ["a", "b"]),
        ("Report of May\n\na,b\n1,2\n3,4\n5,6\n", ["a", "b"]),
        ('"mpg" "cyl"\n"Mazda" 21.0 6\n"Datsun" 22.8 4\n', ["row", "mpg", "cyl"]),
    ],
)
def test_names(tmp_path: Path, text: str, names: list[str]) -> None:
    assert list(columns(read(write(tmp_path / "a.csv", text)))) == names


def test_ragged_rows_are_told(tmp_path: Path) -> None:
    rows = "".join(f"{n},{n}\n" for n in range(20))
    raw = read(write(tmp_path / "a.csv", f"a,b\n{rows}1,2,3\n4\n"))
    assert raw.splits["all"].num_rows == 20
    assert sorted(raw.skipped) == [
        "a.csv: 1 row with 1 field instead of 2 left out (like '4')",
        "a.csv: 1 row with 3 fields instead of 2 left out (like '1,2,3')",
    ]
    assert raw.lost == {"of another length than the 2 columns of a.csv": 2}


def test_rows_of_many_lengths_are_all_counted(tmp_path: Path) -> None:
    rows = "".join(f"{n},{n}\n" for n in range(20)) + "".join("1," * n + "1\n" for n in range(2, 11))
    raw = read(write(tmp_path / "a.csv", f"a,b\n{rows}"))
    assert (raw.splits["all"].num_rows, sum(raw.lost.values())) == (20, 9)
    assert raw.skipped[-1] == "a.csv: 4 more of yet other lengths left out"


def test_rows_may_end_early(tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", "name,n,until\nbuzz,1,1996-06-17\nrex,2\nbo,3\nham,4\nsid\n")
    raw = read(file)
    assert raw.skipped == []
    assert columns(raw)["n"] == [1, 2, 3, 4, None]
    assert columns(raw)["until"] == [datetime(1996, 6, 17), None, None, None, None]


def test_prose_before_the_table(tmp_path: Path) -> None:
    prose = "NIST StRD\nDataset Name: SmLs01\n\nFile Format: ASCII\nStarting Values (lines 41 to 47)\n"
    rows = "".join(f"{n}  {n}.5\n" for n in range(50))
    assert columns(read(write(tmp_path / "a.dat", f"{prose}Treatment Response\n{rows}"))) == {
        "Treatment": [*range(50)], "Response": [n + 0.5 for n in range(50)],
    }  # fmt: skip


def test_leading_zeros_and_long_keys_stay_text(tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", "zip,key,n\n01234,12345678901234567890,0\n90210,12345678901234567891,10\n")
    assert columns(read(file)) == {
        "zip": ["01234", "90210"], "key": ["12345678901234567890", "12345678901234567891"], "n": [0, 10],
    }  # fmt: skip


def test_stray_tokens_among_numbers(tmp_path: Path) -> None:
    raw = read(write(tmp_path / "a.csv", "n,m\n" + "".join(f"{n},{n}.5\n" for n in range(50)) + "unknown,none\n"))
    assert columns(raw)["n"] == [*range(50), None]
    assert (raw.strays["n"].count, raw.strays["n"].examples) == (1, ["unknown"])


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (["13/01/2020", "02/01/2020"], [datetime(2020, 1, 13), datetime(2020, 1, 2)]),
        (["01/13/2020", "01/02/2020"], [datetime(2020, 1, 13), datetime(2020, 1, 2)]),
        (["13.01.2020", "02.01.2020"], [datetime(2020, 1, 13), datetime(2020, 1, 2)]),
        (
            ["2020-01-13 10:30:00", "2020-01-02 00:00:01"],
            [datetime(2020, 1, 13, 10, 30), datetime(2020, 1, 2, 0, 0, 1)],
        ),
        (["2020-01-13T10:30:00Z", "2020-01-02T00:00:00Z"], [datetime(2020, 1, 13, 10, 30), datetime(2020, 1, 2)]),
        (
            ["2020-01-13T10:30:00+02:00", "2020-01-02T02:00:00+02:00"],
            [datetime(2020, 1, 13, 8, 30), datetime(2020, 1, 2)],
        ),
        (["13-Jan-2020", "02-Jan-2020"], [datetime(2020, 1, 13), datetime(2020, 1, 2)]),
    ],
)
def test_dates(tmp_path: Path, written: list[str], meant: list[datetime]) -> None:
    file = write(tmp_path / "a.csv", "day,n\n" + "".join(f"{day},{n}\n" for n, day in enumerate(written)))
    assert columns(read(file))["day"] == meant


def test_train_test_and_submission(tmp_path: Path) -> None:
    train = write(tmp_path / "train.csv", "PassengerId,Survived,Sex\n1,0,male\n2,1,female\n")
    test = write(tmp_path / "test.csv", "PassengerId,Sex\n3,female\n")
    form = write(tmp_path / "gender_submission.csv", "PassengerId,Survived\n3,0\n")
    match = delimited.sniff([form, test, train])
    assert match is not None
    assert match.files == {"train": [train], "unlabelled": [test], "about": [form]}
    raw = delimited.read(match)
    assert raw.target == "Survived"
    assert columns(raw, "unlabelled") == {"PassengerId": [3], "Sex": ["female"]}


def test_test_with_target_is_a_test_split(tmp_path: Path) -> None:
    files = [write(tmp_path / f"{split}.csv", "a,b\n1,2\n3,4\n") for split in ("train", "test", "valid")]
    match = delimited.sniff(files)
    assert match is not None
    assert list(match.files) == ["train", "validation", "test"]


def test_splits_get_one_type_a_column(tmp_path: Path) -> None:
    train = write(tmp_path / "train.csv", "a,b,y\n" + "1,2,0\n" * 5)
    test = write(tmp_path / "test.csv", "a,b,y\n" + "1.5,x,0\n" * 5)
    raw = read(train, test)
    assert raw.splits["train"].schema == raw.splits["test"].schema
    assert [str(kind) for kind in raw.splits["train"].schema.types] == ["double", "string", "int64"]


def test_adult(tmp_path: Path) -> None:
    """UCI's Adult: no header, names in `.names`, a comment on top of the test file and dots behind its labels."""
    row = "39, State-gov, 77516, Bachelors, 13, <=50K"
    data = write(tmp_path / "adult.data", f"{row}\n50, ?, 83311, Bachelors, 13, >50K\n{row}\n\n")
    test = write(tmp_path / "adult.test", f"|1x3 Cross validator\n{row}.\n28, Private, 338409, Masters, 13, >50K.\n\n")
    names = "| This data was extracted\n\n>50K, <=50K.\n\nage: continuous.\nworkclass: Private, State-gov.\n"
    about = write(
        tmp_path / "adult.names",
        names + "fnlwgt: continuous.\neducation: Bachelors, Masters.\neducation-num: continuous.\n",
    )
    raw = read(data, test, about)
    assert raw.target == "class"
    assert columns(raw, "train") == {
        "age": [39, 50, 39], "workclass": ["State-gov", None, "State-gov"], "fnlwgt": [77516, 83311, 77516],
        "education": ["Bachelors"] * 3, "education-num": [13] * 3, "class": ["<=50K", ">50K", "<=50K"],
    }  # fmt: skip
    assert columns(raw, "test")["class"] == ["<=50K", ">50K"]


def test_numbered_names(tmp_path: Path) -> None:
    data = write(tmp_path / "iris.data", "5.1,3.5,Iris-setosa\n4.9,3.0,Iris-setosa\n6.2,2.9,Iris-virginica\n")
    text = (
        "1. Title: Iris\n\n7. Attribute Information:\n  1. sepal length in cm\n  2. sepal width in cm\n  3. class: \n"
    )
    raw = read(data, write(tmp_path / "iris.names", text))
    assert list(columns(raw)) == ["sepal length in cm", "sepal width in cm", "class"]


def test_scikit_learn_files() -> None:
    from sklearn import datasets

    folder = Path(datasets.__file__).parent / "data"
    raw = read(folder / "iris.csv")
    assert (raw.splits["all"].shape, raw.target, raw.classes) == (
        (150, 5),
        "target",
        ["setosa", "versicolor", "virginica"],
    )
    assert read(folder / "breast_cancer.csv").splits["all"].shape == (569, 31)
    assert read(folder / "digits.csv.gz").splits["all"].shape == (1797, 65)
    assert list(columns(read(folder / "linnerud_exercise.csv"))) == ["Chins", "Situps", "Jumps"]


def test_shards_are_one_table_and_strangers_are_left_out(tmp_path: Path) -> None:
    shards = [write(tmp_path / f"part-{n}.csv", f"a,b\n{n},2\n3,4\n") for n in range(3)]
    other = write(tmp_path / "notes.csv", "when,what,who\n2020,x,y\n")
    match = delimited.sniff([*shards, other])
    assert match is not None
    assert match.files == {"all": shards}
    assert list(match.ignored) == [str(other)]
    assert [one.files for one in delimited.readings([other, *shards])] == [{"all": shards}, {"all": [other]}]
    assert delimited.count(match) == {"all": 6}


def test_rows_are_a_sample_and_count_is_exact(tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", "a,b\n" + "1,2\n\n" * 5000)
    assert read(file, rows=10).splits["all"].num_rows == 10
    match = delimited.sniff([file])
    assert match is not None
    assert delimited.count(match) == {"all": 5000}


def test_one_column(tmp_path: Path) -> None:
    assert columns(read(write(tmp_path / "a.csv", "value\n1\n2\n"))) == {"value": [1, 2]}


def test_very_long_fields(tmp_path: Path) -> None:
    long = "x" * 200_000
    raw = read(write(tmp_path / "a.csv", f"id,text\n1,{long}\n2,b\n3,c\n"))
    assert columns(raw)["text"] == [long, "b", "c"]


def test_nul_bytes(tmp_path: Path) -> None:
    assert columns(read(write(tmp_path / "a.csv", "a,b\n1,x\0y\n2,z\n"))) == {"a": [1, 2], "b": ["xy", "z"]}


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n" + bytes(range(32)) * 100, b"\0" * 5000, b"\n\n\n"])
def test_no_table(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(content)
    assert delimited.sniff([file]) is None


def test_damaged_compression(tmp_path: Path) -> None:
    file = tmp_path / "a.csv.gz"
    whole = gzip.compress(("a,b\n" + "".join(f"{n},{n * 7919 % 1013}\n" for n in range(100_000))).encode())
    file.write_bytes(whole[: len(whole) // 2])
    match = delimited.sniff([file])
    assert match is not None
    with pytest.raises(DataError, match=r"a\.csv\.gz can't be read: it is damaged"):
        delimited.read(match)


def test_mostly_ragged_is_unreadable(tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", "a,b\n" + "1,2\n" * 70_000 + "1,2,3\n" * 90_000)
    match = delimited.sniff([file])
    assert match is not None
    with pytest.raises(DataError, match="do not have 2 fields"):
        delimited.read(match)


@pytest.mark.parametrize("label", ["good", "very good"])
def test_texts_of_as_many_words_each_behind_a_tab(tmp_path: Path, label: str) -> None:
    lines = [f"{label if n % 2 else 'bad'}\tfilm number seen quite recently" for n in range(20)]
    assert len(columns(read(write(tmp_path / "reviews.txt", "\n".join(lines))))) == 2


def test_numbers_between_blanks_before_a_tab(tmp_path: Path) -> None:
    """As of auto-mpg."""
    lines = [f'{n}.0   8   {n}07.0\t"ford torino"' for n in range(10, 30)]
    assert len(columns(read(write(tmp_path / "cars.txt", "\n".join(lines))))) == 4
