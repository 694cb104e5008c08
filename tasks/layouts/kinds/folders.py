"""Where labels and splits stand among files of pictures: levels of folders, names, tables, lists, files beside."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from noglue.tasks.layouts.layout import Expected, layout
from noglue.tasks.layouts.real_data import digits

if TYPE_CHECKING:
    import numpy as np

DIGITS = "Classify the digits."
TEN = tuple("0123456789")
WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
SMALL = (8, 8, 1)


def _each(count: int = 200) -> "Iterator[tuple[int, np.ndarray, int]]":
    images, labels = digits(count)
    yield from ((number, image, int(label)) for number, (image, label) in enumerate(zip(images, labels, strict=True)))


def _save(image: "np.ndarray", path: Path) -> None:
    from PIL import Image

    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(image).save(path)


def _all(classes: tuple[str, ...] = TEN, **changes: object) -> Expected:
    return Expected(("image",), 200, (), classes, shape=SMALL, **changes)  # type: ignore[arg-type]


SPLIT = {"train": 150, "test": 50}


def _split(number: int) -> str:
    return "train" if number < 150 else "test"


@layout(DIGITS, plain="digits_png_folders")
def classes_deep_down(place: Path) -> Expected:
    for number, image, label in _each():
        _save(image, place / "release" / "v2" / "images" / str(label) / f"{number:04}.png")
    return _all()


@layout(DIGITS)
def split_above_class(place: Path) -> Expected:
    for number, image, label in _each():
        _save(image, place / _split(number) / WORDS[label] / f"{number}.png")
    return _all(WORDS, splits=SPLIT)


@layout(DIGITS)
def class_above_split(place: Path) -> Expected:
    for number, image, label in _each():
        _save(image, place / WORDS[label] / _split(number) / f"{number}.png")
    return _all(WORDS, splits=SPLIT)


@layout(DIGITS)
def train_validation_test(place: Path) -> Expected:
    for number, image, label in _each():
        split = "valid" if 120 <= number < 150 else _split(number)
        _save(image, place / split / WORDS[label] / f"{number}.png")
    return _all(WORDS, splits=SPLIT)


@layout(DIGITS)
def test_folders_in_other_case(place: Path) -> Expected:
    for number, image, label in _each():
        name = WORDS[label].title() if number >= 150 else WORDS[label]
        _save(image, place / _split(number) / name / f"{number}.png")
    return _all(WORDS, splits=SPLIT)


@layout("Classify the digits.", plain="digits_png_folders")
def labels_csv_beside(place: Path) -> Expected:
    lines = ["filename,label"]
    for number, image, label in _each():
        _save(image, place / "images" / f"{number:04}.png")
        lines.append(f"{number:04}.png,{label}")
    (place / "labels.csv").write_text("\n".join(lines) + "\n")
    return _all()


@layout("Classify the digits.")
def labels_csv_without_endings(place: Path) -> Expected:
    lines = ["id,digit"]
    for number, image, label in _each():
        _save(image, place / "images" / f"img{number:04}.png")
        lines.append(f"img{number:04},{WORDS[label]}")
    (place / "labels.csv").write_text("\n".join(lines) + "\n")
    return _all(WORDS)


@layout("Classify the digits.")
def labels_txt_list(place: Path) -> Expected:
    """`train.txt` and `test.txt`: a path and a class a line."""
    lists: dict[str, list[str]] = {"train": [], "test": []}
    for number, image, label in _each():
        _save(image, place / "images" / f"{number:04}.png")
        lists[_split(number)].append(f"images/{number:04}.png {label}")
    for split, lines in lists.items():
        (place / f"{split}.txt").write_text("\n".join(lines) + "\n")
    return _all(splits=SPLIT)


@layout("Classify the digits.")
def labels_json_map(place: Path) -> Expected:
    told = {}
    for number, image, label in _each():
        _save(image, place / "images" / f"{number:04}.png")
        told[f"{number:04}.png"] = WORDS[label]
    (place / "labels.json").write_text(json.dumps(told))
    return _all(WORDS)


@layout("Classify the digits.")
def labels_json_with_names_apart(place: Path) -> Expected:
    """Numbers in the map, and what they mean in a file of its own, as ImageNet's copies have it."""
    told = {}
    for number, image, label in _each():
        _save(image, place / "images" / f"{number:04}.png")
        told[f"{number:04}.png"] = label
    (place / "labels.json").write_text(json.dumps(told))
    (place / "class_names.json").write_text(json.dumps({str(label): word for label, word in enumerate(WORDS)}))
    return _all(WORDS)


@layout("Classify the digits.")
def labels_one_hot(place: Path) -> Expected:
    lines = [",".join(["image", *WORDS])]
    for number, image, label in _each():
        _save(image, place / "images" / f"{number:04}.png")
        lines.append(",".join([f"{number:04}.png", *(str(int(label == other)) for other in range(10))]))
    (place / "truth.csv").write_text("\n".join(lines) + "\n")
    return _all(WORDS)


@layout("Classify the digits.")
def classes_in_the_names(place: Path) -> Expected:
    for number, image, label in _each():
        _save(image, place / f"{WORDS[label]}.{number}.png")
    return _all(WORDS)


@layout("Classify which digit it is.")
def one_field_of_the_name(place: Path) -> Expected:
    """`3_theo_12.png`: digit, writer, number."""
    writers = ("theo", "lucas", "nicolas", "yweweler")
    for number, image, label in _each():
        _save(image, place / f"{label}_{writers[number % 4]}_{number}.png")
    return _all()


@layout("Classify the digits.")
def a_file_beside_each(place: Path) -> Expected:
    for number, image, label in _each():
        _save(image, place / f"{number:04}.png")
        (place / f"{number:04}.cls").write_text(f"{WORDS[label]}\n")
    return _all(WORDS)


@layout("Classify the digits.")
def a_test_to_predict(place: Path) -> Expected:
    """Test pictures without classes: they are to be told."""
    for number, image, label in _each():
        where = place / "train" / WORDS[label] if number < 150 else place / "test"
        _save(image, where / f"{number}.png")
    return _all(WORDS, splits={"unlabelled": 50})


@layout("Classify the digits.")
def ids_of_wordnet(place: Path) -> Expected:
    """Folders are called by numbers, and a list says what these mean."""
    for number, image, label in _each():
        _save(image, place / "train" / f"n0{2000000 + label}" / f"{number}.png")
    lines = [f"n0{2000000 + label}\t{word}" for label, word in enumerate(WORDS)]
    (place / "words.txt").write_text("\n".join(lines) + "\n")
    return _all(WORDS)


@layout("Classify the digits.")
def folds(place: Path) -> Expected:
    for number, image, label in _each():
        _save(image, place / f"fold{number % 5}" / WORDS[label] / f"{number}.png")
    return _all(WORDS)


@layout("Classify the digits. The folders are patients.")
def patients_above(place: Path) -> Expected:
    for number, image, label in _each():
        _save(image, place / f"patient{number % 8:02}" / WORDS[label] / f"{number}.png")
    return _all(WORDS)


@layout("Predict the brightness.")
def values_in_a_table(place: Path) -> Expected:
    lines = ["file,brightness"]
    for number, image, _ in _each():
        _save(image, place / "images" / f"{number:04}.png")
        lines.append(f"{number:04}.png,{image.mean() / 255:.5f}")
    (place / "brightness.csv").write_text("\n".join(lines) + "\n")
    return Expected(("image",), 200, ("brightness", "label"), None, shape=SMALL)


@layout("Classify the digits.")
def table_with_a_column_for_the_split(place: Path) -> Expected:
    lines = ["path,label,split"]
    for number, image, label in _each():
        _save(image, place / "all" / f"{number:04}.png")
        lines.append(f"all/{number:04}.png,{WORDS[label]},{_split(number)}")
    (place / "index.csv").write_text("\n".join(lines) + "\n")
    return _all(WORDS, splits=SPLIT)
