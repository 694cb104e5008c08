"""Files that the request itself puts into a split: `train on a.csv and test on b.csv`.

>>> arranged({"all": ["in/a.csv", "in/b.csv"]}, test=["b.csv"])
{'train': ['in/a.csv'], 'test': ['in/b.csv']}
"""

from collections.abc import Mapping, Sequence
from pathlib import PurePath


def arranged(
    files: Mapping[str, Sequence[str]], train: Sequence[str] = (), test: Sequence[str] = ()
) -> dict[str, list[str]]:
    """Split → paths. With `test` alone all other files are learned from. What describes the others (`about`) stays."""
    if not train and not test:
        return {split: list(paths) for split, paths in files.items()}
    paths = [path for split, listed in files.items() if split != "about" for path in listed]
    held = [path for path in paths if any(is_file(path, name) for name in test)]
    rest = [path for path in paths if path not in held]
    learned = [path for path in rest if any(is_file(path, name) for name in train)] if train else rest
    found = {"train": learned, "test": held, "about": list(files.get("about", []))}
    return {split: listed for split, listed in found.items() if listed}


def is_file(path: str, name: str) -> bool:
    """By its whole name, or without its ending, or by the folder that it lies in; case does not count."""
    there, given = PurePath(path), PurePath(name).name.casefold()
    return given in (there.name.casefold(), there.stem.casefold(), there.parent.name.casefold())
