"""Folders of image files, in every way in which they may be meant.

    data/cat/1.jpg  data/dog/2.png                class folders, at any level (`patient7/1/x.png`)
    data/train/cat/1.jpg  data/test/cat/9.jpg     … under split folders or above them (`cat/train/1.jpg`, `trainA/1`)
    data/train/0001.jpg  data/labels.csv          tables beside, any column of which may be the target
    data/train/cat.0.jpg  data/test/1.jpg         classes in the names (Kaggle's cats and dogs)
    data/1.jpg  data/1.cls                        a small file beside each, or a tree of them (VOC, YOLO, LabelMe)
    data/images/…  data/train.txt  data/test.txt  lists of each split; words.txt, classes.txt: what codes stand for
    data/images.txt  data/image_class_labels.txt  tables that lead to others by their keys (CUB), or go line by line
    data/image_0001.jpg … data/imagelabels.mat     a label for each in the order of their numbers (Oxford's flowers)
    photos/1.jpg  photos/2.jpg                    no labels: to predict, or to generate more of

`readings` proposes each as a `Match`, surest first by what the names alone show; the request decides. Masks, second
copies and further renderings of the same pictures are left aside. The table has `image`, `path` (string, absolute) and
`label` (int64; float64 for fractions), or the columns of the tables as they are.
Source: https://huggingface.co/docs/datasets/image_dataset, https://docs.pytorch.org/vision/main/datasets.html
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from noglue.tools.pictures import formats
from noglue.tools.readers import _class_names, _declared, _doubles, _folders, _label_sources
from noglue.tools.readers._label_sources import Source
from noglue.tools.readers._splits import SPLIT_ORDER
from noglue.tools.spec.data_form import DataForm
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.protocols import Match, Raw

if TYPE_CHECKING:
    from noglue.tools.readers._label_columns import LabelColumns

READS = "folders of images, with or without classes"
_MOST = 10
_LIKELY, _AGREED = 0.6, 0.9  # of labels by names alone, and of those that a table tells too
_COMPARED = 5_000  # pictures by which two sources are compared
UNUSED = "a table that names pictures, which this reading takes no labels from"
OUTSIDE = "a picture outside of the folders of the splits"


def takes(path: Path) -> bool:
    return formats.is_picture(path)


def sniff(files: Sequence[Path]) -> Match | None:
    """The likeliest reading."""
    return next(iter(readings(files)), None)


def readings(files: Sequence[Path]) -> list[Match]:
    """Every reading, the likeliest first. A few pictures among other files are taken for decoration: low confidence."""
    found = [path for path in files if "__MACOSX" not in path.parts and formats.is_picture(path)]
    if not found:
        return []
    decoration = 0.3 if len(found) < 10 and len(found) < len(files) / 2 else 1.0
    aside = _unknown_formats(files) | {str(path): why for path, why in _doubles.found(found).items()}
    scene = _scene([path for path in found if str(path) not in aside] if aside else found, aside)
    several = _doubles.renderings(scene.arranged)
    matches = _of(scene, files) if several is None else _of_renderings(scene, files, *several)
    matches = [replace(one, confidence=one.confidence * decoration) for one in matches]
    return sorted(matches, key=lambda match: -match.confidence)[:_MOST]


def count(match: Match) -> dict[str, int]:
    """Image files a split, those that turn out broken included."""
    from noglue.tools.readers._image_rows import rows_of

    return {split: len(paths) for split, paths in rows_of(_with_reading(match)).members.items()}


def outline(match: Match, rows: int | None = None) -> Raw:
    """What `read` gives but for the pictures themselves, none of which is opened."""
    from noglue.tools.readers._arrays import pick
    from noglue.tools.readers._image_rows import rows_of

    found = rows_of(_with_reading(match))
    tables = {split: found.table(split, pick(len(paths), rows)) for split, paths in found.members.items()}
    return Raw("image", tables, found.target, found.classes, notes=found.notes)


def read(match: Match, rows: int | None = None, form: DataForm | None = None) -> Raw:
    """Raises DataError `unreadable` when not one image can be opened."""
    from noglue.tools.readers._arrays import pick
    from noglue.tools.readers._image_rows import rows_of
    from noglue.tools.readers._images import load

    found = rows_of(_with_reading(match))
    picked = {split: pick(len(paths), rows) for split, paths in found.members.items()}
    loaded = load({split: [found.members[split][n] for n in places] for split, places in picked.items()}, form)
    if not any(len(kept) for kept in loaded.kept.values()):
        raise DataError(
            Kind.UNREADABLE,
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


@dataclass(frozen=True)
class _Scene:
    """pictures: those that are read. members: by split. files: the same, as few paths. aside: the others, with why."""

    pictures: list[Path]
    arranged: _folders.Arrangement
    members: dict[str, list[Path]]
    files: dict[str, list[Path]]
    aside: Mapping[str, str]


def _scene(pictures: list[Path], aside: Mapping[str, str]) -> _Scene:
    arranged = _folders.arranged(pictures)
    outside = {str(path): OUTSIDE for path in pictures if not arranged.splits[path]}
    if outside:
        pictures = [path for path in pictures if arranged.splits[path]]
        arranged = _folders.arranged(pictures)
    members: dict[str, list[Path]] = {}
    for path in pictures:
        members.setdefault(arranged.splits[path], []).append(path)
    members = {split: members[split] for split in SPLIT_ORDER if split in members}
    files = {split: _folders.compact(paths) for split, paths in members.items()}
    return _Scene(pictures, arranged, members, files, dict(aside) | outside)


def _of_renderings(scene: _Scene, files: Sequence[Path], level: int, names: Sequence[str]) -> list[Match]:
    """The plainest of several renderings; each of the others; and which of them a picture is."""
    of_level = scene.arranged.level(level)
    source = Source(of_level, {"kind": "folders", "level": str(level)}, "the folders", 0.2)
    matches = [_match(source, scene)]
    for number, name in enumerate(names):
        others = {str(path): _doubles.RENDERING for path in scene.pictures if of_level.get(path) != name}
        chosen = [path for path in scene.pictures if of_level.get(path) == name]
        for match in _of(_scene(chosen, dict(scene.aside) | others), files):
            if number == 0:
                matches.append(match)
            elif match.reading["kind"] != "none":
                named = f"{match.labels_from}, the pictures of {name}"
                matches.append(replace(match, confidence=0.55 * match.confidence, labels_from=named))
    return matches


def _of(scene: _Scene, files: Sequence[Path]) -> list[Match]:
    """Every reading of these pictures: tables, folders, file names, files beside, and none."""
    from noglue.tools.readers import _image_labels, _side_files, _split_lists

    training = [path for split in ("train", "all") for path in scene.members.get(split, ())]
    sources = _label_sources.by_names(scene.arranged, training)
    taken = {*map(str, scene.pictures), *scene.aside}
    others = [path for path in files if str(path) not in taken and not formats.is_image(path.name)]
    beside = _side_files.of(others, scene.pictures)
    held = set(beside.values())
    others = [path for path in others if path not in held]
    parts = _image_labels.parts(others, scene.pictures, scene.arranged.splits)
    about = list(dict.fromkeys(part.path for part in parts))
    unsplit = set(scene.members) <= {"all", "unlabelled"}
    lists = _split_lists.lists(others, scene.pictures) if unsplit else {}
    telling: dict[str, str] = {"splits": "lists"} if lists else {}
    matches = []
    if about:
        labelled = _image_labels.joined(parts, scene.pictures, scene.arranged.splits)
        named = {path for path, is_named in zip(scene.pictures, labelled.named, strict=True) if is_named}
        if not named.isdisjoint(training):  # labels of a test alone add to those of the folders
            declared = _declared.of(others).target
            preferred = declared if declared in labelled.columns.column_names else labelled.target
            preferred = _named_target(preferred, labelled.columns.column_names, others)
            shown = len(named.intersection(training)) / len(training)
            matches = [_tables_match(about, labelled, shown, scene, lists, preferred)]
            scene = replace(scene, aside=dict(scene.aside) | {str(path): UNUSED for path in about})
            sources = [_agreed(source, labelled, scene.pictures) for source in sources]
            telling = telling or ({"splits": "tables"} if labelled.splits else {})
            about = about if telling.get("splits") == "tables" else []
    beside_matches = _beside(beside, scene, [*about, *lists], telling, others) if beside else []
    sources = [_surely(source, beside_matches) for source in sources]
    for source in sources:
        codes = {str(label) for label in source.labels.values()}
        matches.append(_match(*_with_names(source, telling, codes, others, scene, [*about, *lists])))
    matches += [match for match, _ in beside_matches]
    return [*matches, _match(Source({}, {"kind": "none"}, "", 0.5), scene)]


def _agreed(source: Source, labelled: "LabelColumns", pictures: Sequence[Path]) -> Source:
    """Names that say the same as a column of codes are the classes, whatever other columns are called."""
    from noglue.tools.readers._arrays import pick
    from noglue.tools.readers._label_columns import SPLIT

    some = pick(len(pictures), _COMPARED)
    for name in labelled.columns.column_names if source.confidence >= _LIKELY else ():
        cells_of = zip([pictures[place] for place in some], labelled.columns[name].take(some).to_pylist(), strict=True)
        pairs = {(source.labels[path], cell) for path, cell in cells_of if cell is not None and path in source.labels}
        kinds, cells = {kind for kind, _ in pairs}, {cell for _, cell in pairs}
        if not SPLIT.fullmatch(name) and len(kinds) > 1 and len(pairs) == len(kinds) == len(cells):
            return replace(source, confidence=max(source.confidence, _AGREED))
    return source


def _named_target(target: str | None, columns: Sequence[str], files: Sequence[Path]) -> str | None:
    """The names of the target's numbers, where they stand beside it and nobody waits for the numbers."""
    from noglue.tools.readers._picture_joins import NAMED

    asked = any("submission" in path.stem.lower() for path in files)
    return f"{target}{NAMED}" if target and f"{target}{NAMED}" in columns and not asked else target


def _with_names(
    source: Source,
    telling: Mapping[str, str],
    codes: set[str],
    files: Sequence[Path],
    scene: _Scene,
    about: Sequence[Path],
) -> tuple[Source, _Scene, list[Path]]:
    """The source, told where the splits stand and what its codes are called."""
    reading = {**source.reading, **telling}
    told = _class_names.of(codes, [path for path in files if str(path) not in scene.aside or path in about])
    if told is not None:
        reading["names"] = told[0].name
        about = list(dict.fromkeys([*about, told[0]]))
    return replace(source, reading=reading), scene, list(about)


def _surely(source: Source, beside: Sequence[tuple[Match, Mapping[Path, str]]]) -> Source:
    """Folders that a file beside each picture contradicts, as those of shards, are hardly the classes."""
    for match, labels in beside:
        kinds: dict[str, set[str]] = {}
        for path, name in source.labels.items():
            if path in labels:
                kinds.setdefault(name, set()).add(labels[path])
        crossed = sum(len(inside) > 1 for inside in kinds.values())
        if match.reading["kind"] == "beside" and match.coverage >= 0.95 and crossed > 0.5 * len(kinds):
            return replace(source, confidence=min(source.confidence, match.confidence - 0.1))
    return source


def _match(source: Source, scene: _Scene, about: Sequence[Path] = (), coverage: float | None = None) -> Match:
    from noglue.tools.readers._image_rows import rows_of

    files = scene.files | ({"about": list(about)} if about else {})
    kinds = sorted(set(source.labels.values()), key=_folders.natural)
    listed = f" ({', '.join(kinds[:5])}{' …' if len(kinds) > 5 else ''})" if kinds else ""
    labels = f"labels from {source.origin}{listed}" if source.origin else "no labels"
    why = f"{len(scene.pictures):,} images, {labels}, splits: {', '.join(scene.members)}"
    used = {str(path) for path in about}
    aside = {path: reason for path, reason in scene.aside.items() if path not in used} if used else scene.aside
    match = Match(source.confidence, files, why, dict(source.reading), source.origin, 0.0, aside)
    if source.reading["kind"] == "none":
        return match
    if coverage is None:
        found = rows_of(match, scene.members, scene.arranged)
        coverage = 1 - len(found.members.get("unlabelled", ())) / max(1, len(scene.pictures))
    return replace(match, coverage=coverage, confidence=source.confidence - 0.1 * (1 - coverage))


def _tables_match(
    about: Sequence[Path],
    labelled: "LabelColumns",
    shown: float,
    scene: _Scene,
    lists: Collection[Path],
    target: str | None,
) -> Match:
    """The tables' columns, all of them. shown: the share of training pictures that they name."""
    from noglue.tools.readers import _picture_tables

    names = list(dict.fromkeys(path.name for path in about))
    listed = ", ".join(names[:4]) + (" …" if len(names) > 4 else "")
    splits = "lists" if lists else "tables" if labelled.splits else ""
    reading = {"kind": "tables"} | ({"splits": splits} if splits else {})
    if target:
        reading["target"] = target
    if labelled.tags:
        reading["tags"] = ", ".join(labelled.tags)
    if labelled.one_hot:
        reading["one_hot"] = ", ".join(labelled.one_hot)
    if any(_picture_tables.tells_boxes(path) for path in about):
        reading["boxes"], listed = "coco", f"box files ({listed})"
    sure = 0.6 if labelled.target is None else 0.89
    source = Source({}, reading, listed, sure * (0.4 + 0.6 * min(1.0, shown * 1.25)))
    return _match(source, scene, list(dict.fromkeys([*about, *lists])), float(labelled.named.mean()))


def _beside(
    found: Mapping[Path, Path], scene: _Scene, about: Sequence[Path], telling: Mapping[str, str], files: Sequence[Path]
) -> list[tuple[Match, Mapping[Path, str]]]:
    from noglue.tools.readers import _side_files

    labels, boxes = _side_files.labels(found)
    if not labels and not boxes:
        return []
    named = "box files" if boxes else "the files beside them"
    source = Source(labels, {"kind": "boxes" if boxes else "beside"}, named, 0.8 if labels else 0.3)
    source, scene, namers = _with_names(source, telling, set(labels.values()), files, scene, about)
    folders = dict.fromkeys(path.parent for path in found.values())
    return [(_match(source, scene, [*folders, *namers]), labels)]


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
        if ending in formats.UNREADABLE and not _folders.hidden(path.name):
            found[str(path)] = f"{formats.UNREADABLE[ending]} pictures can't be read here"
    return found
