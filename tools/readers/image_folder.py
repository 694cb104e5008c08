"""Folders of image files.

    data/cat/1.jpg  data/dog/2.png                class folders
    data/train/cat/1.jpg  data/test/cat/9.jpg     … under split folders (`seg_train/seg_train/…` too)
    data/train/0001.jpg  data/labels.csv          labels in a table beside: a file-name and a label column
    data/train/cat.0.jpg  data/test/1.jpg         labels in the names (Kaggle's cats and dogs)
    photos/1.jpg  photos/2.jpg                    no labels: to predict, or to generate more of

Folders below a class belong to it; hidden files and `__MACOSX` are passed over. The table has `image`, `path` (string,
absolute) and, where there are labels, `label` (int64; or float64 where a table tells fractions).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tools.core.errors import DataError
from tools.core.form import DataForm
from tools.core.protocols import Match, Raw
from tools.readers import _folders

if TYPE_CHECKING:
    import pyarrow as pa

READS = "folders of images, with or without classes"
Members = dict[str, list[Path]]


def sniff(files: Sequence[Path]) -> Match | None:
    """By names alone. A few pictures among other files are taken for decoration: low confidence."""
    from tools.readers import _image_labels

    pictures = [path for path in files if _folders.is_image(path.name) and "__MACOSX" not in str(path)]
    if not pictures:
        return None
    splits = _folders.splits(pictures)
    found = {split: _as_folder(folder, paths) for split, (folder, paths) in splits.items()}
    first = next(paths for _, paths in splits.values())
    labels = _folders.classes(first)
    kind, confidence = "no labels", 0.5
    if labels:
        kind, confidence = f"{len(set(labels.values()))} class folders", 0.9
    elif tables := _image_labels.tables(files, pictures):
        kind, confidence = f"labels in {', '.join(path.name for path in tables)}", 0.9
        found["about"] = tables
    elif labels := _folders.prefixes(first):
        kind, confidence = f"classes in the file names ({', '.join(sorted(set(labels.values()))[:5])})", 0.7
    if len(pictures) < 10 and len(pictures) < len(files) / 2:
        confidence *= 0.3
    return Match(confidence, found, f"{len(pictures):,} images, {kind}, splits: {', '.join(splits)}")


def count(match: Match) -> dict[str, int]:
    """Image files a split, those that turn out broken included."""
    members = _members(match)
    return {split: len(paths) for split, paths in _sorted_out(members, *_labels(members, match)[::2]).items()}


def read(match: Match, rows: int | None = None, form: DataForm | None = None) -> Raw:
    """Raises DataError `unreadable` when not one image can be opened."""
    from tools.readers._arrays import pick
    from tools.readers._images import load

    members = _members(match)
    labels, target, told = _labels(members, match)
    members = _sorted_out(members, labels, told)
    members = {split: [paths[place] for place in pick(len(paths), rows)] for split, paths in members.items()}
    loaded = load(members, form)
    if not any(len(kept) for kept in loaded.kept.values()):
        raise DataError(
            "unreadable",
            f"None of the {sum(map(len, members.values())):,} image files can be opened; {loaded.skipped[0]}.",
            hint="Check that the files were downloaded or copied whole.",
        )
    values, classes = _values(labels)
    splits = {}
    for split, kept in loaded.kept.items():
        paths = [members[split][place] for place in kept]
        splits[split] = _table(loaded.columns[split], paths, values, target)
    return Raw("image", splits, target if labels else None, classes, loaded.shape, loaded.skipped, loaded.form)


def _table(
    images: "pa.Array", paths: list[Path], values: dict[Path, int] | dict[Path, float], target: str
) -> "pa.Table":
    import pyarrow as pa

    columns = {"image": images, "path": pa.array([str(path) for path in paths], pa.string())}
    if paths and all(path in values for path in paths):
        columns[target] = pa.array([values[path] for path in paths])
    return pa.table(columns)


def _values(labels: dict[Path, str]) -> tuple[dict[Path, int] | dict[Path, float], list[str] | None]:
    """Class numbers and their names in natural order; fractions are values to regress on."""
    from tools.core.number_text import values
    from tools.readers._splits import MOST_CLASSES

    names = sorted(set(labels.values()))
    numbers = {name: number for name, number in zip(names, values(names), strict=True) if number is not None}
    fractions = any(number % 1 for number in numbers.values())
    if names and len(numbers) == len(names) and (len(names) > MOST_CLASSES or fractions):
        return {path: numbers[label] for path, label in labels.items()}, None
    classes = sorted(names, key=_folders.natural)
    place = {name: number for number, name in enumerate(classes)}
    return {path: place[label] for path, label in labels.items()}, classes or None


def _as_folder(folder: Path, paths: list[Path]) -> list[Path]:
    """The folder, if the files are all the images in it: one path instead of many."""
    return [folder] if set(_folders.walk(folder)) == set(paths) else paths


def _members(match: Match) -> Members:
    from tools.readers._splits import SPLIT_ORDER

    found: Members = {}
    for split in SPLIT_ORDER:
        for path in map(Path, match.files.get(split, ())):
            found.setdefault(split, []).extend(_folders.walk(path) if path.is_dir() else [path])
    return found


def _labels(members: Members, match: Match) -> tuple[dict[Path, str], str, dict[Path, str]]:
    """Each labelled image's class, by tables, folders or names; the label column; the splits that tables tell."""
    from tools.readers import _image_labels

    if match.files.get("about"):
        return _image_labels.read([Path(path) for path in match.files["about"]], members)
    if not any(members.values()):
        return {}, "label", {}
    (_, first), *others = members.items()
    labels = _folders.classes(first)
    for split, paths in others if labels else ():
        place = Path(match.files[split][0])
        below = place if place.is_dir() else _folders.common(path for paths in members.values() for path in paths)
        labels |= _folders.known_classes(paths, below, set(labels.values()))
    if not labels:
        for split, paths in members.items():
            labels |= _folders.prefixes(paths) if split != "unlabelled" else {}
    return labels, "label", {}


def _sorted_out(members: Members, labels: dict[Path, str], told: dict[Path, str]) -> Members:
    """Images without a label are `unlabelled`; where the tables tell splits, those count."""
    if not labels:
        return {"unlabelled": members["all"]} if set(members) == {"all"} else members
    found: Members = {}
    for split, paths in members.items():
        for path in paths:
            where = told.get(path, split) if split == "all" else split
            found.setdefault(where if path in labels else "unlabelled", []).append(path)
    return found
