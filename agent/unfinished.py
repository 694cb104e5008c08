"""The report of a run that failed or was interrupted: how far it came, written by a step of its own at the very end.

It never hides the error that ended the run: whatever goes wrong here leaves the run as it is without it.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from noglue.agent import run_ledgers
from noglue.agent.plan import Plan, PlannedStep
from noglue.agent.process import StepEnvironment, execute
from noglue.agent.protocols import Attempt
from noglue.agent.request import understand
from noglue.agent.task import Task
from noglue.agent.ui.wording import summary
from noglue.tools.sandbox import trees
from noglue.tools.spec.errors import BudgetSpent, ToolError

TOOL = "report_unfinished"
MOST_SECONDS = 20.0
STEP = PlannedStep(id="unfinished", tool=TOOL, public=True, why="how far the run came")


def report(
    env: StepEnvironment, task: Task, plan: Plan, history: list[Attempt], content: dict[str, Any],
    redact: Callable[[Any], Any],
) -> None:  # fmt: skip
    """report.html and report.md into the run's folder. content: of its run.json, whose `error` is not null."""
    number = len(history) + 1
    with suppress(ToolError, OSError, KeyboardInterrupt):
        args = redact({"how_far": _how_far(task, plan, history, content)})
        execute(env, number, STEP, args, MOST_SECONDS, lambda event: None)
    with suppress(ToolError, OSError):
        trees.remove(env.folder.step_folder(number, STEP.id))  # its number is the next step's


def _how_far(task: Task, plan: Plan, history: list[Attempt], content: dict[str, Any]) -> dict[str, Any]:
    error, name = content["error"], content["run"]
    accounts = {field: content.get(field) for field in ("files", "rows")}
    return {
        "paragraph": task.paragraph or " ".join(task.sources),
        "read_as": understand.in_words(task, plan),
        "status": content["status"],
        "stopped": {field: error.get(field) or "" for field in ("message", "hint", "step", "kind")}
        | {"code": error["code"]},
        "steps": [*_steps(plan, history)],
        "seconds": content["seconds"]["total"],
        "resume": f"noglue resume {name}{_more_time(task, error)}",
        "planner": content["planner"],
        "device": content["device"],
        "warnings": [one["message"] for one in (content["data"] or {}).get("warnings") or []],
        "wishes": run_ledgers.for_report(task, history)["wishes"],
        "unread": task.unread,
        **accounts,
    }


def _more_time(task: Task, error: dict[str, Any]) -> str:
    """Of a run whose time was up: twice as much, without which it would end so again."""
    budget = task.constraints.budget_seconds
    if error["code"] != BudgetSpent.code or budget is None:
        return ""
    return f" --budget {max(1, round(2 * budget / 60))}m"


def _steps(plan: Plan, history: list[Attempt]) -> list[dict[str, Any]]:
    """Those that were taken, in their order, then those of the plan that were not."""
    taken = list(dict.fromkeys(attempt.id for attempt in history))
    planned = {step.id: step for step in plan.steps}
    found = [_taken([attempt for attempt in history if attempt.id == id], planned.get(id)) for id in taken]
    waiting = [{"id": id, "why": step.why, "state": "waiting"} for id, step in planned.items() if id not in taken]
    return found + waiting


def _taken(tries: list[Attempt], planned: PlannedStep | None) -> dict[str, Any]:
    last = tries[-1]
    told = last.error.message if last.error is not None else summary(last.tool, last.result or {})
    return {
        "id": last.id,
        "why": "" if planned is None else planned.why,
        "state": "done" if last.error is None else "failed",
        "seconds": round(sum(one.seconds for one in tries), 3),
        "tried": len(tries),
        "told": told,
    }
