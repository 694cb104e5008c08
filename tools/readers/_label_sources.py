"""What may stand for the class of a picture by names alone: a level of folders, a piece of their names, a field of the
file's own name. Each is one `Source`; which is meant, the request decides.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from noglue.tools.readers import _numbered_folders as numbered
from noglue.tools.readers._folders import Arrangement
from noglue.tools.readers._splits import MOST_CLASSES

_DIVISION = re.compile(
    r"(?:.*[\W_])?(?:fold|part|batch|chunk|shard|set|split|cv|run|group|images?|imgs?|data|vol|volume|disc|disk|archive)"
    r"[ _-]?\d+",
    re.I,
)
_PERSON = re.compile(
    r"(?:.*[\W_])?(?:patients?|pat|pt|subjects?|subj|sub|persons?|people|participants?|users?|donors?|cases?|ids?|mouse|animal"
    r"|slides?|scans?|stud(?:y|ies)|sessions?|visits?|series|sites?|hospitals?|cameras?|cam|seq|sequences?|videos?|clips?|roi"
    r"|tiles?|views?|specimens?|samples?|patiente?n?|proband(?:en)?|sujet|paciente|s|p)[ _-]?\d+", re.I,
)  # fmt: skip
_CAMERA = re.compile(r"img|image|dsc|dscn|photo|pic|picture|frame|train|test|val|scan|page|sample|p|i|")
_NUMBER = re.compile(r"\d+[a-z]{0,3}", re.I)  # `3`, `40X`
_FIELDS = re.compile(r"[\W_]+")
_SURE = 0.9


@dataclass(frozen=True)
class Source:
    """labels: picture → class. reading: how to find it again. told: where it comes from, in words."""

    labels: Mapping[Path, str]
    reading: Mapping[str, str]
    origin: str
    confidence: float
    classes: frozenset[str] = field(default_factory=frozenset)


def by_names(arranged: Arrangement, training: Sequence[Path]) -> list[Source]:
    """Every source of the folders' and files' names, the likeliest first. training: the pictures that show classes."""
    levels = _levels(arranged, training)
    sources = [*levels, *_pieces(levels), *_file_names(training, bool(levels))]
    return sorted(sources, key=lambda source: -source.confidence)


def labels(reading: Mapping[str, str], arranged: Arrangement) -> dict[Path, str]:
    """What a reading of names (`kind` folders, pieces or names) says of each picture."""
    if reading["kind"] == "names":
        return _fields_of(list(arranged.folders), reading.get("field", ""))
    found = arranged.level(int(reading["level"]))
    if reading["kind"] == "pieces":
        return _piece_of(found, int(reading["piece"]))
    return numbered.joined(arranged.level(int(reading["within"])), found) if "within" in reading else found


def note(reading: Mapping[str, str], arranged: Arrangement) -> str | None:
    """What a reading of folders makes of numbers that recur below several parents, where they do."""
    level = int(reading.get("level", "0"))
    if reading.get("kind") != "folders" or level == 0:
        return None
    return numbered.note(arranged.level(level - 1), arranged.level(level), "within" in reading)


# ---- levels of folders -------------------------------------------------------------------------------------------


def _levels(arranged: Arrangement, training: Sequence[Path]) -> list[Source]:
    inside = set(training)
    all_levels = [arranged.level(level) for level in range(arranged.depth)]
    found = [{path: name for path, name in names.items() if path in inside} for names in all_levels]
    scores = [_score_of(names, len(training)) for names in found]
    if not any(scores):  # one class to learn from, and others beside it in the test
        scores = [
            _score_of(names, len(names)) if set(found[level].values()) < set(names.values()) and found[level] else 0.0
            for level, names in enumerate(all_levels)
        ]
    for outer in range(len(found)):
        for inner in range(outer + 1, len(found)):
            if scores[outer] and scores[inner]:
                _compare(found, scores, outer, inner)
    both = [one for level in range(1, len(found)) if (one := _both(found, scores, level)) is not None]
    return [
        *(
            Source(
                found[level], {"kind": "folders", "level": str(level)}, _level_name(level, len(found)), scores[level]
            )
            for level in range(len(found))
            if scores[level]
        ),
        *both,
    ]


def _both(found: list[dict[Path, str]], scores: list[float], level: int) -> Source | None:
    """A level of numbers and the one above it as one, where the numbers begin anew in each of its folders.

    Where the same number is surely another thing in each, the numbers alone become unlikely.
    """
    outer, inner = found[level - 1], found[level]
    kinds = Counter(inner.values())
    instances = _all_like(_PERSON, kinds) or _all_like(_DIVISION, kinds)  # sessions of a class are no classes
    plain = scores[level] and scores[level - 1] >= 0.6 and not instances
    if not plain or not numbered.are_numbered(outer, inner):
        return None
    score = 0.45
    if numbered.are_their_own(outer, inner):
        score, scores[level] = scores[level], min(scores[level], 0.45)
        scores[level - 1] = max(scores[level - 1], score)
    labels = numbered.joined(outer, inner)
    if len(set(labels.values())) > MOST_CLASSES:
        return None
    reading = {"kind": "folders", "level": str(level), "within": str(level - 1)}
    return Source(labels, reading, f"the folders of levels {level} and {level + 1}", score)


def _level_name(level: int, levels: int) -> str:
    return "the folders" if levels == 1 else f"the folders of level {level + 1}"


def _score_of(names: Mapping[Path, str], total: int) -> float:
    """How much a level looks like classes, by its names and counts; 0 where it can be none."""
    kinds = Counter(names.values())
    if not 2 <= len(kinds) <= MOST_CLASSES or len(names) < 0.3 * total:
        return 0.0
    score = _SURE * min(1.0, 0.1 + len(names) / total)
    if _all_like(_DIVISION, kinds):
        score = 0.2
    elif _all_like(_PERSON, kinds) or (all(re.fullmatch(r"\d{4,}", name) for name in kinds) and len(kinds) > 5):
        score = 0.54
    if len(names) < 3 * len(kinds):
        score *= 0.7
    return score


def _all_like(pattern: re.Pattern[str], kinds: Mapping[str, object]) -> bool:
    return sum(pattern.fullmatch(name) is not None for name in kinds) >= 0.9 * len(kinds)


def _compare(found: list[dict[Path, str]], scores: list[float], outer: int, inner: int) -> None:
    """Of two levels that cross (each patient has both findings) the inner one says more of the picture; of two that
    do not (breeds within species) the outer one is the class, unless its names only divide.
    """
    holders = defaultdict[str, set[str]](set)
    for path, name in found[inner].items():
        holders[name].add(found[outer][path])
    crossed = sum(len(held) for held in holders.values()) >= 1.5 * len(holders)
    divides = scores[outer] < 0.6
    numbers = _all_like(_NUMBER, holders) and not _all_like(_NUMBER, Counter(found[outer].values()))
    if crossed and not (numbers and not divides) and scores[inner] >= 0.6:
        scores[outer] = min(scores[outer], 0.5 if divides else 0.6)
    elif not divides:
        scores[inner] = min(scores[inner], 0.6)


# ---- pieces of folders' names ------------------------------------------------------------------------------------


def _pieces(levels: Sequence[Source]) -> list[Source]:
    """`study1_positive`, `study2_negative`: positive, negative."""
    found = []
    for source in levels:
        kinds = sorted(set(source.labels.values()))
        split = {kind: _FIELDS.split(kind) for kind in kinds}
        if len({len(fields) for fields in split.values()}) != 1 or len(split[kinds[0]]) < 2:
            continue
        columns = list(zip(*split.values(), strict=True))
        for number, column in enumerate(columns):
            values = set(column)
            if not 2 <= len(values) <= len(kinds) or all(value.isdigit() for value in values):
                continue
            others = [other for place, other in enumerate(columns) if place != number]
            counted = all(_all_like(_PERSON, Counter(other)) or all(v.isdigit() for v in other) for other in others)
            constant = all(len(set(other)) == 1 for other in others)
            if _all_like(_PERSON, Counter(column)) or (len(values) == len(kinds) and not constant):
                continue
            score = 0.92 if counted and not constant else 0.84 if constant else 0.4
            score *= 1.0 if source.confidence > 0.6 or counted else 0.6
            picked = _piece_of(source.labels, number)
            reading = {"kind": "pieces", "level": source.reading["level"], "piece": str(number)}
            found.append(
                Source(picked, reading, f"a part of {source.origin.replace('the folders', 'the folder names')}", score)
            )
    return found


def _piece_of(names: Mapping[Path, str], number: int) -> dict[Path, str]:
    split = {path: _FIELDS.split(name) for path, name in names.items()}
    return {path: fields[number] for path, fields in split.items() if len(fields) > number}


# ---- fields of file names ----------------------------------------------------------------------------------------


def _file_names(training: Sequence[Path], folders: bool) -> list[Source]:
    """`cat.0.jpg`: its beginning. `12_F_1.png`: each field that repeats itself."""
    found = []
    begin = prefixes(training)
    if begin:
        found.append(Source(begin, {"kind": "names", "field": ""}, "the file names", 0.7))
    split = [_FIELDS.split(path.stem) for path in training]
    width = Counter(map(len, split)).most_common(1)[0][0] if split else 0
    if width < 2 or sum(len(fields) == width for fields in split) < 0.95 * len(split):
        return found
    for number in range(width):
        counts = Counter(fields[number] for fields in split if len(fields) == width)
        most = min(MOST_CLASSES, max(2, len(split) // 5))
        few = 2 <= len(counts) <= most and min(counts.values()) >= 2
        amounts = all(name.isdigit() for name in counts) and 2 <= len(counts) <= min(MOST_CLASSES, len(split) / 1.5)
        if not (few or amounts) or set(begin.values()) == set(counts):
            continue
        words = all(re.match(r"[^\W\d]", name) for name in counts) and not _all_like(_PERSON, counts)
        score = 0.62 if words else 0.4 if few else 0.3
        reading = {"kind": "names", "field": str(number)}
        text = f"the {_ORDINALS[min(number, 5)]} part of the file names"
        found.append(Source(_fields_of(training, str(number)), reading, text, score - 0.1 * folders))
    return found


_ORDINALS = ("first", "second", "third", "fourth", "fifth", "a later")


def _fields_of(pictures: Sequence[Path], number: str) -> dict[Path, str]:
    if not number:
        return _begins(pictures)
    split = {path: _FIELDS.split(path.stem) for path in pictures}
    width = Counter(map(len, split.values())).most_common(1)[0][0] if split else 0
    return {path: fields[int(number)] for path, fields in split.items() if len(fields) == width}


def _begins(pictures: Sequence[Path]) -> dict[Path, str]:
    return {path: match[1] for path in pictures if (match := re.fullmatch(r"([^\W\d][\w -]*?)[._ -]*\d+", path.stem))}


def prefixes(pictures: Sequence[Path]) -> dict[Path, str]:
    """`cat.0.jpg`, `Abyssinian_12.jpg` → `cat`, `Abyssinian`, where a few such prefixes name all the files."""
    found = _begins(pictures)
    counts = Counter(found.values())
    if len(found) < len(pictures) or not 2 <= len(counts) <= max(2, len(pictures) // 5) or min(counts.values()) < 2:
        return {}
    return {} if any(_CAMERA.fullmatch(name.lower()) for name in counts) else found
