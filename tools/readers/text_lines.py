"""Texts one a line: a file for each class, a label before each text, or a file of labels beside.

    pos.txt  neg.txt                       a file a class, also `rt-polarity.pos`, `pos_train.txt`, `train/pos.txt`
    ham<TAB>See you at one                 a label, a tab, and the text, whatever marks are in it
    __label__spam You have won             fastText's way; the first of several labels counts
    sentences.txt  labels.txt              two files with as many lines; `train.txt` and `train.labels` too

Blank lines are no texts. A word and its tag on each line (CoNLL, IOB) label words rather than texts: that is refused.
Source: https://fasttext.cc/docs/en/supervised-tutorial.html
"""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from noglue.tools.readers._splits import MOST_CLASSES, SPLIT_ORDER, split_of
from noglue.tools.spec.data_form import DataForm
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.protocols import Match, Raw

if TYPE_CHECKING:
    import pyarrow as pa

READS = "texts one a line, with their classes"
_ENDINGS = (".txt", ".text", ".tsv", ".csv", ".data", ".train", ".test", ".valid", "")
_TAGGED = (".conll", ".iob", ".bio", ".iob2", ".conllu")
_HEAD = 1 << 17
_MOST_FILES = 60
_FEWEST_LINES = 10
_LETTERS = 0.6  # of the characters of a prose line
_LONGEST_LABEL = 40
_NEARLY = 0.97  # of the lines, that have a label before them
_FASTTEXT = re.compile(r"((?:__label__\S+[ \t,]*)+)(.*)", re.S)
_TAG = re.compile(r"O|[BIESLU]-[\w-]+")
_LABELS = re.compile(
    r"(.*[\W_])?(labels?|targets?|class(es)?|y|categories|category|polarity|sentiments?)([\W_].*)?", re.I
)
_WORDS = re.compile(r"[^\W_]+")


class _Row(NamedTuple):
    text: str
    label: str | None


def sniff(files: Sequence[Path]) -> Match | None:
    """The likeliest of `readings`."""
    return next(iter(readings(files)), None)


def readings(files: Sequence[Path]) -> list[Match]:
    """By the first lines of each file."""
    likely = [path for path in files if _may_be(path)]
    if not likely or len(likely) > _MOST_FILES:
        return []
    heads = {path: lines for path in likely if len(lines := _head(path)) >= 2}
    found: list[Match] = []
    if tagged := [path for path, lines in heads.items() if _are_tags(lines)]:
        why = f"{tagged[0].name}: a tag for each word"
        found.append(Match(0.95, _split_up(tagged), why, {"way": "tags"}))
    rest = {path: lines for path, lines in heads.items() if path not in tagged}
    for way, sure, fits in (("fasttext", 0.95, _are_fasttext), ("tab", 0.86, _are_tabbed)):
        if chosen := [path for path, lines in rest.items() if fits(lines)]:
            listed = ", ".join(path.name for path in chosen[:4])
            found.append(Match(sure, _split_up(chosen), f"{listed}: a label before each text", {"way": way},
                               "the beginning of each line", ignored=_left(heads, chosen)))  # fmt: skip
    if found:
        return found
    return [one for one in (_parallel(rest), _by_class(rest)) if one is not None]


def count(match: Match) -> dict[str, int]:
    """Texts a split."""
    return {split: len(rows) for split, (rows, _) in _rows(match).items()}


def read(match: Match, rows: int | None = None, form: DataForm | None = None) -> Raw:
    """Raises DataError `unknown-layout` for tags of words, `unreadable` for files without one text."""
    import pyarrow as pa

    from noglue.tools.readers._arrays import pick

    if match.reading["way"] == "tags":
        path = next(Path(path) for paths in match.files.values() for path in paths)
        raise DataError(
            Kind.UNKNOWN_LAYOUT,
            f"{path.name} has a tag for each word (token labelling, as in CoNLL or IOB); no model here tags words.",
            hint="Give texts with one label each.",
        )
    splits: dict[str, pa.Table] = {}
    lost: Counter[str] = Counter()
    for split, (told, empty) in _rows(match).items():
        some = [told[place] for place in pick(len(told), rows)]
        if empty:
            lost["a label without a text"] += empty
        columns = {"text": pa.array([row.text for row in some], pa.string())}
        if any(row.label is not None for row in some):
            columns["label"] = pa.array([row.label for row in some], pa.string())
        splits[split] = pa.table(columns)
    if not any(table.num_rows for table in splits.values()):
        path = next(Path(path) for paths in match.files.values() for path in paths)
        raise DataError(Kind.UNREADABLE, f"There is no text in {path.name}.", hint="Check that the file is whole.")
    labelled = any("label" in table.column_names for table in splits.values())
    skipped = [f"{count} × {why}" for why, count in lost.items()]
    return Raw("text", splits, "label" if labelled else None, skipped=skipped, lost=dict(lost),
               form=DataForm(lines=True) if form is None else form)  # fmt: skip


def new_lines(path: Path, known: Sequence[str]) -> "pa.Table":
    """New texts, one a line; a label before a text goes. known: the classes. Blank lines at the end are none."""
    import pyarrow as pa

    texts = []
    for line in _lines(path):
        fasttext = _FASTTEXT.fullmatch(line)
        label, mark, rest = line.partition("\t")
        text = fasttext[2] if fasttext else rest if mark and label.strip() in known else line
        texts.append(text.strip())
    while texts and not texts[-1]:
        texts.pop()
    return pa.table({"text": pa.array(texts, pa.string())})


# ---- what the lines look like ------------------------------------------------------------------------------------


def _may_be(path: Path) -> bool:
    if path.name.startswith("."):
        return False
    ending = path.suffix.lower()
    told = ending in _ENDINGS or ending in _TAGGED or _is_class_ending(ending) or _LABELS.fullmatch(path.name)
    return bool(told) and path.is_file()


def _is_class_ending(ending: str) -> bool:
    """`rt-polarity.pos`"""
    return re.fullmatch(r"\.(pos|neg|neu|positive|negative|neutral)", ending) is not None


def _head(path: Path) -> list[str]:
    """The first whole lines; none of a file that is no text."""
    from noglue.tools.readers._encoding import encoding_of

    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
            whole = not file.read(1)
    except OSError:
        return []
    if not head or head.startswith((b"PK", b"%PDF", b"\x1f\x8b", b"\x89PNG")):
        return []
    text = head.decode(encoding_of(head), "replace").removeprefix("\ufeff")
    if sum(one < " " and one not in "\t\n\r\f" for one in text[:4096]) > 0:
        return []
    lines = text.splitlines()
    return lines if whole else lines[:-1]


def _prose(lines: Sequence[str]) -> bool:
    """Most lines are words, several to a line, or a run of a script without blanks; and no cells of a table."""
    from noglue.tools.values.column_kinds import UNSPACED

    some = [line for line in lines if line.strip()][:200]
    if len(some) < _FEWEST_LINES:
        return False
    letters = [sum(one.isalpha() for one in line) / max(1, sum(not one.isspace() for one in line)) for line in some]
    wordy = [len(line.split()) >= 3 or len(UNSPACED.findall(line)) >= 4 for line in some]
    tabbed = sum("\t" in line for line in some)
    return (sum(share >= _LETTERS for share in letters) >= 0.9 * len(some) and sum(wordy) >= 0.7 * len(some)
            and tabbed <= 0.05 * len(some))  # fmt: skip


def _are_fasttext(lines: Sequence[str]) -> bool:
    some = [line for line in lines if line.strip()]
    return bool(some) and sum(line.startswith("__label__") for line in some) >= _NEARLY * len(some)


def _are_tabbed(lines: Sequence[str]) -> bool:
    """Nearly all lines are a short label of a few, a tab, and prose."""
    some = [line for line in lines if line.strip()]
    pairs = [line.partition("\t") for line in some]
    labels = Counter(label.strip() for label, mark, _ in pairs if mark)
    known = {label for label, count in labels.items() if count > 1 and 0 < len(label) <= _LONGEST_LABEL}
    good = sum(label.strip() in known for label, mark, _ in pairs if mark)
    few = 2 <= len(known) <= min(MOST_CLASSES, len(some) // 3)
    rest = [text for _, mark, text in pairs if mark]
    cells = sum("\t" in text for text in rest) > 0.2 * len(rest)
    return len(some) >= _FEWEST_LINES and few and good >= _NEARLY * len(some) and not cells and _prose(rest)


def _are_tags(lines: Sequence[str]) -> bool:
    """A word and, last on its line, a tag of IOB; a blank line behind each sentence."""
    some = [line.split() for line in lines if line.strip() and not line.startswith(("-DOCSTART-", "#"))][:400]
    if len(some) < _FEWEST_LINES or not any(not line.strip() for line in lines):
        return False
    tags = [cells[-1] for cells in some if len(cells) > 1]
    marked = sum(tag != "O" for tag in tags)
    return (
        len(tags) >= 0.98 * len(some) and bool(marked) and sum(map(bool, map(_TAG.fullmatch, tags))) >= 0.98 * len(tags)
    )


# ---- which files belong together ---------------------------------------------------------------------------------


def _split_of(path: Path, folders: bool = True) -> str:
    """By the file's name or ending (`reviews.train`), else by its folder's. folders: whether there are several."""
    return split_of(path.name) or (split_of(path.parent.name) if folders else None) or "all"


def _split_up(paths: Sequence[Path]) -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {}
    folders = len({path.parent for path in paths}) > 1
    for path in sorted(paths):
        found.setdefault(_split_of(path, folders), []).append(path)
    if "all" in found and "test" in found and "train" not in found:
        found["train"] = found.pop("all")
    return {split: found[split] for split in SPLIT_ORDER if split in found}


def _left(heads: dict[Path, list[str]], used: Sequence[Path]) -> dict[str, str]:
    return {str(path): "no texts with labels before them" for path in heads if path not in used}


def _bare(path: Path) -> str:
    """The name without words of splits and what says that it holds texts: `train_pos.txt` → pos."""
    ending = path.suffix.lower()
    name = path.name if ending not in _ENDINGS or _is_class_ending(ending) else path.stem
    return " ".join(word for word in _WORDS.findall(name) if split_of(word) is None)


def _by_class(heads: dict[Path, list[str]]) -> Match | None:
    """Files of prose lines whose names differ in one word, each split with the same ones."""
    chosen = {path: _bare(path) for path, lines in heads.items() if _prose(lines) and _bare(path)}
    splits = _split_up(list(chosen))
    if not splits or len(chosen) < len(heads):
        return None
    names = [sorted(chosen[path] for path in paths) for paths in splits.values()]
    if any(one != names[0] for one in names) or not 2 <= len(names[0]) == len(set(names[0])) <= 30:
        return None
    labels = _differing(names[0])
    bare = {re.sub(r"[\d\s]+", "", label) for label in labels.values()}
    if len(bare) < len(labels) or "" in bare or max(map(len, labels.values())) > _LONGEST_LABEL:
        return None  # parts of one text, or chapters
    classes = {str(path): labels[name] for path, name in chosen.items()}
    about = "\n".join(f"{path}\t{label}" for path, label in classes.items())
    why = f"a file for each class, a text on each line: {', '.join(sorted(set(labels.values()))[:6])}"
    return Match(0.9, splits, why, {"way": "files", "classes": about}, "the names of the files")


def _differing(names: Sequence[str]) -> dict[str, str]:
    """What tells the names apart: `rt polarity pos`, `rt polarity neg` → pos, neg."""
    words = {name: name.split() for name in names}
    shared = set.intersection(*map(set, words.values()))
    return {name: " ".join(word for word in parts if word not in shared) for name, parts in words.items()}


def _parallel(heads: dict[Path, list[str]]) -> Match | None:
    """Texts and labels in two files, line by line, in each split."""
    texts = [path for path, lines in heads.items() if _prose(lines)]
    labels = [path for path, lines in heads.items() if path not in texts and _are_labels(path, lines)]
    pairs: dict[str, tuple[Path, Path]] = {}
    folders = len({path.parent for path in texts}) > 1
    for path in texts:
        split = _split_of(path, folders)
        beside = [one for one in labels if _split_of(one, folders) == split and one.parent == path.parent]
        if len(beside) != 1 or split in pairs or len(_lines(path)) != len(_lines(beside[0])):
            return None
        pairs[split] = path, beside[0]
    if not pairs:
        return None
    files = {split: list(pairs[split]) for split in SPLIT_ORDER if split in pairs}
    listed = ", ".join(f"{text.name} and {label.name}" for text, label in pairs.values())
    ignored = {str(path): "not as many lines" for path in heads if not any(path in pair for pair in pairs.values())}
    return Match(0.9, files, f"{listed}, line by line", {"way": "beside"},
                 ", ".join(label.name for _, label in pairs.values()), ignored=ignored)  # fmt: skip


def _are_labels(path: Path, lines: Sequence[str]) -> bool:
    some = [line.strip() for line in lines]
    kinds = set(some)
    few = 1 <= len(kinds) <= min(MOST_CLASSES, max(2, len(some) // 3)) and max(map(len, kinds)) <= _LONGEST_LABEL
    return few and "" not in kinds and (len(kinds) > 1 or _LABELS.fullmatch(path.name) is not None)


# ---- the texts ---------------------------------------------------------------------------------------------------


def _rows(match: Match) -> dict[str, tuple[list[_Row], int]]:
    """Split → its texts, and how many labels had none."""
    way = match.reading["way"]
    classes = dict(line.rsplit("\t", 1) for line in match.reading.get("classes", "").split("\n") if line)
    by_name = {Path(path).name: label for path, label in classes.items()}
    found: dict[str, tuple[list[_Row], int]] = {}
    for split, paths in match.files.items():
        rows: list[_Row] = []
        empty = 0
        files = list(map(Path, paths))
        if way == "beside":
            pairs = zip(_lines(files[0]), _lines(files[1]), strict=True)
            made = [_Row(text.strip(), label.strip()) for text, label in pairs]
        else:
            made = [_row(line, way, by_name.get(path.name)) for path in files for line in _lines(path) if line.strip()]
        rows = [row for row in made if row.text]
        empty = len(made) - len(rows)
        found[split] = rows, empty
    return found


def _row(line: str, way: str, label: str | None) -> _Row:
    if way == "fasttext" and (parts := _FASTTEXT.fullmatch(line.strip())):
        return _Row(parts[2].strip(), parts[1].split()[0].removeprefix("__label__").rstrip(","))
    if way == "tab":
        before, mark, text = line.partition("\t")
        return _Row(text.strip(), before.strip()) if mark else _Row(line.strip(), None)
    return _Row(line.strip(), label)


def _lines(path: Path) -> list[str]:
    from noglue.tools.readers._encoding import encoding_of

    content = path.read_bytes()
    encoding = encoding_of(content[:_HEAD])
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = content.decode("cp1252" if encoding == "utf-8" else encoding, "replace")
    return (
        text.removeprefix("\ufeff").replace("\0", "").replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n")
    )
