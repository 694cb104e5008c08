"""A small file beside each picture that tells its class: webdataset's `1.cls`, YOLO's `labels/1.txt` of boxes.

images/1.jpg  labels/1.txt: "1 0.5 0.5 0.3 0.3"   boxes; the first one's class
1.jpg  1.cls: "3"    1.jpg  1.txt: "cat"    1.jpg  1.json: {"label": "cat"}    1.jpg  1.xml: <name>cat</name>
"""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from noglue.tools.readers._splits import MOST_CLASSES

ENDINGS = (".cls", ".txt", ".json", ".xml")
_LONGEST = 1 << 16
_BOX = re.compile(r"\s*(\d+)((?:\s+-?\d*\.?\d+(?:e-?\d+)?){4,})\s*")
_KEYS = ("label", "class", "cls", "category", "target", "class_name", "label_name", "y")


def of(files: Sequence[Path], pictures: Sequence[Path]) -> dict[Path, Path]:
    """Picture → the file that tells of it, where at least half of the pictures have one."""
    likely = {str(path): path for path in files if path.suffix.lower() in ENDINGS}
    if len(likely) < 0.5 * len(pictures):
        return {}
    by_ending: dict[str, dict[Path, Path]] = {}
    for picture in pictures:
        for ending in ENDINGS:
            for place in _places(str(picture)):
                if (found := likely.get(place + ending)) is not None:
                    by_ending.setdefault(ending, {})[picture] = found
    for ending in ENDINGS:
        if len(by_ending.get(ending, {})) >= 0.5 * len(pictures):
            return by_ending[ending]
    return {}


def _places(picture: str) -> list[str]:
    """Where a picture's file may lie, without its ending: beside it, or in `labels/` where it lies in `images/`."""
    bare = picture.rpartition(".")[0]
    found = [bare]
    for folder in ("labels", "annotations", "Annotations", "Labels"):
        found.append(re.sub(r"/(images?|JPEGImages|Images?)/(?!.*/\1/)", f"/{folder}/", bare))
    return found


def labels(files: Mapping[Path, Path], names: Sequence[Path]) -> tuple[dict[Path, str], bool]:
    """Picture → class, and whether the files tell of boxes. names: files that may name the classes (`data.yaml`)."""
    found: dict[Path, str] = {}
    boxes = 0
    for picture, file in files.items():
        label, is_box = _label(file)
        boxes += is_box
        if label is not None:
            found[picture] = label
    if not 2 <= len(set(found.values())) <= min(MOST_CLASSES, max(2, len(found) // 2)) or len(found) < 0.5 * len(files):
        return {}, boxes > 0
    called = _names(names)
    return {picture: called.get(label, label) for picture, label in found.items()}, boxes > 0


def _label(file: Path) -> tuple[str | None, bool]:
    with file.open(encoding="utf-8", errors="replace") as opened:
        text = opened.read(_LONGEST).strip()
    if file.suffix.lower() == ".json":
        return _of_json(text), False
    if file.suffix.lower() == ".xml":
        match = re.search(r"<object>.*?<name>([^<]+)</name>", text, re.S)
        return (match[1].strip() if match else None), match is not None
    if match := _BOX.match(text):
        return match[1], True
    return (text if text and "\n" not in text and len(text) <= 60 else None), False


def _of_json(text: str) -> str | None:
    try:
        found = json.loads(text)
    except ValueError:
        return None
    if isinstance(found, dict):
        found = next((found[key] for key in _KEYS if key in found), None)
    return str(found) if isinstance(found, str | int) else None


def namers(files: Sequence[Path]) -> list[Path]:
    """The files that name classes by number."""
    return [path for path in files if path.name.lower() in ("data.yaml", "data.yml", "classes.txt", "obj.names")][:1]


def _names(files: Sequence[Path]) -> dict[str, str]:
    """Number → name, by `names: [even, odd]`, a list below `names:`, or one name a line."""
    for file in files:
        text = file.read_text(encoding="utf-8", errors="replace")[:_LONGEST]
        if file.suffix.lower() not in (".yaml", ".yml"):
            names = [line.strip() for line in text.splitlines() if line.strip()]
        elif match := re.search(r"^names:\s*\[(.*?)\]", text, re.M | re.S):
            names = [name.strip(" \t\n'\"") for name in match[1].split(",")]
        elif match := re.search(r"^names:\s*\n((?:\s*(?:-|\d+:)\s*.*\n?)+)", text, re.M):
            names = [re.sub(r"^\s*(?:-|\d+:)\s*", "", line).strip(" '\"") for line in match[1].splitlines()]
        else:
            continue
        return {str(number): name for number, name in enumerate(names)}
    return {}
