"""Where the data is, as the user wrote it: URLs, paths, quoted names, Hub names, well-known data sets.

    >>> [mark.value for mark in find('Use "my data.csv" and https://example.org/a.zip.', {})]
    ['my data.csv', 'https://example.org/a.zip']

Nothing is looked up, neither on disk nor on the network: the same words always read alike.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path, PurePath

from noglue.agent.request import cues
from noglue.agent.request.marks import Mark, free
from noglue.agent.request.names import Known, key
from noglue.tools.spec import modalities

_ANY = "zip tar tgz tbz2 txz gz bz2 xz zst 7z rar npz npy pkl pickle bin mat h5 hdf5 idx pt lmdb tfrecord"
_PACKED = {"gz", "bz2", "xz", "zst", "zip"}

_ENDS = ".,;:!?)]}>'\"”“’»…"
_URL = re.compile(
    (
        r"(?<![\w@/.+-])[a-z][a-z0-9+.-]*://[^\s<>\"“”«»`]+|(?<![\w@/.])(?:www\.)?(?:[\w-]+\.)+(?:com|org|net|"
        r"edu|io|de|fr|es|uk|ch|eu|gov|ai)/[^\s<>\"“”«»`]*"
    ),
    re.I,
)
_QUOTED = re.compile(
    r"\"([^\"\n]+)\"|“([^”\n]+)”|„([^“”\n]+)[“”]|«\s*([^»\n]+?)\s*»|`([^`\n]+)`|(?<!\w)'([^'\n]+)'(?!\w)"
)
_TOKEN = re.compile(r"[^\s,;\"“”«»`]+")
_HUB = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]*\w$")
_DATA_WORDS = (
    r"(?:data[\s-]?sets?|data|benchmark|corpus|problem|task|challenge|database|collection|datensatz|"
    r"daten|problem|aufgabe|jeu|données|conjunto|datos|base)"
)
_NAMED = re.compile(
    (
        r"(?:folder|directory|file|ordner|verzeichnis|datei|dossier|fichier|carpeta|archivo|"
        r"fichero)\s+(?:is\s+)?(?:named|called|namens|genannt|nommé|appelé|llamad[ao])\s+([\w.-]*\w)"
    ),
    re.I,
)
_PROPER = re.compile(
    r"(?:\b[Tt]he\s+|\b[Oo]n\s+)?((?:[A-Z][\w-]*|[\w-]*[\d_][\w-]*)(?:\s(?:[A-Z][\w-]*|"
    r"\d+))*)\s+(?i:data[\s-]?set|benchmark|corpus)\b"
)

_KEEPERS = ("UCI", "Kaggle", "OpenML", "Hub", "Face", "I", "Palmer", "Fisher", "LeCun", "Zalando", "Sklearn")


@cache
def _endings() -> dict[str, str]:
    """Ending of a file name → the modality that it speaks of, `""` where it may be any."""
    own = {ending: name for name in modalities.names() for ending in modalities.load(name).endings.split()}
    return dict.fromkeys(_ANY.split(), "") | own


def find(text: str, known: Mapping[str, Known]) -> list[Mark]:
    """Marks of kind `source`, in the order of the text. `known`: as `names.known()` has them.

    Names count only where neither a URL nor a path says where the data is.
    """
    marks: list[Mark] = []

    def add(start: int, end: int, words: str) -> None:
        if words and free(start, end, marks):
            marks.append(Mark(start, end, "source", words, words))

    for match in _URL.finditer(text):
        url = _trimmed(match[0])
        add(match.start(), match.start() + len(url), url)
    for match in _QUOTED.finditer(text):
        inside = next(group for group in match.groups() if group is not None)
        if is_path(inside) and len(inside) < 200:
            add(match.start(), match.end(), inside)
    for match in _TOKEN.finditer(text):
        word = _trimmed(match[0].lstrip("([{<'"))
        start = match.start() + match[0].index(word) if word else match.start()
        if word and (is_path(word) or _is_place(text, start, word, marks)):
            add(start, start + len(word), word)
    for match in _NAMED.finditer(text):
        add(match.start(1), match.end(1), match[1])
    if not marks:
        _add_names(text, known, add)
    if not marks and (proper := _PROPER.search(text)):
        add(proper.start(1), proper.end(1), proper[1])
    return sorted(marks, key=lambda mark: mark.start)


def urls(text: str) -> list[str]:
    """Every address with a scheme in a text, without the punctuation of the sentence."""
    return [_trimmed(match[0]) for match in _URL.finditer(text) if "://" in match[0]]


def is_named(place: str, text: str, known: Mapping[str, Known]) -> bool:
    """Whether a text names this very place: what may be done with a place that somebody else has read in the text.

    >>> [is_named(place, "Learn of cats.zip. Or of MNIST.", {}) for place in (".", "cats", "cats.zip", "MNIST")]
    [False, False, True, True]

    Written as it stands there, from one end of a word to the other: a URL, a path, what stands in quotes, the name of a
    data set. A single everyday word is no name by itself, though there may be a folder that is called so.
    """
    if place in {mark.value for mark in find(text, known)} | set(_quoted(text)):
        return bool(place.strip())
    if not re.search(r"\w", place) or "://" in place:
        return False
    if not re.search(rf"(?<![\w./\\~@:-]){re.escape(place)}(?![\w/\\]|[.@:-]\w)", text):
        set_of_data = known.get(key(place))
        return set_of_data is not None and name_pattern(key(place)).search(text) is not None
    if is_path(place) or "/" in place or key(place) in known:
        return True
    everyday = re.fullmatch(r"[^\W\d_]+", place) is not None and place[1:] == place[1:].lower()
    return re.fullmatch(r"[\w -]+", place) is not None and not everyday


def is_file_named(name: str, text: str) -> bool:
    """Whether a text names a file so, alone or at the end of a path: `b.csv` in `learn of a.csv, test on x/B.csv`."""
    found = re.search(rf"(?<![\w.@-]){re.escape(name)}(?![\w/\\]|[.@-]\w)", text, re.IGNORECASE)
    return name == PurePath(name).name and re.search(r"\w", name) is not None and found is not None


def _quoted(text: str) -> list[str]:
    return [group.strip() for match in _QUOTED.finditer(text) for group in match.groups() if group is not None]


def _add_names(text: str, known: Mapping[str, Known], add: Callable[[int, int, str], None]) -> None:
    for alias in sorted(known, key=len, reverse=True):
        if not cues.named(alias, text):
            continue
        pattern = name_pattern(alias)
        for match in pattern.finditer(text):
            if _is_part_of_a_name(text, match):
                continue
            if not known[alias].plain or _named_as_data(text, match):
                add(match.start(), match.end(), _shortest(match[0], known))


def _is_part_of_a_name(text: str, match: "re.Match[str]") -> bool:
    """`Sign Language Digits` is another set than `digits`: a proper name goes on before the known one."""
    before = re.search(r"(\w+)\s+([A-Z][\w-]*)\s+$", text[: match.start()])
    return bool(before) and match[0][:1].isupper() and before[2] not in _KEEPERS  # type: ignore[index]


def _shortest(words: str, known: Mapping[str, Known]) -> str:
    """`mnist digits`, `wine data set` → `mnist`, `wine`: the name itself, where it is known as the same data set."""
    shorter = re.sub(r"(?i)[\s_-]+(?:data[\s_-]?set|digits|images|flowers|plants|census)$", "", words)
    same = key(shorter) in known and known[key(shorter)].name == known[key(words)].name
    return shorter if same else words


def name_pattern(alias: str) -> "re.Pattern[str]":
    """`cifar 10` → also CIFAR-10, cifar_10, Cifar10."""
    parts = re.findall(r"[^\W\d_]+|\d+", alias)
    return re.compile(r"(?<![\w-])" + r"[\s_-]*".join(map(re.escape, parts)) + r"(?![\w-]|\.\w)", re.I)


def _named_as_data(text: str, match: "re.Match[str]") -> bool:
    """An everyday word names a data set when it is all there is, or when `data set` and the like stand beside it."""
    rest = re.findall(r"\w+", text[: match.start()] + " " + text[match.end() :])
    before, after = text[: match.start()], text[match.end() :]
    beside = re.match(rf"\W+(?:\w+\W+)?{_DATA_WORDS}\b", after, re.I) or re.search(
        rf"\b{_DATA_WORDS}\W+(?:\w+\W+){{0,2}}$", before, re.I
    )
    return not rest or bool(beside) or bool(re.match(r"\s*$", before) and re.match(r"\s*[,:]", after))


def is_path(word: str) -> bool:
    """`./data/train.csv`, `~/pics`, `D:\\x`, `photos/`, `train.csv.gz`: a place on disk by its form alone."""
    if re.match(r"(?:\.{1,2}|~)?[/\\]\w|~\w*/|[A-Za-z]:[\\/]", word) or word in ("./", "../", "~/"):
        return True
    if re.fullmatch(r"[\w.-]+(?:[/\\][\w.-]+)*[/\\]", word):
        return True
    return extension(word) is not None and bool(re.match(r"[\w(]", word))


def extension(word: str) -> str | None:
    """The modality that a file name's ending speaks of (`""`: none in particular), or None when it is no file name."""
    parts = re.split(r"\.", word.lower().rstrip("/"))
    while len(parts) > 2 and parts[-1] in _PACKED and parts[-2] in _endings():
        parts.pop()
    if len(parts) < 2 or not parts[-2].strip("/\\"):
        return None
    return _endings().get(parts[-1])


@cache
def _words() -> dict[str, list[str]]:
    return tomllib.loads((Path(__file__).parent / "sources.toml").read_text(encoding="utf-8"))


def _is_place(text: str, start: int, word: str, marks: list[Mark]) -> bool:
    """Whether `a/b` is a folder or a Hub name rather than "yes/no"."""
    if (
        not _HUB.fullmatch(word)
        or word.lower() in _words()["never"]
        or word.count("/") != 1
        or re.fullmatch(r"[\d/.]+", word)
    ):
        return False
    before = re.findall(r"\w+", text[:start].lower())
    after = re.findall(r"\w+", text[start + len(word) :].lower())
    unlike_words = bool(re.search(r"[\d_-]", word))
    beside = bool(before and before[-1] in _words()["before"]) or bool(after and after[0] in _words()["after"])
    return unlike_words or beside


def _trimmed(word: str) -> str:
    """Without the punctuation of the sentence; a closing bracket stays where its opening one is inside."""
    while word and word[-1] in _ENDS:
        opening = {")": "(", "]": "["}.get(word[-1])
        if opening and word.count(opening) >= word.count(word[-1]):
            break
        word = word[:-1]
    return word
