"""A score that is hoped for: an error that is to stay below a number, and that the run is to fail where it does not.

>>> [(mark.kind, mark.value) for mark in find(Heard.of("RMSE should be below 80000, otherwise fail.", []))]
[('aim', {'measure': 'rmse', 'value': 80000.0}), ('metric', 'rmse'), ('fails', True)]

An aim changes nothing of what is learned; the finished run says whether the test rows reach it. That a run fails below
a score is for `--fail-under` to say. A least score that no threshold can be moved for becomes an aim too, once the
data are known (`agent/settle/bind_classes.py`).
"""

import re
from typing import Any

from noglue.agent.request import quantities
from noglue.agent.request.heard import Heard
from noglue.agent.request.kinds import measure
from noglue.agent.request.lexicon import matches
from noglue.agent.request.marks import Mark, free
from noglue.agent.request.wish import Wish
from noglue.agent.task import GoalName, Task

TURN = 17
SHAPES: dict[str, tuple[Any, ...]] = {"aim": ({"measure": "rmse", "value": 80000.0},), "fails": (True,)}
_BELOW = re.compile(
    r"(?i)\s*(?:(?:that |which )?(?:should|must|has to|needs to|ought to|is to|to|soll\w*|muss|doit|debe)\s+)?"
    r"(?:(?:be|stay|stays|remain|get|is|of|come out|rester|être|ser|estar)\s+)?"
    r"(?:below|under|at most|less than|lower than|smaller than|no more than|not more than|not above|<=|<|≤|"
    r"unter|höchstens|kleiner als|moins de|au plus|inférieure? à|menos de|como máximo|inferior a|por debajo de)\s*"
    rf"(?:€|\$|£)?\s*(?P<n>{quantities.NUMBER})(?P<percent>\s?%)?(?:\s*bleiben)?"
)


def find(heard: Heard) -> list[Mark]:
    """Marks of `aim`, each with its `metric`, and of `fails`."""
    found: list[Mark] = []
    for start, end, name in measure.lower_is_better(heard):
        match = _BELOW.match(heard.left[end:])
        if match is not None and free(start, end + match.end(), found):
            number = quantities.number(match["n"]) / (100 if match["percent"] else 1)
            words = heard.words[start : end + match.end()]
            value = {"measure": name, "value": number}
            found.append(Mark(start, end + match.end(), "aim", value, words))
            found.append(Mark(start, end, "metric", name, heard.words[start:end]))
    for clause in heard.still():
        for match in matches(__file__, "fails", clause.text):
            start, end = clause.start + match.start(), clause.start + match.end()
            if free(start, end, found):
                found.append(Mark(start, end, "fails", True, heard.words[start:end]))
    return found


def impossible(wish: Wish, task: Task, goal: GoalName | None) -> str | None:
    return "only --fail-under makes a run fail: --fail-under accuracy=0.9" if wish.kind == "fails" else None


def done(wish: Wish, evidence: Any) -> tuple[bool, str]:
    """Whether the test rows reach it, with both numbers."""
    from noglue.agent import fail_under

    asked = {wish.value["measure"]: wish.value["value"]}
    (found,) = fail_under.judged(asked, evidence.result("evaluate").get("metrics"))
    return found.met, fail_under.in_words(found)
