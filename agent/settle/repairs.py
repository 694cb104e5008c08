"""What to try after a typed error. Each repair changes the failed step, or puts one before it; None: nothing helps.

data unreadable                 → the next reader that claimed the files
out of memory                   → half the batch
family missing, or training
  diverged or collapsed         → the next family, the simple ones that results are set beside last of all
source not found, unreachable,
  unreadable, not what it said  → the search's next candidate; what the catalogue can't get is searched for;
                                  what the user named is never swapped for something else
"""

from typing import Any

from noglue.agent.plan import Plan, PlannedStep
from noglue.agent.protocols import Attempt
from noglue.agent.settle import candidates, origins
from noglue.agent.task import Task
from noglue.tools.spec import catalogue as catalogues
from noglue.tools.spec.errors import Remedy

FIRST_SMALLER_BATCH, LEAST_BATCH = 128, 8
LEAST_SHARE = 0.2  # of the budget, for which another training is begun
FAMILIES = "noglue.tools.models"
FETCHING = "download"
READING = ("extract", "inspect", "prepare")


def after_error(task: Task, plan: Plan, history: list[Attempt]) -> Plan | None:
    """The plan with the repair, or None."""
    last = history[-1]
    assert last.error is not None
    remedies = last.error.kind.remedies
    step = plan.step(last.id)
    if (
        last.tool == "prepare"
        and Remedy.OTHER_READER in remedies
        and (again := _next_reader(plan, step, history)) is not None
    ):
        return again
    if last.tool == "train" and Remedy.SMALLER_BATCH in remedies:
        return _with(plan, _smaller_batch(step, last))
    if last.tool == "train" and Remedy.OTHER_FAMILY in remedies:
        return _with(plan, _next_family(step, last, history) if _time_is_left(task, step, history) else None)
    if candidates.candidates(history):
        return _next_candidate(task, plan, history)
    if last.tool == FETCHING and Remedy.OTHER_PLACE in remedies:
        return _elsewhere(task, plan, history)
    return None


def _elsewhere(task: Task, plan: Plan, history: list[Attempt]) -> Plan | None:
    """A data set that the catalogue knows and can't get is looked for; what the user named himself is not."""
    known, last = origins.known(task), history[-1]
    if known is None or known.name == "given" or last.error is None or any(one.tool == "search" for one in history):
        return None
    return candidates.looked_for(task, plan, history, last.error.message)


def _next_candidate(task: Task, plan: Plan, history: list[Attempt]) -> Plan | None:
    """After a search: another candidate, where the error is one of the data and not of this machine."""
    last = history[-1]
    assert last.error is not None
    helps = Remedy.OTHER_PLACE if last.tool == FETCHING else Remedy.OTHER_DATA if last.tool in READING else None
    if helps not in last.error.kind.remedies:
        return None
    return candidates.next_one(task, plan, history, last.error.message)


def _with(plan: Plan, changed: PlannedStep | None) -> Plan | None:
    if changed is None:
        return None
    return Plan(steps=[changed if step.id == changed.id else step for step in plan.steps])


def _next_reader(plan: Plan, prepare: PlannedStep, history: list[Attempt]) -> Plan | None:
    """Inspect again with a reader that has not been tried, before `prepare` goes on with what it finds."""
    looks = [attempt for attempt in history if attempt.tool == "inspect" and attempt.result is not None]
    profile = looks[-1].result["profile"] if looks and looks[-1].result else {}
    tried = {look.result["profile"]["reader"] for look in looks if look.result}
    left = [name for name in profile.get("others", []) if name not in tried]
    if not left:
        return None
    again = PlannedStep(
        id=f"inspect-{candidates.free_number(history)}",
        tool="inspect",
        args=looks[-1].args | {"reader": left[0]},
        why=f"the files could not be read as {profile['reader']}; trying {left[0]}",
    )
    place = plan.steps.index(prepare)
    return Plan(steps=[*plan.steps[:place], again, *plan.steps[place:]])


def _smaller_batch(train: PlannedStep, last: Attempt) -> PlannedStep | None:
    """Half of the batch that failed; where the family chose it itself and could not say, a small one."""
    assert last.error is not None
    failed = last.error.data.get("batch_size") or train.args.get("settings", {}).get("batch_size")
    batch = int(failed) // 2 if failed else FIRST_SMALLER_BATCH
    return _set(train, batch_size=batch) if batch >= LEAST_BATCH else None


def _next_family(train: PlannedStep, last: Attempt, history: list[Attempt]) -> PlannedStep | None:
    """The next as `train` ranks them, by what each family says suits it; the simple ones last."""
    assert last.error is not None
    tried = {attempt.args.get("family") for attempt in history if attempt.tool == "train"}
    tried |= {attempt.error.data.get("family") for attempt in history if attempt.error is not None}
    others = [name for name in last.error.data.get("others", []) if name not in tried]
    if not others:
        return None
    family = min(others, key=_simple)  # the first of those that are not simple
    why = f"{last.error.message.rstrip('.')}; trying {family}"
    if _simple(family):
        why += ", the simple model that is left"
    return train.model_copy(update={"args": train.args | {"family": family}, "why": why})


def _time_is_left(task: Task, step: PlannedStep, history: list[Attempt]) -> bool:
    """Whether another training is worth beginning; else what went wrong is the better answer than an empty clock."""
    budget = task.constraints.budget_seconds
    spent = sum(attempt.seconds for attempt in history) + step.reserve_seconds
    return budget is None or budget - spent >= LEAST_SHARE * budget


def _simple(family: str) -> bool:
    """Whether it is one of those that others are set beside."""
    return family in catalogues.names(FAMILIES) and bool(catalogues.load(FAMILIES, family).BASELINE)


def _set(train: PlannedStep, **settings: Any) -> PlannedStep:
    return train.model_copy(update={"args": train.args | {"settings": train.args.get("settings", {}) | settings}})
