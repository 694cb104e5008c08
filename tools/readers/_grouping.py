"""Tables of one kind, and which split each is: files that share their columns, and the sample submission beside them.

    train.csv  test.csv  sample_submission.csv     one family

Names of files tell splits, never that a table is none: a sample submission is known by its rows, which are those of the
test table with a constant where the target should be.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from noglue.tools.readers._splits import SPLIT_ORDER, in_order, splits_of

SUBMISSION = re.compile(r"submission|solution_format|sample_sub|submit", re.IGNORECASE)
NUMBER = re.compile(r"(.*[\W_])?(id|row|row[\W_]*id|index|no|nr|column_1|unnamed: 0)", re.IGNORECASE)


class Table(Protocol):
    """What a reader knows of a table by its beginning: its columns, and some rows."""

    @property
    def names(self) -> list[str]: ...
    @property
    def header(self) -> bool: ...
    @property
    def sample(self) -> list[list[str]]: ...


class Seen(NamedTuple):
    """A `Table` by its parts."""

    names: list[str]
    sample: list[list[str]]
    header: bool = True


Tables = Mapping[Path, Table]
Keys = Callable[[Path, str], list[str]]  # all cells of a column, "" where missing
Rows = Callable[[Path], int]


class Family(NamedTuple):
    """Tables of one kind: split → files. about: the sample submission of its rows to predict."""

    files: dict[str, list[Path]]
    names: list[str]
    about: list[Path]

    @property
    def paths(self) -> list[Path]:
        return [path for paths in self.files.values() for path in paths]


def groups(tables: Tables, splits: Mapping[Path, str]) -> list[list[Path]]:
    """Files that share their columns; rows to predict may lack any of them."""
    ordered = sorted(tables, key=lambda path: (_rank(splits[path]), str(path)))
    groups: list[list[Path]] = []
    for path in ordered:
        for group in groups:
            if any(_alike(tables[one], tables[path], splits[one], splits[path]) for one in group[:1]):
                group.append(path)
                break
        else:
            groups.append([path])
    return groups


def _rank(split: str) -> int:
    return 0 if split == "all" else SPLIT_ORDER.index(split)


def _alike(one: Table, two: Table, split: str, other: str) -> bool:
    """two: the later one in the order of the splits, which may be rows to predict."""
    if not (one.header and two.header):
        return one.header == two.header and len(one.names) == len(two.names)
    a, b = set(one.names), set(two.names)
    if a == b or split == other or not a & b:
        return a == b
    extra = b - a
    numbered = not extra or (len(extra) == 1 and NUMBER.fullmatch(next(iter(extra))) is not None)
    lacking = numbered and (len(a & b) > 1 or len(a) <= 2)
    return lacking or (len(a ^ b) <= 2 and a <= b)


def family_of(group: Sequence[Path], tables: Tables, submissions: Sequence[Path], splits: Mapping[Path, str]) -> Family:
    by_split: dict[str, list[Path]] = {}
    own = splits_of(sorted(group))
    for path, split in {path: splits[path] if splits[path] != "all" else own[path] for path in sorted(group)}.items():
        by_split.setdefault(split, []).append(path)
    if "train" in by_split and "test" in by_split and _lacks_target(tables, by_split):
        by_split["unlabelled"] = by_split.pop("test")
    names = tables[next(path for split in SPLIT_ORDER for path in by_split.get(split, []))].names
    predicted = by_split.get("unlabelled", [])
    about = [path for path in submissions if predicted or set(tables[path].names[1:]) & set(names)]
    return Family(in_order(by_split), list(names), about)


def _lacks_target(tables: Tables, by_split: Mapping[str, Sequence[Path]]) -> bool:
    """Whether the test table lacks a column of the train table, or has one that is blank throughout."""
    train, test = tables[by_split["train"][0]], tables[by_split["test"][0]]
    if set(train.names) - set(test.names):
        return train.header
    for place, name in enumerate(test.names):
        if name in train.names and test.sample and all(not row[place].strip() for row in test.sample):
            where = train.names.index(name)
            if any(row[where].strip() for row in train.sample):
                return True
    return False


def is_submission(path: Path, tables: Tables, splits: Mapping[Path, str]) -> bool:
    """The identifiers of a test table, and beside them a constant (or anything, where its name says what it is)."""
    table, named = tables[path], SUBMISSION.search(path.stem) is not None
    others = [one for one in tables if one != path and one.parent in (path.parent, *path.parent.parents)]
    if not table.header or len(table.names) < 2 or not others:
        return False
    placeholder = all(len({row[place].strip() for row in table.sample}) <= 1 for place in range(1, len(table.names)))
    for other in others:
        there = tables[other]
        if table.names[0] in there.names and not set(table.names[1:]) & set(there.names):
            mine, theirs = cells_of(table, table.names[0]), cells_of(there, table.names[0])
            if mine and set(mine) == set(theirs) and ((placeholder and len(mine) > 1) or named):
                return True
    kinds = {splits[one] for one in others}
    alike = any(set(tables[one].names) == set(table.names) for one in others)
    return named and not alike and "train" in kinds and ("test" in kinds or placeholder)


def cells_of(table: Table, name: str) -> list[str]:
    place = table.names.index(name)
    return [row[place].strip() for row in table.sample]


def sample_of(family: Family) -> dict[str, str]:
    samples = [path.name for path in family.about if path.suffix != ".names"]
    return {"sample": samples[0]} if len(samples) == 1 else {}
