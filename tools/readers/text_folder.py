"""Folders of texts: each file is one text, plain or HTML, a mail, a PDF or a Word file.

    ham/001.txt  spam/7.txt                     class folders; `train/pos/…` and `pos/train/…` too
    group/51060                                 files without an ending, as newsgroups and mails have them
    spam-1.txt  ham-2.txt                       classes in the file names
    texts/1.txt  texts/2.txt  labels.csv        a table beside them that names the files
    letters/a.pdf  reports/b.docx  c.eml        each by its content: see `_documents.py`

A reading for every place that labels may come from: each level of folders, the names, each column of a table. The
table has `text`, `path` (string, absolute) and, where there are labels, `label`. Of mails the subject and the body are
read: the other headers may tell the class (`Newsgroups:`), which no new mail would.
Source: https://ai.stanford.edu/~amaas/data/sentiment/ (README), http://qwone.com/~jason/20Newsgroups/
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from noglue.tools.readers import _documents, _file_labels, _folders
from noglue.tools.spec.data_form import DataForm
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.protocols import Match, Raw

if TYPE_CHECKING:
    import pyarrow as pa

READS = "folders of text files, one text a file"
TEXTS = (".txt", ".text", ".eml", ".msg", ".md", ".markdown", ".rst", ".html", ".htm", ".pdf", ".docx")
_NUMBERED = re.compile(r"|\.[0-9a-f]*[0-9][0-9a-f]*|\.[0-9a-f]{8,}|\.")
_FEWEST = 4  # texts
_FEW_BESIDE = 0.05  # of the texts in the folders below
_BESIDE = "a file beside folders of texts, which is not one of their texts"
_PROBED = 24  # files whose beginning is read
_HEAD = 1 << 12
_LETTERS = 0.6  # of a text's characters, at least, are letters
_PLAIN = ["readme", "licence", "license", "notice", "copying", "changelog", "authors", "about", "index", "contents"]
text_of = _documents.text_of


def sniff(files: Sequence[Path]) -> Match | None:
    """The likeliest of `readings`."""
    return next(iter(readings(files)), None)


def readings(files: Sequence[Path]) -> list[Match]:
    """By names, then by the beginning of some of the files: prose, not tables."""
    texts = [path for path in files if _is_text(path)]
    beside = _beside_folders(texts)
    texts = [path for path in texts if path not in beside]
    if len(texts) < _FEWEST or 2 * len(texts) < len(files) or not _are_prose(texts):
        return []
    made = _file_labels.ways(files, texts, _is_text, f"{len(texts):,} text files")
    if _tell_of_pictures(texts, files):
        made = [replace(one, confidence=0.4 * one.confidence) for one in made]
    used = {str(path) for path in texts}
    left = {str(path): "no text of its own" for path in files if takes(path) and str(path) not in used}
    left |= {str(path): _BESIDE for path in beside}
    return _file_labels.with_ignored(made, left)


def _is_text(path: Path) -> bool:
    return takes(path) and path.stem.lower() not in _PLAIN


def _beside_folders(texts: Sequence[Path]) -> set[Path]:
    """The few files that lie above folders of many texts, as `train/urls_pos.txt` beside `train/pos/` of IMDB's."""
    own: dict[Path, list[Path]] = {}
    for path in texts:
        own.setdefault(path.parent, []).append(path)
    below: dict[Path, dict[Path, int]] = {}  # a folder → the folders in it → their texts
    for folder, paths in own.items():
        inner = folder
        for outer in folder.parents:
            inside = below.setdefault(outer, {})
            inside[inner] = inside.get(inner, 0) + len(paths)
            inner = outer
    return {
        path
        for folder, inside in below.items()
        if len(inside) > 1 and len(own.get(folder, ())) <= _FEW_BESIDE * sum(inside.values())
        for path in own.get(folder, ())
    }


def _tell_of_pictures(texts: Sequence[Path], files: Sequence[Path]) -> bool:
    """Whether most of the texts are called as pictures are: captions, labels and outlines of these."""
    from noglue.tools.pictures.formats import EXTENSIONS

    stems = {path.stem for path in files if path.suffix.lower() in EXTENSIONS}
    return bool(stems) and sum(path.stem in stems for path in texts) > len(texts) / 2


def takes(path: Path) -> bool:
    """A text by its ending, or without any, or with a number for one (`0042.7c53336b`)."""
    ending = path.suffix.lower()
    return (ending in TEXTS or _NUMBERED.fullmatch(ending) is not None) and not _folders.hidden(path.name)


def count(match: Match) -> dict[str, int]:
    """Texts a split."""
    known = _file_labels.labels(match, _is_text)
    return {split: len(paths) for split, paths in _file_labels.parted(match, _is_text, known).items()}


def read(match: Match, rows: int | None = None, form: DataForm | None = None) -> Raw:
    """Raises DataError `unreadable` when not one file is text."""
    from noglue.tools.readers._arrays import pick

    labels = _file_labels.labels(match, _is_text)
    parted = _file_labels.parted(match, _is_text, labels)
    unusable: dict[str, str] = {}
    notes: list[str] = []
    splits = {}
    for split, paths in parted.items():
        chosen = [paths[place] for place in pick(len(paths), rows)]
        splits[split] = _table(chosen, labels, unusable, notes)
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


def _table(paths: Sequence[Path], labels: dict[Path, str], unusable: dict[str, str], notes: list[str]) -> "pa.Table":
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
        cut += path.stat().st_size > _documents.MOST_BYTES
    if cut:
        notes.append(f"of {cut:,} texts longer than a million bytes the beginning is read")
    columns = {"text": pa.array(texts, pa.string()), "path": pa.array([str(path) for path in kept], pa.string())}
    if labels and any(path in labels for path in kept):
        columns["label"] = pa.array([labels.get(path) for path in kept], pa.string())
    return pa.table(columns)


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
