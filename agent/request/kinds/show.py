"""What is to be shown: the confusion matrix, mistakes, curves, whether a generator copied, the likeliest rows.

>>> [(mark.kind, mark.value) for mark in find(Heard.of("give me the 20 customers most likely to churn", []))]
[('top', {'count': 20}), ('target', {'words': 'churn'})]
"""

from typing import Any

from noglue.agent.request import quantities
from noglue.agent.request.heard import Heard
from noglue.agent.request.lexicon import groups, matches
from noglue.agent.request.marks import Mark, free
from noglue.agent.request.wish import Wish
from noglue.agent.task import GoalName, Task

TURN = 21
SHAPES: dict[str, tuple[Any, ...]] = {
    "show": ("confusion|mistakes|precision|recall|curve|table|scores|samples|memorization|…",),
    "top": ({"count": 20},),
}
SHOWN = frozenset(
    ("confusion", "mistakes", "precision", "recall", "curve", "memorization", "samples", "scores", "metrics", "table",
     "report")
)  # fmt: skip


def find(heard: Heard) -> list[Mark]:
    """Marks of `show` and `top`; the rows most likely to do something name a target too."""
    found: list[Mark] = []
    for clause in heard.still():
        for group in groups(__file__):
            for match in matches(__file__, group, clause.text):
                start, end = clause.start + match.start(), clause.start + match.end()
                if not free(start, end, found):
                    continue
                if group != "top":
                    found.append(Mark(start, end, "show", group, heard.words[start:end]))
                    continue
                count = int(quantities.number(match["n"]))
                does = match.groupdict().get("do")
                stop = clause.start + match.start("do") if does else end
                if count > 0:
                    found.append(Mark(start, stop, "top", {"count": count}, heard.words[start:end]))
                if does:
                    found.append(Mark(stop, end, "target", {"words": does.strip()}, does.strip()))
    return found


def impossible(wish: Wish, task: Task, goal: GoalName | None) -> str | None:
    return "the report does not show that yet" if wish.kind == "show" and wish.value not in SHOWN else None


def effects(wish: Wish, task: Task, goal: GoalName | None) -> dict[str, dict[str, Any]]:
    return {"evaluate": {"top": int(wish.value["count"])}} if wish.kind == "top" else {}


def done(wish: Wish, evidence: Any) -> tuple[bool, str]:
    evaluated = evidence.result("evaluate")
    if wish.kind == "show":
        memorization = (evaluated.get("generation") or {}).get("memorization")
        return wish.value != "memorization" or bool(memorization), "in the report"
    listed = evaluated.get("top") or {}
    count = int(listed.get("count", 0))
    if not count:
        return False, "no list was made"
    why = f"top {count} of the {listed['of']}, ranked by {listed['by']}, in {listed['file']}"
    return count == int(wish.value["count"]), why
