"""The run's log: append-only, fsynced, each event carrying the hash of the one before.

A line of `journal.jsonl`:

    {"n": 3, "time": "2026-11-21T10:00:00.123Z", "event": "finished", "step": "download", …,
     "previous": "9f2c…", "hash": "41ab…"}

`hash` is the SHA-256 of the line's JSON (keys sorted, no spaces) without `hash` itself. `journal.head` (see
`agent/journal_head.py`) holds the number and hash of the newest event, so that one line more or fewer is found too; it
names a line before that is written, so that a kill at any moment is no tampering. The chain alone has no secret:
whoever rewrites the whole of both files is found out only by the HMAC in the head, by the user whose key made it, and
not at all where there is none. An older copy of the whole folder is as genuine as the newest.
"""

import errno
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from noglue.agent import journal_head
from noglue.agent.events import Event, PartialLineRemoved, parse
from noglue.agent.journal_head import GENESIS, Head
from noglue.agent.redact import Redactor
from noglue.agent.user_key import UserKey
from noglue.tools.files import beneath
from noglue.tools.files.bounded_json import parsed
from noglue.tools.spec.errors import DataError, Kind, StepFailed

NAME = "journal.jsonl"
LINE_LIMIT, TOTAL_LIMIT = 16 << 20, 1 << 30
PARTIAL_LINE = "the last line is incomplete (a crash or a full disk); `noglue resume` removes it"
CUT_OFF = "it was cut off while its newest line was written (a kill or a crash); `noglue resume` repairs it"


class Journal:
    """Opens or goes on with a run's journal. One writer at a time (the run's lock sees to that)."""

    def __init__(self, folder: Path, redact: Redactor, key: UserKey | None = None, foreign: bool = False) -> None:
        """What a kill left is mended. key: of the user whose run this is; the run must be new, or known as this user's,
        or be taken over with the user's consent, since from here on the head is signed with it. foreign: the latter,
        which the head says from then on.

        Raises DataError `unsafe-path` for files that are links, pipes or have second names, `damaged-run`.
        """
        self.redact = redact
        self._folder, self._key = folder, key
        cut = _cut_partial_line(folder)
        self._head = Head(0, GENESIS, foreign=foreign)
        for line in read(folder):
            self._head = replace(self._head, count=self._head.count + 1, last=str(line.get("hash")))
        self._head = self._head if key is None else self._head.on_disk(folder)
        self._descriptor = beneath.open_plain(folder, NAME, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        if self._head.count or key is not None:
            self._write_head(self._head)
        if cut:
            self.write(PartialLineRemoved(characters=cut))

    def write(self, event: Event) -> dict[str, Any]:
        """Append one event; it is on the disk when this returns. Raises OSError, and leaves whole lines alone then."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        facts = {"n": self._head.count, "time": now, **self.redact(event.model_dump()), "previous": self._head.last}
        line, content = _hashed(facts)
        self._write_head(replace(self._head, coming=line["hash"]))
        self._append(content)
        files = {name: hashes[-1:] for name, hashes in self._head.files.items()}
        self._head = replace(self._head, count=self._head.count + 1, last=line["hash"], files=files)
        self._write_head(self._head)
        return line

    def write_covered(self, name: str, content: bytes) -> None:
        """One of the files that the head covers, anew: it holds for both while it is written."""
        new, before = hashlib.sha256(content).hexdigest(), self._head.files.get(name, ("",))
        self._head = replace(self._head, files={**self._head.files, name: (before[-1], new)})
        self._write_head(self._head)
        beneath.write(self._folder, name, content, mode=0o600)

    def cover(self) -> None:
        """Take what lies there now for what this session wrote: of a planner that has left its plan."""
        self._head = self._head.on_disk(self._folder)
        self._write_head(self._head)

    def _write_head(self, head: Head) -> None:
        beneath.write(self._folder, journal_head.NAME, head.bytes(self._key), sync=False)

    def _append(self, line: bytes) -> None:
        """The whole line or nothing: a disk that fills up takes a part of it without an error."""
        before = os.fstat(self._descriptor).st_size
        try:
            if os.write(self._descriptor, line) < len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), NAME)
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
    """Every whole line, oldest first. Raises DataError naming the first line that is not an event, and `unsafe-path`
    for a journal that is no plain file."""
    try:
        descriptor = beneath.open_plain(folder, NAME)
    except FileNotFoundError:
        return
    with os.fdopen(descriptor, "rb") as lines:
        if os.fstat(descriptor).st_size > TOTAL_LIMIT:
            raise _no_event(folder, 0, f"is larger than {TOTAL_LIMIT:,} bytes")
        number = 0
        while text := lines.readline(LINE_LIMIT + 1):
            number += 1
            if len(text) > LINE_LIMIT:
                raise _no_event(folder, number, f"has a line {number} that is longer than {LINE_LIMIT:,} bytes")
            if not text.endswith(b"\n"):
                return
            try:
                event = parsed(text.decode("utf-8", "replace"))
            except ValueError:
                event = None
            if not isinstance(event, dict):
                raise _no_event(folder, number, f"has a line {number} that is no event")
            yield event


def verify(folder: Path, after_a_kill: bool = False) -> str | None:
    """None when the journal is as it was written, else what is wrong and where.

    after_a_kill: what a kill leaves, half a line or one that was announced, is nothing wrong; `Journal` mends it.
    Raises DataError `unsafe-path`.
    """
    before, previous, count = GENESIS, GENESIS, 0
    try:
        for count, line in enumerate(read(folder), 1):
            if line.get("hash") != digest(line):
                return f"line {count} was edited: its content does not match its hash"
            if line.get("n") != count - 1 or line.get("previous") != previous:
                return f"line {count} does not follow the one before: a line was dropped, added or moved"
            before, previous = previous, line["hash"]
    except DataError as error:
        if error.kind is not Kind.DAMAGED_RUN:
            raise
        return f"line {error.data['line']} is no event" if error.data["line"] else error.message
    wrong = _verify_head(folder, count, previous, before, after_a_kill)
    if wrong is None and not after_a_kill and _partial_bytes(folder):
        return PARTIAL_LINE
    return wrong or (None if count or after_a_kill else "the journal is empty")


def has_events(folder: Path) -> bool:
    """Whether an event was ever written whole; a run killed before that has nothing to check."""
    return beneath.there(folder, journal_head.NAME) is not None or next(read(folder), None) is not None


def _hashed(facts: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """The line and its bytes. Facts of an error that would make it longer than a reader takes stay behind."""
    error = facts.get("error")
    for _ in range(2):
        line = facts | {"hash": digest(facts)}
        content = (json.dumps(line, sort_keys=True, default=str) + "\n").encode()
        if len(content) <= LINE_LIMIT:
            return line, content
        facts = facts | ({"error": error | {"data": {}}} if isinstance(error, dict) else {})
    raise StepFailed(Kind.BAD_RESULT, f"An event of {len(content):,} bytes is too large for the journal.")


def _cut_partial_line(folder: Path) -> int:
    """Cut what a crash or a full disk left of a half-written last line; the number of bytes cut."""
    partial = _partial_bytes(folder)
    if partial:
        descriptor = beneath.open_plain(folder, NAME, os.O_WRONLY)
        try:
            os.ftruncate(descriptor, os.fstat(descriptor).st_size - partial)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    return partial


def _partial_bytes(folder: Path) -> int:
    """Bytes after the last whole line. Raises DataError `damaged-run` where there are more than a line has."""
    try:
        descriptor = beneath.open_plain(folder, NAME)
    except FileNotFoundError:
        return 0
    with os.fdopen(descriptor, "rb") as file:
        size = os.fstat(descriptor).st_size
        file.seek(max(0, size - LINE_LIMIT - 1))
        tail = file.read(LINE_LIMIT + 1)
    if len(tail) > LINE_LIMIT and b"\n" not in tail:
        raise _no_event(folder, 0, "ends in a line that is too long")
    return len(tail) - (tail.rfind(b"\n") + 1)


def _verify_head(folder: Path, count: int, last: str, before: str, after_a_kill: bool) -> str | None:
    try:
        head = journal_head.load(folder)
    except (OSError, ValueError):
        return "journal.head is missing or unreadable" if count else None
    if head.ends(count, last, before):
        return None if head.coming is None or after_a_kill else CUT_OFF
    if head.count > count:
        return f"the last {head.count - count} of {head.count} lines are missing"
    if count > head.count:
        return f"journal.head is {count - head.count} lines behind: lines were added, or the head is an older one"
    return f"journal.head names another line {head.count}"


def _no_event(folder: Path, number: int, what: str) -> DataError:
    return DataError(
        Kind.DAMAGED_RUN,
        f"{beneath.shown(folder / NAME)} {what}.",
        hint="The run's other files may still be whole: `noglue show` reads them.",
        line=number,
    )
