"""What is asked again and again of files that stay as they are: how they begin, what lies below a folder.

    with unchanging():
        for reader in readers:
            reader.readings(files)      # each looks at the first bytes of every file: the disk is asked once

Outside of it nothing is kept. What is kept of a file is some 200 bytes, of at most `MOST` files.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PosixPath
from typing import TypeVar

MOST = 500_000
_FIRST = 192  # bytes
_FARTHER = (512, 1024, 2048)  # where a mark of eight bytes may stand behind another format's header
_MARK = 8

Answer = TypeVar("Answer")


class _Memory:
    def __init__(self) -> None:
        self.beginnings: dict[Path, tuple[bytes, ...]] = {}
        self.answers: dict[object, object] = {}


_memory: _Memory | None = None


@contextmanager
def unchanging() -> Iterator[None]:
    """For as long as this lasts no file that is looked at is written."""
    global _memory
    before, _memory = _memory, _Memory()
    try:
        yield
    finally:
        _memory = before


class SeenPath(PosixPath):
    """A path that keeps its name and its ending: forty readers ask a hundred thousand of them for these."""

    __slots__ = ("_own_ending", "_own_name")

    @property
    def name(self) -> str:
        try:
            return self._own_name
        except AttributeError:
            self._own_name: str = super().name
            return self._own_name

    @property
    def suffix(self) -> str:
        try:
            return self._own_ending
        except AttributeError:
            self._own_ending: str = super().suffix
            return self._own_ending


def start(path: Path, count: int, place: int = 0) -> bytes:
    """`count` bytes of a file from `place` on, fewer where it ends. Raises OSError."""
    if _memory is None or not (place + count <= _FIRST or (place in _FARTHER and count <= _MARK)):
        with path.open("rb") as file:
            file.seek(place)
            return file.read(count)
    kept = _memory.beginnings.get(path)
    if kept is None:
        with path.open("rb", buffering=0) as raw:
            head = raw.read(_FARTHER[-1] + _MARK)
        kept = (head[:_FIRST], *(head[farther : farther + _MARK] for farther in _FARTHER))
        if len(_memory.beginnings) < MOST:
            _memory.beginnings[path] = kept
    return kept[0][place : place + count] if place < _FIRST else kept[1 + _FARTHER.index(place)][:count]


def once(question: object, answer: Callable[[], Answer]) -> Answer:
    """The answer to a question about files, which is found once; it must not be changed. question: can be hashed."""
    if _memory is None:
        return answer()
    if question not in _memory.answers:
        _memory.answers[question] = answer()
    found: Answer = _memory.answers[question]  # type: ignore[assignment]
    return found


def bytes_below(place: Path) -> int:
    """Of a file, or of all plain files below a folder, links to them too; 0 for nothing."""
    return once(("bytes", place), lambda: _bytes_below(place))


def _bytes_below(place: Path) -> int:
    if not place.is_dir():
        return place.stat().st_size if place.is_file() else 0
    total, waiting = 0, [str(place)]
    while waiting:
        with suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                elif entry.is_file():
                    total += entry.stat().st_size
    return total
