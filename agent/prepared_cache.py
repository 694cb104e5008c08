"""What a step prepared, kept for the next run that would prepare the very same.

    <cache>/prepared/<key>/entry.json      `Entry`: the result, what was noted, every file with its SHA-256
                           data/…  sealed/…   copies of what the step wrote, each folder for itself

The key is a SHA-256 over the content of all files that the step is shown, their names, its arguments and seed, noglue's
code and the versions of the libraries that prepare. Only the runner reads and writes here: no step is shown the folder,
so that a training never sees another run's sealed test. It belongs to the user alone (mode 0700), or is not used; each
copy is hashed again while it is made, and one that is not what it was is dropped.
"""

import hashlib
import json
import os
import platform
import stat
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field

import noglue.tools
from noglue.tools.files import step_result
from noglue.tools.sandbox import trees
from noglue.tools.spec.errors import StepFailed
from noglue.tools.spec.step import Note

FOLDER = "prepared"
ENTRY = "entry.json"
MOST_NOTES = 100
_LIBRARIES = ("noglue", "numpy", "pandas", "pyarrow", "datasets", "pillow", "scikit-learn", "scipy")
_PIECE = 1 << 20
_LARGEST_ENTRY = 64 << 20
_BOUNDS = trees.Bounds(bytes=64 << 30, depth=16, entries=2_000_000)


class Kept(BaseModel):
    """A file of an entry, below one of its folders."""

    name: str
    bytes: int = Field(ge=0)
    sha256: str


class Entry(BaseModel):
    """at: when it was prepared, in seconds since 1970; run: by which run. seconds: what preparing took."""

    run: str
    at: float
    seconds: float
    result: dict[str, Any]
    notes: list[Note] = []
    files: dict[str, list[Kept]]

    @property
    def bytes(self) -> int:
        return sum(file.bytes for files in self.files.values() for file in files)


class Seen(BaseModel):
    """key: of the content. marks: size, time and number of every file, by which a change meanwhile is noticed."""

    key: str
    marks: list[tuple[int, int, int]]


def look(call: dict[str, Any], given: Sequence[str], run: Path) -> Seen | None:
    """What a step is about to work on; None where that can't be told for sure (links, pipes, no end of files).

    call: its tool, arguments and seed. given: files and folders, absolute or below the run.
    """
    digest = hashlib.sha256(json.dumps([call, _code()], sort_keys=True).encode())
    marks = []
    try:
        for place in given:
            for name, descriptor in _files(run / place):
                with os.fdopen(descriptor, "rb") as file:
                    marks.append(_mark(os.fstat(descriptor)))
                    content = hashlib.file_digest(file, "sha256").hexdigest()
                digest.update(f"{content}  {place}/{name}\n".encode(errors="surrogateescape"))
    except (OSError, StepFailed, trees.OverBounds):
        return None
    return Seen(key=digest.hexdigest(), marks=marks)


def unchanged(seen: Seen, given: Sequence[str], run: Path) -> bool:
    """Whether the files are still those that were looked at."""
    marks = []
    try:
        for place in given:
            for _, descriptor in _files(run / place):
                marks.append(_mark(os.fstat(descriptor)))
                os.close(descriptor)
    except (OSError, StepFailed, trees.OverBounds):
        return False
    return marks == seen.marks


def store(root: Path) -> Path | None:
    """The folder of all entries, made where there is none; None where it is not this user's alone."""
    place = root / FOLDER
    try:
        with suppress(FileExistsError):
            place.mkdir(mode=0o700)
        facts = place.lstat()
    except OSError:
        return None
    own = stat.S_ISDIR(facts.st_mode) and facts.st_uid == os.geteuid() and not facts.st_mode & 0o077
    return place if own else None


def read_entry(folder: Path) -> Entry | None:
    try:
        return Entry.model_validate_json(step_result.read_result(folder / ENTRY, _LARGEST_ENTRY))
    except (OSError, ValueError, StepFailed):
        return None


def bring(root: Path, key: str, run: Path) -> Entry | None:
    """Copy what was prepared before into the run; None where there is nothing, or not what it was."""
    place = store(root)
    entry = read_entry(place / key) if place is not None else None
    if place is None or entry is None:
        return None
    try:
        for folder, files in entry.files.items():
            (run / folder).mkdir(exist_ok=True)
            for file in files:
                target = run / folder / file.name
                target.parent.mkdir(parents=True, exist_ok=True)
                if _copied(place / key / folder / file.name, target) != file.sha256:
                    raise ValueError(f"{file.name} is not what it was")
    except (OSError, ValueError, StepFailed):
        for folder in entry.files:
            trees.remove(run / folder)
            (run / folder).mkdir()
        trees.remove_quietly(place / key)
        return None
    os.utime(place / key / ENTRY)  # used just now
    return entry


def keep(root: Path, key: str, run: Path, folders: Iterable[str], facts: dict[str, Any]) -> bool:
    """Copy what a step wrote. facts: the other fields of its `Entry`. False where it could not be kept whole."""
    place = store(root)
    if place is None:
        return False
    partial = place / f".{key}.{os.getpid()}"
    try:
        files: dict[str, list[Kept]] = {}
        partial.mkdir(mode=0o700)
        for folder in folders:
            files[folder] = []
            for found in trees.walk(run / folder, _BOUNDS):
                target = partial.joinpath(folder, *found.parts)
                target.parent.mkdir(parents=True, exist_ok=True)
                if not found.is_folder:
                    sha256 = _copied((run / folder).joinpath(*found.parts), target)
                    size = target.stat().st_size
                    files[folder].append(Kept(name="/".join(found.parts), bytes=size, sha256=sha256))
        entry = Entry(run=run.name, at=time.time(), files=files, **facts)
        (partial / ENTRY).write_text(entry.model_dump_json(), encoding="utf-8")
        trees.remove(place / key)
        partial.rename(place / key)
    except (OSError, ValueError, StepFailed, trees.OverBounds):
        trees.remove_quietly(partial)
        return False
    return True


def _copied(source: Path, target: Path) -> str:
    """Copy a plain file that is reached through no link; its SHA-256."""
    digest = hashlib.sha256()
    with os.fdopen(step_result.open_plain(source), "rb") as old, target.open("xb") as new:
        while piece := old.read(_PIECE):
            digest.update(piece)
            new.write(piece)
    return digest.hexdigest()


def _files(place: Path) -> Iterator[tuple[str, int]]:
    """Every plain file there or below, in a settled order, with a descriptor. Raises StepFailed for anything else."""
    if not stat.S_ISDIR(os.lstat(place).st_mode):
        yield "", step_result.open_plain(place)
        return
    names = sorted("/".join(entry.parts) for entry in trees.walk(place, _BOUNDS) if not entry.is_folder)
    for name in names:
        yield name, step_result.open_plain(place / name)


def _mark(facts: os.stat_result) -> tuple[int, int, int]:
    return facts.st_size, facts.st_mtime_ns, facts.st_ino


@cache
def _code() -> list[str]:
    """Noglue's code and the libraries that prepare, as they are here."""
    digest = hashlib.sha256()
    top = Path(next(iter(noglue.tools.__path__)))
    for path in sorted(top.rglob("*.py")):
        digest.update(path.relative_to(top).as_posix().encode() + b"\0" + path.read_bytes())
    versions = [platform.python_version()]
    for name in _LIBRARIES:
        with suppress(metadata.PackageNotFoundError):
            versions.append(f"{name} {metadata.version(name)}")
    return [digest.hexdigest(), *versions]
