"""Folders of text files: each file is one text.

    ham/001.txt  spam/7.txt                     class folders; `train/pos/…`, `test/neg/…` under split folders too
    group/51060                                 files without an ending, as newsgroups and mails have them
    spam-1.txt  ham-2.txt                       classes in the file names
    texts/1.txt  texts/2.txt  labels.csv        a table beside them that names the files

A reading for every place that labels may come from: each level of folders, the names, each column of a table. The
table has `text`, `path` (string, absolute) and, where there are labels, `label`.
Source: https://ai.stanford.edu/~amaas/data/sentiment/ (README), http://qwone.com/~jason/20Newsgroups/
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from noglue.tools.readers import _folders, _text_names
from noglue.tools.spec.data_form import DataForm
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.protocols import Match, Raw

if TYPE_CHECKING:
    import pyarrow as pa

READS = "folders of text files, one text a file"
TEXTS = (".txt", ".text", ".eml", ".msg")
_NUMBERED = re.compile(r"|\.[0-9a-f]*[0-9][0-9a-f]*|\.[0-9a-f]{8,}|\.")
_FEWEST = 4  # texts
_PROBED = 24  # files whose beginning is read
_HEAD = 1 << 12
_MOST_BYTES = 1 << 20  # of one text; the rest of a longer one is left out, and told
_LETTERS = 0.6  # of a text's characters, at least, are letters
_DEEPEST = 6
_WITHOUT = ("unsup", "unlabelled", "unlabeled", "unknown")  # folders of texts that nobody labelled
_PLAIN = ["readme", "licence", "license", "notice", "copying", "changelog", "authors", "about", "index", "contents"]


def sniff(files: Sequence[Path]) -> Match | None:
    """The likeliest of `readings`."""
    return next(iter(readings(files)), None)


def readings(files: Sequence[Path]) -> list[Match]:
    """By names, then by the beginning of some of the files: prose, not tables."""
    texts = [path for path in files if takes(path) and path.stem.lower() not in _PLAIN]
    if len(texts) < _FEWEST or 2 * len(texts) < len(files) or not _are_prose(texts):
        return []
    splits = _text_names.splits(texts)
    found = {split: [folder] if _whole(folder, paths) else paths for split, (folder, paths) in splits.items()}
    some = next(iter(splits.values()))[1]
    text = f"{len(texts):,} text files"
    ways: list[Match] = []
    for level, labels in _levels(some):
        which = "the folders" if level == 0 else f"the folders of level {level + 1}"
        kinds = ", ".join(sorted(set(labels.values()))[:6])
        ways.append(Match(0.92 - 0.05 * level, found, f"{text}, classes by {which}: {kinds}",
                          {"labels": "folder", "level": str(level)}, which, len(labels) / len(some)))  # fmt: skip
    for table, column in _tables(files, texts):
        labels = _named(table, column, texts)
        ways.append(Match(0.9, found | {"about": [table]}, f"{text}, labels by {column} of {table.name}",
                          {"labels": "table", "column": column}, f"{table.name}: {column}",
                          len(labels) / len(texts)))  # fmt: skip
    if labels := _text_names.prefixes(some):
        ways.append(Match(0.7, found, f"{text}, classes by the beginning of their names",
                          {"labels": "names"}, "the file names", len(labels) / len(some)))  # fmt: skip
    ways.append(Match(0.5, found, f"{text}, no labels", {"labels": "none"}, "", 0.0))
    if _tell_of_pictures(texts, files):
        ways = [replace(one, confidence=0.4 * one.confidence) for one in ways]
    used = {str(path) for path in texts}
    left = {str(path): "no text of its own" for path in files if takes(path) and str(path) not in used}
    return [Match(one.confidence, one.files, one.why, one.reading, one.labels_from, one.coverage, left) for one in ways]


def _tell_of_pictures(texts: Sequence[Path], files: Sequence[Path]) -> bool:
    """Whether most of the texts are called as pictures are: captions, labels and outlines of these."""
    from noglue.tools.pictures.decoding import EXTENSIONS

    stems = {path.stem for path in files if path.suffix.lower() in EXTENSIONS}
    return bool(stems) and sum(path.stem in stems for path in texts) > len(texts) / 2


def takes(path: Path) -> bool:
    """A text by its ending, or without any, or with a number for one (`0042.7c53336b`)."""
    ending = path.suffix.lower()
    return (ending in TEXTS or _NUMBERED.fullmatch(ending) is not None) and not _folders.hidden(path.name)


def count(match: Match) -> dict[str, int]:
    """Texts a split."""
    labels = _labels(match)
    found: dict[str, int] = {}
    for split, paths in _members(match).items():
        for path in paths:
            where = _split(split, path, labels, match)
            found[where] = found.get(where, 0) + 1
    return found


def read(match: Match, rows: int | None = None, form: DataForm | None = None) -> Raw:
    """Raises DataError `unreadable` when not one file is text."""
    from noglue.tools.readers._arrays import pick

    labels = _labels(match)
    parted: dict[str, list[Path]] = {}
    for split, paths in _members(match).items():
        for path in paths:
            parted.setdefault(_split(split, path, labels, match), []).append(path)
    unusable: dict[str, str] = {}
    notes: list[str] = []
    splits = {}
    for split, paths in parted.items():
        chosen = [paths[place] for place in pick(len(paths), rows)]
        splits[split] = _table(chosen, labels, match, unusable, notes)
    if not any(table.num_rows for table in splits.values()):
        first = next(iter(unusable.items()), ("the folder", "there is nothing in it"))
        raise DataError(
            Kind.UNREADABLE,
            f"None of the text files can be read; {Path(first[0]).name}: {first[1]}.",
            hint="Check that the files were downloaded or copied whole.",
        )
    skipped = [f"{Path(path).name}: {why}" for path, why in list(unusable.items())[:40]]
    lost: dict[str, int] = {}
    for why in unusable.values():
        lost[why] = lost.get(why, 0) + 1
    learned = DataForm() if form is None else form
    return Raw("text", splits, "label" if labels else None, skipped=skipped, form=learned, notes=notes, lost=lost,
               unusable=unusable)  # fmt: skip


def text_of(path: Path) -> str:
    """The file's text, at most a million bytes of it. Raises ValueError, saying what is wrong with it."""
    from noglue.tools.readers._encoding import encoding_of

    try:
        with path.open("rb") as file:
            head = file.read(_MOST_BYTES)
    except OSError as error:
        raise ValueError(f"it can't be opened ({error.strerror})") from error
    if not head.strip():
        raise ValueError("it is empty")
    text = head.decode(encoding_of(head), "replace").removeprefix("\ufeff").replace("\0", "")
    if sum(character < " " and character not in "\t\n\r\f" for character in text[:4096]) > len(text[:4096]) / 50:
        raise ValueError("it is no text")
    return text.strip()


def _table(
    paths: Sequence[Path], labels: dict[Path, str], match: Match, unusable: dict[str, str], notes: list[str]
) -> "pa.Table":
    import pyarrow as pa

    texts: list[str] = []
    kept: list[Path] = []
    cut = 0
    for path in paths:
        try:
            texts.append(text_of(path))
        except ValueError as error:
            unusable[str(path)] = str(error)
            continue
        kept.append(path)
        cut += path.stat().st_size > _MOST_BYTES
    if cut:
        notes.append(f"of {cut:,} texts longer than a million bytes the beginning is read")
    columns = {"text": pa.array(texts, pa.string()), "path": pa.array([str(path) for path in kept], pa.string())}
    if labels and any(path in labels for path in kept):
        columns["label"] = pa.array([labels.get(path) for path in kept], pa.string())
    return pa.table(columns)


# ---- where labels come from --------------------------------------------------------------------------------------


def _levels(texts: Sequence[Path]) -> Iterator[tuple[int, dict[Path, str]]]:
    """Levels of folders that take several values, the outermost first."""
    from noglue.tools.readers._splits import MOST_CLASSES

    base = _folders.common(texts)
    for level in range(_DEEPEST):
        labels = {path: parts[level] for path in texts if len(parts := _folders.parts(path, base)) > level}
        kinds = set(labels.values()) - set(_WITHOUT)
        if len(labels) <= 0.9 * len(texts):
            return
        if 2 <= len(kinds) <= min(MOST_CLASSES, len(labels) // 2):
            yield level, labels


def _tables(files: Sequence[Path], texts: Sequence[Path]) -> list[tuple[Path, str]]:
    """Tables with a column that names most of the texts, each with its other columns."""
    from noglue.tools.readers._text_tables import dialect_of

    names = {path.name for path in texts} | {path.stem for path in texts}
    found = []
    for path in files:
        if path.suffix.lower() in (".csv", ".tsv") and (dialect := dialect_of(path)) is not None and dialect.header:
            for place, name in enumerate(dialect.names):
                cells = [Path(row[place]).name for row in dialect.sample]
                if cells and sum(one in names for one in cells) > len(cells) / 2:
                    found += [(path, other) for other in dialect.names if other != name]
                    break
    return found


def _named(table: Path, column: str, texts: Sequence[Path]) -> dict[Path, str]:
    """Text → its cell in a column of the table."""
    from noglue.tools.readers._text_tables import dialect_of, strings

    dialect = dialect_of(table)
    if dialect is None or column not in dialect.names:
        return {}
    cells = strings(table, dialect).table
    by_name = {one: path for path in texts for one in (path.stem, path.name)}
    places = {name: [Path(value or "").name for value in cells[name].to_pylist()] for name in dialect.names}
    key = max(
        (name for name in dialect.names if name != column),
        key=lambda name: sum(map(by_name.__contains__, places[name])),
    )
    named = zip(places[key], cells[column].to_pylist(), strict=True)
    return {by_name[name]: value for name, value in named if name in by_name and value is not None}


def _labels(match: Match) -> dict[Path, str]:
    members = _members(match)
    way = match.reading.get("labels", "folder")
    if way == "none" or not any(members.values()):
        return {}
    everything = [path for paths in members.values() for path in paths]
    if way == "table":
        return _named(Path(match.files["about"][0]), match.reading["column"], everything)
    if way == "names":
        return {path: label for paths in members.values() for path, label in _text_names.prefixes(paths).items()}
    (_, first), *others = members.items()
    labels = dict(_levels(first)).get(int(match.reading.get("level", "0")), {})
    base = _folders.common(everything)
    for _, paths in others if labels else ():
        labels |= _text_names.known_classes(paths, base, set(labels.values()))
    return {path: label for path, label in labels.items() if label.lower() not in _WITHOUT}


def _split(split: str, path: Path, labels: dict[Path, str], match: Match) -> str:
    return split if path in labels or not labels else "unlabelled"


def _members(match: Match) -> dict[str, list[Path]]:
    from noglue.tools.readers._splits import SPLIT_ORDER

    found: dict[str, list[Path]] = {}
    for split in SPLIT_ORDER:
        for path in map(Path, match.files.get(split, ())):
            found.setdefault(split, []).extend(_below(path) if path.is_dir() else [path])
    return found


def _below(folder: Path) -> list[Path]:
    found = [path for path in folder.rglob("*") if takes(path) and path.is_file() and path.stem.lower() not in _PLAIN]
    visible = [path for path in found if not any(map(_folders.hidden, path.relative_to(folder).parts))]
    return sorted(visible, key=lambda path: [_folders.natural(part) for part in path.relative_to(folder).parts])


def _whole(folder: Path, paths: Sequence[Path]) -> bool:
    """Whether the folder holds these texts and no others, so that it stands for them."""
    return set(_below(folder)) == set(paths)


def _are_prose(texts: Sequence[Path]) -> bool:
    """Nearly all of some of the files hold words rather than numbers, and no cells of a table."""
    import numpy as np

    from noglue.tools.readers._text_tables import dialect_of

    places = np.linspace(0, len(texts) - 1, min(len(texts), _PROBED)).astype(int)
    good = 0
    for path in [texts[place] for place in places]:
        try:
            text = text_of(path)[:_HEAD]
        except ValueError:
            continue
        letters = sum(character.isalpha() for character in text) / max(1, sum(not one.isspace() for one in text))
        table = dialect_of(path) if "\t" in text or text.count(",") > text.count(" ") else None
        good += letters >= _LETTERS and (table is None or len(table.names) < 2 or not table.header)
    return good >= 0.8 * len(places)
