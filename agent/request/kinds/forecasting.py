"""What comes after the rows: how far ahead, of which series, and how rows of one time are put together.

>>> [(mark.kind, mark.value) for mark in find(Heard.of("forecast sales for the next 12 months for each shop", []))]
[('goal', 'forecast'), ('horizon', {'count': 12, 'unit': 'month'}), ('series', {'words': 'shop'})]

`the next 12 months` asks for a forecast outright; `tomorrow`, `next month` may also be the future of a row, and then
the goal's value is `ahead`: the data decide. The expressions are in the TOML file beside this one.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from noglue.agent.request import measures, quantities
from noglue.agent.request.heard import Heard
from noglue.agent.request.lexicon import groups
from noglue.agent.request.marks import Mark, free
from noglue.agent.request.wish import Wish
from noglue.agent.task import GoalName, Task
from noglue.tools.spec import goals
from noglue.tools.spec.errors import Kind, TaskUnclear
from noglue.tools.spec.profiles import Profile

TURN = 4  # before the goals, whose words these are
SHAPES: dict[str, tuple[Any, ...]] = {
    "horizon": ({"count": 12, "unit": "month"},),
    "series": ({"words": "shop"},),
    "aggregate": ("sum|mean",),
}
AHEAD = "ahead"  # what comes after the rows that there are: whether it can be told, the data say
_FEW = {"few", "couple of", "several"}
_FORESEES = re.compile(
    r"(?i)\b(?:predict|forecast|estimat|expect|know|will|how|what|extrapolat|project|outlook|prognos|sage?|vorhersag|"
    r"vorherzusag|schätz|wie|prévo|prévi|prédi|estime|combien|quel|savoir|predi|pronostic|pronóstic|previs|estima|"
    r"cuánt|qué|saber|dis|tell|give|show|need|want)\w*"
)
_TIMED = re.compile(
    r"(?i)\b(?:train|run|learn|stop|finish|budget|take|spend|within|trainier|lerne|entraîn|entrena|tarda)\w*\W+"
    r"(?:\w+\W+){0,3}$"
)


def find(heard: Heard) -> list[Mark]:
    """A goal and its horizon; then the series, and how rows of one time go together."""
    found: list[Mark] = []
    foretold = any(pattern.search(heard.left) for pattern in _patterns("foretells"))
    for group in ("horizon", "moment"):
        for match in _matches(group, heard.left):
            if found or not _is_meant(match, heard):
                continue
            outright = group == "horizon" or (foretold and match.groupdict().get("unit") is not None)
            goal = goals.of_what_comes_next() if outright else AHEAD
            words = heard.words[match.start() : match.end()]
            found.append(Mark(match.start(), match.end(), "goal", goal, words))
            if (horizon := _horizon(match)) is not None:
                found.append(Mark(match.start(), match.end(), "horizon", horizon, words))
    if not found and not foretold:
        return []
    measured = measures.find(heard.left)
    for match in _matches("series", heard.left):
        if not free(match.start(), match.end(), measured):  # `judge by macro F1`
            continue
        listed = [part for part in re.split(r" (?:and|und|et|y) ", match["list"]) if not _is_time(part)]
        if listed and free(match.start(), match.end(), found) and not heard.source_at(match.start("list")):
            words = heard.words[match.start() : match.end()]
            found += [Mark(match.start(), match.end(), "series", {"words": one}, words) for one in listed]
            break
    for how in ("sum", "mean"):
        for match in _matches(how, heard.left):
            if not free(match.start(), match.end(), found):
                continue
            found.append(Mark(match.start(), match.end(), "aggregate", how, heard.words[match.start() : match.end()]))
            break
    return found


def _is_meant(match: "re.Match[str]", heard: Heard) -> bool:
    """Whether something is to be foretold, and no time is stated that the run may take."""
    clause = next((one for one in heard.clauses if one.start <= match.start() < one.end), None)
    text = heard.left if clause is None else heard.left[clause.start : clause.end]
    if _TIMED.search(heard.left[: match.start()]):
        return False
    return _FORESEES.search(text) is not None or len(heard.clauses) <= 2


def _horizon(match: "re.Match[str]") -> dict[str, Any] | None:
    """None where the words do not say how far: `the next few weeks`."""
    parts = match.groupdict()
    if parts.get("two") is not None:
        return {"count": 2, "unit": "day"}
    said, word = parts.get("n"), parts.get("unit")
    if said is not None and said.lower() in _FEW:
        return None
    count = 1.0 if said is None else quantities.number(said)
    unit = "day" if word is None else next(name for name, forms in _units().items() if forms.fullmatch(word))
    if count <= 0:
        return None
    return {"count": int(count) if count == int(count) else count, "unit": unit}


def _is_time(word: str) -> bool:
    return any(forms.fullmatch(word) for forms in _units().values())


def _matches(group: str, text: str) -> Iterator["re.Match[str]"]:
    """The earliest first, of those that begin together the longest."""
    met = [match for pattern in _patterns(group) for match in pattern.finditer(text)]
    yield from sorted(met, key=lambda match: (match.start(), -match.end()))


@cache
def _units() -> dict[str, "re.Pattern[str]"]:
    return {name: re.compile("|".join(forms), re.IGNORECASE) for name, forms in groups(__file__)["units"].items()}


@cache
def _patterns(group: str) -> tuple["re.Pattern[str]", ...]:
    unit = "|".join(form for forms in groups(__file__)["units"].values() for form in forms)
    found = []
    for expressions in groups(__file__)[group].values():
        for expression in expressions:
            spaced = re.sub(r"(?<!\[) (?![?*\-])", r"\\s+", expression)
            whole = spaced.replace("{unit}", f"(?:{unit})").replace("{n}", quantities.NUMBER)
            found.append(re.compile(rf"(?<![\w-])(?:{whole})(?!\w)", re.IGNORECASE))
    return tuple(found)


# ---- what becomes of them ----------------------------------------------------------------------------------------


def bind(wish: Wish, task: Task, profile: Profile) -> Wish:
    """The column that tells the series apart. Where none is called like the thing (`each pump` of `machine_id`), that
    by which times stand once is found with the rows. Raises TaskUnclear where several are called so.
    """
    from noglue.agent.settle import mentions
    from noglue.agent.settle.plain_words import plain

    if wish.kind == "aggregate":  # `total sales`, where that is a column's name, asks for no sum
        words = plain(wish.text).split()[-1:]
        named = (one for _, one in mentions.within(task.paragraph, profile.columns) if len(plain(one.name).split()) > 1)
        return (
            wish.model_copy(update={"value": None})
            if any(plain(one.name).split()[:1] == words for one in named)
            else wish
        )
    if wish.kind != "series" or "column" in wish.value:
        return wish
    answer = mentions.named(str(wish.value["words"]), profile.columns, False, True)
    if len(answer.names) == 1:
        return wish.model_copy(update={"value": {"column": answer.names[0]}})
    alike = [*answer.names, *answer.tie]
    if len(alike) > 1 and goals.continues(task.goal):
        raise TaskUnclear(
            Kind.WHICH_COLUMN,
            f"Several columns may name the {wish.value['words']} of a row: {', '.join(alike)}.",
            hint="Name the column.",
            choices=alike,
        )
    return wish


def effects(wish: Wish, task: Task, goal: GoalName | None) -> dict[str, dict[str, Any]]:
    match wish.kind:
        case "horizon":
            return {"prepare": {"horizon": wish.value}}
        case "aggregate":
            return {"prepare": {"aggregate": wish.value}} if wish.value is not None else {}
        case _:
            columns = [
                one.value["column"] for one in task.wishes if one.kind == "series" and "column" in (one.value or {})
            ]
            return {"prepare": {"series": columns}} if columns else {}


def done(wish: Wish, evidence: Any) -> tuple[bool, str]:
    timeline = evidence.schema.get("timeline")
    if timeline is None:
        return False, "nothing is forecast, as the rows are not a series"
    if wish.kind == "horizon":
        made = (evidence.result("evaluate").get("forecast") or {}).get("horizon")
        return made == timeline["horizon"], f"{made} steps are forecast" if made else "no forecast was made"
    if wish.kind == "series":
        found = timeline["series"]
        if "column" not in wish.value:
            told = (
                f"by {', '.join(found)}, as no column is called {wish.value['words']}"
                if found
                else "no column separates the series"
            )
            return bool(found), told
        return wish.value["column"] in found, f"a series for each of {', '.join(found)}"
    if wish.value is None:
        return True, "it is a part of a column's name"
    asked = evidence.args("prepare")
    merged = asked.get("aggregate") == wish.value
    return merged, "rows of the same time are combined this way"
