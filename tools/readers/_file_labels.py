"""Files that are one row each, whatever they hold: which split each is in, and what may label them.

    walk/001.csv  run/002.csv             a level of folders; split folders above or below it
    walk_001.csv  run_002.csv             the beginning of the names, or another part of them
    data/001.csv  targets.csv             a column of a table whose other column names the files

Every place that labels may come from is a reading of its own.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from noglue.tools.readers import _folders, _text_names
from noglue.tools.spec.protocols import Match

WITHOUT = ("unsup", "unlabelled", "unlabeled", "unknown")  # folders of files that nobody labelled
_TABLES = (".csv", ".tsv", ".txt")
_DEEPEST = 6
_MOST_TABLE_BYTES = 64 << 20
Takes = Callable[[Path], bool]


def ways(files: Sequence[Path], rows: Sequence[Path], takes: Takes, what: str, sure: float = 0.92) -> list[Match]:
    """Every reading, the likeliest first, one without labels last. what: `120 text files`. sure: of class folders."""
    arranged = _arranged(rows)
    kept = [path for paths in arranged.values() for path in paths]
    found = {split: _compact(paths, takes) for split, paths in arranged.items()}
    some = next(iter(arranged.values()))
    made: list[Match] = []
    for level, labels in levels(some):
        which = "the folders" if level == 0 else f"the folders of level {level + 1}"
        kinds = ", ".join(sorted(set(labels.values()))[:6])
        made.append(Match(sure - 0.05 * level, found, f"{what}, classes by {which}: {kinds}",
                          {"labels": "folder", "level": str(level)}, which, len(labels) / len(some)))  # fmt: skip
    for table, column in _tables(files, kept):
        labels = named(table, column, kept)
        made.append(Match(sure - 0.02, found | {"about": [table]}, f"{what}, labels by {column} of {table.name}",
                          {"labels": "table", "column": column}, f"{table.name}: {column}",
                          len(labels) / len(kept)))  # fmt: skip
    for part in range(_name_parts(some)):
        labels = by_name(some, part)
        if labels:
            kinds = ", ".join(sorted(set(labels.values()))[:6])
            where = "the beginning" if part == 0 else f"part {part + 1}"
            made.append(Match(sure - 0.22 - 0.03 * part, found, f"{what}, classes by {where} of their names: {kinds}",
                              {"labels": "names", "part": str(part)}, "the file names",
                              len(labels) / len(some)))  # fmt: skip
    made.append(Match(sure - 0.42, found, f"{what}, no labels", {"labels": "none"}, "", 0.0))
    return made


def labels(match: Match, takes: Takes) -> dict[Path, str]:
    """File → its label, as the reading says."""
    inside = members(match, takes)
    way = match.reading.get("labels", "folder")
    if way == "none" or not any(inside.values()):
        return {}
    everything = [path for paths in inside.values() for path in paths]
    if way == "table":
        return named(Path(match.files["about"][0]), match.reading["column"], everything)
    if way == "names":
        part = int(match.reading.get("part", "0"))
        return {path: label for paths in inside.values() for path, label in _any_name(paths, part).items()}
    (_, first), *others = inside.items()
    found = dict(levels(first)).get(int(match.reading.get("level", "0")), {})
    base = _folders.common(everything)
    for _, paths in others if found else ():
        found |= _text_names.known_classes(paths, base, set(found.values()))
    return {path: label for path, label in found.items() if label.lower() not in WITHOUT}


def parted(match: Match, takes: Takes, known: dict[Path, str]) -> dict[str, list[Path]]:
    """Split → files; those without a label among labelled ones are `unlabelled`."""
    found: dict[str, list[Path]] = {}
    for split, paths in members(match, takes).items():
        for path in paths:
            found.setdefault(split if path in known or not known else "unlabelled", []).append(path)
    return found


def members(match: Match, takes: Takes) -> dict[str, list[Path]]:
    """Split → files, folders walked."""
    from noglue.tools.readers._splits import SPLIT_ORDER

    found: dict[str, list[Path]] = {}
    for split in SPLIT_ORDER:
        for path in map(Path, match.files.get(split, ())):
            found.setdefault(split, []).extend(below(path, takes) if path.is_dir() else [path])
    return found


def below(folder: Path, takes: Takes) -> list[Path]:
    """What counts in a folder and under it, in natural order."""
    found = [path for path in folder.rglob("*") if takes(path) and path.is_file()]
    visible = [path for path in found if not any(map(_folders.hidden, path.relative_to(folder).parts))]
    return sorted(visible, key=lambda path: [_folders.natural(part) for part in path.relative_to(folder).parts])


def levels(rows: Sequence[Path]) -> Iterator[tuple[int, dict[Path, str]]]:
    """Levels of folders that take several values, the outermost first."""
    from noglue.tools.readers._splits import MOST_CLASSES

    base = _folders.common(rows)
    for level in range(_DEEPEST):
        found = {path: parts[level] for path in rows if len(parts := _folders.parts(path, base)) > level}
        kinds = set(found.values()) - set(WITHOUT)
        if len(found) <= 0.9 * len(rows):
            return
        if 2 <= len(kinds) <= min(MOST_CLASSES, len(found) // 2):
            yield level, found


# ---- splits ------------------------------------------------------------------------------------------------------


def _arranged(rows: Sequence[Path]) -> dict[str, list[Path]]:
    """Split → files. Split folders stand above the classes, or below them (`spam/train/1.txt`)."""
    splits = _text_names.splits(rows)
    if set(splits) == {"all"}:
        inside = _folders.arranged(rows).splits
        kinds = {split for split in inside.values() if split}
        if "train" in kinds and len(kinds) > 1 and all(inside.values()):
            return {split: [path for path in rows if inside[path] == split] for split in _in_order(kinds)}
    return {split: paths for split, (_, paths) in splits.items()}


def _in_order(kinds: set[str]) -> list[str]:
    from noglue.tools.readers._splits import SPLIT_ORDER

    return [split for split in SPLIT_ORDER if split in kinds]


def _compact(paths: Sequence[Path], takes: Takes) -> list[Path]:
    """The folders of these files, where they hold no others, so that they stand for them."""
    base = _folders.common(paths)
    whole = len(paths) > 1 and base.is_dir() and set(below(base, takes)) == set(paths)
    return [base] if whole else _folders.compact(paths, lambda name: takes(Path(name)))


# ---- names -------------------------------------------------------------------------------------------------------


def _name_parts(rows: Sequence[Path]) -> int:
    """How many fields the names have, where all have as many."""
    counts = {len(_fields(path)) for path in rows}
    return max(1, min(4, counts.pop())) if len(counts) == 1 else 1


def _fields(path: Path) -> list[str]:
    return [part for part in re.split(r"[_\-. ]+", path.stem) if part]


def by_name(rows: Sequence[Path], part: int = 0) -> dict[Path, str]:
    """`cat_12.txt` → cat; part: another field of the name, `S1_walk_03.csv` → walk, where a few words name all."""
    if part == 0:
        return _text_names.prefixes(rows)
    found = _any_name(rows, part)
    counts = Counter(found.values())
    if len(found) < len(rows) or not 2 <= len(counts) <= max(2, len(rows) // 5) or min(counts.values()) < 2:
        return {}
    return {} if any(name.isdigit() for name in counts) else found


def _any_name(rows: Sequence[Path], part: int) -> dict[Path, str]:
    if part == 0:
        return _text_names.prefixes(rows)
    return {path: fields[part] for path in rows if len(fields := _fields(path)) > part}


# ---- tables ------------------------------------------------------------------------------------------------------


def _tables(files: Sequence[Path], rows: Sequence[Path]) -> list[tuple[Path, str]]:
    """Tables with a column that names most of the files, each with its other columns."""
    from noglue.tools.readers._text_tables import dialect_of

    own = set(rows)
    names = {_plain(one) for path in rows for one in (path.name, path.stem)}
    found = []
    for path in files:
        if path in own or path.suffix.lower() not in _TABLES or path.stat().st_size > _MOST_TABLE_BYTES:
            continue
        dialect = dialect_of(path)
        if dialect is None or len(dialect.names) < 2:
            continue
        for place, name in enumerate(dialect.names):
            cells = [_plain(Path(row[place]).name) for row in dialect.sample]
            if cells and sum(one in names for one in cells) > len(cells) / 2:
                found += [(path, other) for other in dialect.names if other != name]
                break
    return found


def _plain(name: str) -> str:
    """`001` and `1` are one number."""
    bare = name.strip()
    return str(int(bare)) if bare.isdigit() else bare


def named(table: Path, column: str, rows: Sequence[Path]) -> dict[Path, str]:
    """File → its cell in a column of the table."""
    from noglue.tools.readers._text_tables import dialect_of, strings

    dialect = dialect_of(table)
    if dialect is None or column not in dialect.names:
        return {}
    cells = strings(table, dialect).table
    by_own = {_plain(one): path for path in rows for one in (path.stem, path.name)}
    places = {name: [_plain(Path(value or "").name) for value in cells[name].to_pylist()] for name in dialect.names}
    key = max(
        (name for name in dialect.names if name != column), key=lambda name: sum(map(by_own.__contains__, places[name]))
    )
    pairs = zip(places[key], cells[column].to_pylist(), strict=True)
    return {by_own[name]: value for name, value in pairs if name in by_own and value is not None}


def with_ignored(made: Sequence[Match], ignored: dict[str, str]) -> list[Match]:
    """The same readings, with what they leave aside."""
    return [replace(one, ignored=ignored) for one in made]
