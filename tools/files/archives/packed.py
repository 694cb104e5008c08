"""An archive as what it lies in: one file, or the parts that someone cut it into.

    x.zip                                     one file
    x.zip.001  x.zip.002                      7-Zip, HJSplit: cut anywhere
    x.tar.gz.aa  x.tar.gz.partab  xab         `split`: cut anywhere
    x.tar.gz.part-01  x.7z.part2              the same by other hands
    x.z01  x.z02  x.zip                       `zip -s`: counted within each part, the list of members in the last
    x.part1.rar  x.part2.rar;  x.rar  x.r00   volumes, each with a head of its own

Names tell what may belong together, the first part's content whether it is an archive: `sales.2019` and `sales.2020`
are none. Source: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT (8, splitting and spanning)
"""

import io
import re
import string
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice
from pathlib import Path
from typing import IO, Any

from noglue.tools.files import named_files
from noglue.tools.files.archives import kinds
from noglue.tools.net import url_names
from noglue.tools.spec.errors import DataError, Kind

_BUFFER = 1 << 20
_MOST_OPENED = 1000
_LETTERS = string.ascii_lowercase
# How parts are named: what they are parts of, and which one each is.
_CUT = (
    re.compile(r"(?P<whole>.+)\.(?P<number>\d{2,4})", re.S),
    re.compile(r"(?P<whole>.+?)[._-]?part[._-]?(?P<number>\d{1,4})", re.I | re.S),
    re.compile(r"(?P<whole>.+?)[._-]?(?:part)?[._-]?(?P<letters>[a-z]{2})", re.S),
)
_VOLUMES = (
    re.compile(r"(?P<whole>.+)\.part(?P<number>\d{1,4})\.rar", re.I | re.S),
    re.compile(r"(?P<whole>.+)\.r(?:(?P<number>\d\d)|ar)", re.I | re.S),
    re.compile(r"(?P<whole>.+)\.z(?:(?P<number>\d\d)|ip)", re.I | re.S),
)
_PACKED = re.compile(r".+\.(zip|7z|rar|tar|tgz|tbz2?|txz|tzst|gz|bz2|xz|zst|lz4)", re.I | re.S)


@dataclass(frozen=True)
class Packed:
    """name: of the archive as a whole. parts: in their order; one for an archive that was never cut.

    spanned: cut by `zip -s`, where places are counted within each part.
    """

    name: str
    parts: tuple[Path, ...]
    spanned: bool = False

    @property
    def first(self) -> Path:
        return self.parts[0]

    @property
    def size(self) -> int:
        return sum(part.stat().st_size for part in self.parts)

    @property
    def starts(self) -> list[int]:
        """Where each part begins in the whole."""
        return [0, *accumulate(part.stat().st_size for part in self.parts)][:-1]

    def open(self) -> IO[bytes]:
        """The whole, as if it had never been cut."""
        opened: Any = self.first.open("rb") if len(self.parts) == 1 else _Joined(self.parts)
        return opened if len(self.parts) == 1 else io.BufferedReader(opened, _BUFFER)

    def kind(self) -> kinds.ArchiveKind | None:
        """By its first bytes; None for what is no archive."""
        if len(self.parts) == 1:
            return kinds.of_file(self.first)
        with self.first.open("rb") as file:
            return kinds.of_head(file.read(kinds.HEAD))

    @property
    def about_parts(self) -> str:
        """For the message where something is missing at the end; nothing for what was never cut."""
        if len(self.parts) == 1:
            return ""
        return f" It was joined from {len(self.parts)} parts, {self.first.name} to {self.parts[-1].name}"


def may_be_part(path: Path) -> bool:
    """Whether the name says that a file is a part of an archive: `x.zip.002`, `x.tar.gz.ab`, `x.z01`, `x.r00`; or its
    content does, where it is called as `split` calls the first of all (`xaa`).
    """
    for pattern in (*_VOLUMES, *_CUT):
        match = pattern.fullmatch(path.name)
        known = match.groupdict() if match is not None else {}
        numbered = known.get("number") or known.get("letters")
        if numbered and (pattern in _VOLUMES or _PACKED.fullmatch(known["whole"])):
            return True
    return path.name.endswith("aa") and _kind(path) is not None


def holds_archives(path: Path) -> bool:
    """Whether a file, or one of the first of a folder, begins as an archive does; by these bytes alone, so that
    `extract` finds out in its sandbox what it is."""
    some = [path] if path.is_file() else islice(named_files.files_below(path), _MOST_OPENED) if path.is_dir() else []
    return any(_begins_packed(one) for one in some)


def _begins_packed(path: Path) -> bool:
    if path.suffix.lower() in (*kinds.ZIP_INSIDE, *url_names.MEDIA):
        return False
    try:
        kind = _kind(path)
    except OSError:  # the step that reads it says so
        return False
    return kind is not None and kind not in kinds.UNSUPPORTED


def beside(path: Path) -> list[Path]:
    """The file itself, or all the parts of the archive that it is one of, in their order, as far as they are here."""
    if not path.is_file():
        return [path]
    try:
        neighbours = [one for one in path.parent.iterdir() if one.is_file() and one.name[:2] == path.name[:2]]
        whole = next((one for one in joined(sorted(neighbours)) if path in one.parts), None)
    except (OSError, DataError):  # what is wrong with them is told where they are unpacked
        return [path]
    return [path] if whole is None else list(whole.parts)


def joined(files: Sequence[Path]) -> list[Packed]:
    """Files as they belong together, each in exactly one place; what is no part of anything stays alone.

    Raises DataError `bad-archive`, naming a part that is missing.
    """
    found: dict[Path, Packed] = {}
    for folder in dict.fromkeys(file.parent for file in files):
        inside = [file for file in files if file.parent == folder]
        for pattern in _VOLUMES:
            for whole, numbered in _grouped(inside, pattern):
                if (packed := _volumes(whole, numbered, pattern)) is not None:
                    found |= dict.fromkeys(packed.parts, packed)
        for pattern in _CUT:
            for whole, numbered in _grouped([file for file in inside if file not in found], pattern):
                if (packed := _cut(whole, numbered, 0 if pattern is _CUT[2] else 1)) is not None:
                    found |= dict.fromkeys(packed.parts, packed)
    return list(dict.fromkeys(found.get(file, Packed(file.name, (file,))) for file in files))


def _grouped(files: Iterable[Path], pattern: re.Pattern[str]) -> Iterator[tuple[str, dict[int, Path]]]:
    """What files of these names are parts of, with number → part; -1 for the one without (`x.zip` beside `x.z01`)."""
    groups: dict[str, dict[int, Path]] = {}
    for file in files:
        match = pattern.fullmatch(file.name)
        if match is not None:
            known = match.groupdict()
            number = known.get("number") or known.get("letters")
            groups.setdefault(match["whole"], {})[-1 if number is None else _place(number)] = file
    yield from ((whole, numbered) for whole, numbered in groups.items() if set(numbered) != {-1})


def _place(number: str) -> int:
    """`007` → 7, `ab` → 1."""
    if number.isdigit():
        return int(number)
    place = 0
    for letter in number:
        place = 26 * place + _LETTERS.index(letter)
    return place


def _cut(whole: str, numbered: dict[int, Path], start: int) -> Packed | None:
    """Parts that were cut anywhere; None where they are no archive, or each is one of its own.

    start: the number of the first part; some count from 0.
    """
    first, named = min(numbered), _PACKED.fullmatch(whole) is not None
    if first > 1 and not named:
        return None
    begins = _kind(numbered[first]) is not None
    if begins and first <= start and (len(numbered) > 1 or named):
        if any(_kind(path) is not None for number, path in numbered.items() if number != first):
            return None
        _must_follow(whole, numbered, range(first, max(numbered) + 1))
        return Packed(whole, tuple(path for _, path in sorted(numbered.items())))
    if first > start and named and not begins:
        raise _missing(whole, numbered, start)
    return None


def _volumes(whole: str, numbered: dict[int, Path], pattern: re.Pattern[str]) -> Packed | None:
    """`x.part1.rar …`, `x.rar x.r00 …`, `x.z01 … x.zip`."""
    if pattern is _VOLUMES[0]:
        _must_follow(whole, numbered, range(1, max(numbered) + 1))
        return Packed(f"{whole}.rar", tuple(path for _, path in sorted(numbered.items())))
    ending = ".rar" if pattern is _VOLUMES[1] else ".zip"
    numbers = sorted(number for number in numbered if number >= 0)
    _must_follow(whole, numbered, range(0 if ending == ".rar" else 1, numbers[-1] + 1))
    if -1 not in numbered:
        raise _lacking(f"{whole}{ending}", f"{whole}{ending}", numbered.values())
    parts = [numbered[number] for number in numbers]
    ordered = [numbered[-1], *parts] if ending == ".rar" else [*parts, numbered[-1]]
    return Packed(f"{whole}{ending}", tuple(ordered), spanned=ending == ".zip")


def _kind(path: Path) -> kinds.ArchiveKind | None:
    with path.open("rb") as file:
        return kinds.of_head(file.read(kinds.HEAD))


def _must_follow(whole: str, numbered: dict[int, Path], numbers: Iterable[int]) -> None:
    for number in numbers:
        if number not in numbered:
            raise _missing(whole, numbered, number)


def _missing(whole: str, numbered: dict[int, Path], number: int) -> DataError:
    """Named as its neighbours are."""
    known = next(path.name for place, path in sorted(numbered.items()) if place >= 0)
    told = re.search(r"(\d+)(\.rar)?$", known)
    if told is not None:
        name = f"{known[: told.start(1)]}{number:0{len(told[1])}}{told[2] or ''}"
    else:
        letters = ""
        for _ in range(2):
            number, last = divmod(number, 26)
            letters = _LETTERS[last] + letters
        name = f"{known[:-2]}{letters}"
    return _lacking(whole, name, numbered.values())


def _lacking(whole: str, name: str, parts: Iterable[Path]) -> DataError:
    names = sorted(path.name for path in parts)
    listed = f"{', '.join(names[:4])}{' …' if len(names) > 4 else ''}"
    return DataError(
        Kind.BAD_ARCHIVE,
        f"{whole} can't be put together: its part {name} is missing; there are {listed}.",
        hint="Put all parts into one folder, under the names that they came with.",
        member=name,
    )


class _Joined(io.RawIOBase):
    """Files one after another, as one. One of them is open at a time."""

    def __init__(self, parts: Sequence[Path]) -> None:
        self._parts = parts
        sizes = [part.stat().st_size for part in parts]
        self._starts, self._total = [0, *accumulate(sizes)][:-1], sum(sizes)
        self._at, self._number = 0, 0
        self._file: IO[bytes] = parts[0].open("rb")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._total}[whence]
        if base + offset < 0:
            raise ValueError("a place before the beginning")
        self._at = base + offset
        return self._at

    def readinto(self, buffer: Any) -> int:
        number = max((n for n, start in enumerate(self._starts) if start <= self._at), default=0)
        while number < len(self._parts):
            if number != self._number:
                self._file.close()
                self._file, self._number = self._parts[number].open("rb"), number
            self._file.seek(self._at - self._starts[number])
            view = memoryview(buffer)
            data = self._file.read(len(view))
            if data:
                view[: len(data)] = data
                self._at += len(data)
                return len(data)
            number += 1
        return 0

    def close(self) -> None:
        self._file.close()
        super().close()
