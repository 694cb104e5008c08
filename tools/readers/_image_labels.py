"""Labels of images in a table beside them: a column of file names (or their stems), and one of labels.

id,breed                                  file_name,label
000bec180eb18c7604dcecc8fe0dba07,pug      train/001.png,3
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tools.readers._splits import split_of

if TYPE_CHECKING:
    from tools.readers._dialect import Dialect

_LABEL = re.compile(
    r"(.*_)?(label|labels|class|category|target|breed|species|diagnosis|type|tag|y|class_?(name|id))", re.I
)
_ENDINGS = (".csv", ".tsv", ".txt")
_MOST_TABLES = 20


def tables(files: Sequence[Path], pictures: Sequence[Path]) -> list[Path]:
    """The tables among `files` that name enough of the pictures and say something of each."""
    from tools.readers._text_tables import dialect_of

    likely = [path for path in files if path.suffix.lower() in _ENDINGS and "submission" not in path.stem.lower()]
    if not likely:
        return []
    known = _known(pictures)
    found = []
    for path in likely[:_MOST_TABLES]:
        dialect = dialect_of(path)
        if dialect is not None and len(dialect.names) > 1 and _columns(dialect, known) is not None:
            found.append(path)
    return found


def read(about: Sequence[Path], members: Mapping[str, Sequence[Path]]) -> tuple[dict[Path, str], str, dict[Path, str]]:
    """File → label, the label column's name, and file → split where the tables' own names tell splits."""
    from tools.core.text_values import words
    from tools.readers._text_tables import dialect_of, strings

    everywhere = [path for paths in members.values() for path in paths]
    labels: dict[Path, str] = {}
    splits: dict[Path, str] = {}
    target = "label"
    for table in about:
        dialect = dialect_of(table)
        split = split_of(table.stem)
        known = _known(members.get(split or "", everywhere))  # train/1.jpg and test/1.jpg are told apart
        columns = _columns(dialect, known) if dialect is not None else None
        if dialect is None or columns is None:
            continue
        found = strings(table, dialect).table
        names, told = found.column(columns[0]).to_pylist(), words(found.column(columns[1])).to_pylist()
        target = dialect.names[columns[1]]
        for name, label in zip(names, told, strict=True):
            picture = _find(name or "", known)
            if picture is not None and label is not None:
                labels[picture] = label.strip()
                if split:
                    splits[picture] = split
    return labels, target if target not in ("image", "path") else "label", splits


def _known(pictures: Sequence[Path]) -> dict[str, Path]:
    """Every way in which a table may name a picture: its stem, its name, its name after its folder."""
    known: dict[str, Path] = {}
    for path in pictures:
        for key in (path.stem, path.name, f"{path.parent.name}/{path.name}"):
            known.setdefault(key, path)
    return known


def _find(name: str, known: Mapping[str, Path]) -> Path | None:
    pieces = name.strip().replace("\\", "/").split("/")
    return known.get("/".join(pieces[-2:])) or known.get(pieces[-1])


def _columns(dialect: "Dialect", known: Mapping[str, Path]) -> tuple[int, int] | None:
    """Positions of the file names and of the labels."""
    rows = dialect.sample
    for place in range(len(dialect.names)):
        if sum(_find(row[place], known) is not None for row in rows) >= 0.8 * len(rows) > 0:
            others = [other for other in range(len(dialect.names)) if other != place]
            if not others:
                return None
            by_name = [other for other in others if _LABEL.fullmatch(dialect.names[other])]
            repeated = [other for other in others if len({row[other] for row in rows}) < len(rows)]
            return place, (by_name or repeated or others)[0]
    return None
