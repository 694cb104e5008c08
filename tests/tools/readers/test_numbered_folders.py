"""Folders that are numbered anew within each parent: `character01` of two alphabets is two characters."""

from pathlib import Path

import pytest

from noglue.tasks.layouts import judge
from noglue.tools.readers import image_folder
from tests.tools.readers.test_label_sources import classes, first, grow


def _alphabets(names: tuple[str, ...] = ("Greek", "Latin", "Tengwar")) -> list[str]:
    return [
        f"{name}/character{letter:02d}/{10 * place + letter:04d}_{drawn:02d}.png"
        for place, name in enumerate(names)
        for letter in range(1, 4)
        for drawn in range(1, 9)
    ]


def _of(kind: str, parents: tuple[str, ...], numbers: tuple[int, ...]) -> list[str]:
    return [
        f"{parent}/{kind}{n}/{k}.png"
        for parent, last in zip(parents, numbers, strict=True)
        for n in range(1, last + 1)
        for k in range(8)
    ]


@pytest.mark.parametrize(
    ("request_", "count", "one"),
    [
        ("Recognise the character in the picture.", 9, "Greek/character01"),
        ("Recognise the alphabet.", 3, "Greek"),
    ],
)
def test_the_request_says_which_level(tmp_path: Path, request_: str, count: int, one: str) -> None:
    given = tmp_path / "given"
    given.mkdir()
    grow(given, _alphabets())
    seen = judge.look(request_, [str(given)], tmp_path / "run")
    assert not seen["error"]
    assert len(seen["classes"]) == count
    assert one in seen["classes"]


def test_what_recurs_is_told_where_it_is_taken_for_one(tmp_path: Path) -> None:
    files = grow(tmp_path, _alphabets())
    alone = next(one for one in image_folder.readings(files) if one.reading == {"kind": "folders", "level": "1"})
    raw = image_folder.read(alone)
    assert classes(raw) == {"character01", "character02", "character03"}
    assert any("Greek" in note and "character01" in note for note in raw.notes)


@pytest.mark.parametrize(
    "pictures",
    [
        _of("type", ("apple", "bread", "cheese"), (3, 4, 2)),  # they end elsewhere
        _of("type0", ("apple", "bread"), (3, 3)),  # written as indices are
    ],
)
def test_indices_are_of_their_parent(tmp_path: Path, pictures: list[str]) -> None:
    found = image_folder.readings(grow(tmp_path, pictures))
    joined = next(one for one in found if "within" in one.reading)
    alone = next(one for one in found if one.reading == {"kind": "folders", "level": "1"})
    assert joined.confidence > alone.confidence


@pytest.mark.parametrize(
    ("pictures", "expected"),
    [
        ([f"patient_{p}/{kind}/{n}.png" for p in range(1, 5) for kind in ("benign", "malignant") for n in range(6)],
         {"benign", "malignant"}),
        ([f"site_{p}/{kind}/{n}.png" for p in "abc" for kind in ("cat", "dog") for n in range(6)], {"cat", "dog"}),
        ([f"fold{p}/{kind}/{n}.png" for p in range(3) for kind in ("cat", "dog") for n in range(6)], {"cat", "dog"}),
        ([f"{p}/{kind}/{n}.png" for p in ("train", "test") for kind in ("cat", "dog") for n in range(6)],
         {"cat", "dog"}),
        (_of("grade", ("left", "right"), (3, 4)), {"grade1", "grade2", "grade3", "grade4"}),
    ],
)  # fmt: skip
def test_what_means_the_same_everywhere_stays(tmp_path: Path, pictures: list[str], expected: set[str]) -> None:
    _, raw = first(grow(tmp_path, pictures))
    assert classes(raw) == expected
