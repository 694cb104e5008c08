"""The run's log: append-only, fsynced, each event carrying the hash of the one before.

A line of `journal.jsonl`:

    {"n": 3, "time": "2026-11-21T10:00:00.123Z", "event": "finished", "step": "download", …,
     "previous": "9f2c…", "hash": "41ab…"}

`hash` is the SHA-256 of the line's JSON (keys sorted, no spaces) without `hash` itself. `journal.head` holds the
number and hash of the newest event, so that dropped last lines are found too.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from agent.redact import Redactor

GENESIS = "0" * 64


class Journal:
    """Opens or goes on with a run's journal. One writer at a time (the run's lock sees to that)."""

    def __init__(self, folder: Path, redact: Redactor) -> None:
        self._redact = redact
        self._head = folder / "journal.head"
        path = folder / "journal.jsonl"
        torn = _cut_torn_line(path)
        events = list(read(folder))
        self._count = len(events)
        self._previous = events[-1]["hash"] if events else GENESIS
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        if torn:
            self.write("torn-line-removed", characters=torn)

    def write(self, event: str, **facts: Any) -> dict[str, Any]:
        """Append one event; it is on the disk when this returns."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line = {"n": self._count, "time": now, "event": event, **self._redact(facts), "previous": self._previous}
        line["hash"] = digest(line)
        os.write(self._descriptor, (json.dumps(line, sort_keys=True, default=str) + "\n").encode())
        os.fsync(self._descriptor)
        self._count, self._previous = self._count + 1, line["hash"]
        partial = self._head.with_suffix(".head.partial")
        partial.write_text(f"{self._count} {self._previous}\n", encoding="ascii")
        partial.replace(self._head)
        return line

    def close(self) -> None:
        os.close(self._descriptor)


def digest(line: dict[str, Any]) -> str:
    """The hash that a line must carry."""
    body = {name: value for name, value in line.items() if name != "hash"}
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def read(folder: Path) -> Iterator[dict[str, Any]]:
    """Every event, oldest first. Raises ValueError naming the first line that is not JSON."""
    path = folder / "journal.jsonl"
    if not path.exists():
        return
    with path.open(encoding="utf-8", errors="replace") as lines:
        for number, text in enumerate(lines, 1):
            try:
                yield json.loads(text)
            except ValueError as error:
                raise ValueError(f"line {number} is not JSON") from error


def verify(folder: Path) -> str | None:
    """None when the journal is as it was written, else what is wrong and where."""
    previous, count = GENESIS, 0
    try:
        for count, line in enumerate(read(folder), 1):
            if not isinstance(line, dict) or line.get("hash") != digest(line):
                return f"line {count} was edited: its content does not match its hash"
            if line.get("n") != count - 1 or line.get("previous") != previous:
                return f"line {count} does not follow the one before: a line was dropped, added or moved"
            previous = line["hash"]
    except ValueError as error:
        return str(error)
    return _verify_head(folder / "journal.head", count, previous)


def _verify_head(path: Path, count: int, last: str) -> str | None:
    """The head may be one event behind (a kill between the two writes), never ahead."""
    try:
        number, head = path.read_text(encoding="ascii").split()
    except (OSError, ValueError):
        return "journal.head is missing or unreadable" if count else "the journal is empty"
    if int(number) > count:
        return f"the last {int(number) - count} of {number} lines are missing"
    if int(number) == count and head != last:
        return "journal.head names another last line"
    return None


def _cut_torn_line(path: Path) -> int:
    """Drop what a kill left of a half-written last line; the number of bytes dropped."""
    if not path.exists():
        return 0
    content = path.read_bytes()
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        with path.open("r+b") as file:
            file.truncate(whole)
    return len(content) - whole
