"""What an earlier session of a run has finished, taken from its journal and checked against its files."""

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from noglue.agent import journal, plan_check
from noglue.agent.events import Failed, Finished
from noglue.agent.plan import Plan
from noglue.agent.protocols import Attempt
from noglue.agent.run_folder import RunFolder
from noglue.agent.runner import fingerprint
from noglue.agent.task import Task
from noglue.tools.files import beneath
from noglue.tools.files.bounded_json import parsed
from noglue.tools.spec import catalogue
from noglue.tools.spec.errors import BadUsage, DataError, Kind, StepFailed

ARGS_LIMIT, RESULT_LIMIT = 64 << 20, 64 << 20  # bytes


def task_and_plan(folder: RunFolder) -> tuple[Task, Plan]:
    """As the run folder has them, the plan held to the same check as one that is given with `--plan`.

    Raises DataError `damaged-run`, BadUsage `plan`.
    """
    try:
        task = Task.model_validate(folder.read_json("task.json"))
        plan = Plan.model_validate(folder.read_json("plan.json"))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise DataError(
            Kind.DAMAGED_RUN,
            f"{error.title.lower()}.json of {folder.name} was not written by a run: {where}: {first['msg']}.",
        ) from error
    wrong = plan_check.check(plan, plan_check.Bounds.of(task, plan))
    if wrong:
        message = f"The plan in {folder.path / 'plan.json'} can't run: {'; '.join(wrong[:5])}."
        raise BadUsage(Kind.PLAN, message, hint="Start a new run.")
    return task, plan


def history(folder: RunFolder) -> list[Attempt]:
    """Attempts in order. It ends before the first whose files no longer hold what the journal saw.

    Raises StepFailed when the journal was tampered with.
    """
    wrong = journal.verify(folder.path, after_a_kill=True) if journal.has_events(folder.path) else None
    if wrong:
        raise StepFailed(
            Kind.JOURNAL, f"The journal of {folder.name} can't be trusted: {wrong}.", hint="Start a new run."
        )
    attempts: list[Attempt] = []
    for event in _newest(folder):
        attempt = _attempt(folder, event)
        if attempt is None:
            break
        attempts.append(attempt)
    return attempts


def _newest(folder: RunFolder) -> list[Finished | Failed]:
    """The last outcome of each step number; a step done again makes those that came after it count no more."""
    newest: list[Finished | Failed] = []
    for event in _outcomes(folder):
        newest[event.number - 1 :] = [event]
    return newest


def _outcomes(folder: RunFolder) -> Iterator[Finished | Failed]:
    """How the run's own steps ended; what `noglue predict` did since is no part of it."""
    for event in journal.events(folder.path):
        if isinstance(event, Finished | Failed) and not event.aside:
            yield event


def spent_seconds(folder: RunFolder) -> float:
    """Seconds that finished and failed steps took in all earlier sessions."""
    return sum(event.seconds for event in _outcomes(folder))


def _attempt(folder: RunFolder, event: Finished | Failed) -> Attempt | None:
    """None when the step's files are no longer what the journal saw. Raises DataError `unsafe-path`."""
    if event.tool not in plan_check.ORDER:
        return None
    step = str(folder.step_folder(event.number, event.step).relative_to(folder.path))
    args = (_read(folder, f"{step}/args.json", ARGS_LIMIT) or {}).get("args")
    if not isinstance(args, dict):
        return None
    attempt = Attempt(id=event.step, tool=event.tool, args=args, seconds=event.seconds)
    if isinstance(event, Failed):
        return attempt.model_copy(update={"error": event.error})
    content = _read(folder, f"{step}/result.json", RESULT_LIMIT)
    if content is None or fingerprint(content.get("result")) != event.result_sha256 or not _left(folder, event):
        return None
    return attempt.model_copy(update={"result": content["result"], "phases": event.phases})


def _left(folder: RunFolder, event: Finished) -> bool:
    """Whether what the step left in the run folder is still there: a deleted model is made again."""
    access, step = catalogue.load("noglue.tools", event.tool).ACCESS, folder.step_folder(event.number, event.step)
    whole = all(any((folder.path / name).glob("*")) for name in access.writes)
    made = [name for name in access.publishes if (step / name).exists()]
    return whole and all((folder.path / name).exists() for name in made)


def _read(folder: RunFolder, name: str, limit: int) -> dict[str, Any] | None:
    try:
        content = parsed(beneath.read(folder.path, name, limit))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None
