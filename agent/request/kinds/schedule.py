"""How a network is trained: for how many epochs, in batches of which size, at which learning rate.

>>> [(mark.kind, mark.value) for mark in find(Heard.of("Train for 5 epochs with a batch size of 32.", []))]
[('epochs', 5), ('batch_size', 32)]

Families say in `SETTINGS` which of them they keep to; others can't, and that is told.
"""

import math
import re
from typing import Any

from noglue.agent.request import families, quantities
from noglue.agent.request.heard import Heard
from noglue.agent.request.lexicon import groups, matches
from noglue.agent.request.marks import Mark, free, unwanted
from noglue.agent.request.wish import Wish
from noglue.agent.task import GoalName, Task
from noglue.tools import models
from noglue.tools.spec import catalogue

TURN = 13
SHAPES: dict[str, tuple[Any, ...]] = {"epochs": (5,), "batch_size": (32,), "learning_rate": (0.01,)}
_PAST = re.compile(  # what others did before, or a question, which ask for nothing
    r"(?i)\b(?:i|we|they|he|she|colleagues?|was|were|had|been|last|before|previous\w*|earlier|hat|hatten?|"
    r"haben|wurde|letzt\w*|früher|vorher|avons|avait|ont|dernièr\w*|hemos|había|habían|pasado)\b[^.;!?]{0,60}?"
    r"\b(?:trained|used|ran|took|trainiert|benutzt|genommen|entraîné|utilisé|entrenado|entrenamos|usado|usamos)\b|"
    r"\b(?:trained|used|ran|took)\b[^.;!?]{0,60}\b(?:last|before|earlier|previously)\b|"
    r"\bhow many\b|\bwie viele\b|\bcombien\b|\bcuánt"
)
_AGAINST = re.compile(r"(?i)\b(?:don't|do not|never|nicht|keine?|ne|no|pas)\s+$")
_MEANT = re.compile(r"(?i)\b(?:should|must|shall|needs?|to be|please|soll\w*|muss|bitte|doit|doivent|debe\w*)\b")
_OF_DATA = re.compile(r"(?i)\s+(?:of|from|der|von|de|del|du)\b")  # after a number of epochs that are no training's
_OF_ROWS = re.compile(r"(?i)\b(?:where|only (?:the )?rows|rows with|whose|wo|nur zeilen|donde|où|each|every|per)\b")


def find(heard: Heard) -> list[Mark]:
    """Marks of `epochs`, `batch_size` and `learning_rate`, one of each."""
    found: list[Mark] = []
    for kind in groups(__file__):
        for match in matches(__file__, kind, heard.left):
            start, end, value = match.start(), match.end(), _value(kind, match["n"])
            met = any(mark.kind == kind for mark in found) or not free(start, end, found)
            of_data = kind == "epochs" and _OF_DATA.match(heard.left, end) is not None
            if value is not None and not met and not of_data and _is_asked(heard, start):
                found.append(Mark(start, end, kind, value, heard.words[start:end]))
    return found


def _is_asked(heard: Heard, at: int) -> bool:
    """Whether the clause asks for it, and speaks of no rows, of no past training and against none."""
    clause = next((one for one in heard.clauses if one.start <= at < one.end), None)
    text = heard.words if clause is None else heard.words[clause.start : clause.end]
    past = _PAST.search(text) is not None and _MEANT.search(text) is None
    return (
        not past
        and _OF_ROWS.search(text) is None
        and not (unwanted(heard.words, at) or _AGAINST.search(heard.words[:at]))
    )


def _value(kind: str, words: str) -> float | None:
    """None for what no training can be: no epoch, half a batch, a rate of one or more."""
    if kind == "learning_rate":
        rate = float(words.replace(",", "."))
        return rate if 0 < rate < 1 else None
    value = quantities.number(words)
    return int(value) if value >= 1 and value == int(value) else None


# ---- what becomes of them ----------------------------------------------------------------------------------------


def impossible(wish: Wish, task: Task, goal: GoalName | None) -> str | None:
    """Where the kind of model that is wanted, or all that suit the data, have no such setting."""
    name = wish.kind.replace("_", " ")
    wanted = task.constraints.family
    if wanted is not None:
        return None if wish.kind in models.settings(wanted) else f"{wanted.replace('_', ' ')} has no {name} to set"
    if goal is None or task.modality is None:
        return None
    suited = (one for one in catalogue.names("noglue.tools.models") if wish.kind in models.settings(one))
    able = any((goal, task.modality) in families.abilities(one) for one in suited)
    one = name if wish.kind == "epochs" else f"a {name}"
    return None if able else f"no kind of model for such data has {one} to set here"


def effects(wish: Wish, task: Task, goal: GoalName | None) -> dict[str, dict[str, Any]]:
    return {"train": {"asked": {wish.kind: wish.value}}}


def done(wish: Wish, evidence: Any) -> tuple[bool, str]:
    trained = evidence.result("train")
    family, name = str(trained.get("family")), wish.kind.replace("_", " ")
    used = (trained.get("settings") or {}).get(wish.kind)
    if used is None or wish.kind not in _settable(family):
        return False, f"the model, {family.replace('_', ' ')}, has no {name} to set"
    done = round(used) == wish.value if wish.kind == "epochs" else math.isclose(used, wish.value)
    short = " as the time was up" if wish.kind == "epochs" and trained.get("by_clock") else ""
    return done, f"{name}: {used:g}" if done else f"{name}: {used:g} of {wish.value:g}{short}"


def _settable(family: str) -> tuple[str, ...]:
    """None of several targets' families at once."""
    return models.settings(family) if family in catalogue.names("noglue.tools.models") else ()
