"""What a step tool is given, and what it declares about itself.

A step tool is a module `tools/x.py` with

    class Args(Arguments): …          what it takes (pydantic)
    class Result(pydantic.BaseModel): …  what it gives (pydantic)
    ACCESS = Access(…)                what its sandbox lets it reach
    FILLED_BY = {"files": ("download.files",)}   # optional
    def run(args: Args, step: Step) -> Result

`FILLED_BY` says from which results (`tool.field`, or `tool` for the whole) a plan may fill in an argument. No others
are taken, so that nothing that stands in data becomes an address, a place or code.

It raises a `ToolError` for what a planner or a person can act on. It writes only below `step.folder` and the
folders that `ACCESS.writes` names.

Paths in arguments and results are strings: relative to the run folder for what lies in it
(`steps/01-download/files/x.zip`), absolute for anything else, so that a run folder can be moved.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from noglue.tools.spec.thumbnail import Thumbnail

UNTRUSTED = "untrusted"


class Arguments(BaseModel):
    """Base of every tool's `Args`: strict about names, and able to say what it reads."""

    model_config = ConfigDict(extra="forbid")

    def reads(self) -> list[str]:
        """Files and folders to show to the step, read-only (run-relative or absolute)."""
        return []


@dataclass(frozen=True)
class Access:
    """What the sandbox opens to one tool beyond the system, its own folder and `Args.reads()`.

    reads, writes: folders of the run (`data`, `model`, `sealed`), mounted read-only or read-write.
    reads_if_there: folders that are mounted read-only where an earlier step left them.
    publishes: files that the runner copies from the step's folder to the run folder when the step succeeds.
    reusable: the same arguments, seed and content give the same `writes`, so that the runner may take those of before.
    untrusted: a module that runs before the tool, in a sandbox of its own, for code that nobody vouches for: it sees
        what the step may read and writes into `Step.untrusted` alone. Its standard error goes to a log there.
    """

    reads: tuple[str, ...] = ()
    reads_if_there: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    publishes: tuple[str, ...] = ()
    reusable: bool = False
    network: bool = False
    cache: bool = False
    device: bool = False
    untrusted: str = ""


class Progress(BaseModel):
    """How far a step is. Further fields are figures of the moment, as `loss`, `rate`, `seconds_left`.

    measure: what a figure called `validation` is a value of, by its module in `tools/metrics/`. picture: of what has
    been made so far.
    """

    model_config = ConfigDict(extra="allow")

    event: Literal["progress"] = "progress"
    step: str = ""
    stage: str
    done: int | float | None = None
    total: int | float | None = None
    unit: str | None = None
    measure: str | None = None
    picture: Thumbnail | None = None

    @property
    def facts(self) -> dict[str, Any]:
        return self.model_extra or {}


class Note(BaseModel):
    """A line worth keeping: a decision taken, a recovery. Further fields are small facts beside the words."""

    model_config = ConfigDict(extra="allow")

    event: Literal["note"] = "note"
    step: str = ""
    message: str

    @property
    def facts(self) -> dict[str, Any]:
        return self.model_extra or {}


def _silent(event: Progress | Note) -> None:
    """Progress that nobody watches."""


@dataclass
class Step:
    """One step's surroundings.

    folder: the step's own folder, writable, also the working directory.
    run: the run folder; only what `Access` and `Args.reads()` name can be seen in it.
    cache: the shared download cache, or None.
    seed: for every random choice. device: `cpu`, `cuda`, `cuda:1`, `mps`.
    deadline: in seconds of `time.monotonic()`, or None for no limit.
    network: connects through the parent's address policy (see `tools/sandbox/network.py`), or None.
    emit: takes one small event.
    untrusted_status: the exit status of what ran in a sandbox of its own (see `Access`), or None.
    phases: seconds by the name of what they went into, shared by the steps that are made of this one.
    """

    folder: Path
    run: Path
    cache: Path | None = None
    seed: int = 0
    device: str = "cpu"
    deadline: float | None = None
    network: Any | None = None
    emit: Callable[[Progress | Note], None] = field(default=_silent)
    untrusted_status: int | None = None
    phases: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Count what runs within towards a phase of the step: `with step.phase("learning"):`. A phase does not hold
        itself again."""
        begun = time.monotonic()
        try:
            yield
        finally:
            self.phases[name] = self.phases.get(name, 0.0) + time.monotonic() - begun

    @property
    def untrusted(self) -> Path:
        """Where code that nobody vouches for left what it made: to be read as a stranger's files are."""
        return self.folder / UNTRUSTED

    def remaining(self) -> float | None:
        """Seconds left to this step, or None for no limit."""
        return None if self.deadline is None else self.deadline - time.monotonic()

    def patience(self, least: float) -> Callable[[], float | None]:
        """Tells the seconds left: `least` from now on in any case, so that what begins at the last moment is whole."""
        end = time.monotonic() + least

        def left() -> float | None:
            remaining = self.remaining()
            return None if remaining is None else max(remaining, end - time.monotonic())

        return left

    def is_over(self) -> bool:
        """Whether its time is up."""
        left = self.remaining()
        return left is not None and left <= 0

    def progress(self, stage: str, done: float | None = None, total: float | None = None, **facts: Any) -> None:
        """Tell the console: `progress("download", 512, 2048, unit="bytes")`, `progress("epoch", 3, 12, loss=0.4)`."""
        self.emit(Progress(stage=stage, done=done, total=total, **facts))

    def note(self, message: str, **facts: Any) -> None:
        """A line worth keeping in the journal: a decision taken, a recovery, something odd in the data."""
        self.emit(Note(message=message, **facts))

    def path(self, text: str) -> Path:
        """The file or folder that a path in arguments or results names."""
        return Path(text) if Path(text).is_absolute() else self.run / text

    def name(self, path: Path) -> str:
        """The reverse of `path`: run-relative where the file lies in the run folder, else absolute."""
        path = path.absolute()
        return str(path.relative_to(self.run)) if path.is_relative_to(self.run) else str(path)
