"""`journal.head`: where the journal ends, and what this user's key stands for.

    12 41ab…                        number of events, and the hash of the newest
    next 9f2c…                      only while one more is being written: its hash
    task.json 77e1…                 SHA-256 of the files that decide what `noglue resume` does;
    plan.json 03cd… 8f43…           two while a new one is being written
    foreign yes                     where somebody else began the run, and this user consented to go on with it
    key 1f3a5c7e9b2d4f60            whose key (see `agent/user_key.py`)
    mac c0ffee…                     HMAC-SHA256 with it over all lines above

The first line alone is what earlier versions wrote, and what is written where there is no key.
"""

import hashlib
import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from noglue.agent.user_key import UserKey
from noglue.tools.files import beneath

NAME = "journal.head"
COVERED = ("task.json", "plan.json", "given.json")
GENESIS = "0" * 64
LIMIT, FILE_LIMIT = 64 << 10, 256 << 20
_PURPOSE = "noglue journal head 1"
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Head:
    """count, last: of the journal's whole lines. coming: the hash of the line that is being written, or None.

    files: name → SHA-256 that it may have. key_id, mac: empty where the head was not signed; text: what was signed.
    """

    count: int
    last: str
    coming: str | None = None
    files: dict[str, tuple[str, ...]] = field(default_factory=dict)
    key_id: str = ""
    mac: str = ""
    text: str = ""
    foreign: bool = False

    def bytes(self, key: UserKey | None) -> bytes:
        """As it is written, signed where there is a key."""
        lines = [f"{self.count} {self.last}", *([f"next {self.coming}"] if self.coming else [])]
        if key is None:
            return ("\n".join(lines) + "\n").encode("ascii")
        lines += [" ".join((name, *hashes)) for name, hashes in sorted(self.files.items())]
        lines += ["foreign yes"] if self.foreign else []
        content = "\n".join([*lines, f"key {key.id}"]) + "\n"
        return f"{content}mac {key.mac(_PURPOSE, content)}\n".encode("ascii")

    def signed_with(self, key: UserKey) -> bool:
        return bool(self.mac) and key.made(self.mac, _PURPOSE, self.text)

    def ends(self, count: int, last: str, before: str) -> bool:
        """Whether a journal of these lines is the one, also when the line that was announced was never written, or
        was and the head could not say so any more."""
        if (self.count, self.last) == (count, last):
            return True
        return self.coming is not None and (self.count + 1, self.last, self.coming) == (count, before, last)

    def fits_files(self, folder: Path) -> bool:
        """Whether the files that it covers are as it says, and none is there that it does not name."""
        return all(self.files.get(name, ("",)).count(digest(folder, name)) for name in COVERED)

    def on_disk(self, folder: Path) -> "Head":
        """The same with the files as they are now."""
        hashes = {name: digest(folder, name) for name in COVERED}
        return replace(self, files={name: (one,) for name, one in hashes.items() if one})


def load(folder: Path) -> Head:
    """Raises FileNotFoundError, DataError `unsafe-path`, ValueError for what is no head."""
    text = beneath.read(folder, NAME, LIMIT).decode("ascii")
    lines = [line.split(" ") for line in text.splitlines()]
    if not lines or len(lines[0]) != 2 or not lines[0][0].isdecimal() or not _HASH.fullmatch(lines[0][1]):
        raise ValueError("no number and hash")
    named = {words[0]: words[1:] for words in lines[1:]}
    if len(named) != len(lines) - 1 or ("mac" in named and lines[-1][0] != "mac"):
        raise ValueError("a line that stands twice, or after what was signed")
    files = {name: tuple(named[name]) for name in COVERED if name in named}
    coming, key_id, mac = (" ".join(named.get(name, ())) for name in ("next", "key", "mac"))
    signed = text.rpartition("mac ")[0]
    return Head(int(lines[0][0]), lines[0][1], coming or None, files, key_id, mac, signed, "foreign" in named)


def digest(folder: Path, name: str) -> str:
    """The SHA-256 of one of the covered files; empty where there is none. Raises DataError `unsafe-path`."""
    try:
        return hashlib.sha256(beneath.read(folder, name, FILE_LIMIT)).hexdigest()
    except FileNotFoundError:
        return ""
