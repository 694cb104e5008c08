"""Who a step runs as. An ordinary user's step is that user; root's step is a number that nobody else has.

As root a user name space is not enough (root inside it still owns root's files, and RLIMIT_NPROC never counts root),
so the step becomes `STEP_UID`, from the range that systemd keeps for passing users, and so mapped in containers too.
"""

import os
from collections.abc import Iterable
from pathlib import Path

from noglue.tools.sandbox import trees
from noglue.tools.spec.errors import DataError, Kind, NoSandbox

STEP_UID = 64077
CAPABILITY_NAMES = {2: "CAP_DAC_READ_SEARCH", 1: "CAP_DAC_OVERRIDE"}  # the first that there is, is used


def step_uid() -> int | None:
    """The uid to drop to, or None for an ordinary user (also root of a name space where only its own uid exists)."""
    if os.geteuid() != 0:
        return None
    spans = [[int(word) for word in line.split()] for line in Path("/proc/self/uid_map").read_text().splitlines()]
    return STEP_UID if any(first <= STEP_UID < first + count for first, _, count in spans) else None


def hand_over(folders: Iterable[Path], uid: int) -> None:
    """Make everything in these folders the step's own. Links are changed themselves, never followed."""
    for folder in folders:
        if folder.stat(follow_symlinks=False).st_uid != uid:
            os.chown(folder, uid, uid, follow_symlinks=False)
        for entry in trees.walk(folder):
            if entry.found.st_uid != uid and (entry.is_folder or entry.found.st_nlink == 1):
                os.chown(entry.name, uid, uid, dir_fd=entry.folder, follow_symlinks=False)


def capability_needed(python: Iterable[Path], named: Iterable[Path], uid: int, *, ancestors: bool) -> int | None:
    """The capability that `uid` must keep to read what it is shown, or None (the usual case).

    Files of root's that nobody else may read need CAP_DAC_READ_SEARCH (plain Docker gives CAP_DAC_OVERRIDE alone).
    The sandbox still shows the step nothing but what it was given, and the filter denies `open_by_handle_at`.

    python: what the interpreter needs, looked at from outside. named: looked at all the way down.
    ancestors: the folders above count too (a sandbox that mounts them anew does not need that).
    Raises NoSandbox or DataError `unreadable` when the capability is needed and this process has none.
    """
    named = list(named)
    hidden = _hidden(python, uid, ancestors)
    theirs = hidden or _hidden(named, uid, ancestors) or _hidden_below(named, uid)
    if theirs is None:
        return None
    held = int(next(line for line in _status() if line.startswith("CapPrm:")).split()[1], 16)
    for capability in CAPABILITY_NAMES:
        if held >> capability & 1:
            return capability
    message = f"{theirs} can be read by root alone, and steps don't run as root."
    if hidden is not None:
        raise NoSandbox(Kind.SANDBOX_UNREADABLE, message, hint="Run as an ordinary user, or keep Python outside /root.")
    raise DataError(Kind.UNREADABLE, message, hint=f"chmod -R o+rX {theirs}")


def _status() -> list[str]:
    return Path("/proc/self/status").read_text().splitlines()


def _hidden(paths: Iterable[Path], uid: int, ancestors: bool) -> Path | None:
    """The first of these that `uid` could not read by its mode, or whose folder it could not pass."""
    for path in paths:
        for above in reversed(path.resolve().parents) if ancestors else ():
            if not _may(above.stat(), uid, 0o1):
                return above
        if not _may(path.stat(), uid, 0o5 if path.is_dir() else 0o4):
            return path
    return None


def _hidden_below(folders: Iterable[Path], uid: int) -> Path | None:
    """The first file or folder in these folders that `uid` could not read by its mode."""
    for folder in folders:
        try:
            for entry in trees.walk(folder):
                if not _may(entry.found, uid, 0o5 if entry.is_folder else 0o4):
                    return folder.joinpath(*entry.parts)
        except trees.OverBounds:
            raise DataError(
                Kind.UNSAFE_PATH,
                f"{folder} holds more than {trees.MOST_ENTRIES:,} files, or folders more than {trees.MOST_DEEP} deep.",
                hint="Name the folder in it that holds the data.",
            ) from None
    return None


def _may(found: os.stat_result, uid: int, bits: int) -> bool:
    """Whether the mode gives `bits` (of rwx) to a user who is in none of the file's groups."""
    return (found.st_mode >> (6 if found.st_uid == uid else 0)) & bits == bits
