"""The run's log: append-only, fsynced, each event carrying the hash of the one before.

A line of `journal.jsonl`:

    {"n": 3, "time": "2026-11-21T10:00:00.123Z", "event": "finished", "step": "download", …,
     "previous": "9f2c…", "hash": "41ab…"}

`hash` is the SHA-256 of the line's JSON (keys sorted, no spaces) without `hash` itself. `journal.head` holds the
number and hash of the newest event, so that dropped last lines are found too. Whoever rewrites the whole of both
files is not found out: the chain has no secret and no witness outside the folder.
"""

import errno
import hashlib
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from noglue.agent.events import Event, PartialLineRemoved, parse
from noglue.agent.redact import Redactor
from noglue.tools.spec.errors import DataError, Kind

GENESIS = "0" * 64
PARTIAL_LINE = "the last line is incomplete (a crash or a full disk); `noglue resume` removes it"


class Journal:
    """Opens or goes on with a run's journal. One writer at a time (the run's lock sees to that)."""

    def __init__(self, folder: Path, redact: Redactor, partial_bytes: int = 0) -> None:
        """`partial_bytes`: bytes that `drop_partial_line` has cut before the journal was opened."""
        self.redact = redact
        self._head = folder / "journal.head"
        self._path = folder / "journal.jsonl"
        partial_bytes += drop_partial_line(folder)
        events = list(read(folder))
        self._count = len(events)
        self._previous = events[-1]["hash"] if events else GENESIS
        self._descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        if partial_bytes:
            self.write(PartialLineRemoved(characters=partial_bytes))

    def write(self, event: Event) -> dict[str, Any]:
        """Append one event; it is on the disk when this returns. Raises OSError, and leaves whole lines alone then."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line = {"n": self._count, "time": now, **self.redact(event.model_dump()), "previous": self._previous}
        line["hash"] = digest(line)
        self._append((json.dumps(line, sort_keys=True, default=str) + "\n").encode())
        self._count, self._previous = self._count + 1, line["hash"]
        partial = self._head.with_suffix(".head.partial")
        partial.write_text(f"{self._count} {self._previous}\n", encoding="ascii")
        partial.replace(self._head)
        return line

    def _append(self, line: bytes) -> None:
        """The whole line or nothing: a disk that fills up takes a part of it without an error."""
        before = os.fstat(self._descriptor).st_size
        try:
            if os.write(self._descriptor, line) < len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._path))
            os.fsync(self._descriptor)
        except OSError:
            os.ftruncate(self._descriptor, before)
            raise

    def close(self) -> None:
        os.close(self._descriptor)


def digest(line: dict[str, Any]) -> str:
    """The hash that a line must carry."""
    body = {name: value for name, value in line.items() if name != "hash"}
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def events(folder: Path) -> Iterator[Event]:
    """Those that this version knows, oldest first. Raises DataError as `read` does."""
    for line in read(folder):
        event = parse({name: value for name, value in line.items() if name not in ("n", "time", "previous", "hash")})
        if event is not None:
            yield event


def read(folder: Path) -> Iterator[dict[str, Any]]:
    """Every whole line, oldest first. Raises DataError naming the first line that is not an event."""
    path = folder / "journal.jsonl"
    if not path.exists():
        return
    with path.open(encoding="utf-8", errors="replace", newline="\n") as lines:
        for number, text in enumerate(lines, 1):
            if not text.endswith("\n"):
                return
            try:
                event = json.loads(text)
            except (ValueError, RecursionError):
                event = None
            if not isinstance(event, dict):
                raise DataError(
                    Kind.DAMAGED_RUN,
                    f"Line {number} of {path} is no event.",
                    hint="The run's other files may still be whole: `noglue show` reads them.",
                    line=number,
                )
            yield event


def verify(folder: Path) -> str | None:
    """None when the journal is as it was written, else what is wrong and where."""
    before, previous, count = GENESIS, GENESIS, 0
    try:
        for count, line in enumerate(read(folder), 1):
            if line.get("hash") != digest(line):
                return f"line {count} was edited: its content does not match its hash"
            if line.get("n") != count - 1 or line.get("previous") != previous:
                return f"line {count} does not follow the one before: a line was dropped, added or moved"
            before, previous = previous, line["hash"]
    except DataError as error:
        return f"line {error.data['line']} is no event"
    wrong = _verify_head(folder / "journal.head", count, previous, before)
    if wrong is None and _whole(folder / "journal.jsonl")[1]:
        return PARTIAL_LINE
    return wrong or (None if count else "the journal is empty")


def has_events(folder: Path) -> bool:
    """Whether an event was ever written whole; a run killed before that has nothing to check."""
    return (folder / "journal.head").exists() or next(read(folder), None) is not None


def drop_partial_line(folder: Path) -> int:
    """Cut what a crash or a full disk left of a half-written last line; the number of bytes cut."""
    path = folder / "journal.jsonl"
    whole, partial_bytes = _whole(path)
    if partial_bytes:
        os.truncate(path, whole)
    return partial_bytes


def _whole(path: Path) -> tuple[int, int]:
    """Bytes in whole lines, and bytes after them."""
    content = path.read_bytes() if path.exists() else b""
    whole = content.rfind(b"\n") + 1
    return whole, len(content) - whole


def _verify_head(path: Path, count: int, last: str, before: str) -> str | None:
    """The head may be one event behind (a kill between the two writes), and then names the line before the last."""
    if not path.exists() and count <= 1:  # killed before the first head was written
        return None
    try:
        text, head = path.read_text(encoding="ascii").split()
        number = int(text)
    except (OSError, ValueError):
        return "journal.head is missing or unreadable"
    if number > count:
        return f"the last {number - count} of {number} lines are missing"
    if count - number > 1:
        return f"journal.head is {count - number} lines behind: lines were added, or the head is an older one"
    if head != (last if number == count else before):
        return f"journal.head names another line {number}"
    return None
