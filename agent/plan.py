"""Typed steps, and how one step's arguments take what an earlier step found."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, Field

from noglue.tools.spec import catalogue


class PlannedStep(BaseModel):
    """One call of a tool.

    id: unique in the plan, also the end of its folder's name (`steps/01-download`).
    args: the tool's arguments as far as the planner states them.
    needs: argument → `step.field`, filled in from that step's result when it runs:
        {"files": "download.files"}; `inspect.profiles.2` is the third of a list.
    timed: whether the budget may end it; a step that only tells what is known by then (report) is not timed.
    least_seconds: what a timed step is told it has, however little is left. It keeps to its time by doing less, and is
        not stopped for taking longer: it comes after the model, which must not be lost.
    reserve_seconds: of the budget, to leave to the steps after it.
    public: its arguments end in something that people are shown; secrets are taken out of them.
    why: one line for the person who reads the plan.
    title: of the data that a download fetches. since: why the data before it was left. Both are written where known.
    """

    id: str
    tool: str
    args: dict[str, Any] = {}
    needs: dict[str, str] = {}
    timed: bool = True
    least_seconds: float | None = None
    reserve_seconds: float = 0.0
    public: bool = False
    why: str = ""
    title: str = Field(default="", exclude_if=lambda title: not title)
    since: str = Field(default="", exclude_if=lambda since: not since)


class Plan(BaseModel):
    """Steps in order."""

    steps: list[PlannedStep]

    def step(self, id: str) -> PlannedStep:
        """The step of that id. Raises KeyError."""
        for step in self.steps:
            if step.id == id:
                return step
        raise KeyError(id)


def may_fill(tool: str, argument: str, source: str, giving: str) -> bool:
    """Whether this argument of `tool` may be filled in from `source`, a result of the tool `giving` or a part of it.

    A part is a field as the tool declares it (`FILLED_BY`), or one element of a list there; nothing deeper.
    """
    field = source.partition(".")[2]
    wanted = getattr(catalogue.load("noglue.tools", tool), "FILLED_BY", {}).get(argument, ())
    plain = re.sub(r"\.\d+$", "", field)
    return (f"{giving}.{plain}" if plain else giving) in wanted


def needed(source: str, results: Mapping[str, Any]) -> Any:
    """What `step.field` or `step.field.2` names. Raises KeyError, IndexError, TypeError or ValueError for nothing."""
    id, *fields = source.split(".")
    found = results[id]
    for field in fields:
        found = found[int(field)] if isinstance(found, list) else found[field]
    return found
