"""Settings of one kind of model: how deep its trees are, how many, how many neighbours, rounds, how regularised.

>>> [(mark.kind, mark.value) for mark in find(Heard.of("Use a decision tree of at most depth 4.", []))]
[('depth', 4)]

Families say in `OPTIONS` which of them they take; of another kind of model, or of none, they are told as not done.
"""

from typing import Any

from noglue.agent.request import quantities
from noglue.agent.request.heard import Heard
from noglue.agent.request.kinds import model
from noglue.agent.request.lexicon import groups, matches
from noglue.agent.request.marks import Mark, free, unwanted
from noglue.agent.request.wish import Wish
from noglue.agent.task import GoalName, Task
from noglue.tools import models
from noglue.tools.spec import catalogue

TURN = 14
SHAPES: dict[str, tuple[Any, ...]] = {
    "depth": (4,),
    "trees": (500,),
    "neighbours": (5,),
    "rounds": (300,),
    "patience": (20,),
    "strength": (10.0,),
}
_IN_WORDS = {"strength": "regularisation", "patience": "number of rounds to wait"}
_BESIDE_A_MODEL = ("trees", "neighbours", "rounds", "strength")  # elsewhere these words speak of other things


def find(heard: Heard) -> list[Mark]:
    """One mark of each setting at most; trees and neighbours only where a kind of model is named in the request."""
    found: list[Mark] = []
    names_a_model = bool(model.places(heard.words))
    for kind in groups(__file__):
        if kind in _BESIDE_A_MODEL and not names_a_model:
            continue
        for match in matches(__file__, kind, heard.left):
            start, end = match.start(), match.end()
            value = _value(kind, match["n"])
            met = any(mark.kind == kind for mark in found) or not free(start, end, found)
            if value is not None and not met and not unwanted(heard.words, start):
                found.append(Mark(start, end, kind, value, heard.words[start:end]))
    return found


def _value(kind: str, words: str) -> float | None:
    """None for what no model can have: no tree, half a neighbour, a strength of nothing."""
    value = quantities.number(words)
    if kind == "strength":
        return value if value > 0 else None
    return int(value) if value >= 1 and value == int(value) else None


# ---- what becomes of them ----------------------------------------------------------------------------------------


def impossible(wish: Wish, task: Task, goal: GoalName | None) -> str | None:
    """Where the kind of model that is wanted has no such setting, or none is named."""
    name = _IN_WORDS.get(wish.kind, wish.kind)
    wanted = task.constraints.family
    if wanted is not None:
        return None if _option(wish.kind, wanted) else f"{wanted.replace('_', ' ')} has no {name} to set here"
    able = [one.replace("_", " ") for one in catalogue.names("noglue.tools.models") if _option(wish.kind, one)]
    return f"the {name} can be set where the kind of model is named: {', '.join(able)}"


def _option(kind: str, family: str) -> str | None:
    """What the family calls it: boosted trees are grown one a round."""
    options = models.options(family)
    return kind if kind in options else "rounds" if kind == "trees" and "rounds" in options else None


def effects(wish: Wish, task: Task, goal: GoalName | None) -> dict[str, dict[str, Any]]:
    option = _option(wish.kind, str(task.constraints.family))
    return {"train": {"options": {option: wish.value}}} if option is not None else {}


def done(wish: Wish, evidence: Any) -> tuple[bool, str]:
    name = _IN_WORDS.get(wish.kind, wish.kind)
    family = str(evidence.result("train").get("family"))
    there = family in catalogue.names("noglue.tools.models")
    option = _option(wish.kind, family) if there else None
    asked = (evidence.args("train").get("settings") or {}).get("options", {})
    if option is None or asked.get(option) != wish.value:
        return False, f"the model, {family.replace('_', ' ')}, has no {name} to set here"
    most = "at most " if wish.kind in ("depth", "rounds") or option == "rounds" else ""
    return True, f"{name}: {most}{wish.value:g}"
