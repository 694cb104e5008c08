"""How tables of different columns belong together: answers kept apart, looked-up names, a table for each class.

train.csv  test.csv  test_labels.csv      id,…,species   id,…   id,species     the test's answers, by key or by row
visits.csv  plants.csv  gardens.csv       visit,plant_id,…   plant_id,garden_id,…   garden_id,area      looked up
setosa.csv  virginica.csv                 the same columns in each: which file a row is from is its class
"""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from noglue.tools.readers import _partitions
from noglue.tools.readers._splits import MOST_CLASSES, split_of

if TYPE_CHECKING:
    from noglue.tools.readers._grouping import Table

    Tables = Mapping[Path, Table]
    Keys = Callable[[Path, str], list[str]]
    Rows = Callable[[Path], int]

_TRUTH = re.compile(r"label|answer|truth|solution|target|(^|_)y(_|$)", re.I)
_FOUND = 0.98  # of the keys of a table, that a table to look them up in holds
_FEWEST_NAMES = 2
_MOST_SPLITS = 4
_ROWS_A_NAME = 1.5  # of the table that looks up, at least, to a row that is looked up
_FEWEST_ROWS = 2  # of a class
_ANSWER = re.compile(
    r"(.*[\W_])?(labels?|class(es)?|target|species|category|kind|type|outcome|diagnosis|y|klasse|classe|clase)", re.I
)
_FEW_CODES, _WORDS = 10, 3  # of a text, at least, on average
_PART = re.compile(r"(.*[\W_])?(part|shard|chunk|file|data|batch|export|page|output|out|split|fold|run|log)s?", re.I)
_OF_TIME = re.compile(
    r"(19|20)\d\d|\d+|q[1-4]|h[12]|(jan|feb|mar|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)[a-z]*"
    r"|(mon|tues?|wednes|thurs?|fri|satur|sun)(day)?|(north|south|east|west)[a-z]*|morning|evening|night|day|week",
    re.I,
)  # fmt: skip


class Answers(NamedTuple):
    """Where a table's target stands: `key` says by which column of both, None: row by row."""

    path: Path
    key: str | None


def answers_apart(
    tables: "Tables", splits: Mapping[Path, str], keys: "Keys", rows: "Rows", aside: Sequence[Path]
) -> dict[Path, Answers]:
    """A table of rows that lack what a training table has → the table that holds just this. aside: sample answers."""
    known = [path for path in tables if splits[path] == "train" and tables[path].header]
    open_rows = [path for path in tables if splits[path] not in ("train", "unlabelled") and tables[path].header]
    open_rows.sort(key=lambda path: (-len(tables[path].names), _TRUTH.search(path.stem) is not None, str(path)))
    found: dict[Path, Answers] = {}
    for path in open_rows:
        lacking = {name for one in known for name in set(tables[one].names) - set(tables[path].names)
                   if set(tables[path].names) <= set(tables[one].names)}  # fmt: skip
        for other in tables if lacking and path not in {one.path for one in found.values()} else ():
            names = set(tables[other].names)
            told, shared = names & lacking, names & set(tables[path].names)
            fits = (
                other not in (path, *known, *aside, *found) and tables[other].header and told == names - shared != set()
            )
            if not fits or len(shared) > 1 or splits[other] not in (splits[path], "all"):
                continue
            if shared and _same_keys(path, other, next(iter(shared)), keys):
                found[path] = Answers(other, next(iter(shared)))
            elif not shared and rows(path) == rows(other):
                found[path] = Answers(other, None)
    return found


def _same_keys(one: Path, other: Path, key: str, keys: "Keys") -> bool:
    mine, theirs = keys(one, key), keys(other, key)
    return len(mine) == len(set(mine)) == len(set(theirs)) == len(theirs) and set(mine) == set(theirs)


def renamed_key(wide: Path, narrow: Path, tables: "Tables", keys: "Keys") -> tuple[str, str] | None:
    """Columns of other names that hold the same keys, each once: `flower_id` beside `id`. None where two fit."""
    fits = []
    for right in tables[narrow].names:
        theirs = keys(narrow, right)
        if len(set(theirs)) < len(theirs) or not theirs:
            continue
        for left in tables[wide].names:
            mine = keys(wide, left)
            if len(mine) == len(theirs) and set(mine) == set(theirs):
                fits.append((left, right))
    return fits[0] if len(fits) == 1 else None


class LookUp(NamedTuple):
    """A table whose rows another's column names: `left` is the other's column, `right` its own."""

    path: Path
    left: str
    right: str


def look_ups(base: Sequence[Path], tables: "Tables", keys: "Keys", told: Sequence[LookUp] = ()) -> list[LookUp]:
    """What the rows of `base` can be looked up in, and what the rows found there can, nearest first.

    told: relations that a description of the data declares; else a column of one name, once in every row of the other.
    """
    chain: list[LookUp] = []
    reached = [(path, set(tables[path].names)) for path in base[:1]]
    names = set(tables[base[0]].names)
    left = [path for path in tables if path not in base and tables[path].header]
    while reached:
        place, own = reached.pop(0)
        for other in list(left):
            pair = next(((one.left, one.right) for one in told if one.path == other and one.left in own), None)
            shared = set(tables[other].names) & names
            if pair is None and len(shared) == 1 and shared <= own:
                pair = (next(iter(shared)),) * 2
            added = set(tables[other].names) - {pair[1]} if pair else set()
            if pair is None or not added or added & names:
                continue
            paths = base if place == base[0] else [place]
            mine = [value for path in paths if pair[0] in tables[path].names for value in keys(path, pair[0])]
            if _names_rows(mine, keys(other, pair[1])):
                chain.append(LookUp(other, *pair))
                reached.append((other, set(tables[other].names)))
                names |= added
                left.remove(other)
    return chain


def _names_rows(mine: Sequence[str], theirs: Sequence[str]) -> bool:
    filled = [value for value in mine if value]
    known = set(theirs)
    if not filled or len(known) < max(_FEWEST_NAMES, len(theirs)) or len(mine) < _ROWS_A_NAME * len(theirs):
        return False
    return sum(value in known for value in filled) >= _FOUND * len(filled)


def names_codes(one: LookUp, tables: "Tables") -> bool:
    """Whether a table only says what codes stand for: beside its key one column of words, another in each row."""
    others = [place for place, name in enumerate(tables[one.path].names) if name != one.right]
    values = [row[others[0]].strip() for row in tables[one.path].sample] if len(others) == 1 else []
    words = all(re.search(r"[^\W\d]", value) for value in values)
    return bool(values) and words and len(set(values)) == len(values)


def joined_by(chain: Sequence[LookUp]) -> str:
    """The keys, as a reading tells them: a line each, `left` tab `right` where they differ."""
    pairs = dict.fromkeys((one.left, one.right) for one in chain)
    return "\n".join(left if left == right else f"{left}\t{right}" for left, right in pairs)


def split_column(paths: Sequence[Path], tables: "Tables", keys: "Keys") -> str | None:
    """A column that says of every row which split it belongs to, in words: `split` of train, val and test."""
    from noglue.tools.readers._label_columns import SPLIT, split_values

    for place, name in enumerate(tables[paths[0]].names):
        words = {row[place].strip() for row in tables[paths[0]].sample}
        if not SPLIT.fullmatch(name) or len(words) > _MOST_SPLITS or not tables[paths[0]].header:
            continue
        if all(split_of(word) for word in words) or re.match(r"is_?(train|test)", name, re.I):
            values = [value for path in paths for value in keys(path, name)]
            if "" not in values and split_values(name, values):
                return name
    return None


class Named(NamedTuple):
    """What the names of files say of their rows. by: `file` or `folder`. sure: nothing else is a likely class."""

    by: str
    labels: dict[Path, str]
    sure: bool


def classes_by_name(paths: Sequence[Path], tables: "Tables") -> Named | None:
    """`setosa.csv`, `virginica.csv`, or `setosa/1.csv`: names are words that no shard, split, year or place has."""
    for by in ("file", "folder"):
        labels = {path: path.stem if by == "file" else path.parent.name for path in paths}
        kinds = set(labels.values())
        if not 2 <= len(kinds) <= MOST_CLASSES or (by == "file" and len(kinds) < len(paths)):
            continue
        if by == "folder" and not all(path.exists() for path in paths):  # sheets are no files
            continue
        if by == "folder" and all(_partitions.of(path) for path in paths):  # columns already
            continue
        words = {re.sub(r"[\W_]*\d+$", "", kind) for kind in kinds}
        if len(words) < len(kinds) or any(_divides(kind) for kind in kinds):
            continue
        return Named(by, labels, not any(_is_class(paths, name, tables) for name in tables[paths[0]].names))
    return None


def _divides(kind: str) -> bool:
    pieces = [piece for piece in re.split(r"[\W_]+", kind) if piece]
    dated = any(_OF_TIME.fullmatch(piece) for piece in pieces)
    return dated or split_of(kind) is not None or _PART.fullmatch(kind) is not None


def _beside_prose(paths: Sequence[Path], name: str, tables: "Tables", held: Sequence[set[str]]) -> bool:
    """Whether a column without a name has the same few numbers in each of the tables, and a text beside it."""
    if not 1 < len(held[0]) <= _FEW_CODES or any(one != held[0] for one in held):
        return False
    place = tables[paths[0]].names.index(name)
    sample = tables[paths[0]].sample
    words = [sum(len(cell.split()) for n, cell in enumerate(row) if n != place) for row in sample]
    return all(re.fullmatch(r"\d+", one) for one in held[0]) and sum(words) >= _WORDS * len(words)


def _is_class(paths: Sequence[Path], name: str, tables: "Tables") -> bool:
    """Whether a column is called like a class, or holds a few words that come again in several of the tables."""
    if _ANSWER.fullmatch(name):
        return True
    held: list[set[str]] = []
    for path in paths:
        place = tables[path].names.index(name)
        held.append({row[place].strip() for row in tables[path].sample if row[place].strip()})
    words = set().union(*held)
    if not tables[paths[0]].header and _beside_prose(paths, name, tables, held):
        return True
    if not words or any(re.match(r"[-+(]?[\d.,]", word) for word in words) or len(words) > 30:
        return False
    return any(one & other for n, one in enumerate(held) for other in held[:n]) and len(words) > 1
