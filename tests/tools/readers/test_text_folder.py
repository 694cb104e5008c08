"""Folders of texts: each file one text, labels from any level of folders, from names, from a table."""

import random
from pathlib import Path

import pytest

from noglue.tools.readers import text_folder
from noglue.tools.spec.errors import DataError
from noglue.tools.spec.protocols import Match

WORDS = [
    "the",
    "meeting",
    "is",
    "on",
    "monday",
    "please",
    "bring",
    "your",
    "notes",
    "and",
    "thanks",
    "for",
    "the",
    "long",
    "letter",
    "about",
    "our",
    "garden",
]


def letter(seed: int) -> str:
    return " ".join(random.Random(seed).choices(WORDS, k=30)) + ".\n"


def lay(folder: Path, names: list[str]) -> list[Path]:
    for place, name in enumerate(names):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(letter(place))
    return sorted(path for path in folder.rglob("*") if path.is_file())


def first(files: list[Path]) -> Match:
    match = text_folder.sniff(files)
    assert match is not None
    return match


@pytest.mark.parametrize("ending", [".txt", "", ".eml"])
@pytest.mark.parametrize("kinds", [("ham", "spam"), ("1", "2", "3"), ("lettre d'amour", "facture")])
def test_class_folders(tmp_path: Path, ending: str, kinds: tuple[str, ...]) -> None:
    files = lay(tmp_path, [f"{kind}/{n}{ending}" for kind in kinds for n in range(8)])
    match = first(files)
    raw = text_folder.read(match)
    assert (raw.modality, raw.target) == ("text", "label")
    assert sorted(set(raw.splits["all"]["label"].to_pylist())) == sorted(kinds)
    assert raw.splits["all"].num_rows == 8 * len(kinds)
    assert text_folder.count(match) == {"all": 8 * len(kinds)}


def test_split_folders_and_those_that_nobody_labelled(tmp_path: Path) -> None:
    names = [f"{split}/{kind}/{n}.txt" for split in ("train", "test") for kind in ("pos", "neg") for n in range(6)]
    match = first(lay(tmp_path, [*names, *[f"train/unsup/{n}.txt" for n in range(6)]]))
    raw = text_folder.read(match)
    assert {split: table.num_rows for split, table in raw.splits.items()} == {"train": 12, "test": 12, "unlabelled": 6}
    assert text_folder.count(match) == {"train": 12, "test": 12, "unlabelled": 6}


def test_every_level_is_a_reading(tmp_path: Path) -> None:
    names = [f"part{n % 3}/{kind}/{n}.txt" for n in range(12) for kind in ("ham", "spam")]
    found = text_folder.readings(lay(tmp_path, names))
    assert [match.reading.get("level") for match in found] == ["0", "1", None]
    told = [text_folder.read(match).splits["all"] for match in found]
    assert [sorted(set(one["label"].to_pylist())) if "label" in one.column_names else None for one in told] == [
        ["part0", "part1", "part2"],
        ["ham", "spam"],
        None,
    ]


def test_a_table_that_names_the_files(tmp_path: Path) -> None:
    files = lay(tmp_path, [f"texts/{n}.txt" for n in range(10)])
    rows = "".join(f"{n}.txt,{'ab'[n % 2]},{n}\n" for n in range(9))
    (tmp_path / "labels.csv").write_text(f"file,mood,stars\n{rows}")
    found = text_folder.readings([*files, tmp_path / "labels.csv"])
    assert [match.labels_from for match in found[:2]] == ["labels.csv: mood", "labels.csv: stars"]
    assert found[0].coverage == pytest.approx(0.9)
    raw = text_folder.read(found[0])
    assert {split: table.num_rows for split, table in raw.splits.items()} == {"all": 9, "unlabelled": 1}


def test_files_that_are_no_text_are_named(tmp_path: Path) -> None:
    lay(tmp_path, [f"{kind}/{n}.txt" for kind in ("a", "b") for n in range(10)])
    (tmp_path / "a" / "3.txt").write_bytes(b"")
    (tmp_path / "b" / "4.txt").write_bytes(bytes(range(32)) * 20)
    files = sorted(path for path in tmp_path.rglob("*") if path.is_file())
    raw = text_folder.read(first(files))
    assert raw.splits["all"].num_rows == 18
    assert {Path(path).name: why for path, why in raw.unusable.items()} == {
        "3.txt": "it is empty",
        "4.txt": "it is no text",
    }


def test_numbers_in_text_files_are_no_texts(tmp_path: Path) -> None:
    for n in range(10):
        (tmp_path / f"{'ab'[n % 2]}{n}.txt").write_text("".join(f"{n}.5 {m} 7.25\n" for m in range(20)))
    assert text_folder.sniff(sorted(tmp_path.iterdir())) is None


def test_nothing_readable(tmp_path: Path) -> None:
    match = first(lay(tmp_path, [f"{kind}/{n}.txt" for kind in ("a", "b") for n in range(4)]))
    for path in tmp_path.rglob("*.txt"):
        path.write_bytes(b"")
    with pytest.raises(DataError, match="None of the text files"):
        text_folder.read(match)


def test_files_beside_class_folders_are_no_texts(tmp_path: Path) -> None:
    """IMDB's addresses of the reviews, its words and its README lie above the folders of the classes."""
    names = [f"{split}/{kind}/{n}.txt" for split in ("train", "test") for kind in ("pos", "neg") for n in range(30)]
    names += [f"train/unsup/{n}.txt" for n in range(20)]
    lay(tmp_path, names)
    for split in ("train", "test"):
        for kind in ("pos", "neg"):
            (tmp_path / split / f"urls_{kind}.txt").write_text("http://www.imdb.com/title/tt0/usercomments\n" * 30)
        (tmp_path / split / "labeledBow.feat").write_text("9 0:1 5:2\n" * 60)
    (tmp_path / "imdb.vocab").write_text("the\nfilm\n")
    (tmp_path / "README").write_text(letter(0))
    (tmp_path / "words.txt").write_text(letter(1))
    files = sorted(path for path in tmp_path.rglob("*") if path.is_file())
    match = first(files)
    raw = text_folder.read(match)
    assert {split: table.num_rows for split, table in raw.splits.items()} == {"train": 60, "test": 60, "unlabelled": 20}
    aside = {Path(path).name for path in match.ignored}
    assert aside == {"urls_pos.txt", "urls_neg.txt", "README", "words.txt"}
    assert len(match.files["train"]) < 10


def test_many_texts_above_folders_are_texts(tmp_path: Path) -> None:
    names = [f"{n}.txt" for n in range(20)] + [f"{kind}/{n}.txt" for kind in ("a", "b") for n in range(10)]
    assert text_folder.count(first(lay(tmp_path, names))) == {"all": 40}
