"""What a sandbox is: it starts a command as a `Child` that may touch what its `Confinement` names, within `Limits`.

A sandbox is a module of `tools/sandbox/`; `tools/sandbox/__init__.py` picks one that works here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol


@dataclass(frozen=True)
class Limits:
    """For one step, children included where the system can. None: not limited."""

    memory_bytes: int | None = None
    file_bytes: int | None = 64 << 30
    folder_bytes: int | None = 256 << 30
    processes: int = 512
    open_files: int = 4096
    cpu_seconds: int | None = None


@dataclass(frozen=True)
class Confinement:
    """What one step may touch. Everything not named is out of sight.

    folder: its own folder, writable, the working directory. reads, writes: other files or folders.
    run: the run folder, of which nothing else is shown; None: two above `folder` (`steps/01-download`).
    descriptors: inherited file descriptors (the network channel), kept under the same numbers.
    """

    folder: Path
    reads: tuple[Path, ...] = ()
    writes: tuple[Path, ...] = ()
    run: Path | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    descriptors: tuple[int, ...] = ()
    device: bool = False
    limits: Limits = Limits()


class Ended(StrEnum):
    """What ended a step that did not end by itself."""

    KILLED = "killed"
    MEMORY = "memory"
    FOLDER_SIZE = "folder-size"
    FOLDER_DEPTH = "folder-depth"
    FILE_COUNT = "file-count"
    UNWATCHED = "unwatched"
    CPU_TIME = "cpu-time"


class Child(Protocol):
    """A running step.

    ended: None while it runs, and when it ended by itself.
    """

    pid: int
    stdout: Any  # binary pipe
    ended: Ended | None

    def wait(self, timeout: float | None = None) -> int:
        """The exit status (negative: the signal). Raises subprocess.TimeoutExpired. Leaves no process behind."""

    def kill(self) -> None:
        """End the step and everything it started, at any moment of its life."""

    def pause(self) -> None:
        """Stop the step and everything it started where they are, until `go_on` or `kill`."""

    def go_on(self) -> None:
        """Let it all run again."""

    def processor_seconds(self) -> float:
        """What it and its descendants have computed so far."""


class Sandbox(Protocol):
    """holds: what it keeps a step from, and what not, for a person to read."""

    @property
    def holds(self) -> str: ...

    def available(self) -> str | None:
        """None when it works here, else the reason why not, in words, with what to install."""

    def start(self, command: Sequence[str], inside: Confinement, stderr: Any) -> Child:
        """Run `command`. `stderr`: a writable file. Raises NoSandbox when the confinement can't be set up."""
