"""The errors a planner can act on.

    ToolError                 never raised itself
    ├── BadUsage      exit 2  a flag or a name that makes no sense
    ├── TaskUnclear   exit 3  the task can't be understood; `hint` says what to add
    ├── DataError     exit 4  the data can't be had or used
    ├── StepFailed    exit 5  a step failed for a reason that is known
    ├── BudgetSpent   exit 6  the time ran out before there was a model
    └── NoSandbox     exit 7  nothing here confines a step

Anything else that a step raises is a bug: it stops the run (exit 5, kind `bug`) and its log is kept.
"""

from typing import Any, ClassVar

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
        self.kind, self.message, self.hint, self.data = kind, message, hint, data

    def to_dict(self) -> dict[str, Any]:
        """What travels through `result.json`."""
        return {
            "code": self.code,
            "kind": str(self.kind),
            "message": self.message,
            "hint": self.hint,
            "data": self.data,
        }


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


_BY_CODE: dict[int, type[ToolError]] = {
    c.code: c for c in (BadUsage, TaskUnclear, DataError, StepFailed, BudgetSpent, NoSandbox)
}


def from_dict(error: dict[str, Any]) -> ToolError:
    """The error that `to_dict` wrote, with its class found by `code`."""
    error_class = _BY_CODE.get(int(error["code"]), StepFailed)
    return error_class(
        Kind(str(error["kind"])), str(error["message"]), hint=str(error.get("hint", "")), **error.get("data", {})
    )
