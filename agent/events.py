"""The events of a run: what its steps say, and what the runner does with them. Consoles and the journal take the same.

    {"event": "started", "step": "train", "tool": "train", "number": 4, "why": "…", "seconds": 512.0}

A step writes its own (`Progress`, `Note`) to its standard output, a JSON object a line. They are read with distrust:
bounded in size and never blocking for long.
"""

import os
import selectors
from collections.abc import Iterator
from typing import IO, Annotated, Any, Literal

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from noglue.agent.plan import PlannedStep
from noglue.tools.spec.errors import Failure
from noglue.tools.spec.step import Note as Note
from noglue.tools.spec.step import Progress as Progress

LINE_LIMIT = 64 << 10
TOTAL_LIMIT = 64 << 20
TICK_SECONDS = 0.25


class Understood(BaseModel):
    """What the request was taken for, in one line."""

    event: Literal["understood"] = "understood"
    text: str


class Begun(BaseModel):
    """finished: the steps that an earlier session has done. key: the id of the user's key that signs the journal's
    head, empty where there is none."""

    event: Literal["begun", "resumed"] = "begun"
    task: dict[str, Any]
    planner: str
    sandbox: str
    device: str
    steps: list[PlannedStep]
    finished: list[str] = []
    key: str = Field(default="", exclude_if=lambda key: not key)


class Planned(BaseModel):
    """The plan from here on."""

    event: Literal["plan"] = "plan"
    planner: str
    steps: list[PlannedStep]


class Started(BaseModel):
    """seconds: what the step may take; None: without a limit."""

    event: Literal["started"] = "started"
    step: str
    tool: str
    number: int
    why: str
    seconds: float | None


class Finished(BaseModel):
    """aside: no part of the run itself, as a prediction with its model; `resume` passes over it.

    result: for those who watch; the journal has its hash alone. phases: what the seconds went into.
    """

    event: Literal["finished"] = "finished"
    step: str
    tool: str
    number: int
    seconds: float
    phases: dict[str, float] = Field(default={}, exclude_if=lambda phases: not phases)
    aside: bool = Field(default=False, exclude_if=lambda aside: not aside)
    result_sha256: str
    result: dict[str, Any] = Field(default={}, exclude=True)


class Failed(BaseModel):
    event: Literal["failed"] = "failed"
    step: str
    tool: str
    number: int
    seconds: float
    aside: bool = Field(default=False, exclude_if=lambda aside: not aside)
    error: Failure


class Ended(BaseModel):
    """The session's end. seconds: of the whole run. files: what it leaves, by hash (`agent/run_files.py`); None in what
    an earlier version wrote, which covered none."""

    event: Literal["ended"] = "ended"
    status: str
    error: dict[str, Any] | None
    seconds: float
    files: dict[str, Any] | None = None


class PartialLineRemoved(BaseModel):
    """characters: of a last line that was never written to its end."""

    event: Literal["torn-line-removed"] = "torn-line-removed"
    characters: int


Event = Annotated[
    Understood | Begun | Planned | Started | Progress | Note | Finished | Failed | Ended | PartialLineRemoved,
    Field(discriminator="event"),
]
_EVENT: TypeAdapter[Event] = TypeAdapter(Event)
_OF_A_STEP: TypeAdapter[Progress | Note] = TypeAdapter(Annotated[Progress | Note, Field(discriminator="event")])


def parse(line: dict[str, Any]) -> Event | None:
    """Of a journal's line; None for one that this version does not know."""
    try:
        return _EVENT.validate_python(line)
    except ValidationError:
        return None


def read_events(stream: IO[bytes]) -> Iterator[Progress | Note | None]:
    """A step's events as they come; None every quarter of a second without one. Ends when the stream does.

    Lines that are too long or no events are dropped, and everything past 64 MiB.
    """
    buffer, total, skipping = b"", 0, False
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        while True:
            if not selector.select(TICK_SECONDS):
                yield None
                continue
            chunk = os.read(stream.fileno(), LINE_LIMIT)
            if not chunk:
                return
            total += len(chunk)
            if total > TOTAL_LIMIT:
                yield None
                continue
            *lines, buffer = (buffer + chunk).split(b"\n")
            for line in lines:
                if not skipping:
                    yield _of_a_step(line)
                skipping = False
            if len(buffer) > LINE_LIMIT:
                buffer, skipping = b"", True


def _of_a_step(line: bytes) -> Progress | Note | None:
    try:
        return _OF_A_STEP.validate_json(line)
    except ValidationError:
        return None
