"""The planner that needs no LLM: a fixed path, with the data deciding what the words left open.

    [search ►] download ► extract ► inspect ► prepare ► train ► evaluate ► report

It searches where the request names no data; candidates that turn out to be something else give way to the next one.
After `inspect` it knows modality, columns and classes and settles goal and target. A typed error makes it try the
next thing that could work: another mirror or source, the next reader, a smaller batch, another family.
"""

from typing import Any

from noglue.agent import request, run_ledgers
from noglue.agent.plan import Plan, PlannedStep
from noglue.agent.protocols import Attempt
from noglue.agent.settle import accounts, candidates, checks, means, origins, repairs, several
from noglue.agent.settle.settling import Settled, profiles, settle, with_target
from noglue.agent.task import Constraints, Task
from noglue.tools import metrics
from noglue.tools.spec import goals
from noglue.tools.spec.errors import DataError, Kind, Remedy, TaskUnclear

SMALLEST, LARGEST = 8, 128  # pixels of an image's longest side that the generators make
LEAST_SCORING, LEAST_JUDGING = 8.0, 20.0  # seconds, to score a model and to judge a generator however little is left
REPORTING = 1.0  # seconds, to report of it


class Rules:
    """See the module."""

    name = "rules"

    def __init__(self, inception: str | None = None) -> None:
        """inception: a file with the weights of Inception-v3, to judge generated images by; None: there is none."""
        self._inception = inception

    def understand(self, paragraph: str, data: list[str], constraints: Constraints) -> Task:
        return request.read(paragraph, data, constraints)

    def plan(self, task: Task) -> Plan:
        """Raises TaskUnclear when nothing says where data is, StepFailed when no model family can do what is asked."""
        means.refuse(task)
        checks.check_constraints(task)
        checks.check_family(task)
        checks.check_inception(task, self._inception)
        steps = origins.steps(task)
        return Plan(steps=[*steps, *_learning_steps(task, steps[-1].id, self._inception)])

    def revise(self, task: Task, plan: Plan, history: list[Attempt]) -> Plan | None:
        last = history[-1]
        if last.error is not None:
            if last.tool == "inspect":
                checks.check_readable(task, last.error)
            return repairs.after_error(task, plan, history)
        if last.tool == "search":
            return candidates.fill_in(task, plan, history)
        if last.tool == "inspect":
            return _settled(task, plan, history)
        if last.tool == "evaluate":
            return _replace(plan, self._report_step(task, plan, history))
        return plan

    def _report_step(self, task: Task, plan: Plan, history: list[Attempt]) -> PlannedStep:
        """With what only the finished run knows: where the data came from, how it was found, how long steps took."""
        planned = plan.step("report")
        asked = task.model_dump(include={"paragraph", "sources", "constraints"})
        seconds = {attempt.id: attempt.seconds for attempt in history}
        found = candidates.described(plan, history)
        asked |= {"found": found} if found else {}
        fetched = [attempt.id for attempt in history if attempt.tool == "download" and attempt.error is None]
        needs = planned.needs | {"profile": plan.step("prepare").needs["profile"]}
        needs |= {"origins": f"{fetched[-1]}.origins"} if fetched else {}
        args = {
            "task": asked,
            "seconds": seconds,
            "planner": self.name,
            **run_ledgers.for_report(accounts.final(task, history, None), history),
        }
        return planned.model_copy(update={"args": args, "needs": needs})


def _settled(task: Task, plan: Plan, history: list[Attempt]) -> Plan:
    """The steps as the data has them; where a search's data is not what was asked for, the next candidate's steps.

    A target that the words leave open may be the one that the candidate's page or the Hub names.
    Raises TaskUnclear or DataError when there is no other candidate.
    """
    last, taken = history[-1], candidates.current(plan, history)
    reason = candidates.unfit(task, (last.result or {})["profile"]) if taken is not None else None
    if reason is None:
        try:
            return _filled_in(task, plan, last, settle(task, profiles(last)))
        except (TaskUnclear, DataError) as error:
            known = with_target(task, taken.target) if taken is not None and taken.target else None
            if known is not None and error.kind == Kind.MISSING_TARGET:
                return _settled(known, plan, history) if known != task else _other(task, plan, history, error)
            return _other(task, plan, history, error)
    return _other(task, plan, history, DataError(Kind.UNFIT, f"{taken.title if taken else 'The data'}: {reason}."))


def _place_of(inspected: Attempt, place: int) -> str:
    """Where a later step finds the reading that was chosen."""
    return f"{inspected.id}.profiles.{place}" if place else f"{inspected.id}.profile"


def _filled_in(task: Task, plan: Plan, inspected: Attempt, found: Settled) -> Plan:
    """`prepare`, `train` and `evaluate` with what the wishes come to on these data."""
    goal = found.prepare["goal"]
    checks.check_generated(goal, found.profile.modality)
    checks.check_family_for(task, goal)
    why = f"{found.why}; the test rows are chosen first and sealed"
    prepare = plan.step("prepare")
    needs = prepare.needs | {"profile": _place_of(inspected, found.place)}
    plan = _replace(plan, prepare.model_copy(update={"args": found.prepare, "needs": needs, "why": why}))
    for id, args in (("train", found.train), ("evaluate", found.evaluate)):
        step = plan.step(id)
        plan = _replace(plan, step.model_copy(update={"args": step.args | _options(step.args, args)}))
    return plan


def _options(before: dict[str, Any], args: dict[str, Any]) -> dict[str, Any]:
    """Options of the family stand in `settings`."""
    plain = {name: value for name, value in args.items() if name != "options"}
    if "options" not in args:
        return plain
    settings = before.get("settings", {})
    return plain | {"settings": settings | {"options": settings.get("options", {}) | args["options"]}}


def _other(task: Task, plan: Plan, history: list[Attempt], error: TaskUnclear | DataError) -> Plan:
    """The plan with the next candidate of the search, or the error."""
    revised = (
        candidates.next_one(task, plan, history, error.message) if Remedy.OTHER_DATA in error.kind.remedies else None
    )
    if revised is None:
        raise error
    return revised


def _learning_steps(task: Task, inspected: str, inception: str | None) -> list[PlannedStep]:
    generate = goals.makes_new(task.goal)
    goal = goals.load(task.goal or goals.names()[0])  # one of a target, where the data are to say which
    asked, evaluate = means.arguments(task, task.goal)
    misfit = _misfit(task, inception)
    metric = task.metric if misfit is None else None
    train = {"metric": metric, "family": task.constraints.family} | _settings(task)
    facts = {"profile": f"{inspected}.profile", "prepared": "prepare", "trained": "train", "evaluated": "evaluate"}
    return [
        PlannedStep(
            id="prepare",
            tool="prepare",
            needs={"profile": f"{inspected}.profile"},
            args={"goal": task.goal, "target": task.target}
            if not isinstance(task.target, list)
            else several.planned(task),
            why="make one data set of them; the test rows are chosen first and sealed",
        ),
        PlannedStep(
            id="train",
            tool="train",
            args=train | _options(train, asked),
            reserve_seconds=_reserve(goal.reserve, task.constraints.budget_seconds),
            why="; ".join([goal.trains, *_passed_over(task), *([misfit] if misfit else [])]),
        ),
        PlannedStep(
            id="evaluate",
            tool="evaluate",
            args={"metric": metric} | evaluate | ({"inception": inception} if generate and inception else {}),
            least_seconds=LEAST_JUDGING if generate else LEAST_SCORING,
            reserve_seconds=REPORTING,
            why=goal.scores,
        ),
        PlannedStep(id="report", tool="report", args={}, needs=facts, timed=False, public=True, why="write the report"),
    ]


def _misfit(task: Task, inception: str | None) -> str | None:
    """Why the measure asked for can't be one of what is made, if it can't."""
    if task.metric is None or task.goal is None:
        return None
    metric = metrics.load(task.metric)
    if metric.goal != task.goal and not (goals.needs_target(metric.goal) and goals.needs_target(task.goal)):
        return f"{metric.title} does not measure how well to {task.goal}, so the usual measure decides"
    if metric.sees.startswith("inception") and inception is None:
        return f"{metric.title} needs the weights of Inception-v3 (NOGLUE_INCEPTION), so the usual measure decides"
    return None


def _settings(task: Task) -> dict[str, Any]:
    """`settings` of train, where the request says anything for it."""
    size = _pixels(task)
    return {"settings": {"options": {"pixels": size}}} if size else {}


def _pixels(task: Task) -> int | None:
    """The longest side asked for, as near as the generators come to it."""
    asked = task.constraints.pixels if goals.makes_new(task.goal) else None
    return None if asked is None else max(SMALLEST, min(LARGEST, int(asked)))


def _passed_over(task: Task) -> list[str]:
    """What was asked for and can't be had, where that is no reason to refuse."""
    reasons = [task.evidence["family"]] if "family" in task.evidence and task.constraints.family is None else []
    size = _pixels(task)
    if size is not None and size != task.constraints.pixels:
        reasons.append(
            f"images can be {SMALLEST} to {LARGEST} pixels large, so {size} is used instead of the size asked for"
        )
    return reasons


def _reserve(given: tuple[float, float, float], budget: float | None) -> float:
    """Seconds of the budget that evaluation and report get. given: a share, and how many at least and at most."""
    if budget is None:
        return 0.0
    share, least, most = given
    return min(most, max(least, budget * share), budget / 2)


def _replace(plan: Plan, step: PlannedStep) -> Plan:
    return Plan(steps=[step if old.id == step.id else old for old in plan.steps])
