"""Folders of recordings (WAV, FLAC, Ogg, MP3, AIFF, AU, CAF, W64, Sphere), in every way in which they may be meant.

    blues/1.wav  jazz/2.wav                       class folders, at any level (`speaker7/yes/1.wav`)
    train/cat/1.ogg  test/cat/9.ogg               … under split folders or above them
    audio/fold1/7061-6-0-0.wav  metadata/x.csv    tables beside, any column of which may be the target
    yes/0a7c2a8d_nohash_0.wav  testing_list.txt   lists of the test and of the validation
    3_theo_12.wav  03-01-06-01-02-01-12.wav       fields of the names: digit, speaker, emotion (`_sound_names.py`)
    1.wav  1.txt                                  a small file beside each
    new/1.wav  new/2.wav                          no labels: to predict

A recording is told by its ending, without one by its first bytes (`RIFF….WAVE`, `fLaC`, `OggS`). `readings` proposes
each way as a `Match`; the request decides. The table has `audio` and `path` (string, absolute), `label` or the columns
of the tables, and what the names tell of who speaks, which groups go by. All are brought to one rate, of one channel.

Source: https://libsndfile.github.io/libsndfile/formats.html
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from noglue.tools.readers import _folders, _label_sources, _sound_names
from noglue.tools.readers._label_sources import Source
from noglue.tools.readers._sound_form import sound_form, told
from noglue.tools.readers._splits import SPLIT_ORDER
from noglue.tools.sound import decoding
from noglue.tools.sound.decoding import Facts
from noglue.tools.sound.form import SoundForm
from noglue.tools.spec.data_form import DataForm
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.protocols import Match, Raw

if TYPE_CHECKING:
    from noglue.tools.readers._image_rows import Rows
    from noglue.tools.readers._label_columns import LabelColumns

READS = "folders of recordings, with or without classes"
_MOST = 10
_MOST_KEPT = 40  # reasons told
_BACKGROUND = "background noise, which is no class of its own"
_NEW = re.compile(r"new|unlabell?ed|unsup(ervised)?|to[ _-]?predict|predict", re.I)
_OUTSIDE = "a recording outside of the folders of the splits"


def takes(path: Path) -> bool:
    return decoding.is_sound(path)


def sniff(files: Sequence[Path]) -> Match | None:
    """The likeliest reading."""
    return next(iter(readings(files)), None)


def readings(files: Sequence[Path]) -> list[Match]:
    """Every reading, the likeliest first. A few recordings among other files are a decoration: low confidence."""
    heard = [path for path in files if "__MACOSX" not in path.parts and takes(path)]
    aside = {str(path): _BACKGROUND for path in heard if _is_background(path)}
    found = [path for path in heard if str(path) not in aside]
    if not found:
        return []
    arranged = _arranged(found)
    aside |= {str(path): _OUTSIDE for path in found if not arranged.splits[path]}
    if any(not split for split in arranged.splits.values()):
        found = [path for path in found if arranged.splits[path]]
        arranged = _arranged(found)
    decoration = 0.3 if len(found) < 10 and len(found) < len(files) / 2 else 1.0
    matches = _of(found, arranged, [path for path in files if not takes(path)], aside)
    matches = [replace(one, confidence=one.confidence * decoration) for one in matches]
    return sorted(matches, key=lambda match: -match.confidence)[:_MOST]


def _is_background(path: Path) -> bool:
    """`_background_noise_/pink_noise.wav`, as Speech Commands has it."""
    folder = path.parent.name.lower()
    return folder.startswith("_") and "noise" in folder


def _arranged(found: Sequence[Path]) -> _folders.Arrangement:
    """Recordings in a folder `new` or the like are not labelled."""
    arranged = _folders.arranged(found)
    new = {path: "unlabelled" for path in found if any(map(_NEW.fullmatch, arranged.folders[path]))}
    return _folders.Arrangement(dict(arranged.splits) | new, arranged.folders)


def count(match: Match) -> dict[str, int]:
    """Recordings a split, those that turn out broken included."""
    return {split: len(paths) for split, paths in _rows(_with_reading(match)).members.items()}


def outline(match: Match, rows: int | None = None) -> Raw:
    """What `read` gives but for the recordings themselves, none of which is opened."""
    from noglue.tools.readers._arrays import pick

    found = _rows(_with_reading(match))
    tables = {split: found.table(split, pick(len(paths), rows)) for split, paths in found.members.items()}
    return Raw("audio", tables, found.target, found.classes, notes=found.notes)


def read(match: Match, rows: int | None = None, form: DataForm | None = None) -> Raw:
    """By the headers; what breaks off behind one is told when it is decoded.

    Raises DataError `unreadable` when not one recording can be opened.
    """
    import pyarrow as pa

    from noglue.tools.readers._arrays import pick

    found = _rows(_with_reading(match))
    splits, known, unusable = {}, dict[str, list[Facts]](), dict[str, str]()
    for split, paths in found.members.items():
        chosen = pick(len(paths), rows)
        good, known[split] = [], []
        for place, one in zip(chosen, decoding.each(decoding.facts, [paths[n] for n in chosen]), strict=True):
            if isinstance(one, ValueError):
                unusable[str(paths[place])] = str(one)
            else:
                good.append(place)
                known[split].append(one)
        table = found.table(split, chosen[:0] if not good else pa.array(good).to_numpy())
        splits[split] = table.add_column(0, "audio", table["path"])
    if not any(known.values()):
        raise _nothing(unusable)
    learned = SoundForm.of(form) or sound_form([one for split in _training(known) for one in known[split]])
    notes = [*found.notes, *told([one for facts in known.values() for one in facts], learned)]
    skipped = [f"{Path(path).name}: {why}" for path, why in list(unusable.items())[:_MOST_KEPT]]
    return Raw(
        "audio", splits, found.target, found.classes, None, skipped, learned.kept(), notes=notes, unusable=unusable
    )


def _nothing(unusable: Mapping[str, str]) -> DataError:
    path, why = next(iter(unusable.items()), ("", "there is none"))
    return DataError(
        Kind.UNREADABLE,
        f"None of the {len(unusable):,} sound files can be read; {Path(path).name}: {why}.",
        hint="Give WAV, FLAC, Ogg, MP3 or AIFF files; ffmpeg makes them of others.",
        path=path,
    )


# ---- the form ----------------------------------------------------------------------------------------------------


def _training(known: Mapping[str, Sequence[Facts]]) -> list[str]:
    """The splits that the form is learned from: the first there is."""
    return next(([split] for split in SPLIT_ORDER if split in ("train", "all") and known.get(split)), list(known))


# ---- what may be meant -------------------------------------------------------------------------------------------


def _of(
    found: list[Path], arranged: _folders.Arrangement, others: Sequence[Path], aside: Mapping[str, str]
) -> list[Match]:
    """Every reading of these recordings: tables, folders, file names, files beside, and none."""
    from noglue.tools.readers import _image_labels, _side_files, _split_lists

    by_split: dict[str, list[Path]] = {}
    for path in found:
        by_split.setdefault(arranged.splits[path], []).append(path)
    files = {split: _folders.compact(by_split[split], decoding.is_sound) for split in SPLIT_ORDER if split in by_split}
    training = [path for split in ("train", "all") for path in by_split.get(split, ())]
    sources = _label_sources.by_names(arranged, training)
    named = _sound_names.fields(found)
    if named:  # what the fields say is known better than by their places, or by folders of the same
        sources = [source for source in sources if source.reading["kind"] != "names"]
        sources = [one for one in sources if not any(_same(one.labels, values) for values in named.values())]
    beside = _side_files.of(others, found)
    held = set(beside.values())
    parts = _image_labels.parts([path for path in others if path not in held], found, arranged.splits)
    about = [part.path for part in parts]
    lists = _split_lists.lists(others, found, rest=True) if set(by_split) == {"all"} else {}
    splits = {"splits": "lists"} if lists else {}
    matches = []
    if about:
        matches.append(_tables_match(about, _image_labels.joined(parts, found, arranged.splits), files, found, aside))
    for source in sources:
        matches.append(_match(replace(source, reading=dict(source.reading) | splits), files, lists, found, aside))
    if beside and (labels := _side_files.labels(beside)[0]):
        source = Source(labels, {"kind": "beside"}, "the files beside them", 0.8)
        matches.append(_match(source, files, list(dict.fromkeys(one.parent for one in held)), found, aside))
    if named:
        listed = ", ".join(named)
        source = Source({}, {"kind": "fields"}, f"the file names ({listed})", 0.4 if sources else 0.7)
        matches.append(_match(source, files, (), found, aside))
    return [*matches, _match(Source({}, {"kind": "none"}, "", 0.5), files, (), found, aside)]


def _same(one: Mapping[Path, str], other: Mapping[Path, str]) -> bool:
    """Whether each value of one stands with one of the other alone."""
    pairs = {(label, other[path]) for path, label in one.items() if path in other}
    return len(pairs) == len({first for first, _ in pairs}) == len({second for _, second in pairs}) > 1


def _match(
    source: Source,
    files: Mapping[str, Sequence[Path]],
    about: Sequence[Path] | Mapping[Path, object],
    found: Sequence[Path],
    aside: Mapping[str, str],
    coverage: float | None = None,
) -> Match:
    whole = dict(files) | ({"about": list(about)} if about else {})
    kinds = sorted(set(source.labels.values()), key=_folders.natural)
    listed = f" ({', '.join(kinds[:5])}{' …' if len(kinds) > 5 else ''})" if kinds else ""
    labels = f"labels from {source.origin}{listed}" if source.origin else "no labels"
    why = f"{len(found):,} recordings, {labels}, splits: {', '.join(files)}"
    match = Match(source.confidence, whole, why, dict(source.reading), source.origin, 0.0, dict(aside))
    if source.reading["kind"] == "none":
        return match
    if coverage is None:
        coverage = 1 - len(_rows(match).members.get("unlabelled", ())) / max(1, len(found))
    return replace(match, coverage=coverage, confidence=source.confidence - 0.1 * (1 - coverage))


def _tables_match(
    about: Sequence[Path],
    labelled: "LabelColumns",
    files: Mapping[str, Sequence[Path]],
    found: Sequence[Path],
    aside: Mapping[str, str],
) -> Match:
    """The tables' columns, all of them."""
    names = list(dict.fromkeys(path.name for path in about))
    listed = ", ".join(names[:4]) + (" …" if len(names) > 4 else "")
    reading = {"kind": "tables"} | ({"splits": "tables"} if labelled.splits else {})
    marks = {"tags": labelled.tags, "one_hot": labelled.one_hot}
    reading |= {kind: ", ".join(names) for kind, names in marks.items() if names}
    shown = float(labelled.named.mean())
    sure = (0.6 if labelled.target is None else 0.89) * (0.4 + 0.6 * min(1.0, shown * 1.25))
    return _match(Source({}, reading, listed, sure), files, about, found, aside, shown)


def _with_reading(match: Match) -> Match:
    """The same, with the likeliest reading of these files where none was chosen."""
    if match.reading:
        return match
    best = sniff([path for paths in _members(match).values() for path in paths])
    return match if best is None else replace(match, reading=best.reading)


def _members(match: Match) -> dict[str, list[Path]]:
    from noglue.tools.readers._image_rows import members_of

    members = members_of(match, decoding.is_sound)
    return {split: [path for path in paths if not _is_background(path)] for split, paths in members.items()}


def _rows(match: Match) -> "Rows":
    """What the chosen reading says of each recording, and what the names tell besides."""
    import pyarrow as pa

    from noglue.tools.readers._image_rows import Rows, rows_of

    members = _members(match)
    found = [path for paths in members.values() for path in paths]
    if match.reading["kind"] == "fields":
        rows = Rows(members, {path: place for place, path in enumerate(found)}, pa.table({}))
    else:
        rows = rows_of(match, members)
    if match.reading["kind"] == "none":
        return rows
    inside = sorted(rows.places, key=lambda path: rows.places[path])
    columns = dict(zip(rows.known.column_names, rows.known.columns, strict=True))
    there = {name.lower() for name in columns}
    for name, values in _sound_names.fields(inside).items():
        if name not in there:
            columns[name] = pa.chunked_array([pa.array([values.get(path) for path in inside], pa.string())])
    rows.known = pa.table(columns)
    return rows
