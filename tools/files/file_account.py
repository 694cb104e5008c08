"""What became of every file that was found: one walk, then each file in exactly one place of the ledger.

>>> walked = walk(Path("data"))
>>> walked.files, walked.aside
([data/a.csv, data/README.md], {data/.DS_Store: Aside('left by a system', broken=False), …})
>>> account([walked], match, raw, is_image, str).balances
True
"""

import os
import re
import stat
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from noglue.tools.files.unchanging import SeenPath
from noglue.tools.pictures.formats import EXTENSIONS
from noglue.tools.spec.ledgers import FileLedger
from noglue.tools.spec.protocols import Match, Raw

SOUND = frozenset(
    {
        ".wav", ".mp3", ".flac", ".ogg", ".oga", ".opus", ".m4a", ".aac", ".aif", ".aiff", ".aifc", ".wma", ".amr",
        ".au", ".caf", ".mid", ".midi",
    }
)  # fmt: skip
FILM = frozenset(
    {
        ".mp4", ".avi", ".mov", ".mkv", ".webm", ".m4v", ".mpg", ".mpeg", ".wmv", ".flv",
    }
)  # fmt: skip
LEFT = "a system file, or hidden"
REPLACED = "replaced by a later file of the same name in the archive"
EMPTY = "empty"
_CLUTTER = re.compile(r"\..*|__MACOSX|Thumbs\.db|ehthumbs\.db|desktop\.ini|Icon\r|\$RECYCLE\.BIN", re.IGNORECASE)
_PROSE = re.compile(
    r"(read_?me|licen[cs]e|copying|notice|authors?|changelog|changes|citation|contributing|index|about|description|"
    r"data_description|datasheet|news|requirements)s?(\.[a-z_-]{0,8})*",
    re.IGNORECASE,
)
_PROSE_ENDINGS = frozenset(
    {
        ".md", ".rst", ".html", ".htm", ".pdf", ".doc", ".docx", ".rtf", ".tex", ".bib",
    }
)  # fmt: skip
_CODE_ENDINGS = frozenset(
    [
        ".py",
        ".ipynb",
        ".r",
        ".rmd",
        ".m",
        ".sh",
        ".js",
        ".java",
        ".c",
        ".cpp",
        ".h",
        ".sql",
        ".toml",
        ".yaml",
        ".yml",
        ".ini",
        ".cfg",
    ]
)


class Aside(NamedTuple):
    """Why a file was not shown to any reader. broken: it can't be read, rather than need not be."""

    why: str
    broken: bool = False


@dataclass(frozen=True)
class Walked:
    """files: what the readers are shown, in order. aside: everything else that is there."""

    files: list[Path] = field(default_factory=list)
    aside: dict[Path, Aside] = field(default_factory=dict)


def walk(place: Path) -> Walked:
    """Everything below a folder that is no folder, links to folders too (they are not followed); or one file."""
    if not place.is_dir():
        return Walked([place])
    walked = Walked()
    for folder, folders, names in os.walk(place):
        links = [name for name in folders if Path(folder, name).is_symlink()]
        folders[:] = sorted(name for name in folders if name not in links)
        cluttered = any(map(_CLUTTER.fullmatch, Path(folder).relative_to(place).parts))
        for name in sorted([*names, *links]):
            path = SeenPath(folder, name)
            aside = Aside(LEFT) if cluttered or _CLUTTER.fullmatch(name) else _unreachable(path)
            if aside is None:
                walked.files.append(path)
            else:
                walked.aside[path] = aside
    return walked


def _unreachable(path: Path) -> Aside | None:
    """A link that leads nowhere or to a folder, a pipe, a device."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return Aside("a link that leads nowhere, or out of the data", broken=True)
    if stat.S_ISREG(mode):
        return None
    return Aside("a link to a folder, which is not followed" if stat.S_ISDIR(mode) else "no plain file", broken=True)


def account(
    walked: Iterable[Walked], match: Match, raw: Raw, takes: Callable[[Path], bool], name: Callable[[Path], str]
) -> FileLedger:
    """takes: whether the reader uses a file that lies in a folder of the match. name: as the ledger shows a file."""
    ledger = FileLedger()
    matched = [Path(path) for paths in match.files.values() for path in paths]
    folders = {str(path) for path in matched if path.is_dir()}
    files = {path for path in matched if str(path) not in folders}
    for one in walked:
        for path, aside in one.aside.items():
            (ledger.unreadable if aside.broken else ledger.pass_over)(name(path), aside.why)
        for path in one.files:
            within = _lies_in(str(path), folders) and takes(path)
            if str(path) in raw.unusable:
                ledger.unreadable(name(path), raw.unusable[str(path)])
            elif path in files or (within and str(path) not in match.ignored):
                ledger.read()
            elif str(path) in match.ignored:
                ledger.pass_over(name(path), match.ignored[str(path)])
            elif path.stat().st_size == 0:
                ledger.unreadable(name(path), EMPTY)
            else:
                ledger.pass_over(name(path), _why_passed(path))
    return ledger


def _lies_in(path: str, folders: set[str]) -> bool:
    """Whether one of the folders is above."""
    while path.strip(os.sep):
        path = path.rpartition(os.sep)[0]
        if (path or os.sep) in folders:
            return True
    return False


def _why_passed(path: Path) -> str:
    """Why a reader that knows its own files left this one, by its name."""
    ending = path.suffix.lower()
    if _PROSE.fullmatch(path.name) or ending in _PROSE_ENDINGS:
        return "prose: a licence, a readme, a description"
    if ending in SOUND:
        return "a recording beside the data"
    if ending in FILM:
        return "video, which can't be read yet"
    if ending in EXTENSIONS:
        return "a picture beside the data"
    if ending in _CODE_ENDINGS:
        return "a program or its settings"
    return f"not part of this reading ({ending})" if ending else "without an ending, and not part of this reading"


def is_prose(path: Path) -> bool:
    """Whether a file is for people to read, or a program, by its name: no data."""
    ending = path.suffix.lower()
    return _PROSE.fullmatch(path.name) is not None or ending in _PROSE_ENDINGS or ending in _CODE_ENDINGS


class Share(NamedTuple):
    """How many of the files are sound or film, and their share of all that is no prose, by number and by bytes."""

    kind: str
    heard: int
    files: int
    share: float

    @property
    def most(self) -> bool:
        return self.heard > 1 and self.share > 0.5


def unheard(files: Sequence[Path]) -> Share:
    """`wav`, the commonest ending of the sound or film among the files, with how much of them it is."""
    data = [path for path in files if not _PROSE.fullmatch(path.name) and path.is_file()]
    sizes = {path: path.stat().st_size for path in data}
    heard = [path for path in data if path.suffix.lower() in SOUND | FILM]
    if not heard:
        return Share("", 0, len(data), 0.0)
    endings = sorted({path.suffix.lower() for path in heard})
    kind = "sound" if any(ending in SOUND for ending in endings) else "film"
    by_bytes = sum(sizes[path] for path in heard) / max(1, sum(sizes.values()))
    return Share(f"{kind} ({', '.join(endings)})", len(heard), len(data), max(len(heard) / len(data), by_bytes))
