"""Wishes that need no data to be settled: measures, kinds of model, folds, what is shown; and what can't be done here.

`arguments(task, goal)` → what they come to for `train` and `evaluate`; `with_reason(wish, task, goal)` → the wish,
`not-done` with the reason where nothing here can do it.
"""

from typing import Any

from noglue.agent.request import families, kinds
from noglue.agent.request.kinds.forecasting import AHEAD
from noglue.agent.request.wish import Wish
from noglue.agent.task import GoalName, Task
from noglue.tools import metrics, models
from noglue.tools.spec import catalogue, goals, modalities
from noglue.tools.spec.errors import Kind, TaskUnclear

CANT = {
    "cluster": "group rows into clusters",
    "anomaly": "look for anomalies without examples of them",
    "translate": "translate",
    "segment": "segment pictures",
    "detect": "detect objects in pictures (draw boxes around them)",
    "count": "count rows or answer other questions about the data",
    "summarise": "summarise texts",
    "recommend": "recommend items",
    "caption": "describe pictures in words",
    AHEAD: "forecast what comes after the rows",
    "chat": "hold a conversation",
    "reduce": "reduce dimensions",
    "associate": "find association rules",
    "reinforce": "learn by acting",
    "answer": "answer questions",
    "restore": "restore or change pictures",
    "transcribe": "write down speech",
    "search": "search in texts or pictures",
}
DEMANDED = {
    ("privacy", "differential"): "train with differential privacy",
    ("robustness", "adversarial"): "train against adversarial examples",
}


def can() -> str:
    """What some family does: `noglue can: classify images, table rows, texts; generate images`."""
    able = {ability for name in catalogue.names("noglue.tools.models") for ability in families.abilities(name)}
    said = []
    for goal in goals.names():
        kinds = [modalities.load(kind).plural for kind in modalities.names() if (goal, kind) in able]
        words = goals.load(goal).request
        said += [f"{words[:1].lower()}{words[1:]} {', '.join(kinds)}"] if kinds else []
    return f"noglue can: {'; '.join(said)}"


def refuse(task: Task) -> None:
    """Raises TaskUnclear for a goal that nothing here can do, before any data is fetched."""
    for wish in task.wishes:
        if wish.kind == "goal" and wish.value in CANT and wish.value not in (AHEAD, *goals.names()):
            raise cant(str(wish.value), wish.text)
        if (what := DEMANDED.get((wish.kind, str(wish.value)))) is not None:
            raise TaskUnclear(
                Kind.UNSUPPORTED,
                f"The request asks to {what} ({wish.text!r}), which no model family here does yet.",
                hint="Leave that wish out to get an ordinary model.",
            )


def cant(goal: str, text: str) -> TaskUnclear:
    what = CANT.get(goal, goal)
    return TaskUnclear(
        Kind.UNSUPPORTED,
        f"The request asks to {what} ({text!r}), which can't be done yet.",
        hint=f"{can()}. Say what to predict, if that would help.",
        goal=goal,
    )


def with_reason(wish: Wish, task: Task, goal: GoalName | None) -> Wish:
    """Not done, with the reason, where nothing here does it; else as it was."""
    why = _why_not(wish, task, goal)
    return wish if why is None or wish.state != "open" else wish.model_copy(update={"state": "not-done", "why": why})


def _why_not(wish: Wish, task: Task, goal: GoalName | None) -> str | None:
    impossible = kinds.hook(wish.kind, "impossible")
    if impossible is not None:
        return str(why) if (why := impossible(wish, task, goal)) is not None else None
    match wish.kind:
        case "metric_unknown":
            usual = ", ".join(one.name for one in metrics.for_goal(goal or goals.names()[0]))
            return f"there is no such measure here; there are {usual} and more"
        case "family_unknown":
            return "there is no such kind of model here"
        case "pretrained" if isinstance(wish.value, str) and models.pretrained_as(wish.value) is None:
            return f"there is no pretrained {wish.value} here"
        case "balance" if wish.value not in ("weights", "oversample", "undersample"):
            return "no synthetic rows are made; classes can be weighted, or rows drawn more or less often"
        case "metric":
            return unfitting(str(wish.value), goal)
        case "count" | "label" | "pixels" if goal is not None and not goals.makes_new(goal):
            return "it only applies to a generator"
        case "layers" if task.constraints.family not in (None, "neural_net"):
            return "only a neural network has layers"
        case _:
            return None


def unfitting(name: str, goal: GoalName | None) -> str | None:
    """Why a measure says nothing of such a model."""
    if name not in catalogue.names("noglue.tools.metrics") or goal is None or metrics.load(name).measures(goal):
        return None
    return f"{metrics.load(name).title} does not measure how well to {goal}"


def arguments(task: Task, goal: GoalName | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the open wishes of the task come to for `train` and `evaluate`."""
    task = task.model_copy(update={"wishes": [with_reason(wish, task, goal) for wish in task.wishes]})
    train, evaluate = _measured(task, goal)
    options: dict[str, Any] = {}
    for kind in ("folds", "repeats", "balance"):
        for wish in _open(task, kind):
            train[kind] = wish.value
    for wish in _open(task, "pretrained"):
        named = models.pretrained_as(wish.value) if isinstance(wish.value, str) else None
        train |= {"pretrained": bool(wish.value)} if named is None else {"family": named}
    if any(wish.value is False for wish in _open(task, "flips")):
        train["flips"] = False
    for wish in _open(task, "compare"):
        train["families"] = list(dict.fromkeys([*train.get("families", []), *map(str, wish.value)]))
    for wish in _open(task, "avoid"):
        known = [name for name in map(str, wish.value) if models.can_rule_out(name)]
        train["avoid"] = list(dict.fromkeys([*train.get("avoid", []), *known]))
    for wish in _open(task, "family") if task.constraints.family is None else []:
        train["family"] = str(wish.value)
    for wish in _open(task, "layers"):
        options["layers"] = int(wish.value)
    for wish in _open(task, "count"):
        if goals.makes_new(goal):
            evaluate["sheet"] = int(wish.value)
    if options:
        train["options"] = options
    of_kinds = effects(task, goal)
    return _merged(train, of_kinds.get("train", {})), _merged(evaluate, of_kinds.get("evaluate", {}))


def effects(task: Task, goal: GoalName | None) -> dict[str, dict[str, Any]]:
    """What the open wishes change in each step of the plan, as the modules of their kinds say."""
    found: dict[str, dict[str, Any]] = {}
    for wish in task.wishes:
        changes = kinds.hook(wish.kind, "effects")
        if wish.state == "open" and changes is not None:
            for step, args in changes(wish, task, goal).items():
                found[step] = _merged(found.get(step, {}), args)
    return found


def _merged(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Both; where both have a dict, both of these; else the other's."""
    both = {name: one[name] | value for name, value in other.items() if isinstance(one.get(name), dict)}
    return one | other | both


def _measured(task: Task, goal: GoalName | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """The measures beside the one that decides; and that one, where the goal that it waited for is known now."""
    wished = [wish for wish in _open(task, "metric") if unfitting(str(wish.value), goal) is None]
    names = [str(wish.value) for wish in wished]
    waited = task.metric is None and goal is not None
    decides = {"metric": names[0]} if waited and names else {}
    return decides, decides | ({"measures": names[1:]} if len(names) > 1 else {})


def _open(task: Task, kind: str) -> list[Wish]:
    return [wish for wish in task.wishes if wish.kind == kind and wish.state == "open"]
