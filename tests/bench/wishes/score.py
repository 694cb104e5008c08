"""Judges how a request was heard: each wish of a paragraph against what became of it once the data was known.

>>> task = {"goal": "classify", "target": "churned", "wishes": [{"kind": "seed", "value": 7, "state": "done"}]}
>>> [found.verdict for found in judge(paragraph, task)]
['right', 'right', 'lost']

A wish is `right` (heard as what it is, with its exact value), `told` (named as not done or as not understood), `wrong`
(heard with another value, or its words taken for something else) or `lost` (nothing says that it was there). `moot` are
the wishes beside a goal that was rightly refused; they don't count. Told is the right state of what can't be done here.
`unasked` is a wish that the paragraph does not have and that changes what is done; these are counted apart.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.wishes.values import agrees, combined, same

CANNOT = frozenset(
    {"export", "serve", "calibrate", "privacy", "fairness", "robustness", "size", "speed"}
    | {"metric_unknown", "family_unknown"}
)
NOT_DONE = frozenset({"not-done", "not_done", "not done", "refused"})
CONSTRAINTS = frozenset({"budget", "device", "seed", "offline", "count", "pixels", "flips", "label"})
ACTING = frozenset(
    {"exclude", "only", "where", "rows", "missing", "classes", "derive", "positive", "costs", "at_least", "top"}
    | {"test", "train", "validation", "group", "time", "stratify", "folds", "repeats", "metric", "label", "count"}
    | {"family", "avoid", "compare", "layers", "balance", "labels", "flips", "budget", "device", "seed", "offline"}
)  # kinds of wishes that change what a run does
VERDICTS = ("right", "told", "wrong", "lost")


@dataclass(frozen=True)
class Found:
    """One wish of one paragraph, and what became of it; `fine` where that is the right state for it."""

    paragraph: int
    language: str
    kind: str
    words: str
    verdict: str
    fine: bool
    got: str = ""


def judge(paragraph: dict[str, Any], task: dict[str, Any], number: int = 0) -> list[Found]:
    """What became of goal, target and each wish of the paragraph; `task` is a settled task or `{"error": …}`."""

    def found(kind: str, words: str, verdict: str, fine: bool, got: Any = "") -> Found:
        return Found(number, paragraph["language"], kind, words, verdict, fine, str(got))

    error = task.get("error")
    wishes = [wish for wish in paragraph["wish"] if wish["kind"] != "goal"]
    if paragraph["goal"] == "refused":
        goal = next(wish["words"] for wish in paragraph["wish"] if wish["kind"] == "goal")
        verdict = "right" if error else _refusal_in_wishes(task)
        first = found("goal", goal, verdict, verdict != "wrong", task.get("goal") or "")
        if error or verdict == "told":
            return [first, *(found(wish["kind"], wish["words"], "moot", True) for wish in wishes)]
        return [first, *(_of_wish(wish, task, found) for wish in wishes)]
    if error:
        said = f"{error.get('message', '')} {error.get('hint', '')}"
        named = ["told" if re.search(wish["words"], said, re.IGNORECASE) else "lost" for wish in wishes]
        return [
            found("goal", paragraph["goal"], "told", False, said),
            *(
                found(w["kind"], w["words"], n, n == "told" and _tellable(w))
                for w, n in zip(wishes, named, strict=True)
            ),
        ]
    goal_right = task.get("goal") == paragraph["goal"]
    founds = [found("goal", paragraph["goal"], "right" if goal_right else "wrong", goal_right, task.get("goal"))]
    if "target" in paragraph:
        derived = any(wish["kind"] == "derive" for wish in wishes)
        right = _target_right(paragraph["target"], task.get("target"), derived=derived)
        founds.append(
            found("target", str(paragraph["target"]), "right" if right else "wrong", right, task.get("target"))
        )
    founds += [_of_wish(wish, task, found) for wish in wishes]
    return founds + [
        found(w["kind"], w.get("text", ""), "unasked", True, w.get("value")) for w in _unasked(wishes, task)
    ]


def _unasked(wishes: list[dict[str, Any]], task: dict[str, Any]) -> list[dict[str, Any]]:
    """What is done and no wish of the paragraph, nor another that comes to the same, is of its kind."""
    asked = {kind for wish in wishes for kind, _ in _accepted(wish)}
    done = [wish for wish in task.get("wishes", []) if wish.get("state") not in NOT_DONE and wish["kind"] in ACTING]
    return [wish for wish in done if wish["kind"] not in asked]


def _refusal_in_wishes(task: dict[str, Any]) -> str:
    """`told` where the settled task says itself that the goal is not done, else `wrong`."""
    told = any(wish["kind"] == "goal" and wish.get("state") in NOT_DONE for wish in task.get("wishes", []))
    return "told" if told else "wrong"


def _target_right(expected: Any, given: Any, *, derived: bool) -> bool:
    """One name, one of several accepted names, or (a list in the list) several at once; a derived one may say how."""
    names = given if isinstance(given, list) else [given]
    choices = expected if isinstance(expected, list) else [expected]
    for choice in choices:
        wanted = choice if isinstance(choice, list) else [choice]
        if len(wanted) == len(names) and all(any(same(w, n) for n in names) for w in wanted):
            return True
        if derived and any(str(choice).casefold() in str(name).casefold() for name in names):
            return True
    return False


def _tellable(wish: dict[str, Any]) -> bool:
    return wish["kind"] in CANNOT or bool(wish.get("told"))


def _of_wish(wish: dict[str, Any], task: dict[str, Any], found: Callable[..., Found]) -> Found:
    """The verdict on one wish: right before told before wrong before lost."""
    kind, words = wish["kind"], wish["words"]
    given = [w for w in task.get("wishes", []) if w.get("state") not in NOT_DONE or w["kind"] in CANNOT]
    undone = [w for w in task.get("wishes", []) if w.get("state") in NOT_DONE]
    mine = _values(kind, given, task)
    for other_kind, settled in _accepted(wish):
        values = _values(other_kind, given, task)
        if values and agrees(other_kind, settled, combined(other_kind, values)):
            return found(kind, words, "right", True, values)
    told = [f"{w.get('text', '')} {w.get('why', '')}" for w in undone] + [
        str(piece) for piece in task.get("unread", [])
    ]
    if any(re.search(words, piece, re.IGNORECASE) for piece in told):
        return found(kind, words, "told", _tellable(wish), told)
    if mine:
        return found(kind, words, "wrong", False, mine)
    taken = _taken(wish["settled"], [w for w in given if w["kind"] != kind])
    return found(kind, words, "wrong" if taken else "lost", False, taken)


def _accepted(wish: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Every (kind, settled) that says the same: the wish itself, `also` (other values), `or` (other kinds)."""
    return [
        (wish["kind"], wish["settled"]),
        *((wish["kind"], settled) for settled in wish.get("also", [])),
        *((other["kind"], other["settled"]) for other in wish.get("or", [])),
        *_of_one_class(wish),
    ]


def _of_one_class(wish: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """A generator that is asked for one class makes that class alone: the same as `classes` of one name."""
    if wish["kind"] != "label":
        return []
    name = wish["settled"].get("value", wish["settled"].get("class"))
    return [("classes", {"classes": [name]})]


def _values(kind: str, given: Iterable[dict[str, Any]], task: dict[str, Any]) -> list[Any]:
    values = [wish.get("value") for wish in given if wish["kind"] == kind]
    constraint = (task.get("constraints") or {}).get(kind) if kind in CONSTRAINTS else None
    return values if values or constraint is None else [constraint]


def _taken(settled: dict[str, Any], others: list[dict[str, Any]]) -> list[tuple[str, Any]]:
    """The wishes of other kinds that hold a column or class of this one: its words, taken for something else."""
    names = [n for key in ("columns", "column", "class", "classes") for n in _listed(settled.get(key))]
    return [
        (other["kind"], other.get("value"))
        for other in others
        if any(same(name, held) for name in names for held in _strings(other.get("value")))
    ]


def _listed(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]


def _strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for part in value.values() for text in _strings(part)]
    if isinstance(value, list):
        return [text for part in value for text in _strings(part)]
    return [value] if isinstance(value, str) else []


def score(
    paragraphs: list[dict[str, Any]],
    settle: Callable[[str, Path], dict[str, Any]],
    folders: dict[str, Path],
) -> list[Found]:
    """Every paragraph settled on its data set and judged; `folders` holds the made data set of each name."""
    founds: list[Found] = []
    for number, paragraph in enumerate(paragraphs, 1):
        text = " ".join(paragraph["text"].split())
        founds += judge(paragraph, settle(text, folders[paragraph["set"]]), number)
    return founds


def report(founds: list[Found], half: str, *, show: bool) -> str:
    """A table by kind and by language, and with `show` every wish that is not in the right state."""
    counted = [found for found in founds if found.verdict in VERDICTS]
    unasked = [found for found in founds if found.verdict == "unasked"]
    lines = [f"{'':16}" + "".join(f"{verdict:>7}" for verdict in VERDICTS) + "   right state"]
    for title, key in (("kind", "kind"), ("language", "language")):
        lines.append(f"by {title}")
        for name in sorted({getattr(found, key) for found in counted}):
            lines.append(_line(name, [found for found in counted if getattr(found, key) == name]))
    whole = {found.paragraph for found in founds} - {found.paragraph for found in counted if not found.fine}
    lines += [
        _line(half, counted),
        f"paragraphs with every wish in the right state: {len(whole)} of {len({found.paragraph for found in founds})}",
        f"done and not asked for: {len(unasked)} ({_kinds(unasked)})",
    ]
    if show:
        lines += [
            f"{found.verdict:>5}  #{found.paragraph} {found.language} {found.kind}: {found.words}  → {found.got[:160]}"
            for found in [*counted, *unasked]
            if not found.fine or found.verdict == "unasked"
        ]
    return "\n".join(lines)


def _kinds(founds: list[Found]) -> str:
    return ", ".join(f"{kind} {count}" for kind, count in Counter(found.kind for found in founds).most_common())


def _line(name: str, founds: list[Found]) -> str:
    counts = Counter(found.verdict for found in founds)
    share = sum(found.fine for found in founds) / max(1, len(founds))
    return f"  {name:14}" + "".join(f"{counts[verdict]:7}" for verdict in VERDICTS) + f"   {share:6.1%}"
