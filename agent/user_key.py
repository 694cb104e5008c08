"""This user's key, by which noglue knows its own runs again. It never lies in a run folder, and no step is shown it.

    $NOGLUE_STATE/key, else $XDG_STATE_HOME/noglue/key, else ~/.local/state/noglue/key     64 hexadecimal digits, 0600

Whoever can read the key can write runs that pass for this user's. Without one (a home that can't be written, none at
all) runs work as ever, and are nobody's: see `agent/strangers.py`.
"""

import errno
import hashlib
import hmac
import os
import secrets
import stat
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

FILE = "key"
_DIGITS = 64


@dataclass(frozen=True)
class UserKey:
    """id: the beginning of a hash, to tell keys apart by. secret: 32 bytes; shown nowhere."""

    secret: bytes = field(repr=False)

    @property
    def id(self) -> str:
        return hashlib.sha256(b"noglue user key\n" + self.secret).hexdigest()[:16]

    def mac(self, purpose: str, content: str) -> str:
        """HMAC-SHA256 in hexadecimal, over the purpose, a line feed and the content."""
        return hmac.new(self.secret, f"{purpose}\n{content}".encode(), hashlib.sha256).hexdigest()

    def made(self, mac: str, purpose: str, content: str) -> bool:
        return hmac.compare_digest(mac.encode(), self.mac(purpose, content).encode())


@dataclass(frozen=True)
class Found:
    """why: in words, why there is no key that can be used."""

    key: UserKey | None
    why: str = ""


NO_KEY = Found(None, "it was not looked for")


def existing(environment: Mapping[str, str] = os.environ) -> Found:
    """The key, if this user has one already."""
    return _found(environment, make=False)


def own(environment: Mapping[str, str] = os.environ) -> Found:
    """The key; made where there is none yet."""
    return _found(environment, make=True)


def _found(environment: Mapping[str, str], make: bool) -> Found:
    try:
        folder = _folder(environment)
        if make:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            _must_be_own(os.fstat(descriptor), folder, 0o022)
            return Found(_read(descriptor, folder / FILE, make))
        finally:
            os.close(descriptor)
    except FileNotFoundError:
        return Found(None, "this user has no key yet")
    except (OSError, ValueError, RuntimeError) as error:  # RuntimeError: a user without a home
        return Found(None, _reason(error))


def _folder(environment: Mapping[str, str]) -> Path:
    """Raises ValueError for a place that depends on the working directory, which may be a stranger's."""
    stated = environment.get("NOGLUE_STATE")
    if stated:
        folder = Path(stated).expanduser()
        if not folder.is_absolute():
            raise ValueError(f"NOGLUE_STATE={stated} is no absolute path")
        return folder
    shared = Path(environment.get("XDG_STATE_HOME") or "")
    home = environment.get("HOME")
    base = shared if shared.is_absolute() else (Path(home) if home else Path.home()) / ".local" / "state"
    if not base.is_absolute():
        raise ValueError(f"HOME={home} is no absolute path")
    return base / "noglue"


def _read(folder: int, path: Path, make: bool) -> UserKey:
    try:
        descriptor = os.open(FILE, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    except FileNotFoundError:
        if not make:
            raise
        _make(folder)
        return _read(folder, path, make=False)
    try:
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode):
            raise ValueError(f"{path} is no plain file")
        _must_be_own(facts, path, 0o077)
        text = os.read(descriptor, 2 * _DIGITS).strip()
    finally:
        os.close(descriptor)
    if len(text) != _DIGITS:
        raise ValueError(f"{path} is damaged; without it a new one is made, and older runs are no longer known")
    return UserKey(bytes.fromhex(text.decode("ascii")))


def _make(folder: int) -> None:
    """Whole or not at all; of two programs that make one at the same time, both then read the same."""
    name = f".{FILE}-{secrets.token_hex(8)}"
    descriptor = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600, dir_fd=folder)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(f"{secrets.token_hex(_DIGITS // 2)}\n".encode("ascii"))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(name, FILE, src_dir_fd=folder, dst_dir_fd=folder)
    finally:
        os.unlink(name, dir_fd=folder)


def _must_be_own(facts: os.stat_result, path: Path, forbidden: int) -> None:
    if facts.st_uid != os.geteuid():
        raise ValueError(f"{path} belongs to another user")
    if facts.st_mode & forbidden:
        raise ValueError(f"others can access {path} (chmod go-rwx)")


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        what = "a link is in its place" if error.errno in (errno.ELOOP, errno.ENOTDIR) else error.strerror
        return f"its key can't be read ({error.filename}: {what})"
    return str(error)
