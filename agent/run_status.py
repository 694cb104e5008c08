"""How a run stands at this moment: `run.json` as it will stand if its process is killed, and what a living one is at.

    >>> read(RunFolder.find(runs, "latest"))["progress"]
    {'step': 'train', 'number': 3, 'stage': 'epoch', 'share': 0.4, 'seconds': 95.2, 'seconds_left': 140.0}

A run that another noglue works on has the status `running`, as long as that holds the folder's lock: a process that was
killed never runs for ever. What it is at, it writes into `.progress.json` every other second.
"""

import time
from contextlib import suppress
from typing import Any

from pydantic import BaseModel, Field, ValidationError

from noglue.agent.events import Ended, Event, Failed, Finished, Note, Progress, Started
from noglue.agent.run_folder import RunFolder, as_json
from noglue.tools.files import beneath
from noglue.tools.spec.errors import DataError, Kind, ToolError

NAME = ".progress.json"
EVERY_SECONDS = 2.0
PARTS = {"run": str, "status": str, "task": dict, "seconds": dict, "path": str}  # what every run.json has
EMPTY = ("wishes", "files", "rows", "data", "metrics", "model", "verdict", "guarantee", "generation", "error")


class Standing(BaseModel):
    """What a running run is at. number: of the step's folder. stage: the step's own word for what it does.

    share: how much of that is done, 0…1; None where no total is known. seconds: since the session began, of which
    `seconds_left` are still to come by the step's own reckoning.
    """

    step: str
    number: int = 0
    stage: str = ""
    share: float | None = Field(default=None, ge=0, le=1)
    seconds: float = Field(ge=0)
    seconds_left: float | None = Field(default=None, ge=0)


class ProgressFile:
    """An observer that leaves what the run is at in its folder, for `noglue runs` and `noglue show`."""

    def __init__(self, folder: RunFolder) -> None:
        self._folder, self._began, self._last = folder, time.monotonic(), 0.0
        self._now: Started | None = None

    def event(self, event: Event) -> None:
        match event:
            case Started():
                self._now = event
                self._write("", None, None)
            case Progress() if self._now is not None and time.monotonic() - self._last >= EVERY_SECONDS:
                share = min(1.0, max(0.0, event.done / event.total)) if event.done is not None and event.total else None
                left = event.facts.get("seconds_left")
                self._write(event.stage, share, float(left) if isinstance(left, int | float) and left >= 0 else None)
            case Finished() | Failed() | Note() | Ended():
                pass

    def remove(self) -> None:
        with suppress(OSError):
            (self._folder.path / NAME).unlink(missing_ok=True)

    def _write(self, stage: str, share: float | None, left: float | None) -> None:
        """A disk that is full ends no run here: whoever needs the room will say so."""
        assert self._now is not None
        self._last = time.monotonic()
        standing = Standing(step=self._now.step, number=self._now.number, stage=stage[:100], share=share,
                            seconds=round(self._last - self._began, 1), seconds_left=left)  # fmt: skip
        with suppress(OSError, ToolError):
            beneath.write(self._folder.path, NAME, as_json(standing.model_dump()), sync=False)


def read(found: RunFolder) -> dict[str, Any]:
    """run.json's content, with where the folder lies now in `path`; `running`, with `progress`, while it does.

    Raises DataError `damaged-run` when it was not written by a run.
    """
    running = found.busy()
    try:
        content = found.read_json("run.json")
    except DataError:
        if not running or beneath.there(found.path, "run.json") is not None:
            raise
        content = _beginning(found)
    if not isinstance(content, dict) or not all(isinstance(content.get(name), kind) for name, kind in PARTS.items()):
        raise not_of_a_run(found)
    content |= {"path": str(found.path)}
    if running and content["status"] in ("running", "interrupted"):
        content |= {"status": "running", "progress": _progress(found)}
    return content


def in_words(content: dict[str, Any]) -> str:
    """`running (train, 40 %)`; of a run that has ended its status alone."""
    progress = content.get("progress")
    if not isinstance(progress, dict):
        return str(content["status"])
    at = Standing.model_validate(progress)
    return f"running ({at.step}{'' if at.share is None else f', {100 * at.share:.0f} %'})"


def as_a_sentence(content: dict[str, Any]) -> str:
    """`it failed`, `it is running (train, 40 %)`."""
    ended = {"failed": "it failed", "interrupted": "it was interrupted", "succeeded": "it succeeded"}
    return ended.get(str(content["status"])) or f"it is {in_words(content)}"


def not_of_a_run(found: RunFolder) -> DataError:
    return DataError(Kind.DAMAGED_RUN, f"{found.path / 'run.json'} was not written by a run.")


def _progress(found: RunFolder) -> dict[str, Any] | None:
    """None before the first step, and where the file holds anything else."""
    try:
        return Standing.model_validate(found.read_json(NAME)).model_dump()
    except (DataError, ValidationError):
        return None


def _beginning(found: RunFolder) -> dict[str, Any]:
    """Of a run in its first milliseconds, before there is a run.json."""
    task = found.read_json("task.json")
    facts = {"run": found.name, "status": "interrupted", "task": task, "seconds": {"total": 0.0}, "path": ""}
    return facts | dict.fromkeys(EMPTY) | {"candidates": []}
