"""A small file for each picture that tells its class: webdataset's `1.cls`, YOLO's `labels/1.txt` of boxes.

images/1.jpg  labels/1.txt: "1 0.5 0.5 0.3 0.3"      boxes; the first one's class
1.jpg  1.cls: "3"    1.jpg  1.txt: "cat"    1.jpg  1.json: {"label": "cat"}    a/1.jpg  meta/1.jpg.json
1.jpg  1.json: {"shapes": [{"label": "cat", …}]}     LabelMe; boxes of several kinds tell no class
JPEGImages/1.jpg  Annotations/1.xml: <object><name>cat</name>…         Pascal VOC, with or without its ending
"""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from noglue.tools.pictures.formats import EXTENSIONS
from noglue.tools.readers._splits import MOST_CLASSES

ENDINGS = (".cls", ".txt", ".json", ".xml", "")
_LONGEST, _LONGEST_JSON = 1 << 16, 1 << 25  # LabelMe puts the picture itself into its file
_BOX = re.compile(r"\s*(\d+)((?:\s+-?\d*\.?\d+(?:e-?\d+)?){4,})\s*")
_KEYS = ("label", "class", "cls", "category", "target", "class_name", "label_name", "y")


def of(files: Sequence[Path], pictures: Sequence[Path]) -> dict[Path, Path]:
    """Picture → the file that tells of it, where at least half of the pictures have one."""
    likely = {str(path): path for path in files if path.suffix.lower() in ENDINGS}
    if len(likely) < 0.5 * len(pictures):
        return {}
    by_ending: dict[str, dict[Path, Path]] = {}
    for picture in pictures:
        for ending in ENDINGS[:-1]:
            for place in _places(str(picture)):
                if (found := likely.get(place + ending)) is not None:
                    by_ending.setdefault(ending, {})[picture] = found
    for ending in ENDINGS:
        if len(by_ending.get(ending, {})) >= 0.5 * len(pictures):
            return by_ending[ending]
    return _elsewhere(list(likely.values()), pictures)


def _elsewhere(files: Sequence[Path], pictures: Sequence[Path]) -> dict[Path, Path]:
    """The same, in a tree of their own: by the name, and the folder's where names come again."""
    for ending in ENDINGS:
        for key in (lambda path: (path.parent.name, _stem(path)), lambda path: ("", _stem(path))):
            there: dict[tuple[str, str], list[Path]] = {}
            for path in files:
                if path.suffix.lower() == ending:
                    there.setdefault(key(path), []).append(path)
            wanted: dict[tuple[str, str], list[Path]] = {}
            for picture in pictures:
                wanted.setdefault(key(picture), []).append(picture)
            found = {
                owners[0]: there[name][0]
                for name, owners in wanted.items()
                if len(owners) == 1 and len(there.get(name, ())) == 1
            }
            if len(found) >= 0.5 * len(pictures):
                return found
    return {}


def _stem(path: Path) -> str:
    """`1` of `1.json` and of `1.jpg.json`."""
    stem = path.stem if path.suffix.lower() in (*ENDINGS, *EXTENSIONS) else path.name
    return stem.removesuffix(Path(stem).suffix) if Path(stem).suffix.lower() in EXTENSIONS else stem


def _places(picture: str) -> list[str]:
    """Where a picture's file may lie, without its ending: beside it, or in `labels/` where it lies in `images/`."""
    bare = picture.rpartition(".")[0]
    found = [bare]
    for folder in ("labels", "annotations", "Annotations", "Labels"):
        found.append(re.sub(r"/(images?|JPEGImages|Images?)/(?!.*/\1/)", f"/{folder}/", bare))
    return found


def labels(files: Mapping[Path, Path]) -> tuple[dict[Path, str], bool]:
    """Picture → class, and whether the files tell of boxes."""
    found: dict[Path, str] = {}
    boxes = 0
    for picture, file in files.items():
        label, is_box = _label(file)
        boxes += is_box
        if label is not None:
            found[picture] = label
    if not 2 <= len(set(found.values())) <= min(MOST_CLASSES, max(2, len(found) // 2)) or len(found) < 0.5 * len(files):
        return {}, boxes > 0
    return found, boxes > 0


def _label(file: Path) -> tuple[str | None, bool]:
    with file.open(encoding="utf-8", errors="replace") as opened:
        text = opened.read(_LONGEST_JSON if file.suffix.lower() == ".json" else _LONGEST).strip()
    if file.suffix.lower() == ".json" or text.startswith("{"):
        return _of_json(text)
    if file.suffix.lower() == ".xml" or text.startswith("<"):
        return _one_kind(re.findall(r"<object>.*?<name>\s*([^<]+?)\s*</name>", text, re.S))
    if match := _BOX.match(text):
        return match[1], True
    return (text if text and "\n" not in text and len(text) <= 60 else None), False


def _one_kind(kinds: Sequence[str]) -> tuple[str | None, bool]:
    """The class of boxes, where all are of one."""
    return (kinds[0] if len(set(kinds)) == 1 else None), bool(kinds)


def _of_json(text: str) -> tuple[str | None, bool]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None, False
    if not isinstance(found, dict):
        return (str(found) if isinstance(found, str | int) else None), False
    if isinstance(found.get("shapes"), list):
        flags = [name for name, held in dict(found.get("flags") or {}).items() if held is True]
        if len(flags) == 1:
            return str(flags[0]), False
        return _one_kind([str(shape.get("label")) for shape in found["shapes"] if isinstance(shape, dict)])
    label = next((found[key] for key in _KEYS if key in found), None)
    return (str(label) if isinstance(label, str | int) else None), False
