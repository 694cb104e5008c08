"""Which of many tables belong together, which split each is, and what else may be meant: every way is a `Match`.

    train.csv  test.csv  sample_submission.csv     one family: splits by name, the submission beside it
    animals.csv  pens.csv  food.csv                three families, three readings
    training_values.csv  training_labels.csv       two families with one key, and a reading that joins them

Names of files tell splits, never that a table is none: a sample submission is known by its rows, which are those of the
test table with a constant where the target should be.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple, Protocol

from noglue.tools.readers import _relations
from noglue.tools.readers._declared import Declared
from noglue.tools.readers._splits import SPLIT_ORDER, in_order, splits_of
from noglue.tools.spec.protocols import Match

ANOTHER = "another table, of other columns"
SUBMISSION = re.compile(r"submission|solution_format|sample_sub|submit", re.IGNORECASE)
_NUMBER = re.compile(r"(.*[\W_])?(id|row|row[\W_]*id|index|no|nr|column_1|unnamed: 0)", re.IGNORECASE)
_FEW_LACKING = 3  # columns that rows to predict, in a table by itself, may lack
_FEWEST_KEYS = 5  # rows of a table that is joined to another
_SHARED = 0.9  # of the narrower table's keys that stand in the wider one too


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


def matches(
    tables: Tables,
    confidence: Callable[[Path], float],
    keys: Keys,
    rows: Rows,
    said: Declared | None = None,
    size: Callable[[Path], int] | None = None,
) -> list[Match]:
    """Every family, those with a train split and then the largest first; joins of several before their parts.

    said: what the data says of itself. size: of a table, where it is not its file's.
    """
    said = said or Declared()
    tables = {path: tables[path] for path in tables if not said.splits.keys() & tables.keys() or path in said.splits}
    splits = splits_of(sorted(tables))
    if any(said.splits.get(path, "all") != "all" for path in tables):
        splits = {path: said.splits[path] for path in sorted(tables)}
    submissions = [path for path in sorted(tables) if _is_submission(path, tables, splits)]
    answers = _relations.answers_apart(tables, splits, keys, rows, submissions)
    held = [*submissions, *(one.path for one in answers.values())]
    rest = {path: tables[path] for path in sorted(tables) if path not in held}
    families = [_family(group, tables, submissions, splits) for group in _groups(rest, splits)]
    size = size or _bytes
    families.sort(key=lambda one: (not one.files.keys() & {"train"}, -sum(map(size, one.paths))))
    join = _joined(families, tables, keys) or _side_by_side(families, tables, rows, keys)
    found = [_match(one, tables, confidence, place) for place, one in enumerate(families)]
    made = [_join_match(join, confidence)] if join is not None else []
    if answers and join is None:
        found = [_answered(one, answers) for one in found]
    elif join is None:
        made = _looked_up(families, found, tables, keys, said)
    named = _by_class(families, found, tables)
    everything = [*made, *_by_split_column(named, tables, keys), *_to_predict(families, found)]
    return [replace(one, ignored=_others(one, tables, submissions)) for one in everything]


def _others(match: Match, tables: Tables, submissions: Sequence[Path]) -> dict[str, str]:
    used = {path for paths in match.files.values() for path in paths}
    return {
        str(path): "a sample of how answers are to be handed in" if path in submissions else ANOTHER
        for path in tables
        if path not in used
    }


def _match(family: Family, tables: Tables, confidence: Callable[[Path], float], place: int) -> Match:
    listed = ", ".join(path.name for path in family.paths[:5])
    header = "with a header" if tables[family.paths[0]].header else "without a header"
    why = f"{listed}: {len(family.names)} columns, {header}"
    files = family.files | ({"about": family.about} if family.about else {})
    best = max(confidence(path) for path in family.paths)
    return Match(best * 0.97**place, files, why, labels_from=listed, reading=_sample_of(family))


def _sample_of(family: Family) -> dict[str, str]:
    samples = [path.name for path in family.about if path.suffix != ".names"]
    return {"sample": samples[0]} if len(samples) == 1 else {}


def _to_predict(families: Sequence[Family], found: Sequence[Match]) -> list[Match]:
    """A table that lacks a few columns of another may hold rows to predict: `loans.csv`, `applicants.csv`."""
    ways = []
    for family, match in zip(families, found, strict=True):
        for other in families:
            lacking = set(family.names) - set(other.names)
            fits = set(other.names) < set(family.names) and len(other.names) > 1 and len(lacking) <= _FEW_LACKING
            if fits and set(family.files) == set(other.files) == {"all"}:
                files = {"train": family.paths, "unlabelled": other.paths}
                files |= {"about": family.about} if family.about else {}
                names = ", ".join(path.name for path in other.paths)
                why = f"{match.why}; rows to predict in {names}, which lack {', '.join(sorted(lacking))}"
                ways.append(replace(match, confidence=0.9 * match.confidence, files=files, why=why))
    return ways


def _answered(match: Match, answers: Mapping[Path, _relations.Answers]) -> Match:
    """Rows to predict whose answers stand in a table of their own are test rows."""
    files = dict(match.files)
    there = [path for path in files.get("unlabelled", ()) if path in answers]
    ways = {answers[path].key for path in there}
    if not there or len(ways) > 1 or len(there) < len(files["unlabelled"]):
        return match
    beside = [answers[path].path for path in there]
    files["test"] = [*files.pop("unlabelled"), *beside]
    key = ways.pop()
    reading = dict(match.reading) | ({"beside": "rows"} if key is None else {"join": key})
    told = f"the answers to {there[0].name} from {beside[0].name}"
    return replace(match, files=in_order(files), reading=reading, why=f"{match.why}; {told}")


def _looked_up(
    families: Sequence[Family], found: Sequence[Match], tables: Tables, keys: Keys, said: Declared
) -> list[Match]:
    """Tables whose keys name the rows of others, with the columns of these; likelier where these only name codes."""
    ways = []
    for family, match in zip(families, found, strict=True):
        chain = _relations.look_ups(family.paths, tables, keys, said.relations) if len(families) > 1 else []
        if chain:
            beside = [one.path for one in chain]
            files = {split: [*paths, *beside] if split != "about" else paths for split, paths in match.files.items()}
            names = ", ".join(path.name for path in beside)
            why = f"{match.why}; with what {names} tell of each row"
            reading = {**match.reading, "join": _relations.joined_by(chain), "looked_up": "yes"}
            labels_from = f"{match.labels_from}, {names}"
            plain = bool(said.relations) or all(_relations.names_codes(one, tables) for one in chain)
            confidence = min(1.0, match.confidence + 0.05) if plain else 0.9 * match.confidence
            ways.append(
                replace(match, confidence=confidence, files=files, why=why, reading=reading, labels_from=labels_from)
            )
    return ways


def _by_split_column(found: Sequence[Match], tables: Tables, keys: Keys) -> list[Match]:
    """The same, and of a table with a column of splits the reading that goes by it, before the plain one."""
    ways: list[Match] = []
    for match in found:
        plain = set(match.files) == {"all"} and not match.reading
        column = _relations.split_column(match.files["all"], tables, keys) if plain else None
        if column is not None:
            why = f"{match.why}; splits by the column {column}"
            ways.append(replace(match, why=why, reading={"split": column}))
        ways.append(match if column is None else replace(match, confidence=0.9 * match.confidence))
    return ways


def _by_class(families: Sequence[Family], found: Sequence[Match], tables: Tables) -> list[Match]:
    """The same, and beside tables of one form each the reading that their names are the classes of their rows."""
    ways: list[Match] = []
    for family, match in zip(families, found, strict=True):
        named = _relations.classes_by_name(family.paths, tables) if set(family.files) == {"all"} else None
        if named is None:
            ways.append(match)
            continue
        why = f"{match.why}; the class of a row by its {named.by}: {', '.join(sorted(set(named.labels.values()))[:5])}"
        way = replace(
            match, why=why, reading={**match.reading, "class": named.by}, labels_from=f"the {named.by}s' names"
        )
        if named.sure:
            ways += [way, replace(match, confidence=0.9 * match.confidence)]
        else:
            ways += [match, replace(way, confidence=0.9 * match.confidence)]
    return ways


# ---- families ----------------------------------------------------------------------------------------------------


def _groups(tables: Tables, splits: Mapping[Path, str]) -> list[list[Path]]:
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
    numbered = not extra or (len(extra) == 1 and _NUMBER.fullmatch(next(iter(extra))) is not None)
    lacking = numbered and (len(a & b) > 1 or len(a) <= 2)
    return lacking or (len(a ^ b) <= 2 and a <= b)


def _family(group: Sequence[Path], tables: Tables, submissions: Sequence[Path], splits: Mapping[Path, str]) -> Family:
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


def _is_submission(path: Path, tables: Tables, splits: Mapping[Path, str]) -> bool:
    """The identifiers of a test table, and beside them a constant (or anything, where its name says what it is)."""
    table, named = tables[path], SUBMISSION.search(path.stem) is not None
    others = [one for one in tables if one != path and one.parent in (path.parent, *path.parent.parents)]
    if not table.header or len(table.names) < 2 or not others:
        return False
    placeholder = all(len({row[place].strip() for row in table.sample}) <= 1 for place in range(1, len(table.names)))
    for other in others:
        there = tables[other]
        if table.names[0] in there.names and not set(table.names[1:]) & set(there.names):
            mine, theirs = _column(table, table.names[0]), _column(there, table.names[0])
            if mine and set(mine) == set(theirs) and ((placeholder and len(mine) > 1) or named):
                return True
    kinds = {splits[one] for one in others}
    alike = any(set(tables[one].names) == set(table.names) for one in others)
    return named and not alike and "train" in kinds and ("test" in kinds or placeholder)


def _column(table: Table, name: str) -> list[str]:
    place = table.names.index(name)
    return [row[place].strip() for row in table.sample]


def _bytes(path: Path) -> int:
    return path.stat().st_size


# ---- joins -------------------------------------------------------------------------------------------------------


class Join(NamedTuple):
    """Families whose rows are the same things. key: the column that says which, None where the order of rows does."""

    parts: list[Family]
    key: str | None


def _joined(families: Sequence[Family], tables: Tables, keys: Keys) -> Join | None:
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
        values = _column(tables[path], key) if tables[path].header and key in tables[path].names else []
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


def _side_by_side(families: Sequence[Family], tables: Tables, rows: Rows, keys: Keys) -> Join | None:
    """`X_train.csv` and `y_train.csv`: no name in common, one of a single column, as many rows in every split.

    Where they hold the same keys under other names, these say which rows belong together.
    """
    for narrow in families:
        named = all(tables[path].header for path in narrow.paths)
        answers = [name for name in narrow.names if not (named and _NUMBER.fullmatch(name))]
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
                all(_NUMBER.fullmatch(name) for name in shared)
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
    counting = [name for name in narrow.names if _NUMBER.fullmatch(name)]
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


def _join_match(join: Join, confidence: Callable[[Path], float]) -> Match:
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
    return Match(min(1.0, best + 0.05), found, why, {**reading, **_sample_of(wide)}, labels_from=names)


def _beside(split: str, wide: Family, narrow: Family) -> list[Path]:
    """The tables that tell more of the rows of a split."""
    if split in narrow.files:
        return narrow.files[split]
    if set(narrow.files) & set(wide.files):
        return []
    return narrow.paths if split in ("train", "all") else []
