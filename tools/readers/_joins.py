"""Families of tables whose rows are the same things: joined by a key, or side by side, row by row.

training_values.csv  training_labels.csv       two families with one key, and a reading that joins them
"""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from noglue.tools.readers import _relations
from noglue.tools.readers._grouping import NUMBER, Family, Keys, Rows, Tables, cells_of, sample_of
from noglue.tools.readers._splits import in_order
from noglue.tools.spec.protocols import Match

_FEWEST_KEYS = 5  # rows of a table that is joined to another
_SHARED = 0.9  # of the narrower table's keys that stand in the wider one too


class Join(NamedTuple):
    """Families whose rows are the same things. key: the column that says which, None where the order of rows does."""

    parts: list[Family]
    key: str | None


def joined(families: Sequence[Family], tables: Tables, keys: Keys) -> Join | None:
    """The widest family, and all others that have one row for each of its keys."""
    for wide in sorted(families, key=lambda one: -len(one.names)):
        for key in wide.names:
            parts = [one for one in families if one is not wide and _extends(wide, one, key, tables, keys)]
            if parts:
                return Join([wide, *parts], key)
    return None


def _extends(wide: Family, narrow: Family, key: str, tables: Tables, keys: Keys) -> bool:
    """Whether `narrow` tells more of the same things: one key in common, once in every row of both."""
    if set(wide.names) & set(narrow.names) != {key} or len(narrow.names) > len(wide.names):
        return False
    if not set(narrow.files) <= {"all", *_labelled(wide)} or not _unique(wide, key, tables):
        return False
    if not _unique(narrow, key, tables):
        return False
    mine = [value for path in narrow.paths for value in keys(path, key)]
    split = [path for name in _sources(wide, narrow) for path in wide.files[name]]
    theirs = {value for path in split for value in keys(path, key)}
    return (
        len(mine) >= _FEWEST_KEYS
        and len(set(mine)) == len(mine)
        and sum(value in theirs for value in mine) >= _SHARED * max(len(mine), len(theirs))
    )


def _unique(family: Family, key: str, tables: Tables) -> bool:
    """Whether the first rows show a key: no value twice."""
    for path in family.paths:
        values = cells_of(tables[path], key) if tables[path].header and key in tables[path].names else []
        if not values or len(set(values)) < len(values):
            return False
    return True


def _labelled(wide: Family) -> set[str]:
    """The splits of a family; rows whose answers lie in another table look like rows without any."""
    return set(wide.files) | ({"test"} if "unlabelled" in wide.files else set())


def _sources(wide: Family, narrow: Family) -> list[str]:
    """The splits of the wide family that the narrow one's rows belong to."""
    if "all" in narrow.files or not set(narrow.files) & set(wide.files):
        return [name for name in wide.files if name in ("train", "all")] or list(wide.files)
    return [name for name in wide.files if name in narrow.files]


def side_by_side(families: Sequence[Family], tables: Tables, rows: Rows, keys: Keys) -> Join | None:
    """`X_train.csv` and `y_train.csv`: no name in common, one of a single column, as many rows in every split.

    Where they hold the same keys under other names, these say which rows belong together.
    """
    for narrow in families:
        named = all(tables[path].header for path in narrow.paths)
        answers = [name for name in narrow.names if not (named and NUMBER.fullmatch(name))]
        if len(answers) != 1 or len(narrow.names) > 2:
            continue
        for wide in families:
            shared = set(wide.names) & set(narrow.names) if named else set()
            if named and not _in_order(narrow, keys):
                continue
            splits = set(narrow.files)
            if wide is narrow or len(wide.names) < 2 or not splits <= set(wide.files) or "about" in splits:
                continue
            if (
                all(NUMBER.fullmatch(name) for name in shared)
                and all(sum(map(rows, wide.files[split])) == sum(map(rows, narrow.files[split])) for split in splits)
                and all(_agree(wide, narrow, name, keys) for name in shared)
            ):
                return Join([wide, narrow], _renamed_key(wide, narrow, tables, keys))
    return None


def _agree(wide: Family, narrow: Family, name: str, keys: Keys) -> bool:
    """Whether the numbers of a column that both have are the same ones row by row, `7` as `7.0` and `007`."""
    for split in narrow.files:
        both = zip(
            (key for path in wide.files[split] for key in keys(path, name)),
            (key for path in narrow.files[split] for key in keys(path, name)),
            strict=False,
        )
        if any(one != other and _as_number(one) != _as_number(other) for one, other in both):
            return False
    return True


def _as_number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def _in_order(narrow: Family, keys: Keys) -> bool:
    """Whether the numbers that count its rows, where it has them, go up: only then do rows stand side by side."""
    counting = [name for name in narrow.names if NUMBER.fullmatch(name)]
    for path in narrow.paths if len(narrow.names) > 1 else ():
        for name in counting:
            numbers = [int(value) for value in keys(path, name) if re.fullmatch(r"\d{1,15}", value)]
            if numbers != sorted(numbers):
                return False
    return True


def _renamed_key(wide: Family, narrow: Family, tables: Tables, keys: Keys) -> str | None:
    if len(narrow.names) < 2 or len(wide.paths) > 1 or len(narrow.paths) > 1:
        return None
    pair = _relations.renamed_key(wide.paths[0], narrow.paths[0], tables, keys)
    return None if pair is None else "\t".join(pair)


def join_match(join: Join, confidence: Callable[[Path], float]) -> Match:
    wide, *others = join.parts
    files: dict[str, list[Path]] = {}
    for split, paths in wide.files.items():
        beside = [path for one in others for path in _beside(split, wide, one)]
        known_split = "unlabelled" if split in ("test", "unlabelled") and not beside and len(wide.files) > 1 else split
        files.setdefault(known_split, []).extend([*paths, *beside])
    about = [path for one in join.parts for path in one.about]
    names = ", ".join(path.name for one in others for path in one.paths)
    way = "joined by " + join.key.replace("\t", " and ") if join.key is not None else "side by side, row by row"
    why = f"{', '.join(path.name for path in wide.paths[:4])} and {names}, {way}"
    reading = {"join": join.key} if join.key is not None else {"beside": "rows"}
    found = in_order(files) | ({"about": about} if about else {})
    best = max(confidence(path) for path in wide.paths)
    return Match(min(1.0, best + 0.05), found, why, {**reading, **sample_of(wide)}, labels_from=names)


def _beside(split: str, wide: Family, narrow: Family) -> list[Path]:
    """The tables that tell more of the rows of a split."""
    if split in narrow.files:
        return narrow.files[split]
    if set(narrow.files) & set(wide.files):
        return []
    return narrow.paths if split in ("train", "all") else []
