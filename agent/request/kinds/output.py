"""Where the answers are to be written, and how a column is to be taken.

>>> [(mark.kind, mark.value) for mark in find(Heard.of("Save the results as out.csv; treat sex as a category", []))]
[('output', 'out.csv'), ('as_kind', {'columns': ['sex'], 'kind': 'category'})]
"""

from typing import Any

from noglue.agent.request import things
from noglue.agent.request.heard import Heard
from noglue.agent.request.lexicon import matches
from noglue.agent.request.marks import Mark, free
from noglue.agent.request.wish import Wish
from noglue.agent.settle import mentions
from noglue.agent.task import GoalName, Task
from noglue.tools.spec.profiles import Profile

TURN = 11
SHAPES: dict[str, tuple[Any, ...]] = {
    "output": ("preds.csv",),
    "as_kind": ({"columns": ["words"], "kind": "category|number|text|date"},),
}
_KINDS = {"category": ("category", "boolean"), "number": ("number",), "text": ("text",), "date": ("date",)}


def find(heard: Heard) -> list[Mark]:
    """Marks of `output` and `as_kind`."""
    found: list[Mark] = []
    for match in matches(__file__, "output", heard.words):
        start, end = match.start(), match.end()
        if free(start, end, found):
            found.append(Mark(start, end, "output", match["file"], heard.words[start:end]))
    for kind in _KINDS:
        for match in matches(__file__, kind, heard.left):
            named = things.listed(match["list"])
            start, end = match.start(), match.end()
            if named.words and named.end >= len(match["list"].rstrip(" ,")) and free(start, end, found):
                found.append(
                    Mark(start, end, "as_kind", {"columns": named.words, "kind": kind}, heard.words[start:end])
                )
    return found


def impossible(wish: Wish, task: Task, goal: GoalName | None) -> str | None:
    if wish.kind == "output":
        return "a run keeps its predictions in its own folder, as predictions.csv; copy them from there"
    return None


def bind(wish: Wish, task: Task, profile: Profile) -> Wish:
    """The columns' names; not done where one is none, or holds another kind of values."""
    found = [mentions.named(str(words), profile.columns) for words in wish.value["columns"]]
    if any(not one.names for one in found):
        lacking = [words for words, one in zip(wish.value["columns"], found, strict=True) if not one.names]
        return wish.model_copy(update={"state": "not-done", "why": f"no column answers to {', '.join(lacking)}"})
    names = [name for one in found for name in one.names]
    others = [one for one in profile.columns if one.name in names and one.kind not in _KINDS[wish.value["kind"]]]
    value = {"columns": names, "kind": wish.value["kind"]}
    if others:
        why = f"{', '.join(f'{one.name} is read as {one.kind}' for one in others)}, which can't be set yet"
        return wish.model_copy(update={"state": "not-done", "why": why, "value": value})
    return wish.model_copy(update={"value": value})


def done(wish: Wish, evidence: Any) -> tuple[bool, str]:
    kinds = {str(one["name"]): str(one.get("kind")) for one in evidence.schema.get("features", [])}
    used = [name for name in wish.value["columns"] if name in kinds]
    other = [name for name in used if kinds[name] not in _KINDS[wish.value["kind"]]]
    if not used:
        return False, f"{', '.join(wish.value['columns'])} is not learned from"
    return not other, ", ".join(f"{name} is a {kinds[name]}" for name in other or used)
