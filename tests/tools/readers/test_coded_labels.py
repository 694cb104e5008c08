"""Tables without a header whose labels are codes, and a file beside that names these: AG News, UCI's activities."""

from pathlib import Path

import numpy as np
import pytest

from noglue.tools.readers import delimited
from noglue.tools.spec.protocols import Match

TOPICS = ("World", "Sports", "Business", "Sci/Tech")
ACTIVITIES = ("WALKING", "SITTING", "LAYING")


def read(root: Path) -> list[Match]:
    return delimited.readings(sorted(path for path in root.rglob("*") if path.is_file()))


@pytest.mark.parametrize("behind", [False, True])
def test_codes_at_an_end_are_named_by_a_list_of_classes(tmp_path: Path, behind: bool) -> None:
    (tmp_path / "classes.txt").write_text("".join(f"{name}\n" for name in TOPICS))
    for split, count in (("train", 80), ("test", 40)):
        cells = [[f'"{n % 4 + 1}"', f'"A headline, number {n}"', f'"What is told in {n}"'] for n in range(count)]
        lines = [",".join([*one[1:], one[0]] if behind else one) for one in cells]
        (tmp_path / f"{split}.csv").write_text("\n".join(lines) + "\n")
    match, *_ = found = read(tmp_path)
    raw = delimited.read(match)
    assert (raw.target, set(raw.splits["test"]["label"].to_pylist())) == ("label", set(TOPICS))
    assert raw.splits["train"]["label"].to_pylist()[:5] == [*TOPICS, "World"]
    assert not any("classes" in path.stem for one in found for split in one.files if split != "about"
                   for path in one.files[split])  # fmt: skip


def activities(root: Path) -> None:
    draw = np.random.default_rng(3)
    (root / "activity_labels.txt").write_text("".join(f"{n} {name}\n" for n, name in enumerate(ACTIVITIES, 1)))
    for split, count in (("train", 60), ("test", 30)):
        (root / split).mkdir()
        rows = "".join(" ".join(f"{value: .6e}" for value in draw.normal(n % 3, 1, 12)) + "\n" for n in range(count))
        (root / split / f"X_{split}.txt").write_text(rows)
        (root / split / f"y_{split}.txt").write_text("".join(f"{n % 3 + 1}\n" for n in range(count)))


def test_labels_apart_are_named_and_their_names_are_no_data(tmp_path: Path) -> None:
    activities(tmp_path)
    match, *others = read(tmp_path)
    raw = delimited.read(match)
    assert raw.splits["test"]["target"].to_pylist()[:3] == list(ACTIVITIES)
    assert {split: table.num_rows for split, table in raw.splits.items()} == {"train": 60, "test": 30}
    assert "activity_labels.txt" in {path.name for path in match.files["about"]}
    assert not any(path.name == "activity_labels.txt" for one in others for path in one.files.get("all", ()))


def test_numbers_of_columns_are_no_part_of_their_names(tmp_path: Path) -> None:
    activities(tmp_path)
    (tmp_path / "features.txt").write_text("".join(f"{n} acc-{n}-mean()\n" for n in range(1, 13)))
    assert delimited.read(read(tmp_path)[0]).splits["train"].column_names[:2] == ["acc-1-mean()", "acc-2-mean()"]


def test_a_file_that_names_other_codes_is_left_alone(tmp_path: Path) -> None:
    activities(tmp_path)
    (tmp_path / "activity_labels.txt").write_text("7 JUMPING\n8 RUNNING\n9 SWIMMING\n")
    raw = delimited.read(next(one for one in read(tmp_path) if "beside" in one.reading))
    assert set(raw.splits["test"]["target"].to_pylist()) == {1, 2, 3}


def test_texts_and_a_code_a_line_in_several_files_are_one_set(tmp_path: Path) -> None:
    """UCI's sentiment labelled sentences: where they are from is no class, the number behind each is."""
    draw = np.random.default_rng(1)
    words = [
        "it",
        "works",
        "well",
        "though",
        "the",
        "box",
        "was",
        "broken",
        "and",
        "they",
        "never",
        "sent",
        "another",
        "one",
    ]
    for name in ("amazon_cells_labelled", "imdb_labelled", "yelp_labelled"):
        texts = (" ".join(draw.choice(words, draw.integers(4, 12))) for _ in range(40))
        (tmp_path / f"{name}.txt").write_text("".join(f"{text}.\t{n % 2}\n" for n, text in enumerate(texts)))
    raw = delimited.read(read(tmp_path)[0])
    assert (raw.target, raw.splits["all"].num_rows) == ("label", 120)
    assert raw.splits["all"].column_names == ["column_1", "label"]


def test_numbers_beside_numbers_are_not_taken_for_labels(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("".join(f"{n % 3},{n * 7 % 11}.5\n" for n in range(60)))
    assert delimited.read(read(tmp_path)[0]).target is None


def test_comments_that_say_what_numbers_mean_are_no_header(tmp_path: Path) -> None:
    """Oxford's pets: `annotations/list.txt`."""
    said = [
        "#Image CLASS-ID SPECIES BREED ID",
        "#ID: 1:37 Class ids",
        "#SPECIES: 1:Cat 2:Dog",
        "#BREED ID: 1-25:Cat 1:12:Dog",
    ]
    rows = [f"Pug_{n} {n % 3 + 1} {n % 2 + 1} {n % 3 + 1}" for n in range(30)]
    (tmp_path / "list.txt").write_text("\n".join([*said, *rows]) + "\n")
    raw = delimited.read(read(tmp_path)[0])
    assert (raw.splits["all"].num_rows, raw.splits["all"].column_names[1]) == (30, "column_2")


def test_new_texts_are_read_with_their_codes_and_without(tmp_path: Path) -> None:
    lines = [f"this is text {n}{' and more' * (n % 5)}\t{n % 2}" for n in range(60)]
    (tmp_path / "known.txt").write_text("\n".join(lines) + "\n")
    raw = delimited.read(read(tmp_path)[0])
    assert raw.form is not None
    form = raw.form.model_copy(update={"target": raw.target})
    for name, ending in (("with.txt", "\t1"), ("without.txt", "")):
        new = tmp_path / "new" / name
        new.parent.mkdir(exist_ok=True)
        new.write_text("".join(f"a new text, number {n}{ending}\n" for n in range(5)))
        table = delimited.read(Match(0.5, {"all": [new]}, ""), None, form).splits["all"]
        assert table["column_1"].to_pylist() == [f"a new text, number {n}" for n in range(5)]
