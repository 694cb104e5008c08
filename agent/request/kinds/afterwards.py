"""What is wished beside the model: explanations, export, a service, intervals, privacy, fairness, size, speed.

>>> [(mark.kind, mark.value) for mark in find(Heard.of("predict price with 90% prediction intervals", []))]
[('intervals', 0.9)]

The groups of the TOML file are the kinds.
"""

import re
from typing import Any

from noglue.agent.request import quantities, things
from noglue.agent.request.heard import Heard
from noglue.agent.request.kinds.forecasting import AHEAD
from noglue.agent.request.lexicon import groups, matches
from noglue.agent.request.marks import Mark, free
from noglue.agent.request.wish import Wish
from noglue.agent.task import GoalName, Task
from noglue.tools.spec import goals

TURN = 22
SHAPES: dict[str, tuple[Any, ...]] = {
    "explain": (True,),
    "export": (True, "onnx"),
    "serve": (True,),
    "intervals": (True, 0.9),
    "calibrate": (True,),
    "privacy": (True,),
    "fairness": (True, {"columns": ["words"]}),
    "robustness": (True,),
    "size": (True, "words"),
    "speed": (True, "words"),
}
NOT_YET = {
    "export": "a model can't be exported to other formats yet; it stays in model/ and is used by `noglue predict`",
    "serve": "there is no service yet; `noglue predict` answers from the command line",
    "calibrate": "probabilities are not calibrated on request yet; the report shows how far they can be trusted",
    "privacy": "no guarantee of privacy can be given for what the model has learned yet",
    "fairness": "fairness between groups is neither measured nor enforced yet",
    "robustness": "robustness is neither measured nor trained for yet",
    "size": "the size of the model can't be limited yet",
    "speed": "the speed of the model can't be asked for yet",
}
_PRIVATE = re.compile(r"(?i)differen[tz]i|différentielle|diferencial|\bdp-?sgd\b|epsilon")
_ATTACKED = re.compile(r"(?i)\b(?:pgd|fgsm|auto-?attack|deepfool|carlini|advers\w*)\b")
_HOPED = re.compile(
    r"(?i)\b(?:ideally|if possible|if you can|would be nice|idealerweise|wenn möglich|am liebsten|idéalement|"
    r"si possible|"
    r"idealmente|si es posible|si se puede)\b"
)


def find(heard: Heard) -> list[Mark]:
    """One mark for each wish; the value is what is wished, as far as the words say it, or True."""
    found: list[Mark] = []
    for clause in heard.still():
        for kind in groups(__file__):
            for match in matches(__file__, kind, clause.text):
                start, end = clause.start + match.start(), clause.start + match.end()
                if match[0].strip() and free(start, end, found):
                    value = _demand(kind, match[0], heard.words[clause.start : clause.end]) or _value(kind, match)
                    found.append(Mark(start, end, kind, value, heard.words[start:end]))
    return _once(found)


def _once(found: list[Mark]) -> list[Mark]:
    """Two ways to say the same within a request are one wish; the second is explained by it."""
    kept: dict[str, Mark] = {}
    for mark in sorted(found, key=lambda mark: (mark.value is True, mark.start)):
        kept.setdefault(mark.kind, mark)
    return [
        mark if kept[mark.kind] is mark else Mark(mark.start, mark.end, "background", None, mark.words)
        for mark in found
    ]


def _demand(kind: str, words: str, clause: str) -> str | None:
    """`differential` privacy, robustness against an `adversarial` attack: a technique by its name, and no mere hope."""
    named = {"privacy": ("differential", _PRIVATE), "robustness": ("adversarial", _ATTACKED)}
    if kind not in named or _HOPED.search(clause):
        return None
    value, pattern = named[kind]
    return value if pattern.search(words) else None


def _value(kind: str, match: "re.Match[str]") -> Any:
    parts = match.groupdict()
    if kind == "fairness":
        named = things.listed(parts.get("list") or "")
        return named.value() or True
    if kind == "intervals":
        return _coverage(parts) or True
    return parts.get("value").lower() if parts.get("value") and kind == "export" else parts.get("value") or True  # type: ignore[union-attr]


def _coverage(parts: dict[str, str | None]) -> float | None:
    """`90 %`, `nine times in ten`."""
    if stated := parts.get("value"):
        return quantities.share(stated)
    if (hit := parts.get("value2")) and (of := parts.get("of")):
        return round(quantities.number(hit) / quantities.number(of), 6)
    return None


def impossible(wish: Wish, task: Task, goal: GoalName | None) -> str | None:
    if wish.kind in NOT_YET:
        return NOT_YET[wish.kind]
    if wish.kind == "intervals" and wish.value is not True and not 0 < float(wish.value) < 1:
        return "an interval that always holds the truth says nothing"
    if wish.kind == "intervals" and _ahead(task, goal):  # what comes next is always told with intervals
        return None
    if goal is not None and goals.load(goal).calibrate is None:
        return f"that is for predictions, and this model {goals.load(goal).does.removeprefix('it ')}"
    return None


def _ahead(task: Task, goal: GoalName | None) -> bool:
    return goals.continues(goal) or any(one.value == AHEAD for one in task.wishes)


def effects(wish: Wish, task: Task, goal: GoalName | None) -> dict[str, dict[str, Any]]:
    if wish.kind != "intervals":
        return {}
    level = {} if wish.value is True else {"level": float(wish.value)}
    return {"prepare": level} if _ahead(task, goal) else {"evaluate": {"intervals": True} | level}


def done(wish: Wish, evidence: Any) -> tuple[bool, str]:
    evaluated = evidence.result("evaluate")
    if wish.kind == "explain":
        explained = evaluated.get("explained") or {}
        told = bool(explained.get("importances") or explained.get("because"))
        return told, "in the report; of new rows with `noglue predict … --explain`" if told else _unexplained(explained)
    if made := evaluated.get("forecast"):
        return _forecast(wish, made, evaluated)
    promised = evaluated.get("guarantee")
    if promised is None:
        return False, "no rows were left to say how sure the predictions are"
    asked = 0.9 if wish.value is True else float(wish.value)
    counted = promised["coverage"]
    where = "beside each prediction" if evaluated.get("intervals_written") else "with `noglue predict … --intervals`"
    said = f"{where}; promised for {100 * promised['level']:.4g} % of new rows"
    said += "" if counted is None else f", counted for {100 * counted['value']:.1f} % of the test rows"
    return promised["level"] >= asked - 1e-9, said


def _forecast(wish: Wish, made: dict[str, Any], evaluated: dict[str, Any]) -> tuple[bool, str]:
    """The intervals of a forecast, at the level asked for."""
    held = ((evaluated.get("metrics") or {}).get("test") or {}).get("interval_coverage") or {}
    why = f"{100 * made['level']:g} % intervals; they held {100 * held.get('value', 0.0):.0f} % of the test values"
    return wish.value in (True, made["level"]), why


def _unexplained(explained: dict[str, Any]) -> str:
    return "; ".join(explained.get("notes") or []) or "there was nothing to explain: one column, and no errors"
