"""What the data settles once `inspect` has looked at it: which column is the target, and what is to be learnt of it."""

import re
from pathlib import Path
from typing import Any, get_args

from agent import request
from agent.plan import PlannedStep
from agent.protocols import Attempt
from agent.request import families, sources, splitting
from agent.settle import columns, queries
from agent.task import Goal, Modality, Task
from tools.core import catalogue
from tools.core.errors import BadUsage, DataError, TaskUnclear
from tools.core.goals import decide_goal
from tools.core.profiles import Column, Profile

ENOUGH = 0.3
SURE = 0.9  # of a goal that words say as well as the encoder
SEMI = "semi_gan"  # the family that learns from rows without labels too

UNSUPPORTED = {
    "attack": "train against adversarial examples",
    "private": "train with differential privacy",
    "epsilon": "train with differential privacy",
}


def check_constraints(task: Task) -> None:
    """Raises TaskUnclear for what was asked for and would otherwise be dropped in silence."""
    least = {"max_rows": 10, "labels": 2}
    for name, number in least.items():
        if name in task.constraints and int(task.constraints[name]) < number:
            few = f"{task.constraints[name]} {name.replace('max_', '')}"
            raise TaskUnclear("too-few", f"Nothing can be learned from {few}.", hint=f"Allow at least {number}.")
    for name, what in UNSUPPORTED.items():
        if name in task.constraints:
            raise TaskUnclear(
                "unsupported",
                f"The request asks to {what} ({task.evidence.get(name, name)}), which no model family here does yet.",
                hint="Leave that wish out to get an ordinary model.",
            )


def check_family(task: Task) -> None:
    """Raises TaskUnclear before anything is downloaded when no model family does what is asked."""
    if task.goal is None:
        return
    _named_family_must_do(task, task.goal)
    modalities: list[Modality] = [task.modality] if task.modality else [*get_args(Modality)]
    if not any(_families(task.goal, modality) for modality in modalities):
        raise _nobody(task, task.goal)


def check_inception(task: Task, weights: str | None) -> None:
    """Raises BadUsage where the environment names weights that are not there, before hours are spent on a training."""
    if task.goal == "generate" and weights is not None and not Path(weights).is_file():
        raise BadUsage(
            "inception",
            f"NOGLUE_INCEPTION names {weights}, which is no file.",
            hint="Name the file with the weights of Inception-v3; without the variable FID is left out.",
        )


def _named_family_must_do(task: Task, goal: Goal) -> None:
    """Raises TaskUnclear where the kind of model that was asked for does something else."""
    name = task.constraints.get("family")
    if name not in catalogue.names("tools.models"):
        return
    able = families.abilities(name)
    if able and goal not in {does for does, _ in able}:
        verbs = " or ".join(dict.fromkeys(does for does in get_args(Goal) if does in {verb for verb, _ in able}))
        kinds = " or ".join(request.KINDS[kind] for kind in get_args(Modality) if kind in {kind for _, kind in able})
        raise TaskUnclear(
            "unsuitable-family",
            f"The request was read as: {request.understood(task)}. A {name} model can {verbs} {kinds}, not {goal}.",
            hint=f"Leave {name} out, or ask for what it can do.",
        )


def _nobody(task: Task, goal: Goal) -> TaskUnclear:
    """No family is there for such a request."""
    read = f"The request was read as: {request.understood(task)}."
    if goal == "generate" and task.modality is not None:
        return _not_generated(task.modality, read)
    able = [f"{does} {kind}" for does in get_args(Goal) for kind in get_args(Modality) if _families(does, kind)]
    return TaskUnclear(
        "no-family",
        f"{read} No model family here can do that.",
        hint=f"There are families to {' data, '.join(able)} data; say it in other words if it was misread.",
    )


def _not_generated(modality: Modality, why: str) -> TaskUnclear:
    """What can't be made anew yet, in plain words. why: where that kind of data was read from."""
    kinds = [request.KINDS[kind] for kind in get_args(Modality) if _families("generate", kind)]
    column = " To learn from these, name a column: predict <column>." if modality in ("table", "text") else ""
    return TaskUnclear(
        "no-family",
        f"{why} New {request.KINDS[modality]} can't be generated yet, by any kind of model; "
        f"{' and '.join(kinds) or 'nothing else'} can.",
        hint=f"Give {' or '.join(kinds) or 'other data'} to generate more of.{column}",
    )


def _families(goal: Goal, modality: Modality) -> list[str]:
    """The model families that could do this on data of a usual shape."""
    return [name for name in catalogue.names("tools.models") if (goal, modality) in families.abilities(name)]


def check_readable(task: Task, error: dict[str, Any]) -> None:
    """Raises TaskUnclear where no reader knows the files, but their endings tell what can't be generated."""
    endings = error["data"].get("endings", {})
    told = {sources.extension(f"file{ending}") for ending in endings}
    for modality in get_args(Modality):
        if task.goal != "generate" or modality == "image" or told != {modality}:
            continue
        raise _not_generated(modality, f"The files ({', '.join(endings)}) hold {request.KINDS[modality]}.")


def prepare_step(task: Task, planned: PlannedStep, inspected: Attempt) -> PlannedStep:
    """`prepare` with its goal and target. Raises TaskUnclear or DataError when the data leaves them open."""
    assert inspected.result is not None
    profile = Profile.model_validate(inspected.result["profile"])
    target, why = _target(task, profile)
    goal = _goal(task, profile, target)
    if goal == "generate" and not _families(goal, profile.modality):
        raise _not_generated(profile.modality, f"The data were read as {request.KINDS[profile.modality]}.")
    _named_family_must_do(task, goal)
    stated: dict[str, Any] = {
        name: task.constraints[name] for name in ("labels", "max_rows") if name in task.constraints
    }
    if "labels_per_class" in task.constraints and profile.classes:
        stated["labels"] = int(task.constraints["labels_per_class"]) * len(profile.classes)
    if goal == "generate":
        stated.pop("labels", None)
    if "labels" in stated and profile.modality == "image" and task.constraints.get("family", SEMI) == SEMI:
        stated["keep_unlabelled"] = True  # what has no label may still be learned from
    settled = {"goal": goal, "target": target} | stated | _split(task, profile, target)
    needs = planned.needs | {"profile": f"{inspected.id}.profile"}
    return planned.model_copy(
        update={"args": settled, "needs": needs, "why": f"{why}; the test rows are chosen first and sealed"}
    )


def _split(task: Task, profile: Profile, target: str | None) -> dict[str, Any]:
    """What the words say of the rows that the model is for."""
    if task.goal == "generate":
        return {}
    text = task.paragraph
    for source in task.sources:
        text = text.replace(source, " ")
    others = [column for column in profile.columns if column.name != target]
    found: dict[str, Any] = dict(splitting.asked(text, others, sum(profile.rows.values())))
    later = splitting.ahead(text)
    if later is not None and target is not None and not splitting.names_the_future(target):
        found["ahead"] = later
    return found


def _target(task: Task, profile: Profile) -> tuple[str | None, str]:
    """The column to predict and why it is that one."""
    if task.goal == "generate":
        asked = "; a class can be asked for" if profile.target is not None and profile.classes else ""
        return profile.target, f"generate more of the same{asked}"
    if profile.modality == "image" and not profile.columns:
        if profile.target is None:
            raise DataError(
                "no-labels",
                "The images carry no labels: there are no class folders and no table that names their classes.",
                hint="Put each class's images into a folder of its own, or give a labels.csv beside them.",
            )
        return profile.target, f"the label is {profile.target}"
    if profile.target is not None and not task.target:
        return profile.target, f"the format names {profile.target} as the target"
    ranked = [*columns.match_target(task.target or "", profile.columns, task.goal)[:1], *_by_values(task, profile)]
    if ranked and (best := max(ranked, key=lambda one: one.confidence)).confidence >= ENOUGH:
        return best.name, f"the target is {best.name}: {best.why}"
    if profile.target is not None:
        return profile.target, f"the format names {profile.target} as the target"
    written = [column.name for column in profile.columns if _stands_in(column.name, task.paragraph)]
    if len(written) == 1:
        return written[0], f"the target is {written[0]}: the request names it"
    wanted = (
        f"{task.target!r} matches none of the columns"
        if task.target
        else "The request does not say which column to predict"
    )
    raise TaskUnclear(
        "missing-target", f"{wanted}: {_names(profile.columns)}.", hint="Name the column, as in: predict <column>."
    )


def _by_values(task: Task, profile: Profile) -> list[columns.Ranked]:
    """What columns hold, where classes are asked for."""
    if task.goal not in ("classify", None):
        return []
    found = [columns.holding(queries.things(task), profile.columns)]
    found += [columns.only_classes(profile.columns)] if task.goal == "classify" else []
    return [one for one in found if one is not None]


def _stands_in(name: str, paragraph: str) -> bool:
    """As a word of its own, however it is written: `predict y`."""
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", paragraph, re.IGNORECASE) is not None


def _goal(task: Task, profile: Profile, target: str | None) -> Goal:
    """What is surer, the words or the target's own values."""
    if task.goal == "generate":
        return task.goal
    if profile.modality == "image":
        named = bool(profile.classes) and task.confidence.get("goal", 0.0) < SURE
        return "classify" if named else task.goal or "classify"
    column = next((column for column in profile.columns if column.name == target), None)
    if column is None:
        return task.goal or "classify"
    decided, confidence, _ = decide_goal(column, sum(profile.rows.values()))
    surer = confidence > task.confidence.get("goal", 0.0)
    return decided if task.goal is None or surer else task.goal


def _names(found: list[Column]) -> str:
    names = [column.name for column in found]
    return ", ".join(names[:30]) + (f" and {len(names) - 30} more" if len(names) > 30 else "")
