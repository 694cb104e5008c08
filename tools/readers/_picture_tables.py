"""Tables that name pictures: delimited text, lines of JSON, a JSON of names and labels, COCO's JSON of boxes."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from noglue.tools.readers._picture_names import PictureNames
from noglue.tools.readers._splits import split_of

if TYPE_CHECKING:
    import pyarrow as pa

_BOOKS = (".xlsx", ".xls", ".ods")
ENDINGS = (".csv", ".tsv", ".txt", ".jsonl", ".ndjson", ".json", ".xml", *_BOOKS)
CLASS = "label"  # what a column is called that has no name of its own
BOXES = re.compile(r"box|landmark|keypoint", re.I)
_OF_A_SPLIT = re.compile(  # and of nothing else: `sheep_train.txt` says which pictures show sheep
    r"(?:train(?:ing|val)?|val(?:id(?:ation)?)?|dev(?:el)?|test(?:ing)?|eval|labels?|lists?|files?|images?|img|gt|"
    r"anno(?:tation)?s?|sets?|data|\d+|[\W_])+",
    re.I,
)
_TELLS_SPLITS = re.compile(r"partition|train.*test|test.*train", re.I)  # a file of splits is no list of one
_LARGEST_JSON = 1 << 28  # bytes
_SAMPLE = 300


@dataclass(frozen=True)
class Part:
    """A table's rows: which picture each names (-1: none), and its other columns."""

    path: Path
    places: np.ndarray
    columns: "pa.Table"
    note: str = ""


def part(path: Path, pictures: Sequence[Path], splits: Mapping[Path, str]) -> Part | None:
    """The table, if one of its columns names pictures and another says something of them."""
    sample = table(path, _SAMPLE)
    if sample is None or sample.num_columns < 2 or not sample.num_rows:
        return None
    for among in _scopes(path, pictures, splits):
        names = PictureNames(pictures, among)
        rates = {name: _rate(sample[name].to_pylist(), names) for name in sample.column_names}
        chosen = max(rates, key=lambda name: rates[name])
        whole = table(path) if rates[chosen][0] > 0 else None
        if whole is None:
            continue
        numbers = _rate(sample[chosen].to_pylist(), names, numbers=False)[0] < 0.5
        places = _places(whole[chosen].to_pylist(), names, numbers)
        hits = len(np.unique(places[places >= 0]))
        most = len(among) if among is not None else len(pictures)
        if hits < 2 or (hits < 0.2 * whole.num_rows and hits < 0.3 * most) or hits < 0.02 * most:
            continue
        if numbers and hits < 0.3 * most and (_places(whole[chosen].to_pylist(), names, False) < 0).all():
            continue  # small numbers name some pictures whatever they mean
        others = [name for name in whole.column_names if name != chosen and not _same(sample, name, chosen, names)]
        if others:
            return Part(path, places, whole.select(others))
    return None


def _places(cells: Sequence[str | None], names: PictureNames, numbers: bool) -> np.ndarray:
    """int64 (n,): the picture that each cell names, -1 where none."""
    found = [names.find(cell, numbers) for cell in cells]
    return np.array([-1 if place is None else place for place in found], np.int64)


def _same(sample: "pa.Table", name: str, chosen: str, names: PictureNames) -> bool:
    """Whether a column names the same pictures once more, such as the number beside the file."""
    one = _places(sample[name].to_pylist(), names, True)
    other = _places(sample[chosen].to_pylist(), names, True)
    return bool(((one == other) & (one >= 0)).mean() >= 0.8)


def _rate(cells: Sequence[str | None], names: PictureNames, numbers: bool = True) -> tuple[float, int]:
    """The share of cells that name a picture, and how many pictures they name."""
    plain = [names.find(cell) for cell in cells]
    if numbers and sum(place is not None for place in plain) < 0.5 * len(cells):
        plain = [names.find(cell, numbers=True) for cell in cells]
        distinct = {place for place in plain if place is not None}
        if len(distinct) < 0.3 * len(cells):  # small numbers fit anything
            plain = [names.find(cell) for cell in cells]
    there = [place for place in plain if place is not None]
    return round(len(there) / max(1, len(cells)), 1), len(set(there))


def _scopes(path: Path, pictures: Sequence[Path], splits: Mapping[Path, str]) -> list[list[int] | None]:
    """Which pictures a table may tell of: those of its folder, those of the split that its name tells, or all."""
    prefix = f"{path.parent}/"
    below = [place for place, picture in enumerate(pictures) if str(picture).startswith(prefix)]
    split = split_of(path.stem)
    same = [place for place in below if splits[pictures[place]] == split]
    if 0 < len(below) < len(pictures):
        return [same, below] if 0 < len(same) < len(below) else [below]
    everywhere = [place for place, picture in enumerate(pictures) if splits[picture] == split]
    if 0 < len(everywhere) < len(pictures):
        return [everywhere]
    return [None]


def table(path: Path, rows: int | None = None) -> "pa.Table | None":
    """A table of text as strings, blank cells null; None where the file is none."""
    import pyarrow as pa

    if path.suffix.lower() == ".xml":
        return _of_objects(path, _of_cvat(path)[:rows])
    if path.suffix.lower() in (".jsonl", ".ndjson", ".json"):
        return _of_objects(path, _objects(path, rows))
    if path.suffix.lower() in _BOOKS:
        return _of_book(path, rows)
    from noglue.tools.readers._text_tables import dialect_of, strings
    from noglue.tools.spec.errors import DataError

    dialect = dialect_of(path)
    if dialect is None or len(dialect.names) < 2:
        return None
    if not dialect.header and BOXES.search(path.stem):
        return None
    try:
        found = strings(path, dialect, rows).table
    except DataError:
        return None
    names = [_column_name(name, path, dialect.header, found.num_columns) for name in found.column_names]
    return pa.table(dict(zip(names, found.columns, strict=True)))


def _of_book(path: Path, rows: int | None) -> "pa.Table | None":
    """The largest sheet of a workbook that has a header."""
    import pyarrow as pa

    from noglue.tools.readers import excel, opendocument
    from noglue.tools.spec.errors import DataError

    try:
        sheets = (opendocument if path.suffix.lower() == ".ods" else excel).tables(path)
    except DataError:
        return None
    chosen = max((one for one in sheets.values() if one.header), key=len, default=None)
    if chosen is None or len(chosen.names) < 2:
        return None
    return pa.table(
        {
            _column_name(name, path): pa.array([cell or None for cell in chosen.cells(name)[:rows]], pa.string())
            for name in chosen.names
        }
    )


def _column_name(name: str, path: Path, header: bool = True, count: int = 0) -> str:
    """`image` and `path` are the pictures' own. A made-up one says of which table it is, but for a list of a split
    (`train.txt` with `1.png 3`): the other lists go on with the same column.
    """
    if not header and split_of(path.stem) and _OF_A_SPLIT.fullmatch(path.stem) and not _TELLS_SPLITS.search(path.stem):
        return name if count > 2 or name.endswith("1") else CLASS
    if not header:
        return f"{name} of {path.name}" if count > 2 or name.endswith("1") else path.stem
    return f"{name} (column)" if name in ("image", "path") else name.strip()


def _objects(path: Path, rows: int | None) -> list[dict[str, object]]:
    """The rows of a JSON file: lines of objects, a list of them, `{"1.png": "cat"}`, or COCO's boxes."""
    if path.stat().st_size > _LARGEST_JSON:
        return []
    found: Any = None
    try:
        if path.suffix.lower() != ".json":
            with path.open(encoding="utf-8", errors="replace") as file:
                lines = [line for _, line in zip(range(rows or 1 << 40), file, strict=False) if line.strip()]
            found = [json.loads(line) for line in lines]
        else:
            found = json.loads(path.read_text(encoding="utf-8", errors="replace"))
    except ValueError:
        return []
    if isinstance(found, dict):
        found = _of_coco(found) if _is_coco(found) else _of_entries(found)
    whole = isinstance(found, list) and all(isinstance(row, dict) for row in found)
    return list(found[:rows]) if whole else []


def _of_entries(found: Mapping[str, Any]) -> list[dict[str, object]]:
    """`{"cat": ["1.png", …]}`, `{"1.png": {"label": "cat"}}`, `{"info": …, "data": [{…}, …]}`, `{"1.png": "cat"}`."""
    values = list(found.values())
    if values and all(isinstance(one, list) and one and isinstance(one[0], str) for one in values):
        return [{"file": name, CLASS: kind} for kind, names in found.items() for name in names]
    if values and all(isinstance(one, dict) for one in values):
        return [{"file": name, **one} for name, one in found.items()]
    records = [one for one in values if isinstance(one, list) and one and isinstance(one[0], dict)]
    if len(records) == 1:
        return list(records[0])
    return [{"file": name, CLASS: value} for name, value in found.items()]


def _of_cvat(path: Path) -> list[dict[str, object]]:
    """CVAT's one file for all: `<image name="1.png"><tag label="cat"/></image>`; boxes' labels count alike."""
    from defusedxml.ElementTree import iterparse

    rows: list[dict[str, object]] = []
    try:
        for _, image in iterparse(path, events=("end",)):
            if image.tag == "image" and image.get("name"):
                kinds = [child.get("label") for child in image if child.get("label")]
                rows += [{"file": image.get("name"), CLASS: kind} for kind in kinds or [None]]
                image.clear()
    except Exception as error:  # a parser of strangers' XML raises of many kinds
        if not isinstance(error, (SyntaxError, ValueError, OSError)):
            raise
        return []
    return rows


def _is_coco(found: Mapping[str, object]) -> bool:
    return all(isinstance(found.get(name), list) for name in ("images", "annotations", "categories"))


def _of_coco(found: Mapping[str, Any]) -> list[dict[str, object]]:
    """One row a box."""
    files = {image.get("id"): image.get("file_name") for image in found["images"]}
    names = {category.get("id"): category.get("name") for category in found["categories"]}
    return [
        {"file": files.get(one.get("image_id")), CLASS: names.get(one.get("category_id"))}
        for one in found["annotations"]
    ]


def tells_boxes(path: Path) -> bool:
    """Whether a table beside pictures is COCO's, of boxes and outlines."""
    if path.suffix.lower() != ".json" or path.stat().st_size > _LARGEST_JSON:
        return False
    found = json.loads(path.read_text(encoding="utf-8", errors="replace"))
    return isinstance(found, dict) and _is_coco(found)


def _of_objects(path: Path, found: Sequence[Mapping[str, object]]) -> "pa.Table | None":
    import pyarrow as pa

    names = list(dict.fromkeys(name for row in found for name in row))
    if not names:
        return None
    cells = {
        name: [str(row[name]) if isinstance(row.get(name), str | int | float) else None for row in found]
        for name in names
    }
    return pa.table({_column_name(name, path): pa.array(values, pa.string()) for name, values in cells.items()})
