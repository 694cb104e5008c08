"""The run folder: where everything of one run lies. Other programs read it.

runs/20261121-100000-recognise-handwritten-digits/
"""

import difflib
import fcntl
import json
import os
import re
import shutil
import stat
import time
from contextlib import suppress
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from noglue.agent.redact import HIDDEN, shown
from noglue.tools.files import beneath
from noglue.tools.files.bounded_json import parsed
from noglue.tools.showing import visible
from noglue.tools.spec.errors import BadUsage, DataError, Kind, StepFailed

PRIVATE = {"task.json", "plan.json", "given.json"}  # they hold the user's words as they are, secrets too
FOLDERS = {"steps", "data", "sealed", "model", "samples", "keys"}
JSON_LIMIT = 64 << 20  # bytes of one JSON file
MOST_BYTES = 1 << 30  # of one that grows: the journal, what a language model was asked
MOST_STEPS = 100_000
LOCK_TRIES, LOCK_PAUSE = 4, 0.05  # seconds
MOST_NAMED = 5  # runs, where one is not found
STEP_ID = re.compile(r"[a-z][a-z0-9_-]{0,40}")


class RunFolder:
    """One run's folder, which may be a stranger's: all below it is opened as `tools/files/beneath.py` does."""

    def __init__(self, path: Path, known_as: str = "") -> None:
        """known_as: what people know the run by; its folder's name, but for one that stands in for another."""
        self.path = path.absolute()
        self.known_as = known_as or self.path.name
        self._lock: int | None = None

    @property
    def name(self) -> str:
        return self.path.name

    @classmethod
    def create(cls, runs: Path, paragraph: str, task: dict[str, Any] | None = None) -> "RunFolder":
        """A new folder with its task.json, unique even within a second; `runs/latest` points to it."""
        stamp = f"{datetime.now():%Y%m%d-%H%M%S}-{slug(paragraph)}"
        for attempt in range(1000):
            path = runs / (stamp if attempt == 0 else f"{stamp}-{attempt + 1}")
            try:
                path.mkdir(parents=True)
            except FileExistsError:
                continue
            except OSError as error:
                raise BadUsage(
                    Kind.RUNS_FOLDER,
                    f"The run's folder {path} can't be made: {error.strerror}.",
                    hint="Choose another place with --runs DIR.",
                ) from error
            made = cls(path)
            made._fill(task or {})
            point_latest(runs, path.name)
            return made
        raise StepFailed(Kind.RUNS_FOLDER, f"{runs} is full of runs named {stamp}.")

    def _fill(self, task: dict[str, Any]) -> None:
        """Nothing is left of a folder that could not even begin."""
        try:
            (self.path / "steps").mkdir()
            self.write_json("task.json", task)
        except OSError:
            shutil.rmtree(self.path, ignore_errors=True)
            raise

    @classmethod
    def find(cls, runs: Path, name: str) -> "RunFolder":
        """The run that a person means: a folder, a run's name (or an unmistakable part of it), or `latest`."""
        path = Path(name).expanduser()
        for place in (path, runs / name):
            if _is_run(place):
                return cls(place.resolve())
        known = [run.name for run in all_runs(runs)]
        close = [known_name for known_name in known if name and name in known_name]
        if len(close) == 1:
            return cls(runs / close[0])
        raise _no_such_run(runs, name, known, close)

    def lock(self) -> None:
        """Only one program may work on a run. Released when the process ends, however it ends.

        Raises StepFailed `busy`, and DataError `unsafe-path` for a folder that noglue can't write in safely.
        """
        self.must_be_plain()
        lock = beneath.open_plain(self.path, ".lock", os.O_RDWR | os.O_CREAT)
        for left in reversed(range(LOCK_TRIES)):  # whoever only looks (`busy`) holds it for a moment
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if left:
                    time.sleep(LOCK_PAUSE)
                    continue
                os.close(lock)
                raise StepFailed(
                    Kind.BUSY,
                    f"Another noglue is working on {self.name}.",
                    hint=f"`noglue show {self.name}` says how far it is. Wait for it to end.",
                ) from None
        self._lock = lock

    def busy(self) -> bool:
        """Whether another program works on the run at this moment. Raises DataError `unsafe-path`."""
        try:
            lock = beneath.open_plain(self.path, ".lock")
        except OSError:  # nobody has ever locked it, or it is not for our eyes
            return False
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        else:
            return False
        finally:
            os.close(lock)

    def must_be_plain(self) -> None:
        """Raises DataError `unsafe-path` where the run folder holds, at its top or among the steps, what noglue never
        makes there and what would lead it elsewhere: links, second names, pipes, devices, files in a folder's place."""
        for entry in _listed(self.path):
            with suppress(FileNotFoundError):  # another noglue, for which the lock is there, has renamed it
                facts = entry.stat(follow_symlinks=False)
                if stat.S_ISDIR(facts.st_mode):
                    continue
                beneath.must_be_plain(facts, self.path, entry.name, writing=True)
                if entry.name in FOLDERS:
                    raise _unsafe(self.path / entry.name, "is a file in the place of a folder")
                if entry.name.endswith((".json", ".jsonl")) and facts.st_size > MOST_BYTES:
                    raise _unsafe(self.path / entry.name, f"is larger than {MOST_BYTES:,} bytes")
        for entry in _listed(self.path / "steps") if (self.path / "steps").is_dir() else ():
            if entry.is_symlink():
                raise _unsafe(Path(entry.path), "is a link, and no step's folder")

    def unlock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def write_json(self, name: str, content: Any) -> None:
        """Atomic: a reader sees the old file or the new one."""
        beneath.write(self.path, name, as_json(content), mode=0o600 if name in PRIVATE else 0o644)

    def read_json(self, name: str) -> Any:
        """Raises DataError when the file is missing or damaged, no plain file, or too large."""
        try:
            return parsed(beneath.read(self.path, name, JSON_LIMIT))
        except (OSError, ValueError) as error:
            what = error.strerror if isinstance(error, OSError) and error.strerror else error
            place = beneath.shown(self.path / name)
            raise DataError(Kind.DAMAGED_RUN, f"{place} can't be read: {what}.") from error

    def step_folder(self, number: int, id: str) -> Path:
        """Raises DataError `unsafe-path` for an id that is none: it may never hold a path."""
        if not STEP_ID.fullmatch(id) or not 0 < number <= MOST_STEPS:
            raise DataError(
                Kind.UNSAFE_PATH,
                f"{id[:60]!r} with the number {number} can't be a step of a run.",
                hint="The run was not written by noglue, or was changed.",
            )
        return self.path / "steps" / f"{number:02d}-{id}"


def all_runs(runs: Path) -> list[RunFolder]:
    """Oldest first."""
    if not runs.is_dir():
        return []
    found = [path for path in runs.iterdir() if not path.is_symlink() and _is_run(path)]
    return [RunFolder(path) for path in sorted(found)]


def _no_such_run(runs: Path, name: str, known: list[str], close: list[str]) -> BadUsage:
    """In words, with the runs that may have been meant."""
    if not known:
        return BadUsage(
            Kind.NO_SUCH_RUN,
            f"There is no run {name!r}: {runs} holds no runs.",
            hint="`noglue run` makes one, and --runs says where runs lie.",
        )
    if close:
        more = f" and {len(close) - MOST_NAMED} more" if len(close) > MOST_NAMED else ""
        listed = ", ".join(reversed(close[-MOST_NAMED:]))
        message = f"{name!r} may be several runs: {listed}{more}."
        return BadUsage(Kind.NO_SUCH_RUN, message, hint="Write more of its name; `noglue runs` lists all.")
    meant = ", ".join(_near(name, known))
    path = Path(name).expanduser()
    what = f"{name} is a folder, but no run: it has no task.json" if path.is_dir() else f"There is no run {name!r}"
    said = f"Did you mean {meant}?" if meant else f"The newest of {len(known)} in {runs} is {known[-1]}."
    return BadUsage(Kind.NO_SUCH_RUN, f"{what}. {said}", hint="`noglue runs` lists them.")


def _near(name: str, known: list[str]) -> list[str]:
    """Of runs, and `latest`, those most of whose words may have been meant, the nearest and newest first."""
    asked = re.findall(r"[a-z0-9]+", name.lower())

    def share(run: str) -> float:
        words = run.lower().split("-")
        return sum(bool(difflib.get_close_matches(one, words, cutoff=0.66)) for one in asked) / max(1, len(asked))

    found = {run: share(run) for run in ("latest", *reversed(known))}
    return sorted((run for run, part in found.items() if part > 0.5), key=lambda run: -found[run])[:MOST_NAMED]


def point_latest(runs: Path, name: str) -> None:
    """`runs/latest` → name, replaced atomically. A folder that somebody has put there stays, and runs go on without."""
    if (runs / "latest").is_dir() and not (runs / "latest").is_symlink():
        return
    partial = runs / f".latest-{os.getpid()}"
    partial.unlink(missing_ok=True)
    partial.symlink_to(name)
    partial.replace(runs / "latest")


def write_atomic(path: Path, text: str, private: bool = False) -> None:
    """Write to a neighbour, sync, rename. Follows no link that lies there. private: for its owner's eyes alone."""
    beneath.write(path.parent.parent, f"{path.parent.name}/{path.name}", text.encode(), 0o600 if private else 0o644)


def as_json(content: Any) -> bytes:
    """As every JSON file of a run is written; half a character of a file's name stands as JSON escapes it."""
    text = visible.json_text(json.dumps(content, indent=2, ensure_ascii=False)) + "\n"
    return text.encode("utf-8", "backslashreplace")


def slug(paragraph: str, words: int = 6) -> str:
    """`Recognise handwritten digits!` → `recognise-handwritten-digits`. URLs give their last part, secrets nothing."""
    clear = str(shown(paragraph)).replace(f"{HIDDEN}@", "").replace(HIDDEN, "").lower()
    text = re.sub(r"[\w+.-]+:/+\S+", lambda url: _last_part(url[0]), clear)
    parts = re.findall(r"[a-z0-9]+", text)
    return "-".join(parts[:words])[:48].strip("-") or "run"


def _last_part(url: str) -> str:
    """`http://host/data/cifar.html?token=x` → `cifar.html`."""
    try:
        parts = urlsplit(url)
        return parts.path.rstrip("/").rpartition("/")[2] or str(parts.hostname or "")
    except ValueError:
        return ""


def _is_run(path: Path) -> bool:
    try:
        return path.is_dir() and beneath.is_plain(path, "task.json")
    except (OSError, ValueError):  # no path at all: too long, or with a NUL in it
        return False


def _listed(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as names:
        found = list(islice(names, MOST_STEPS + 1))
    if len(found) > MOST_STEPS:
        raise _unsafe(folder, f"holds more than {MOST_STEPS:,} files")
    return found


def _unsafe(path: Path, what: str) -> DataError:
    return DataError(Kind.UNSAFE_PATH, f"{beneath.shown(path)} {what}.", hint="Look at it; noglue left it as it was.")
