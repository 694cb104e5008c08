"""The run folder: where everything of one run lies. Other programs read it.

runs/20261121-100000-recognise-handwritten-digits/
"""

import fcntl
import json
import os
import re
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from noglue.agent.redact import HIDDEN, shown
from noglue.tools.showing import visible
from noglue.tools.spec.errors import BadUsage, DataError, Kind, StepFailed

PRIVATE = {"task.json", "plan.json", "given.json"}  # they hold the user's words as they are, secrets too


class RunFolder:
    """One run's folder."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
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
        if (path / "task.json").is_file():
            return cls(path.resolve())
        if (runs / name / "task.json").is_file():
            return cls((runs / name).resolve())
        known = [run.name for run in all_runs(runs)]
        close = [known_name for known_name in known if name in known_name]
        if len(close) == 1:
            return cls(runs / close[0])
        listing = f"It could be {', '.join(close[:5])}." if close else f"{runs} holds {len(known)} runs."
        raise BadUsage(Kind.NO_SUCH_RUN, f"There is no run {name!r}. {listing}", hint="`noglue runs` lists them.")

    def lock(self) -> None:
        """Only one program may work on a run. Released when the process ends, however it ends."""
        self._lock = os.open(self.path / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            raise StepFailed(
                Kind.BUSY, f"Another noglue is working on {self.name}.", hint="Wait for it to end."
            ) from None

    def unlock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def write_json(self, name: str, content: Any) -> None:
        """Atomic: a reader sees the old file or the new one."""
        text = visible.json_text(json.dumps(content, indent=2, ensure_ascii=False)) + "\n"
        write_atomic(self.path / name, text, private=name in PRIVATE)

    def read_json(self, name: str) -> Any:
        """Raises DataError when the file is missing or damaged."""
        try:
            return json.loads((self.path / name).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise DataError(Kind.DAMAGED_RUN, f"{self.path / name} can't be read: {error}.") from error

    def step_folder(self, number: int, id: str) -> Path:
        return self.path / "steps" / f"{number:02d}-{id}"


def all_runs(runs: Path) -> list[RunFolder]:
    """Oldest first."""
    if not runs.is_dir():
        return []
    found = [path for path in runs.iterdir() if (path / "task.json").is_file() and not path.is_symlink()]
    return [RunFolder(path) for path in sorted(found)]


def point_latest(runs: Path, name: str) -> None:
    """`runs/latest` → name, replaced atomically."""
    partial = runs / f".latest-{os.getpid()}"
    partial.unlink(missing_ok=True)
    partial.symlink_to(name)
    partial.replace(runs / "latest")


def write_atomic(path: Path, text: str, private: bool = False) -> None:
    """Write to a neighbour, sync, rename. Follows no link that lies there. private: for its owner's eyes alone."""
    partial = path.with_name(f".{path.name}.partial")
    partial.unlink(missing_ok=True)  # a step may have left a link here
    with open(partial, "x", encoding="utf-8", opener=_private if private else _readable) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


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


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW, 0o600)


def _readable(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW, 0o644)
