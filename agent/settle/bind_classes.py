"""Wishes about classes and what is learned: which classes, the positive one, costs of errors, a target derived."""

import difflib
import re

from noglue.agent.request.alternatives import matches
from noglue.agent.request.wish import Wish
from noglue.agent.settle import exact_names
from noglue.agent.settle.plain_words import plain
from noglue.agent.settle.room import Room, not_done
from noglue.tools.showing.offering import did_you_mean
from noglue.tools.spec import goals
from noglue.tools.spec.errors import Kind, TaskUnclear

_WHETHER = r"(?i)\b(?:whether|ob|si)\s+(?:an?|the|this|ein\w*|d[aei][rsent]|une?|l[ae]|el)\s+"
_TRUE = {"1", "yes", "true", "y", "ja", "oui", "si", "t", "pos", "positive"}


def classes(wish: Wish, room: Room) -> Wish:
    stated = wish.value if isinstance(wish.value, list) else [wish.value]
    found = [class_meant(str(words), room.classes) for words in stated]
    if not room.classes:
        return not_done(wish, "the data have no classes")
    unknown = [str(words) for words, name in zip(stated, found, strict=True) if name is None]
    if unknown:
        raise no_class(unknown[0], room)
    chosen = [name for name in dict.fromkeys(found) if name is not None]
    room.prepare["classes"] = chosen
    return wish.model_copy(update={"value": chosen})


def positive(wish: Wish, room: Room) -> Wish:
    words = str(wish.value["words"] if isinstance(wish.value, dict) else wish.value)
    if goals.predicts(room.goal) == "values" or not room.classes:
        return not_done(wish, "only a class can be the positive one")
    exact = isinstance(wish.value, dict) and bool(wish.value.get("exact"))
    name = exact_names.exactly(words, room.classes) if exact else class_meant(words, room.classes)
    true = [one for one in room.classes if one.casefold() in _TRUE]
    if name is None and len(true) == 1 and not exact:
        name = true[0]
    if name is None and not exact and re.search(_WHETHER + re.escape(words) + r"\b", room.task.paragraph):
        return not_done(wish, f"no class is called {words}")
    if name is None:
        raise no_class(words, room)
    room.prepare["positive"] = name
    return wish.model_copy(update={"value": {"class": name}})


def class_meant(words: str, classes: list[str]) -> str | None:
    """The class that words mean: its name, but for case and number; else the one that they stand for."""
    exact = [one for one in classes if plain(one) == plain(words)]
    if exact:
        return exact[0]
    near = [one for one in classes if len(plain(one)) > 2 and matches(one, words)]
    return near[0] if len(near) == 1 else None


def decision(wish: Wish, room: Room) -> Wish:
    if goals.predicts(room.goal) == "values" or len(room.classes) not in (0, 2):
        if wish.kind == "at_least" and {"measure", "value"} <= set(wish.value):
            return wish.model_copy(update={"kind": "aim"})  # judged by the test rows in the end
        return not_done(wish, "a threshold can be moved between two classes only")
    asked = {"costs": ("miss", "alarm"), "at_least": ("measure", "value")}[wish.kind]
    if not all(name in wish.value for name in asked):
        return not_done(wish, "it does not say how much")
    given = {"least" if name == "value" else name: wish.value[name] for name in asked}
    room.train["decision"] = room.train.get("decision", {}) | given
    return wish


def derive(wish: Wish, room: Room) -> Wish:
    if wish.value.get("op") != "log" and wish.value.get("value") is None:
        return not_done(wish, "it does not say above or below what")
    room.prepare["derive"] = {name: wish.value[name] for name in ("op", "value") if name in wish.value}
    if wish.value.get("op") != "log":
        room.goal = "classify"
    return wish


def no_class(words: str, room: Room) -> TaskUnclear:
    listed = ", ".join(room.classes[:20]) + (" …" if len(room.classes) > 20 else "")
    near = difflib.get_close_matches(words.casefold(), [one.casefold() for one in room.classes], 3, 0.6)
    offer = did_you_mean([one for one in room.classes if one.casefold() in near])
    return TaskUnclear(
        Kind.UNKNOWN_CLASS,
        " ".join(filter(None, (f"There is no class {words!r}.", offer))),
        hint=f"The classes are: {listed}.",
    )
