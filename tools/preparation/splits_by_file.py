"""Files that the request itself puts into a split: `train on a.csv and test on b.csv`; or that alone are to be read.

>>> arranged({"all": ["in/a.csv", "in/b.csv"]}, test=["b.csv"])
{'train': ['in/a.csv'], 'test': ['in/b.csv']}
>>> chosen({"all": ["in/x.xlsx", "in/x.xlsx"]}, {"sheets": '{"all": ["2023", "2024"]}'}, ["2024"])
({'all': ['in/x.xlsx']}, {'sheets': '{"all": ["2024"]}'})
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import PurePath

NOT_ASKED_FOR = "not among the files that were asked for"


def arranged(
    files: Mapping[str, Sequence[str]], train: Sequence[str] = (), test: Sequence[str] = ()
) -> dict[str, list[str]]:
    """Split → paths. With `test` alone all other files are learned from; those to be predicted stay to be predicted.

    What describes the others (`about`) stays.
    """
    if not train and not test:
        return {split: list(paths) for split, paths in files.items()}
    paths = [path for split, listed in files.items() if split != "about" for path in listed]
    named = [path for path in paths if any(is_file(path, name) for name in (*train, *test))]
    held = [path for path in paths if any(is_file(path, name) for name in test)]
    asked = [path for path in files.get("unlabelled", []) if path not in named]
    rest = [path for path in paths if path not in held and path not in asked]
    learned = [path for path in rest if any(is_file(path, name) for name in train)] if train else rest
    found = {"train": learned, "test": held, "unlabelled": asked, "about": list(files.get("about", []))}
    return {split: listed for split, listed in found.items() if listed}


def chosen(
    files: Mapping[str, Sequence[str]], reading: Mapping[str, str], names: Sequence[str]
) -> tuple[dict[str, list[str]], dict[str, str]]:
    """The files, and how to read them, of these files and sheets alone; all where none is named."""
    if not names:
        return {split: list(paths) for split, paths in files.items()}, dict(reading)
    sheets = json.loads(reading.get("sheets", "{}"))
    found: dict[str, list[str]] = {}
    kept: dict[str, list[str]] = {}
    for split, paths in files.items():
        inside = sheets.get(split) or [""] * len(paths)
        for path, sheet in zip(paths, inside, strict=True):
            if split == "about" or (sheet in names if sheet else any(is_file(path, name) for name in names)):
                found.setdefault(split, []).append(path)
                kept.setdefault(split, []).append(sheet)
    return found, {**reading, **({"sheets": json.dumps(kept)} if sheets else {})}


def is_file(path: str, name: str) -> bool:
    """By its whole name, or without its ending, or by the folder that it lies in; case does not count."""
    there, given = PurePath(path), PurePath(name).name.casefold()
    return given in (there.name.casefold(), there.stem.casefold(), there.parent.name.casefold())
