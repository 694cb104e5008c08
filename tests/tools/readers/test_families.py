"""Of several tables each is a reading, whatever the files are called and in whatever order they come."""

import random
from pathlib import Path

import pytest

from noglue.tools.readers import delimited
from noglue.tools.spec.protocols import Match


def lay(folder: Path, **tables: str) -> list[Path]:
    found = []
    for name, text in tables.items():
        path = folder / f"{name}.csv"
        path.write_text(text)
        found.append(path)
    return found


def table(header: str, rows: int, first: int = 0) -> str:
    width = len(header.split(","))
    return "\n".join([header, *(",".join([f"k{n}", *[str(n * c % 7) for c in range(2, width + 1)]])
                                for n in range(first, first + rows))])  # fmt: skip


def names(match: Match) -> dict[str, list[str]]:
    return {split: [path.name for path in paths] for split, paths in match.files.items()}


@pytest.mark.parametrize("name", ["hn_submissions", "sample_submission", "index", "submission_log", "train_submit"])
def test_a_table_alone_is_one_whatever_it_is_called(tmp_path: Path, name: str) -> None:
    match = delimited.sniff(lay(tmp_path, **{name: table("a,b,c", 20)}))
    assert match is not None
    assert [path.stem for paths in match.files.values() for path in paths] == [name]


@pytest.mark.parametrize(
    "name", ["sample_submission", "sampleSubmission", "to_hand_in", "SubmissionFormat", "beispiel"]
)
def test_a_sample_of_answers_is_known_by_its_rows(tmp_path: Path, name: str) -> None:
    files = lay(
        tmp_path,
        train=table("id,x,y,leak,count", 30),
        test=table("id,x,y", 10, first=100),
        **{name: "id,count\n" + "".join(f"k{n},0\n" for n in range(100, 110))},
    )
    (match,) = delimited.readings(files)
    assert names(match) == {"train": ["train.csv"], "unlabelled": ["test.csv"], "about": [f"{name}.csv"]}
    assert match.reading == {"sample": f"{name}.csv"}
    raw = delimited.read(match)
    assert raw.target == "count"
    assert {split: one.num_rows for split, one in raw.splits.items()} == {"train": 30, "unlabelled": 10}


def test_answers_of_the_test_table_are_no_sample(tmp_path: Path) -> None:
    files = lay(
        tmp_path,
        train=table("id,x,z,y", 30),
        test=table("id,x,z", 20, first=100),
        answers="id,y\n" + "".join(f"k{n},{n % 3}\n" for n in range(100, 120)),
    )
    assert "about" not in names(delimited.readings(files)[0])


@pytest.mark.parametrize("lacking", [1, 2, 3])
def test_rows_to_predict_may_lack_several_columns(tmp_path: Path, lacking: int) -> None:
    header = ["id", "x", "z", "a", "b", "c"]
    files = lay(tmp_path, train=table(",".join(header), 30), test=table(",".join(header[:-lacking]), 9))
    assert names(delimited.readings(files)[0]) == {"train": ["train.csv"], "unlabelled": ["test.csv"]}


def test_each_table_of_a_folder_is_a_reading(tmp_path: Path) -> None:
    files = lay(tmp_path, animals=table("code,span,mass", 9), pens=table("pen,animal,size", 40), food=table("f,g", 20))
    found = delimited.readings(files)
    assert sorted(name for match in found for name in names(match)["all"]) == ["animals.csv", "food.csv", "pens.csv"]
    for match in found:
        used = {str(path) for paths in match.files.values() for path in paths}
        assert used | set(match.ignored) == set(map(str, files))
        assert match.labels_from == names(match)["all"][0]


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ("training_set_values", "training_set_labels"),
        ("x", "status_of"),
        ("train_features", "train_targets"),
        ("kunden", "antworten"),
    ],
)
def test_values_and_labels_are_joined_by_their_key(tmp_path: Path, values: str, labels: str) -> None:
    keys = [f"k{n}" for n in range(40)]
    shuffled = random.Random(3).sample(keys, 40)
    files = lay(
        tmp_path,
        **{values: table("id,a,b,c", 40)},
        **{labels: "id,status\n" + "".join(f"{key},s{key[1:]}\n" for key in shuffled)},
    )
    match = delimited.readings(files)[0]
    assert match.reading == {"join": "id"}
    raw = delimited.read(match)
    whole = next(iter(raw.splits.values()))
    assert raw.target == "status"
    assert whole["status"].to_pylist() == [f"s{n}" for n in range(40)]
    assert list(delimited.count(match).values()) == [40]
    assert not raw.lost


def test_the_test_rows_of_a_join_have_no_answers_unless_a_table_gives_them(tmp_path: Path) -> None:
    parts = {
        "train_values": table("id,a,b,c", 30),
        "train_labels": "id,y\n" + "".join(f"k{n},{n % 2}\n" for n in range(30)),
        "test_values": table("id,a,b,c", 12, first=50),
    }
    match = delimited.readings(lay(tmp_path, **parts))[0]
    assert names(match) == {"train": ["train_values.csv", "train_labels.csv"], "unlabelled": ["test_values.csv"]}
    parts["test_labels"] = "id,y\n" + "".join(f"k{n},{n % 2}\n" for n in range(50, 62))
    match = delimited.readings(lay(tmp_path, **parts))[0]
    assert names(match)["test"] == ["test_values.csv", "test_labels.csv"]
    assert delimited.read(match).splits["test"].num_rows == 12


def test_rows_of_the_labels_that_belong_to_none_are_counted(tmp_path: Path) -> None:
    labels = "id,y\n" + "".join(f"k{n},{n % 2}\n" for n in range(1, 42))
    match = delimited.readings(lay(tmp_path, a=table("id,a,b,c", 40), b=labels))[0]
    raw = delimited.read(match)
    assert raw.splits["all"].num_rows == 40
    assert raw.splits["all"]["y"].null_count == 1
    assert sum(raw.lost.values()) == 2


def test_side_by_side(tmp_path: Path) -> None:
    files = lay(tmp_path, X_train=table("a,b,c", 30), y_train="y\n" + "1\n2\n" * 15, X_test=table("a,b,c", 8))
    match = delimited.readings(files)[0]
    assert match.reading == {"beside": "rows"}
    raw = delimited.read(match)
    assert raw.target == "y"
    assert raw.splits["train"].column_names == ["a", "b", "c", "y"]
    assert raw.splits["unlabelled"].num_rows == 8


def test_many_rows_of_one_thing_are_joined_to_it_only_where_that_is_asked_for(tmp_path: Path) -> None:
    visits = "id,cost\n" + "".join(f"k{n % 40},{n}\n" for n in range(90))
    found = delimited.readings(lay(tmp_path, people=table("id,a,b,c", 40), visits=visits))
    assert [match.reading.get("join") for match in found] == ["id", None, None]
    assert found[0].confidence < min(match.confidence for match in found[1:])
    raw = delimited.read(found[0])
    assert raw.splits["all"].column_names == ["id", "cost", "a", "b", "c"]
    assert raw.splits["all"]["a"].to_pylist() == [n % 40 * 2 % 7 for n in range(90)]
    assert raw.target is None


def test_the_order_of_the_files_changes_nothing(tmp_path: Path) -> None:
    files = lay(
        tmp_path,
        train=table("id,x,y", 30),
        test=table("id,x", 9, 50),
        other=table("q,r,s,t", 5),
        values=table("key,u,v,w", 20),
        labels="key,z\n" + "".join(f"k{n},{n}\n" for n in range(20)),
    )
    wanted = delimited.readings(files)
    for seed in range(5):
        assert delimited.readings(random.Random(seed).sample(files, len(files))) == wanted


def test_side_by_side_without_headers(tmp_path: Path) -> None:
    for split, count in {"train": 30, "test": 12}.items():
        (tmp_path / f"X_{split}.txt").write_text("".join(f"  {n / 7:.4e} {n / 3:.4e} {n:.4e}\n" for n in range(count)))
        (tmp_path / f"y_{split}.txt").write_text("".join(f"{n % 4}\n" for n in range(count)))
    raw = delimited.read(delimited.readings(sorted(tmp_path.iterdir()))[0])
    assert raw.target == "target"
    assert {split: table.num_rows for split, table in raw.splits.items()} == {"train": 30, "test": 12}
    assert raw.splits["test"]["target"].to_pylist() == [n % 4 for n in range(12)]


def test_texts_without_a_label_in_a_file_of_one_column(tmp_path: Path) -> None:
    """As many words as each has make no table of words."""
    titles = ["rings and fields", "history", "the sea, its life", "carbon", "how rivers bend", "old maps of Asia"]
    labelled = "title,subject\n" + "".join(f'"{title}",{"ab"[place % 2]}\n' for place, title in enumerate(titles * 3))
    alone = "title\n" + "".join(f"{title.replace(',', '')} {place}\n" for place, title in enumerate(titles * 4))
    (tmp_path / "train.csv").write_text(labelled, encoding="utf-8")
    (tmp_path / "unlabelled.csv").write_text(alone, encoding="utf-8")
    match = delimited.readings(sorted(tmp_path.iterdir()))[0]
    assert {split: [path.name for path in paths] for split, paths in match.files.items()} == {
        "train": ["train.csv"],
        "unlabelled": ["unlabelled.csv"],
    }
    raw = delimited.read(match)
    assert raw.splits["unlabelled"].column("title").to_pylist()[2] == "the sea its life 2"


def test_a_table_that_lacks_a_column_may_hold_rows_to_predict(tmp_path: Path) -> None:
    files = lay(tmp_path, loans=table("id,a,b,default", 40), applicants=table("id,a,b", 9))
    found = delimited.readings(files)
    assert [names(match) for match in found] == [
        {"all": ["loans.csv"]},
        {"all": ["applicants.csv"]},
        {"train": ["loans.csv"], "unlabelled": ["applicants.csv"]},
    ]
    assert found[-1].confidence < found[0].confidence
    assert delimited.read(found[-1]).target == "default"


def test_rows_of_each_split_that_a_column_tells_are_counted(tmp_path: Path) -> None:
    rows = "".join(f"{n},{n * n},{'test' if n % 4 == 0 else 'train'}\n" for n in range(40))
    match = delimited.readings(lay(tmp_path, a=f"x,y,split\n{rows}"))[0]
    assert match.reading == {"split": "split"}
    assert delimited.count(match) == {"train": 30, "test": 10}
