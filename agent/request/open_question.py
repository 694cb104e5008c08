"""The one question that is worth asking where a request leaves something open, and what its answer makes of the task.

>>> question = open_question(task)
>>> question.about, question.text
('target', 'Which column is to be predicted? (Enter: the data decides)')
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from noglue.agent.request.task_summary import named
from noglue.agent.request.wish import Wish
from noglue.tools.spec import goals, modalities

if TYPE_CHECKING:
    from noglue.agent.task import Task

ANSWERED = "answered at the terminal"


@dataclass(frozen=True)
class OpenQuestion:
    """about: what the answer is. choices: of a goal, the goals' names; shown: the same for a person to read."""

    about: Literal["source", "goal", "target"]
    text: str
    choices: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()


def open_question(task: "Task") -> OpenQuestion | None:
    """The one that would help most, or None when the data can decide the rest."""
    if not task.sources:
        what = f"learn {target} from" if (target := named(task)) else "learn from"
        form = "(a URL, a file, a folder, or the name of a well-known data set)"
        return OpenQuestion("source", f"Where is the data to {what}? {form}")
    if task.goal is None and task.target is None:
        names = tuple(goals.names())
        shown = tuple(f"{name}: {goals.load(name).thing}" for name in names)
        return OpenQuestion("goal", "What is to be learned?", names, shown)
    if goals.predicts(task.goal) and task.target is None and _of_cells(task):
        return OpenQuestion("target", "Which column is to be predicted? (Enter: the data decides)")
    return None


def with_goal(task: "Task", name: str) -> "Task":
    """The task with the goal that was chosen."""
    return _decided(task, "goal", name)


def with_column(task: "Task", name: str) -> "Task":
    """The task with the column that was named. Whether there is one, the data will tell."""
    return _decided(task, "target", name)


def _decided(task: "Task", field: Literal["goal", "target"], name: str) -> "Task":
    wish = Wish(text=name, kind=field, value=name if field == "goal" else {"words": name})
    return task.model_copy(
        update={
            field: name,
            "wishes": [*(one for one in task.wishes if one.kind != field), wish],
            "confidence": task.confidence | {field: 1.0},
            "evidence": task.evidence | {field: ANSWERED},
        }
    )


def _of_cells(task: "Task") -> bool:
    """Whether the data may be a table's columns."""
    if task.modality is None:
        return False
    return any(modalities.load(kind).cells for kind in (task.modality, *modalities.load(task.modality).comes_as))
