"""What can be refused before anything is fetched: limits that nothing can be learned under, models that do not fit."""

from pathlib import Path

from noglue.agent import request
from noglue.agent.request import families, sources
from noglue.agent.task import GoalName, ModalityName, Task
from noglue.tools import models
from noglue.tools.spec import catalogue, goals, modalities
from noglue.tools.spec.errors import BadUsage, Failure, Kind, TaskUnclear

UNSUPPORTED = {
    "attack": "train against adversarial examples",
    "private": "train with differential privacy",
    "epsilon": "train with differential privacy",
}


def check_constraints(task: Task) -> None:
    """Raises TaskUnclear for what was asked for and would otherwise be dropped in silence."""
    for what, number, least in (("rows", task.constraints.max_rows, 10), ("labels", task.constraints.labels, 2)):
        if number is not None and number < least:
            raise TaskUnclear(
                Kind.TOO_FEW_ROWS, f"Nothing can be learned from {number} {what}.", hint=f"Allow at least {least}."
            )
    for name, what in UNSUPPORTED.items():
        if name in task.constraints:
            raise TaskUnclear(
                Kind.UNSUPPORTED,
                f"The request asks to {what} ({task.evidence.get(name, name)}), which no model family here does yet.",
                hint="Leave that wish out to get an ordinary model.",
            )


def check_family(task: Task) -> None:
    """Raises TaskUnclear before anything is downloaded when no model family does what is asked."""
    _check_installed(task.constraints.family)
    if task.goal is None:
        return
    check_family_for(task, task.goal)
    kinds = [task.modality] if task.modality and _words_decide(task) else modalities.names()
    if not any(_families(task.goal, modality) for modality in kinds):
        raise _nobody(task, task.goal)


def _check_installed(name: str | None) -> None:
    known = name is not None and name in catalogue.names("noglue.tools.models")
    if known and (lack := models.lack(str(name))) is not None:
        hint = f"Install it, or leave {name} out to get another model."
        raise TaskUnclear(Kind.FAMILY_UNAVAILABLE, f"{lack}.", hint=hint)


def _words_decide(task: Task) -> bool:
    """Whether the words alone tell the kind of data: files at hand tell it themselves; series may be tables."""
    at_hand = any("://" not in source for source in task.sources)
    kind = None if task.modality is None else modalities.load(task.modality)
    elsewhere = kind is not None and not (kind.tabular or kind.comes_as) and not at_hand
    return goals.makes_new(task.goal) or not task.sources or elsewhere


def check_inception(task: Task, weights: str | None) -> None:
    """Raises BadUsage where the environment names weights that are not there, before hours are spent on a training."""
    if goals.makes_new(task.goal) and weights is not None and not Path(weights).is_file():
        raise BadUsage(
            Kind.INCEPTION,
            f"NOGLUE_INCEPTION names {weights}, which is not a file.",
            hint="Name the file with the weights of Inception-v3; without the variable FID is left out.",
        )


def check_family_for(task: Task, goal: GoalName) -> None:
    """Raises TaskUnclear where the kind of model that was asked for does something else."""
    name = task.constraints.family
    if name is None or name not in catalogue.names("noglue.tools.models"):
        return
    able = families.abilities(name)
    if able and goal not in {does for does, _ in able}:
        verbs = " or ".join(dict.fromkeys(does for does in goals.names() if does in {verb for verb, _ in able}))
        of = {kind for _, kind in able}
        kinds = " or ".join(modalities.load(kind).plural for kind in modalities.names() if kind in of)
        raise TaskUnclear(
            Kind.UNSUITABLE_FAMILY,
            f"The request was read as: {request.understood(task)}. A {name} model can {verbs} {kinds}, not {goal}.",
            hint=f"Leave {name} out, or ask for what it can do.",
        )


def check_generated(goal: GoalName, modality: ModalityName) -> None:
    """Raises TaskUnclear where data of this kind can't be generated."""
    if goals.makes_new(goal) and not _families(goal, modality):
        raise _not_generated(goal, modality, f"The data were read as {modalities.load(modality).plural}.")


def _nobody(task: Task, goal: GoalName) -> TaskUnclear:
    """No family is there for such a request."""
    read = f"The request was read as: {request.understood(task)}."
    if goals.makes_new(goal) and task.modality is not None:
        return _not_generated(goal, task.modality, read)
    able = [f"{does} {kind}" for does in goals.names() for kind in modalities.names() if _families(does, kind)]
    return TaskUnclear(
        Kind.NO_FAMILY,
        f"{read} No model family here can do that.",
        hint=f"There are families to {' data, '.join(able)} data; say it in other words if it was misread.",
    )


def _not_generated(goal: GoalName, modality: ModalityName, why: str) -> TaskUnclear:
    """What can't be made anew yet, in plain words. why: where that kind of data was read from."""
    kinds = [modalities.load(kind).plural for kind in modalities.names() if _families(goal, kind)]
    kind = modalities.load(modality)
    columns = (kind.tabular or kind.comes_as) and _families("classify", modality)
    column = " To learn from these, name a column: predict <column>." if columns else ""
    return TaskUnclear(
        Kind.NO_FAMILY,
        f"{why} New {modalities.load(modality).plural} can't be generated yet, by any kind of model; "
        f"{' and '.join(kinds) or 'nothing else'} can.",
        hint=f"Give {' or '.join(kinds) or 'other data'} to generate more of.{column}",
    )


def _families(goal: GoalName, modality: ModalityName) -> list[str]:
    """The model families that could do this on data of a usual shape."""
    return [name for name in catalogue.names("noglue.tools.models") if (goal, modality) in families.abilities(name)]


def check_readable(task: Task, failure: Failure) -> None:
    """Raises TaskUnclear where no reader knows the files, but their endings tell what can't be generated."""
    endings = failure.data.get("endings", {})
    found = {sources.extension(f"file{ending}") for ending in endings}
    if task.goal is None or not goals.makes_new(task.goal):
        return
    for modality in modalities.names():
        if found == {modality} and not _families(task.goal, modality):
            words = f"The files ({', '.join(endings)}) hold {modalities.load(modality).plural}."
            raise _not_generated(task.goal, modality, words)
