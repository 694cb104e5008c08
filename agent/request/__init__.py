"""Reading the paragraph: what the user asked for, each axis with its confidence and its evidence.

>>> task = read("Predict Survived from ./data/train.csv, 10 minutes at most", [], Constraints())
>>> task.goal, task.sources, task.target, task.constraints.stated()
('classify', ['./data/train.csv'], 'Survived', {'budget_seconds': 600.0})

sources.py    URLs, paths, names         limits.py    budget, labels, rows, seed, device, offline
measures.py   the metric                 target_words.py  what is to be predicted
words.py      words for goal, modality   head.py   the sentence encoder's opinion on both
combine.py    all of it in one task      columns.py   which column a description means
alternatives.py  the classes that a paragraph names
task_summary.py the task in one line, and the one question worth asking
"""

from typing import TYPE_CHECKING

from noglue.agent.request.open_question import open_question
from noglue.agent.request.task_summary import understood

if TYPE_CHECKING:
    from noglue.agent.task import Constraints, Task

__all__ = ["open_question", "read", "understood"]


def read(paragraph: str, data: list[str], constraints: "Constraints") -> "Task":
    """The task of a paragraph; `data`, `constraints` are what the flags state, and win.

    Raises TaskUnclear (exit 3), with what to add, for anything that is no request to learn from data.
    """
    from noglue.agent.request.combine import Reader
    from noglue.agent.request.names import known
    from noglue.tools.pretrained.published import WeightsMissing
    from noglue.tools.pretrained.sentences import shared

    try:
        reader = Reader(known(), shared())
    except WeightsMissing as missing:
        reader = Reader(known(), None, str(missing))
    return reader.read(paragraph, data, constraints)
