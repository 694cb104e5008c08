"""The errors a planner can act on.

    ToolError                 never raised itself
    ├── BadUsage      exit 2  a flag or a name that makes no sense
    ├── TaskUnclear   exit 3  the task can't be understood; `hint` says what to add
    ├── DataError     exit 4  the data can't be had or used
    ├── StepFailed    exit 5  a step failed for a reason that is known
    ├── BudgetSpent   exit 6  the time ran out before there was a model
    ├── NoSandbox     exit 7  nothing here confines a step
    └── ScoreTooLow   exit 8  the run is done, and a score is worse than `--fail-under` asks

Anything else that a step raises is a bug: it stops the run (exit 5, kind `bug`) and its log is kept.
"""

from typing import Any, ClassVar

from pydantic import BaseModel, Field

from noglue.tools.spec.error_kinds import Kind as Kind
from noglue.tools.spec.error_kinds import Remedy as Remedy


class ToolError(Exception):
    """A failure with a name, told to a person and acted on by a planner.

    kind: what happened, with the remedies that a planner may try.
    message: one short paragraph: what happened, and to which input.
    hint: what the user can do about it.
    data: facts for the planner, JSON-serialisable (`{"url": …, "batch_size": 512}`).
    """

    code: ClassVar[int] = 5

    def __init__(self, kind: Kind, message: str, *, hint: str = "", **data: Any) -> None:
        super().__init__(message)
        if hint:
            self.add_note(hint)  # under a traceback, where nobody catches it
        self.kind, self.message, self.hint, self.data = kind, message, hint, data

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows in a traceback's place: one paragraph. Read by IPython."""
        return [f"{type(self).__name__}: {self.message}", *([self.hint] if self.hint else [])]

    def failure(self, step: str | None = None) -> "Failure":
        """What travels through files. step: the folder of the step that failed."""
        return Failure(code=self.code, kind=self.kind, message=self.message, hint=self.hint, data=self.data, step=step)


class Failure(BaseModel):
    """A ToolError in `result.json` and in the journal. A kind that this version does not know is `Kind.OTHER`."""

    code: int
    kind: Kind
    message: str
    hint: str = ""
    data: dict[str, Any] = {}
    step: str | None = Field(default=None, exclude_if=lambda step: step is None)

    def error(self) -> ToolError:
        """As it was raised, with its class found by `code`."""
        known = (BadUsage, TaskUnclear, DataError, StepFailed, BudgetSpent, NoSandbox, ScoreTooLow)
        kind_of_error = next((one for one in known if one.code == self.code), StepFailed)
        return kind_of_error(self.kind, self.message, hint=self.hint, **self.data)


class BadUsage(ToolError):
    code = 2


class TaskUnclear(ToolError):
    code = 3


class DataError(ToolError):
    code = 4


class StepFailed(ToolError):
    code = 5


class BudgetSpent(ToolError):
    code = 6


class NoSandbox(ToolError):
    code = 7


class ScoreTooLow(ToolError):
    """data: `path`, the run's folder, and `fail_under`, as in run.json."""

    code = 8
