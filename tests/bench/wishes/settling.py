"""A paragraph and a folder → the task with every wish bound to the data that lie there, without a training.

Reads the paragraph, looks at the files as the step `inspect` does, and settles; in this process and without a sandbox.
"""

from functools import cache
from pathlib import Path
from typing import Any

from noglue.agent.planners.rules import Rules
from noglue.agent.settle.settling import settle as settled
from noglue.agent.task import Constraints, Task
from noglue.tools import inspect
from noglue.tools.spec.errors import ToolError
from noglue.tools.spec.profiles import Profile
from noglue.tools.spec.step import Step


def settle(text: str, folder: Path) -> dict[str, Any]:
    """A task as a dict; `{"error": …}` for what is refused."""
    try:
        return settled(*looked_at(text, folder)).task.model_dump()
    except ToolError as error:
        return {"error": {"message": error.message, "hint": error.hint, "kind": error.kind}}


def looked_at(text: str, folder: Path) -> tuple[Task, list[Profile]]:
    """The paragraph as it is read, and what the files may be. Raises ToolError for what is refused."""
    rules = Rules()
    task = rules.understand(text, [str(folder)], Constraints())
    rules.plan(task)
    return task, _profiles(str(folder), task.goal, task.modality)


@cache
def _profiles(folder: str, goal: Any, modality: Any) -> list[Profile]:
    place = Path(folder)
    step = Step(run=place.parent, folder=place.parent, seed=0, device="cpu")
    found = inspect.run(inspect.Args(roots=[place.name], goal=goal, modality=modality), step)
    return list(found.profiles)
