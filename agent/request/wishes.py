"""Wishes from what was heard, from the flags, and the limits that both state.

>>> [(wish.kind, wish.value) for wish in of_flags([], Constraints(exclude=["plan"]))]
[('exclude', {'columns': ['plan'], 'exact': True})]
"""

import re
from collections.abc import Iterable
from typing import Any

from noglue.agent.request import limits
from noglue.agent.request.heard import Heard
from noglue.agent.request.kinds import generator
from noglue.agent.request.kinds import target as targets
from noglue.agent.request.marks import Mark
from noglue.agent.request.target_words import Target
from noglue.agent.request.wish import Wish
from noglue.agent.task import Constraints
from noglue.tools.spec import goals

LIMITS = ("labels", "labels_per_class", "budget_seconds", "device", "offline", "family", "max_rows", "seed", "attack",
          "private", "epsilon", "pixels")  # fmt: skip
_OF_THE_RUN = frozenset(LIMITS) - {"attack", "private", "epsilon"}
_RENAMED = {"budget_seconds": "budget", "attack": "robustness", "private": "privacy"}
ONCE = frozenset(
    [
        "group",
        "flips",
        "test",
        "validation",
        "folds",
        "time",
        "derive",
        "count",
        "top",
        "labels",
        "seed",
        "device",
        "label",
        "repeats",
    ]
)
_FLAGS = {
    **{
        name: name
        for name in [
            "target",
            "metric",
            "exclude",
            "only",
            "group",
            "time",
            "positive",
            "family",
            "seed",
            "device",
            "offline",
            "labels",
        ]
    },
    **{"test_fraction": "test", "test_file": "test", "budget_seconds": "budget", "max_rows": "rows"},
}


_TYPED = ("test_fraction", "test_file", "budget_seconds")  # a flag of another name


def made(heard: Heard) -> list[Mark]:
    """What only a generator is asked for: how many, how large, which class, which classes alone."""
    found = generator.made(heard)
    heard.take(found)
    sized = limits.pixels(heard.left)
    heard.take(sized)
    return sized


def of_words(heard: Heard, goal: str | None, wanted: Target | None) -> list[Wish]:
    """Every wish of the words, in the order of the text."""
    found: list[tuple[int, Wish]] = [(mark.start, _wish("data", mark.value, mark.words)) for mark in heard.sources]
    kept: dict[str, Mark] = {}
    for mark in sorted(heard.marks, key=lambda mark: (mark.start, mark.kind != "train")):
        if mark.kind == "background" or (mark.kind in ONCE and not _is_new(kept, mark)):
            continue
        kept[mark.kind] = mark
        found.append((mark.start, _from_mark(mark, goal)))
    if goal and not any(wish.kind == "goal" for _, wish in found):
        found.append((-1, _wish("goal", goal, "")))
    if wanted:
        at = heard.words.find(wanted.words.split()[0])
        found.append((max(at, 0), _wish("target", targets.value(wanted.words, wanted.named), wanted.words)))
    return [wish for _, wish in sorted(found, key=lambda pair: pair[0])]


def _is_new(kept: dict[str, Mark], mark: Mark) -> bool:
    """The same wish in other words is said once."""
    return mark.kind not in kept


def _from_mark(mark: Mark, goal: str | None) -> Wish:
    if mark.kind == "max_rows":
        return _wish("rows", {"most": mark.value}, mark.words)
    if mark.kind == "where" and goals.makes_new(goal) and mark.value["keep"]:
        from noglue.agent.request import things

        named = things.listed(mark.value["clause"])
        if named.words and named.end >= len(mark.value["clause"]):
            return _wish("classes", named.words, mark.words)
    if mark.kind == "target" and mark.value.get("words"):
        return _wish("target", targets.value(mark.value["words"], True), mark.words)
    return _wish(_RENAMED.get(mark.kind, mark.kind), mark.value, mark.words)


def of_flags(data: list[str], constraints: Constraints) -> list[Wish]:
    """What the flags state, with exact names."""
    found = [_wish("data", place, f"--data {place}") for place in data]
    for name, value in constraints.stated().items():
        kind = _FLAGS.get(name)
        if kind is None or value is None:
            continue
        text = f"--{kind if name in _TYPED else name.replace('_', '-')} {_as_typed(name, value)}"
        if kind == "target":
            each = value if isinstance(value, list) else [value]
            found += [_wish(kind, {"words": one, "exact": True}, f"--target {one}") for one in each]
        else:
            found.append(_wish(kind, _flagged(name, value), text))
    return [wish.model_copy(update={"by": "flag"}) for wish in found]


def _as_typed(name: str, value: Any) -> str:
    """A flag's value as a person types it: `2m`, `a, b`."""
    if name == "budget_seconds":
        return f"{value / 60:g}m" if value % 60 == 0 else f"{value:g}s"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _flagged(name: str, value: Any) -> Any:
    if name in ("exclude", "only"):
        return {"columns": list(value) if isinstance(value, (list, tuple)) else [value], "exact": True}
    if name in ("group", "time", "positive"):
        return {"words": value, "exact": True}
    known = {"test_fraction": ("share", value), "test_file": ("file", value), "max_rows": ("most", value)}
    return dict([known[name]]) if name in known else value


OVERRULED = ("family", "metric", "budget", "device", "seed", "labels", "test")  # of one value, before there are data


def joined(asked: list[Wish], flagged: list[Wish]) -> list[Wish]:
    """Those of the flags first, each with the words that say the same. What a flag decides is not also decided by
    words: another value of its kind that the words ask for is not done."""
    kinds, found = stated(flagged), list(flagged)
    for wish in asked:
        if wish.kind not in kinds:
            found.append(wish)
            continue
        place, flag = next((one for one in enumerate(found) if one[1].kind == wish.kind), (None, None))
        if place is None or flag is None:
            continue  # the time beside a group
        if wish.kind in OVERRULED and _differ(flag.value, wish.value):
            found.append(wish.model_copy(update={"state": "not-done", "why": f"{flag.text} says otherwise"}))
        elif wish.text:
            found[place] = flag.model_copy(update={"said": [*flag.said, wish.text]})
    return found


def _differ(one: Any, other: Any) -> bool:
    """Whether two values of a kind can't both be meant; of splits those of one form."""
    return one != other and (not isinstance(one, dict) or (isinstance(other, dict) and set(one) == set(other)))


def is_said_by_a_flag(kind: str, text: str, wishes: Iterable[Wish]) -> bool:
    """Whether a clause says no more than a flag of its kind: `patients stay together` beside --group patient_id."""
    words = _stems(text)
    for wish in wishes:
        if (
            wish.by == "flag"
            and wish.kind == kind
            and wish.is_exact
            and words & _stems(str(wish.value.get("words", "")))
        ):
            return True
    return False


def _stems(text: str) -> set[str]:
    return {word.removesuffix("s") for word in re.findall(r"[^\W\d_]{3,}", text.casefold())}


def stated(flagged: list[Wish]) -> set[str]:
    """The kinds that flags decide."""
    kinds = {wish.kind for wish in flagged} - {"exclude"}
    return kinds | ({"time"} if "group" in kinds else set())


def constraint(wish: Wish) -> Constraints:
    """The limit that a wish sets before any data are seen, as a task holds it; none of other kinds.

    >>> constraint(Wish(text="in ten minutes", kind="budget", value=600.0)).stated()
    {'budget_seconds': 600.0}
    """
    name = "budget_seconds" if wish.kind == "budget" else wish.kind
    return Constraints(**{name: wish.value}) if name in _OF_THE_RUN else Constraints()


def limits_of(limited: list[Mark], asked: list[Wish]) -> Constraints:
    """The constraints that the words state, as a task holds them."""
    found = {mark.kind: mark.value for mark in reversed(limited)}
    for wish in asked:
        if wish.kind == "rows" and "most" in wish.value:
            found.setdefault("max_rows", wish.value["most"])
        if wish.kind == "test" and set(wish.value) == {"share"}:
            found.setdefault("test_fraction", wish.value["share"])
        if wish.kind == "folds" and isinstance(wish.value, int):
            found.setdefault("folds", wish.value)
    return Constraints(**found)


def _wish(kind: str, value: Any, text: str) -> Wish:
    if kind == "goal":
        return Wish(text=text or value, kind=kind, value=value)
    return Wish(text=text, kind=kind, value=value)
