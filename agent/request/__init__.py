"""Reading the paragraph: what the user asked for, each axis with its confidence and its evidence.

>>> task = read("Predict Survived from ./data/train.csv, 10 minutes at most", [], Constraints())
>>> task.goal, task.sources, task.target, task.constraints.stated()
('classify', ['./data/train.csv'], 'Survived', {'budget_seconds': 600.0})

sources.py       URLs, paths, names of data sets     kinds/            the wishes, a file for each group of them
words.py         words for goal and modality         head.py           the sentence encoder's opinion on both
target_words.py  what is to be predicted             leftover.py       what no wish explains
combine.py       all of it in one task               task_summary.py   the task in one line
understand.py    the task and its plan, and the one question worth asking
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
