"""One reading of picture files, carried out: each picture's split and what is known of it. No picture is opened."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from noglue.tools.pictures import formats
from noglue.tools.readers import _class_names, _folders, _label_sources, _split_lists
from noglue.tools.readers._splits import MOST_CLASSES, SPLIT_ORDER
from noglue.tools.spec.protocols import Match

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

Members = dict[str, list[Path]]
LABEL = "label"


@dataclass
class Rows:
    """members: split → pictures. known: a table over all pictures in the order of `places`, without their paths."""

    members: Members
    places: Mapping[Path, int]
    known: "pa.Table"
    target: str | None = None
    classes: list[str] | None = None
    notes: list[str] = field(default_factory=list)

    def table(self, split: str, chosen: "np.ndarray") -> "pa.Table":
        """The rows of some pictures of a split: `path`, and what is known of them."""
        import pyarrow as pa

        paths = [self.members[split][place] for place in chosen]
        columns: dict[str, pa.Array | pa.ChunkedArray] = {"path": pa.array([str(path) for path in paths], pa.string())}
        if split != "unlabelled":
            part = self.known.take(pa.array([self.places[path] for path in paths], pa.int64()))
            columns |= dict(zip(part.column_names, part.columns, strict=True))
        return pa.table(columns)


def rows_of(match: Match, members: Members | None = None, arranged: _folders.Arrangement | None = None) -> Rows:
    """members: split → pictures, arranged: how their folders are, where the caller knows them."""
    members = members or members_of(match)
    pictures = [path for paths in members.values() for path in paths]
    splits = {path: split for split, paths in members.items() for path in paths}
    about = [Path(path) for path in match.files.get("about", ())]
    listed = _split_lists.of(match.reading, about, pictures)
    if match.reading.get("kind") == "tables":
        return _from_tables(match, pictures, splits, about, listed)
    if match.reading.get("kind", "none") == "none" or not pictures:
        return _without_labels(members, pictures)
    notes: list[str] = []
    if match.reading.get("splits") == "tables":
        from noglue.tools.readers import _image_labels

        listed = _image_labels.read(about, pictures, splits).splits
    splits |= listed
    if match.reading["kind"] in ("beside", "boxes"):
        labels = _beside(pictures, about)
    else:
        labels = _labels(match, pictures, splits, about, arranged or _folders.arranged(pictures), notes)
    labels = _by_name(match.reading, labels, about, notes)
    return _labelled(pictures, splits, labels, notes)


def _by_name(
    reading: Mapping[str, str], labels: dict[Path, str], about: Sequence[Path], notes: list[str]
) -> dict[Path, str]:
    """The labels under the names that a file beside gives their codes."""
    if "names" not in reading:
        return labels
    told = _class_names.of(set(labels.values()), [path for path in about if path.name == reading["names"]])
    if told is None:
        return labels
    path, names = told
    shown = ", ".join(f"{code} is {name}" for code, name in sorted(names.items())[:3])
    notes.append(f"{path.name} names the classes: {shown}{', …' if len(names) > 3 else ''}")
    return {picture: str(_class_names.renamed(label, names)) for picture, label in labels.items()}


def members_of(match: Match, takes: _folders.Takes = formats.is_picture) -> Members:
    found: Members = {}
    for split in SPLIT_ORDER:
        for path in map(Path, match.files.get(split, ())):
            found.setdefault(split, []).extend(_folders.walk(path, takes) if path.is_dir() else [path])
    return found


def _without_labels(members: Members, pictures: Sequence[Path]) -> Rows:
    import pyarrow as pa

    if set(members) == {"all"}:
        members = {"unlabelled": members["all"]}
    return Rows(members, {path: place for place, path in enumerate(pictures)}, pa.table({}))


def _from_tables(
    match: Match,
    pictures: list[Path],
    splits: Mapping[Path, str],
    about: Sequence[Path],
    listed: Mapping[Path, str],
) -> Rows:
    """Every column. Pictures that no table names are those to predict."""
    from noglue.tools.readers import _image_labels

    labelled = _image_labels.read(about, pictures, splits)
    members: Members = {}
    for path, named in zip(pictures, labelled.named, strict=True):
        split = splits[path]
        if split == "all" and match.reading.get("splits"):
            split = (listed or labelled.splits).get(path, split)
        members.setdefault(split if named else "unlabelled", []).append(path)
    notes = list(labelled.notes)
    if labelled.tags:
        notes.append(f"Several of the tags {', '.join(labelled.tags[:12])} may fit one file")
    places = {path: place for place, path in enumerate(pictures)}
    target = match.reading.get("target", labelled.target)
    target = target if target in labelled.columns.column_names else labelled.target
    return Rows(_in_order(members), places, labelled.columns, target, None, notes)


# ---- labels by names ---------------------------------------------------------------------------------------------


def _labels(
    match: Match,
    pictures: list[Path],
    splits: Mapping[Path, str],
    about: Sequence[Path],
    arranged: _folders.Arrangement,
    notes: list[str],
) -> dict[Path, str]:
    """By folders or file names; of a test also by other spellings of the classes, or by a table beside it."""
    found = _label_sources.labels(match.reading, arranged)
    notes += filter(None, [_label_sources.note(match.reading, arranged)])
    known = {label for path, label in found.items() if splits[path] in ("train", "all")}
    held: dict[Path, str] = {path: label for path, label in found.items() if splits[path] in ("train", "all")}
    respelled, unknown = Counter[str](), Counter[str]()
    plain = _unique_spellings(known)
    for split in ("validation", "test"):
        paths = [path for path in pictures if splits[path] == split]
        own = {path: _known_label(found.get(path), arranged.folders[path], known, plain) for path in paths}
        named = any(label in known for label in own.values())
        own = own if named else _from_about(about, paths, pictures, splits, known)
        for path, label in own.items():
            if label is not None:
                held[path] = label
                unknown[label] += label not in known
                other = named and label in known and found.get(path, label) not in known
                respelled[f"{found.get(path)} as {label}"] += other
    _tell(notes, respelled, unknown)
    return held


def _tell(notes: list[str], respelled: Counter[str], unknown: Counter[str]) -> None:
    spelled = [name for name, count in respelled.items() if count]
    if spelled:
        notes.append(
            "Folders of the test that match a class but for their spelling were read so: " + ", ".join(spelled[:12])
        )
    strange = [f"{name} ({count:,} files)" for name, count in unknown.items() if count]
    if strange:
        notes.append(
            "The test holds classes that the training files lack, which no model can know: " + ", ".join(strange[:12])
        )


def _known_label(label: str | None, folders: Sequence[str], known: set[str], plain: Mapping[str, str]) -> str | None:
    """A class of the training split by the picture's folders, in other spelling too; else what it is called."""
    if label in known:
        return label
    for name in (*([label] if label else []), *folders):
        if name in known or _plain(name) in plain:
            return name if name in known else plain[_plain(name)]
    return label


def _unique_spellings(known: set[str]) -> dict[str, str]:
    counts = Counter(_plain(name) for name in known)
    return {_plain(name): name for name in known if counts[_plain(name)] == 1}


def _plain(name: str) -> str:
    """`Hot_Dogs` and `hot dog` are one."""
    return re.sub(r"[\W_]+", "", name).casefold().removesuffix("s") or name


def _from_about(
    about: Sequence[Path], paths: Sequence[Path], pictures: Sequence[Path], splits: Mapping[Path, str], known: set[str]
) -> dict[Path, str | None]:
    """Labels of a test split in a table beside it: the column of which most cells are classes of the training split."""
    from noglue.tools.readers import _image_labels

    if not about:
        return {}
    labelled = _image_labels.read(about, pictures, splits)
    places = {path: place for place, path in enumerate(pictures)}
    for name in labelled.columns.column_names:
        cells = labelled.columns[name].to_pylist()
        own = {path: cells[places[path]] for path in paths if cells[places[path]] is not None}
        first = {path: re.split(r"[ |,;]", str(label))[0] for path, label in own.items()}
        for told in ({path: str(label) for path, label in own.items()}, first):
            if told and sum(label in known for label in told.values()) >= 0.8 * len(told):
                return dict(told)
    return {}


def _beside(pictures: Sequence[Path], about: Sequence[Path]) -> dict[Path, str]:
    from noglue.tools.readers import _side_files

    files = [file for place in about for file in (sorted(place.iterdir()) if place.is_dir() else [place])]
    files = [file for file in files if not formats.is_picture(file)]
    return _side_files.labels(_side_files.of(files, pictures))[0]


def _labelled(pictures: list[Path], splits: Mapping[Path, str], labels: Mapping[Path, str], notes: list[str]) -> Rows:
    """Images without a label are `unlabelled`."""
    import pyarrow as pa

    members: Members = {}
    for path in pictures:
        members.setdefault(splits[path] if path in labels else "unlabelled", []).append(path)
    values, classes = _values(labels)
    kind = pa.int64() if classes else pa.float64()
    column = pa.array([values.get(path) for path in pictures], kind)
    places = {path: place for place, path in enumerate(pictures)}
    return Rows(_in_order(members), places, pa.table({LABEL: column}), LABEL if labels else None, classes, notes)


def _in_order(members: Members) -> Members:
    return {split: members[split] for split in SPLIT_ORDER if split in members}


def _values(labels: Mapping[Path, str]) -> tuple[dict[Path, int] | dict[Path, float], list[str] | None]:
    """Class numbers and their names in natural order; fractions are values to regress on."""
    from noglue.tools.values.number_text import values

    names = sorted(set(labels.values()))
    numbers = {name: number for name, number in zip(names, values(names), strict=True) if number is not None}
    fractions = any(number % 1 for number in numbers.values())
    if names and len(numbers) == len(names) and (len(names) > MOST_CLASSES or fractions):
        return {path: numbers[label] for path, label in labels.items()}, None
    classes = sorted(names, key=_folders.natural)
    place = {name: number for number, name in enumerate(classes)}
    return {path: place[label] for path, label in labels.items()}, classes or None
