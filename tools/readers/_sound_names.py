"""What the fields of recordings' file names say, by the conventions of well-known sets and by their values.

    3_theo_12.wav                    digit 3, speaker theo              Free Spoken Digit Dataset
    03-01-06-01-02-01-12.wav         emotion fearful, actor 12          RAVDESS, https://zenodo.org/records/1188976
    03a01Fa.wav                      speaker 03, emotion happiness      EmoDB, http://emodb.bilderbar.info
    1001_DFA_ANG_XX.wav              actor 1001, emotion anger          CREMA-D
    OAF_back_angry.wav               speaker OAF, emotion angry         TESS
    0a7c2a8d_nohash_0.wav            speaker 0a7c2a8d                   Speech Commands
    1-100032-A-0.wav                 source clip 100032                 ESC-50
    84-121123-0000.flac              speaker 84                         LibriSpeech

A field that says who speaks, or which longer recording a clip was cut from, also tells what belongs together.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

_MOST_MISFITS = 0.05  # of the names
_FIELDS = re.compile(r"[\W_]+")
_EMOTIONS = frozenset(
    [
        "angry",
        "anger",
        "ang",
        "happy",
        "happiness",
        "hap",
        "joy",
        "sad",
        "sadness",
        "neutral",
        "neu",
        "fear",
        "fearful",
        "fea",
        "fearfull",
        "disgust",
        "disgusted",
        "dis",
        "surprise",
        "surprised",
        "sur",
        "calm",
        "bored",
        "boredom",
        "ps",
        "pleasant",
        "excited",
        "excitement",
        "frustrated",
    ]
)
_GENDERS = frozenset({"m", "f", "male", "female", "man", "woman"})
_SPEAKER = re.compile(r"(?:s|sp|spk|speaker|subj|subject|p|pid|actor|u|user|id|m|f)[-_]?\d{1,5}", re.I)


class Convention(NamedTuple):
    """pattern: of the whole stem; its groups are columns (`_` for a blank). values: column → code → name."""

    pattern: re.Pattern[str]
    values: Mapping[str, Mapping[str, str]] = {}


_RAVDESS = {
    "emotion": {"01": "neutral", "02": "calm", "03": "happy", "04": "sad", "05": "angry", "06": "fearful",
                "07": "disgust", "08": "surprised"},
    "vocal_channel": {"01": "speech", "02": "song"},
    "intensity": {"01": "normal", "02": "strong"},
}  # fmt: skip
_EMODB = {"W": "anger", "L": "boredom", "E": "disgust", "A": "anxiety", "F": "happiness", "T": "sadness",
          "N": "neutral"}  # fmt: skip
_CREMA = {"ANG": "anger", "DIS": "disgust", "FEA": "fear", "HAP": "happy", "NEU": "neutral", "SAD": "sad"}
_SAVEE = {"a": "anger", "d": "disgust", "f": "fear", "h": "happiness", "n": "neutral", "sa": "sadness",
          "su": "surprise"}  # fmt: skip

_CONVENTIONS = (
    Convention(
        re.compile(
            r"0[1-3]-(?P<vocal_channel>0[12])-(?P<emotion>0[1-8])-(?P<intensity>0[12])-(?P<statement>0[12])-0[12]-"
            r"(?P<actor>\d\d)"
        ),
        _RAVDESS,
    ),
    Convention(re.compile(r"(?P<speaker>\d\d)(?P<sentence>[ab]\d\d)(?P<emotion>[WLEAFTN])[a-z]?"), {"emotion": _EMODB}),
    Convention(
        re.compile(r"(?P<actor>\d{4})_(?P<sentence>[A-Z]{3})_(?P<emotion>[A-Z]{3})_(?:LO|MD|HI|XX?)"),
        {"emotion": _CREMA},
    ),
    Convention(re.compile(r"(?P<speaker>[OY]AF)_(?P<word>\w+?)_(?P<emotion>[a-z]+)"), {"emotion": {"ps": "surprise"}}),
    Convention(re.compile(r"(?P<speaker>DC|JE|JK|KL)_(?P<emotion>[adfhn]|sa|su)\d\d"), {"emotion": _SAVEE}),
    Convention(re.compile(r"(?P<speaker>[0-9a-f]{8})_nohash_\d+")),
    Convention(re.compile(r"(?P<fold>\d)-(?P<source_clip>\d+)-[A-Z]-(?P<class_number>\d+)")),
    Convention(re.compile(r"(?P<speaker>\d{2,5})-(?P<chapter>\d{3,6})-\d{4}")),
    Convention(re.compile(r"(?P<digit>\d)_(?P<speaker>[^\W\d_]+|\d\d)_\d+")),
)


def fields(recordings: Sequence[Path]) -> dict[str, dict[Path, str]]:
    """Column → recording → value; empty where the names follow no convention that says what its fields are.

    >>> fields([Path("3_theo_12.wav"), Path("4_lucas_0.wav")])["speaker"].values()
    dict_values(['theo', 'lucas'])
    """
    for convention in _CONVENTIONS:
        found = {path: match for path in recordings if (match := convention.pattern.fullmatch(path.stem))}
        if len(found) >= max(2, (1 - _MOST_MISFITS) * len(recordings)):
            return _columns(found, convention)
    return _by_values(recordings)


def _columns(found: Mapping[Path, re.Match[str]], convention: Convention) -> dict[str, dict[Path, str]]:
    columns = {}
    for name in convention.pattern.groupindex:
        codes = convention.values.get(name, {})
        values = {path: codes.get(match[name], match[name]) for path, match in found.items()}
        if len(set(values.values())) > 1:
            columns[name.replace("_", " ")] = values
    return columns


def _by_values(recordings: Sequence[Path]) -> dict[str, dict[Path, str]]:
    """Names of one number of fields, of which two say by their values what they are."""
    split = {path: _FIELDS.split(path.stem) for path in recordings}
    width = Counter(map(len, split.values())).most_common(1)[0][0] if split else 0
    split = {path: parts for path, parts in split.items() if len(parts) == width}
    if width < 2 or len(split) < (1 - _MOST_MISFITS) * len(recordings):
        return {}
    columns: dict[str, dict[Path, str]] = {}
    words = []
    for number in range(width):
        values = {path: parts[number] for path, parts in split.items()}
        counts = Counter(value.lower() for value in values.values())
        if len(counts) < 2 or min(counts.values()) < 2:
            continue
        kind = _kind_of(list(counts))
        if kind == "word":
            words.append(values)
        elif kind is not None and kind not in columns:
            columns[kind] = values
    if len(words) == 1 and "speaker" not in columns and {"digit", "emotion"} & set(columns):
        columns["speaker"] = words[0]
    return columns if len(columns) > 1 or "speaker" in columns else {}


def _kind_of(values: Sequence[str]) -> str | None:
    if all(re.fullmatch(r"\d", value) for value in values):
        return "digit"
    if all(value in _EMOTIONS for value in values):
        return "emotion"
    if all(value in _GENDERS for value in values):
        return "gender"
    if all(_SPEAKER.fullmatch(value) for value in values):
        return "speaker"
    return "word" if all(re.fullmatch(r"[^\W\d_]+", value) for value in values) else None
