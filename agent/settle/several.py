"""Several targets in one run: columns that the request names one beside the other, or labels that may fit one row.

    "predict both the yield and the protein"      →  the columns `yield` and `protein`
    --target yield --target protein               →  the same
    "which tags apply?", tags = "red;round"       →  the labels of the column `tags`
    "predict price or rating"                     →  one of them is meant, and the request does not say which

Columns that several words mean, each in a sentence of its own, are all meant where each is asked for by name.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from noglue.agent.request.wish import Wish
from noglue.agent.settle import asked_directly, denied, mentions
from noglue.agent.settle.target_choice import Asked, Choice
from noglue.agent.task import GoalName, Task
from noglue.tools.spec.errors import Kind, TaskUnclear
from noglue.tools.spec.profiles import Column, Profile

_AND = (
    r"(?:,\s*(?:and\s+|und\s+|et\s+|y\s+)?|\s*&\s*|\s*\+\s*|\s+(?:and|as well as|und|sowie|als auch|et|ainsi que|y|e|"
    r"así como|como)\s+)(?:also\s+|both\s+|auch\s+|aussi\s+|también\s+)?"
)
_ASKS = (
    r"(?i)\b(?:and|und|et|y|e)\s+(?:also\s+|auch\s+|aussi\s+|también\s+)?(?:by\s+|um\s+|de\s+|en\s+)?"
    r"(?P<asks>how\s+(?:much|many|long|far|often|strongly)|wie\s?(?:viele?|lange?|oft|stark|weit)|combien|cu[aá]nt[oa]s?"
)
_SECOND = re.compile(  # `whether it rains and how much`: a number beside an answer of another kind
    _ASKS + r")\b"
    r"(?!\s+(?!(?:it|they|he|she|we|you|will|is|are|do|does|es|er|sie|man|wird|il|elle|ils|va|se|from|in|on|with|for|at|"
    r"of|by|aus|mit|bei|dans|avec|par|con|por|en|tomorrow|next)\b)[^\W\d_]+)"  # `how much sodium is in it`: no question
)
_AMOUNT = re.compile(  # behind a question of yes or no in the same sentence, whatever is counted
    _ASKS + r"|(?:the|die|la|el)\s+(?:amount|quantity|number|menge|anzahl|quantité|cantidad))\b"
)
_WHETHER = re.compile(  # of the same sentence as what follows it
    r"(?i)(?:\b(?:whether|ob|si)\b|\b(?:predict|tell (?:me|us)|know|say|see)\s+if\b|"
    r"(?:^|[.!?;:]\s+)(?:will|is|are|does|do|did|was|were|can|has|have|wird|werden|ist|sind|hat|"
    r"va|vont|est-ce que?|est|sera|va a|es|ser[aá])\b)[^.!?;]*$"
)
_OF_IT = r"(?:(?:the|a|an|its|their|our|column|das|die|der|den|le|la|les|el|los|las)\s+|l')*"


def all_meant(names: Sequence[str], asked: Sequence[Asked], task: Task) -> bool:
    """Whether two columns or more are to be learned, each of them, and not one that the request leaves open."""
    if len(names) < 2:
        return False
    exact = [one for one in asked if one.exact]
    if len(exact) == len(names):
        return True
    if exact:  # a flag names one; the words speak of another
        return False
    words = [one.words for one in asked if one.words]
    if len(words) == 1:  # `yield and protein`, heard as one thing
        return True
    return _in_one_list(words, task.paragraph) or all(denied.asked_for(name, task.paragraph) for name in names)


def spoken_of(names: Sequence[str], task: Task, columns: Sequence[Column]) -> tuple[list[str], bool]:
    """Columns that stand behind words of predicting, beside those that other words chose, and whether all are meant.

    Nothing where these are of other columns, or a single one. Not all are meant where `or` joins them, or where two
    sentences ask for one each and neither adds to the other.
    """
    groups = asked_directly.groups(denied.affirmed(task.paragraph), [column.name for column in columns])
    together = list(dict.fromkeys(name for group in groups for name in group.names))
    if len(together) < 2 or (names and not set(names) & set(together)):
        return [], False
    apart = [group for group in groups[1:] if not set(group.names) <= set(groups[0].names)]
    return together, not any(group.leaves_open for group in groups) and all(group.adds for group in apart)


def refuse_half(task: Task, profile: Profile, best: Choice) -> None:
    """Raises TaskUnclear where words ask whether and how much, and one column was found: `will it rain, and how much`.

    A number is the whole answer where no column has two values: none of it is no.
    """
    asks, column = _second_question(task), next((one for one in profile.columns if one.name == best.name), None)
    if asks is None or column is None or best.beside:
        return
    others = [one for one in profile.columns if one.name != best.name]
    if column.kind != "number" or column.distinct <= 2:
        numbers = [one.name for one in others if one.kind == "number"]
        _refuse_half(column.name, f"{asks['asks']!r} asks for a number", numbers)
    elif _WHETHER.search(task.paragraph[: asks.start()]):
        answers = [one.name for one in others if one.distinct == 2 and one.kind != "identifier"]
        _refuse_half(column.name, f"what comes before {asks['asks']!r} asks for yes or no", answers)


def _refuse_half(name: str, rest: str, answers: Sequence[str]) -> None:
    if answers:
        raise TaskUnclear(
            Kind.SEVERAL_TARGETS,
            f"{name} is only part of what the request asks for: {rest} as well, but names no column.",
            hint=f"If a column holds the rest, name it, too (there are {', '.join(answers[:6])}); "
            f"for {name} alone: --target {name}.",
            choices=[name, *answers],
        )


def _second_question(task: Task) -> re.Match[str] | None:
    """Where the words ask for a number beside another answer, and no other wish explains them."""
    behind = (one for one in _AMOUNT.finditer(task.paragraph) if _WHETHER.search(task.paragraph[: one.start()]))
    for match in [*_SECOND.finditer(task.paragraph), *behind]:
        others = [wish.text.strip() for wish in task.wishes if wish.kind not in ("target", "goal", "derive")]
        before = task.paragraph[: match.start()].rstrip()
        if not any(text and (match["asks"] in text or before.endswith(text)) for text in others):
            return match
    return None


def _in_one_list(words: Sequence[str], paragraph: str) -> bool:
    """Whether the words stand one behind the other, with nothing but an `and` between them."""
    return len(words) > 1 and all(
        re.search(rf"{re.escape(one)}[\"'”»]?{_AND}{_OF_IT}[\"'“«]?{re.escape(other)}", paragraph, re.IGNORECASE)
        for one, other in pairwise(words)
    )


def labels_of(choice: Choice, profile: Profile) -> Column | None:
    """The column of labels that is to be learned, if it is one."""
    column = next((one for one in profile.columns if one.name == choice.name), None)
    return column if column is not None and column.separator is not None and not choice.beside else None


def arguments(choice: Choice, profile: Profile, goals: Sequence[GoalName | None]) -> dict[str, Any]:
    """What `prepare` is told; nothing where there is one target. goals: of each column."""
    if choice.beside:
        columns = [str(choice.name), *choice.beside]
        targets = [{"column": name, "goal": goal} for name, goal in zip(columns, goals, strict=True)]
        return {"targets": targets} | ({"labels_in": {}} if choice.labels else {})
    column = labels_of(choice, profile)
    return {} if column is None else {"labels_in": {"column": column.name, "separator": column.separator}}


def planned(task: Task) -> dict[str, Any]:
    """Arguments of `prepare` before the data are known, where several targets are named."""
    return {"goal": task.goal, "targets": [{"column": name} for name in task.target or []]}


def settled(wishes: Sequence[Wish], choice: Choice, columns: Sequence[Column], head_first: bool) -> list[Wish]:
    """The wishes, those for targets with the columns that their words name, and one more for each that none names."""
    targets = [str(choice.name), *choice.beside]
    asking = [wish for wish in wishes if wish.kind == "target"]
    alone = len(asking) == 1 and choice.labels
    found = [_settled(wish, targets, columns, head_first, alone) if wish.kind == "target" else wish for wish in wishes]
    named = {name for wish in found if wish.kind == "target" for name in _columns(wish)}
    further = [name for name in targets if name not in named]
    return [*found, *(Wish(text=name, kind="target", value={"column": name}) for name in further)]


def _columns(wish: Wish) -> list[str]:
    value: dict[str, Any] = wish.value
    return list(value.get("columns") or [value["column"]])


def _settled(wish: Wish, targets: list[str], columns: Sequence[Column], head_first: bool, alone: bool) -> Wish:
    value = wish.value if isinstance(wish.value, dict) else {}
    words, place = value.get("words"), value.get("place")
    named = [one for one in targets if words and one in mentions.named(str(words), columns, head_first).names]
    if place is not None and (there := mentions.at(int(place), columns)) in targets:
        named = [str(there)]
    if len(named) == 1 and not alone:
        return wish.model_copy(update={"value": {"column": named[0]}})
    return wish.model_copy(update={"value": {"columns": targets if alone or not named else named}})


def target(choice: Choice) -> list[str] | str | None:
    """The target as the task states it."""
    return [str(choice.name), *choice.beside] if choice.beside else choice.name
