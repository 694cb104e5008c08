"""What became of each wish: told by what the steps report, not by what was planned.

    accounted(settled_task, history, error)  →  the task, every wish of it `done`, `not-done` or `refused`

A wish counts as done where a result shows it: the column is not among the features, the test rows have the share, the
measure is the one that decided. What no result shows is not done. One judge a kind of wish.
"""

from collections.abc import Callable
from typing import Any

from noglue.agent.protocols import Attempt
from noglue.agent.request import kinds
from noglue.agent.request.kinds.forecasting import AHEAD
from noglue.agent.request.wish import Wish
from noglue.agent.settle import other_classes, settling
from noglue.agent.settle.evidence import Evidence
from noglue.agent.task import Task
from noglue.tools import models
from noglue.tools.showing.counted import counted
from noglue.tools.spec import goals
from noglue.tools.spec.errors import ToolError

NEAR = 0.02  # of all labelled rows, by which a share may be off
Verdict = tuple[bool, str]


def final(task: Task, history: list[Attempt], error: dict[str, Any] | None) -> Task:
    """The task as it was bound to the data, with the state of every wish as far as the steps have come."""
    try:
        bound = settling.beside(task, history)
    except ToolError:
        bound = _as_answered(task, history)
    if bound is not None:
        task = task.model_copy(update={"wishes": bound.task.wishes, "unread": bound.task.unread})
    return accounted(task, history, error)


def _as_answered(task: Task, history: list[Attempt]) -> settling.Settled | None:
    """With the target that a person, a page or a language model has named, where the words alone leave it open."""
    answered = [one.args for one in history if one.tool == "prepare" and one.result is not None]
    named = [args.get("target") for args in answered if not args.get("targets")]
    if not named or named[-1] is None:
        return None
    try:
        return settling.beside(settling.with_target(task, str(named[-1])), history)
    except ToolError:
        return None


def accounted(task: Task, history: list[Attempt], error: dict[str, Any] | None) -> Task:
    """error: what ended the run, or None. Wishes of a refused request are refused, of a failed run not done."""
    if error is not None:
        state, why = (
            ("refused", "the run was refused") if error["code"] == 3 else ("not-done", "the run did not get that far")
        )
        wishes = [
            wish.model_copy(update={"state": state, "why": why}) if wish.state == "open" else wish
            for wish in task.wishes
        ]
        return task.model_copy(update={"wishes": wishes})
    found = Evidence.of(history)
    if goals.continues(made := found.schema.get("goal")):
        task = task.model_copy(update={"goal": made})  # which the data have decided where the words left it to them
    return task.model_copy(update={"wishes": [_judged(wish, task, found) for wish in task.wishes]})


def _judged(wish: Wish, task: Task, found: Evidence) -> Wish:
    if wish.state != "open":
        return wish
    own = kinds.hook(wish.kind, "done")
    done, why = own(wish, found) if own is not None else JUDGES.get(wish.kind, _unknown)(wish, task, found)
    why = f"{why}; {wish.why}" if wish.why and why else why or wish.why
    return wish.model_copy(update={"state": "done" if done else "not-done", "why": why})


def _unknown(wish: Wish, task: Task, found: Evidence) -> Verdict:
    return False, "noglue can't do that"


# ---- what is learned ---------------------------------------------------------------------------------------------


def _goal(wish: Wish, task: Task, found: Evidence) -> Verdict:
    goal = found.schema.get("goal")
    if not any(one.kind == "target" for one in task.wishes) and (why := other_classes.told(task, found)):
        return False, why
    if wish.value == AHEAD:
        why = (
            "" if goals.continues(goal) else f"the rows are not a series, so each row is predicted on its own ({goal})"
        )
        return goals.continues(goal), why
    return wish.value in (goal, None), "" if wish.value in (goal, None) else f"the data call for {goal}"


def _target(wish: Wish, task: Task, found: Evidence) -> Verdict:
    value = wish.value if isinstance(wish.value, dict) else {"column": wish.value}
    wanted, learned = value.get("columns") or [value.get("column")], found.learned
    if why := other_classes.told(task, found):
        return False, why
    are = "is the target" if len(learned) == 1 else "are the targets"
    return set(wanted) <= set(learned), f"{', '.join(map(str, learned))} {are}"


def _data(wish: Wish, task: Task, found: Evidence) -> Verdict:
    if isinstance(wish.value, dict) and "tables" in wish.value:
        names = wish.value["tables"]
        return found.args("prepare").get("tables") == names, f"only {', '.join(names)} was read"
    return True, ""


def _exclude(wish: Wish, task: Task, found: Evidence) -> Verdict:
    used = [name for name in wish.value["columns"] if name in found.features]
    return not used, f"{', '.join(used)} was used" if used else f"left out: {', '.join(wish.value['columns'])}"


def _only(wish: Wish, task: Task, found: Evidence) -> Verdict:
    wanted = wish.value["columns"]
    others = [name for name in found.features if name not in wanted]
    lacking = [name for name in wanted if name not in found.features]
    if others:
        return False, f"{', '.join(others)} was used too"
    why = "; ".join(f"{name}: {found.dropped.get(name, 'left out')}" for name in lacking)
    return not lacking or len(lacking) < len(wanted), why or f"learned only from {', '.join(wanted)}"


def _missing(wish: Wish, task: Task, found: Evidence) -> Verdict:
    where = ", ".join(wish.value.get("columns") or []) or "every column"
    return "missing" in found.args("prepare"), f"{', '.join(wish.value['words'])} counts as missing in {where}"


def _derive(wish: Wish, task: Task, found: Evidence) -> Verdict:
    return "derive" in found.args("prepare"), f"{wish.value.get('op')} {wish.value.get('value', '')}".strip()


# ---- which rows --------------------------------------------------------------------------------------------------


def _where(wish: Wish, task: Task, found: Evidence) -> Verdict:
    asked = found.args("prepare").get("where") or []
    return bool(asked), f"rows used: {'; '.join(map(_condition, wish.value.get('conditions', [])))}"


def _rows(wish: Wish, task: Task, found: Evidence) -> Verdict:
    learned = sum(found.rows.get(name, 0) for name in ("train", "validation", "test"))
    return True, f"{counted(learned, 'row')} used"


def _labels(wish: Wish, task: Task, found: Evidence) -> Verdict:
    return "labels" in found.args("prepare"), f"{found.args('prepare').get('labels')} labelled rows"


def _classes(wish: Wish, task: Task, found: Evidence) -> Verdict:
    there = found.schema.get("classes") or []
    return set(there) <= set(wish.value), f"learned only the classes {', '.join(there)}"


def _test(wish: Wish, task: Task, found: Evidence) -> Verdict:
    count = found.rows.get("test", 0)
    rows = sum(found.rows.get(name, 0) for name in ("train", "validation", "test"))
    how = found.schema.get("split_why") or "as asked"
    why = f"test: {count:,} of {counted(rows, 'row')} ({count / max(rows, 1):.0%}): {how}"
    if "rows" in wish.value:
        return count == int(wish.value["rows"]), why
    if "share" in wish.value:
        return abs(count - float(wish.value["share"]) * rows) <= max(1.0, NEAR * rows), why
    return True, why


def _part(wish: Wish, task: Task, found: Evidence) -> Verdict:
    split = "train" if wish.kind == "train" else "validation"
    return True, f"{counted(found.rows.get(split, 0), 'row')} for {split}"


def _split_column(wish: Wish, task: Task, found: Evidence) -> Verdict:
    if wish.kind == "time":
        column = found.schema.get("time")
        return found.schema.get(
            "split"
        ) == "time", f"the last rows by {column} are the test" if column else "no column holds times"
    column = found.schema.get("group")
    wanted = wish.value.get("column") if isinstance(wish.value, dict) else None
    if column is None or wanted not in (None, column):
        return False, "no such column"
    torn = next((one for one in found.schema.get("warnings") or [] if one["kind"] == "torn-groups"), None)
    if torn is not None:
        return False, f"{torn['count']:,} values of {column} are on both sides of the split"
    return True, f"no {column} is on both sides of the split"


def _stratify(wish: Wish, task: Task, found: Evidence) -> Verdict:
    split = found.schema.get("split")
    return split == "stratified", "" if split == "stratified" else f"the split is {split}"


# ---- how it is learned and measured ------------------------------------------------------------------------------


def _metric(wish: Wish, task: Task, found: Evidence) -> Verdict:
    used = found.result("evaluate").get("metric")
    test = (found.result("evaluate").get("metrics") or {}).get("test") or {}
    if used == wish.value:
        return True, "it is the deciding measure"
    return wish.value in test, "reported next to the deciding measure" if wish.value in test else f"{used} decides"


def _folds(wish: Wish, task: Task, found: Evidence) -> Verdict:
    folds = found.result("train").get("folds") or {}
    done, asked = int(folds.get("count", 0)), int(wish.value)
    if not done:
        return False, "there was no time for cross-validation"
    why = f"over {done} folds {folds.get('measure')} is {folds.get('mean', 0):.4g} ± {folds.get('std', 0):.2g}"
    return done == asked, why


def _repeats(wish: Wish, task: Task, found: Evidence) -> Verdict:
    repeats = found.result("train").get("repeats") or {}
    return int(repeats.get("count", 0)) == int(wish.value), f"trained {repeats.get('count', 1)} times"


def _family(wish: Wish, task: Task, found: Evidence) -> Verdict:
    used = found.result("train").get("family")
    return used == wish.value or wish.value in found.tried, f"the model is {used}"


def _compare(wish: Wish, task: Task, found: Evidence) -> Verdict:
    lacking = [name for name in wish.value if name not in found.tried]
    return not lacking, f"not tried: {', '.join(lacking)}" if lacking else f"tried: {', '.join(wish.value)}"


def _avoid(wish: Wish, task: Task, found: Evidence) -> Verdict:
    out, _ = models.ruled_out([name for name in wish.value if models.can_rule_out(name)])
    used = [name for name in found.tried if name in out]
    return not used, f"{', '.join(used)} was used" if used else "none was tried"


def _decision(wish: Wish, task: Task, found: Evidence) -> Verdict:
    decision = found.result("evaluate").get("decision") or found.result("train").get("decision") or {}
    if "threshold" not in decision:
        return False, "no threshold was moved"
    why = f"the threshold is {decision['threshold']:.3g}"
    if wish.kind == "at_least" and decision.get("reached") is False:
        return False, f"{why}, and the test rows do not reach it"
    return True, why


def _positive(wish: Wish, task: Task, found: Evidence) -> Verdict:
    return found.schema.get("positive") == wish.value.get(
        "class"
    ), f"{found.schema.get('positive')} is the positive class"


def _in_train(wish: Wish, task: Task, found: Evidence) -> Verdict:
    return found.args("train").get(wish.kind) is not None, ""


def _layers(wish: Wish, task: Task, found: Evidence) -> Verdict:
    options = (found.result("train").get("settings") or {}) | (found.args("train").get("settings") or {}).get(
        "options", {}
    )
    return options.get("layers") == wish.value, f"{options.get('layers')} layers" if "layers" in options else ""


def _pretrained(wish: Wish, task: Task, found: Evidence) -> Verdict:
    used = [name for name in found.tried if models.is_pretrained(name)]
    if wish.value is False:
        return not used, f"{', '.join(used)} was used" if used else "trained from scratch"
    family = str(found.result("train").get("family"))
    named = models.pretrained_as(wish.value) if isinstance(wish.value, str) else None
    known = models.is_pretrained(family) if named is None else family == named
    return known, f"{family} is pretrained on other data" if known else "trained from scratch"


def _constraint(wish: Wish, task: Task, found: Evidence) -> Verdict:
    return True, ""


def _pixels(wish: Wish, task: Task, found: Evidence) -> Verdict:
    size = (found.args("train").get("settings") or {}).get("options", {}).get("pixels")
    return size == wish.value, f"{size} pixels" if size else ""


# ---- what is left behind -----------------------------------------------------------------------------------------


def _count(wish: Wish, task: Task, found: Evidence) -> Verdict:
    pictures = (found.result("evaluate").get("generation") or {}).get("pictures") or []
    sheets = [one for one in pictures if one.get("kind") == "sheet"]
    asked = found.args("evaluate").get("sheet")
    done = bool(sheets) and asked == wish.value
    return done, f"{asked} new pictures on one sheet in samples/" if done else "no sheet was made"


def _condition(one: dict[str, Any]) -> str:
    value = one.get("value", "")
    why = (
        ", ".join(map(str, value))
        if isinstance(value, list)
        else f"{value:g}"
        if isinstance(value, float)
        else str(value)
    )
    return f"{one['column']} {one['op']} {why}".strip()


JUDGES: dict[str, Callable[[Wish, Task, Evidence], Verdict]] = {
    "goal": _goal, "target": _target, "data": _data, "search": _data, "exclude": _exclude, "only": _only,
    "missing": _missing, "derive": _derive, "where": _where, "rows": _rows, "labels": _labels,
    "labels_per_class": _labels, "classes": _classes, "test": _test, "train": _part, "validation": _part,
    "group": _split_column, "time": _split_column, "stratify": _stratify, "metric": _metric, "folds": _folds,
    "repeats": _repeats, "family": _family, "compare": _compare, "avoid": _avoid, "costs": _decision,
    "at_least": _decision, "positive": _positive, "balance": _in_train, "flips": _in_train, "layers": _layers,
    "pretrained": _pretrained, "budget": _constraint, "device": _constraint, "seed": _constraint,
    "offline": _constraint, "pixels": _pixels, "count": _count,
}  # fmt: skip
