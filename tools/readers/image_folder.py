"""Folders of image files, in every way in which they may be meant.

    data/cat/1.jpg  data/dog/2.png                class folders, at any level (`patient7/1/x.png`)
    data/train/cat/1.jpg  data/test/cat/9.jpg     … under split folders or above them (`cat/train/1.jpg`, `trainA/1`)
    data/train/0001.jpg  data/labels.csv          tables beside, any column of which may be the target
    data/train/cat.0.jpg  data/test/1.jpg         classes in the names (Kaggle's cats and dogs)
    data/1.jpg  data/1.cls                        a small file beside each
    photos/1.jpg  photos/2.jpg                    no labels: to predict, or to generate more of

`readings` proposes each as a `Match`, surest first by what the names alone show; the request decides. Masks, second
copies and further renderings of the same pictures are left aside. The table has `image`, `path` (string, absolute) and
`label` (int64; float64 for fractions), or the columns of the tables as they are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from tools.core import images
from tools.core.errors import DataError
from tools.core.form import DataForm
from tools.core.protocols import Match, Raw
from tools.readers import _doubles, _folders, _label_sources

READS = "folders of images, with or without classes"
_MOST = 10
OUTSIDE = "a picture outside of the folders of the splits"


def takes(path: Path) -> bool:
    return images.is_picture(path)


def sniff(files: Sequence[Path]) -> Match | None:
    """The likeliest reading."""
    return next(iter(readings(files)), None)


def readings(files: Sequence[Path]) -> list[Match]:
    """Every reading, the likeliest first. A few pictures among other files are taken for decoration: low confidence."""
    found = [path for path in files if "__MACOSX" not in path.parts and images.is_picture(path)]
    if not found:
        return []
    decoration = 0.3 if len(found) < 10 and len(found) < len(files) / 2 else 1.0
    aside = _unknown_formats(files) | {str(path): why for path, why in _doubles.found(found).items()}
    pictures = [path for path in found if str(path) not in aside]
    arranged = _folders.arranged(pictures)
    outside = {str(path): OUTSIDE for path in pictures if not arranged.splits[path]}
    pictures = [path for path in pictures if str(path) not in outside]
    arranged = _folders.arranged(pictures)
    matches: list[Match] = []
    several = _doubles.renderings(arranged)
    if several is not None:
        level, names = several
        of_level = arranged.level(level)
        for number, name in enumerate(names):
            others = {str(path): _doubles.RENDERING for path in pictures if of_level.get(path) != name}
            chosen = [path for path in pictures if of_level.get(path) == name]
            told = "" if number == 0 else f", the pictures of {name}"
            matches += _of(chosen, files, aside | outside | others, told, 0.55 if number else 1.0)
        whole = _label_sources.Source(of_level, {"kind": "folders", "level": str(level)}, "the folders", 0.2)
        matches += [_match(whole, pictures, arranged, aside | outside)]
    else:
        matches = _of(pictures, files, aside | outside)
    matches = [replace(one, confidence=one.confidence * decoration) for one in matches]
    return sorted(matches, key=lambda match: -match.confidence)[:_MOST]


def count(match: Match) -> dict[str, int]:
    """Image files a split, those that turn out broken included."""
    from tools.readers._image_rows import rows_of

    return {split: len(paths) for split, paths in rows_of(_with_reading(match)).members.items()}


def outline(match: Match, rows: int | None = None) -> Raw:
    """What `read` gives but for the pictures themselves, none of which is opened."""
    from tools.readers._arrays import pick
    from tools.readers._image_rows import rows_of

    found = rows_of(_with_reading(match))
    tables = {split: found.table(split, pick(len(paths), rows)) for split, paths in found.members.items()}
    return Raw("image", tables, found.target, found.classes, notes=found.notes)


def read(match: Match, rows: int | None = None, form: DataForm | None = None) -> Raw:
    """Raises DataError `unreadable` when not one image can be opened."""
    from tools.readers._arrays import pick
    from tools.readers._image_rows import rows_of
    from tools.readers._images import load

    found = rows_of(_with_reading(match))
    picked = {split: pick(len(paths), rows) for split, paths in found.members.items()}
    loaded = load({split: [found.members[split][n] for n in places] for split, places in picked.items()}, form)
    if not any(len(kept) for kept in loaded.kept.values()):
        raise DataError(
            "unreadable",
            f"None of the {sum(map(len, picked.values())):,} image files can be opened; {loaded.skipped[0]}.",
            hint="Check that the files were downloaded or copied whole.",
        )
    splits = {}
    for split, kept in loaded.kept.items():
        table = found.table(split, picked[split][kept])
        splits[split] = table.add_column(0, "image", loaded.columns[split])
    return Raw(
        "image", splits, found.target, found.classes, loaded.shape, loaded.skipped, loaded.form,
        notes=found.notes, unusable=loaded.unusable,
    )  # fmt: skip


# ---- what may be meant -------------------------------------------------------------------------------------------


def _of(
    pictures: list[Path], files: Sequence[Path], aside: Mapping[str, str], told: str = "", weight: float = 1.0
) -> list[Match]:
    """Every reading of these pictures: tables, folders, file names, files beside, and none."""
    from tools.readers import _image_labels, _side_files

    arranged = _folders.arranged(pictures)
    training = [path for path in pictures if arranged.splits[path] in ("train", "all")]
    sources = _label_sources.by_names(arranged, training)
    others = [path for path in files if not images.is_image(path.name)]
    beside = _side_files.of(others, pictures)
    held = set(beside.values())
    about = _image_labels.tables([path for path in others if path not in held], pictures, arranged.splits)
    matches = [_tables_match(about, pictures, arranged, aside)] if about else []
    if matches and not any(arranged.splits[path] in ("train", "all") for path in _named(about, pictures, arranged)):
        matches = []  # labels of a test alone add to those of the folders
    else:
        about = []
    matches += [_match(source, pictures, arranged, aside, about) for source in sources]
    if beside:
        matches += _beside(beside, _side_files.namers(others), pictures, arranged, aside)
    none = _label_sources.Source({}, {"kind": "none"}, "", 0.5)
    if weight == 1.0:
        matches.append(_match(none, pictures, arranged, aside))
    return [
        replace(m, confidence=m.confidence * weight, labels_from=m.labels_from + told, why=m.why + told)
        for m in matches
    ]


def _match(
    source: _label_sources.Source,
    pictures: Sequence[Path],
    arranged: _folders.Arrangement,
    aside: Mapping[str, str],
    about: Sequence[Path] = (),
    coverage: float | None = None,
) -> Match:
    from tools.readers._image_rows import rows_of

    by_split: dict[str, list[Path]] = {}
    for path in pictures:
        by_split.setdefault(arranged.splits[path], []).append(path)
    files = {split: _folders.compact(by_split[split]) for split in _order(by_split)}
    if about:
        files["about"] = list(about)
    kinds = sorted(set(source.labels.values()), key=_folders.natural)
    listed = ", ".join(kinds[:5]) + (" …" if len(kinds) > 5 else "")
    labels = (
        f"labels from {source.told} ({listed})"
        if kinds
        else f"labels from {source.told}"
        if source.told
        else "no labels"
    )
    why = f"{len(pictures):,} images, {labels}, splits: {', '.join(split for split in files if split != 'about')}"
    match = Match(source.confidence, files, why, dict(source.reading), source.told, 1.0, aside)
    if source.reading["kind"] == "none":
        return replace(match, coverage=0.0)
    if coverage is None:
        found = rows_of(match, {split: by_split[split] for split in _order(by_split)})
        coverage = 1 - len(found.members.get("unlabelled", ())) / max(1, len(pictures))
    return replace(match, coverage=coverage, confidence=source.confidence - 0.1 * (1 - coverage))


def _order(splits: Mapping[str, list[Path]]) -> list[str]:
    from tools.readers._splits import SPLIT_ORDER

    return [split for split in SPLIT_ORDER if split in splits]


def _named(about: Sequence[Path], pictures: Sequence[Path], arranged: _folders.Arrangement) -> list[Path]:
    from tools.readers import _image_labels

    told = _image_labels.read(about, pictures, arranged.splits)
    return [path for path, named in zip(pictures, told.named, strict=True) if named]


def _tables_match(
    about: Sequence[Path], pictures: Sequence[Path], arranged: _folders.Arrangement, aside: Mapping[str, str]
) -> Match:
    """The tables' columns, all of them; a column of that name or kind is likely the label."""
    from tools.readers import _image_labels

    told = _image_labels.read(about, pictures, arranged.splits)
    names = [path.name for path in about]
    shown = ", ".join(dict.fromkeys(names[:4])) + (" …" if len(names) > 4 else "")
    reading = {"kind": "tables"} | ({"splits": "tables"} if told.splits else {})
    if told.target:
        reading["target"] = told.target
    if told.tags:
        reading["tags"] = ", ".join(told.tags)
    coverage = float(told.named.mean())
    sure = 0.6 if told.target is None else 0.89
    source = _label_sources.Source({}, reading, shown, sure * (0.4 + 0.6 * min(1.0, coverage * 1.25)))
    return _match(source, pictures, arranged, aside, about, coverage)


def _beside(
    told: Mapping[Path, Path],
    namers: Sequence[Path],
    pictures: Sequence[Path],
    arranged: _folders.Arrangement,
    aside: Mapping[str, str],
) -> list[Match]:
    from tools.readers import _side_files

    labels, boxes = _side_files.labels(told, namers)
    if not labels and not boxes:
        return []
    reading = {"kind": "boxes" if boxes else "beside"}
    source = _label_sources.Source(
        labels, reading, "box files" if boxes else "the files beside them", 0.8 if labels else 0.3
    )
    about = [*dict.fromkeys(path.parent for path in told.values()), *namers]
    return [_match(source, pictures, arranged, aside, about)]


def _with_reading(match: Match) -> Match:
    """The same, with the likeliest reading of these files where none was chosen."""
    if match.reading:
        return match
    members = [path for files in match.files.values() for place in map(Path, files) for path in _all_below(place)]
    best = sniff(members)
    return match if best is None else replace(match, reading=best.reading)


def _all_below(place: Path) -> list[Path]:
    return sorted(path for path in place.rglob("*") if path.is_file()) if place.is_dir() else [place]


def _unknown_formats(files: Sequence[Path]) -> dict[str, str]:
    """Pictures of formats that can't be read here, each with the reason."""
    found = {}
    for path in files:
        ending = path.suffix.lower()
        if ending in images.UNREADABLE and not _folders.hidden(path.name):
            found[str(path)] = f"{images.UNREADABLE[ending]} pictures can't be read here"
    return found
