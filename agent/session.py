"""One sitting: a run begun or gone on with, from the task to `run.json`, whatever happens on the way."""

import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any

from noglue.agent import environment, journal, outcome, resume
from noglue.agent.config.settings import Places
from noglue.agent.journal import Journal
from noglue.agent.plan import Plan
from noglue.agent.process import Workplace
from noglue.agent.protocols import Attempt, Keeper, Observer, Planner
from noglue.agent.redact import Redactor
from noglue.agent.run_folder import RunFolder
from noglue.agent.runner import Clock, Runner
from noglue.agent.task import Task
from noglue.tools.spec.errors import StepFailed, ToolError
from noglue.tools.spec.protocols import Sandbox


@dataclass(frozen=True)
class Surroundings:
    """What `cli.py` chose for this sitting. `sandbox_note`: why it is not the first choice, or empty."""

    places: Places
    planner: Planner
    sandbox: Sandbox
    sandbox_name: str
    sandbox_note: str
    observers: Sequence[Observer]
    device: str
    redact: Redactor


def begin(task: Task, plan: Plan, around: Surroundings, elapsed: float = 0.0) -> dict[str, Any]:
    """A new run. `elapsed`: seconds that understanding took; they count. → run.json's content."""
    told = task.paragraph or " ".join(task.sources)
    folder = RunFolder.create(around.places.runs, told, task.model_dump())
    folder.lock()
    folder.write_json("plan.json", plan.model_dump())
    book = Journal(folder.path, around.redact)
    return _sit(folder, task, plan, [], around, Clock(task.constraints.get("budget_seconds"), elapsed), book)


def go_on(folder: RunFolder, around: Surroundings, budget: float | None = None) -> dict[str, Any]:
    """Take up an interrupted or failed run after its last finished step. → run.json's content."""
    folder.lock()
    task = Task.model_validate(folder.read_json("task.json"))
    plan = Plan.model_validate(folder.read_json("plan.json"))
    if budget is not None:
        task.constraints["budget_seconds"] = budget
        folder.write_json("task.json", task.model_dump())
    torn = journal.mend(folder.path)
    history = resume.history(folder)
    while history and history[-1].error is not None:  # what failed gets its tries anew
        history.pop()
    clock = Clock(task.constraints.get("budget_seconds"), resume.spent_seconds(folder))
    book = Journal(folder.path, around.redact, torn)
    return _sit(folder, task, plan, history, around, clock, book, "resumed")


def _sit(
    folder: RunFolder,
    task: Task,
    plan: Plan,
    history: list[Attempt],
    around: Surroundings,
    clock: Clock,
    book: Journal,
    how: str = "begun",
) -> dict[str, Any]:
    content = outcome.compose(folder, task, history, around, "interrupted", None, clock.elapsed())
    folder.write_json("run.json", content)  # what stands there should this process be killed
    status, error = "failed", None
    try:
        with terminations():
            _announce(book, around, task, plan, history, how)
            _attach(book, around, folder)
            Runner(workplace(folder, task, around), around.planner, book, around.observers, clock).run(
                task, plan, history
            )
            status = "succeeded"
    except ToolError as failure:
        error = outcome.failure(failure)
    except KeyboardInterrupt:
        status, error = "interrupted", outcome.interruption(folder)
    except OSError as failure:
        error = outcome.failure(_system(failure, folder))
    content = outcome.compose(folder, task, history, around, status, error, clock.elapsed())
    _close(folder, book, content)
    return content


def _close(folder: RunFolder, journal: Journal, content: dict[str, Any]) -> None:
    """Leave the outcome; on a full disk what was written before still stands."""
    try:
        journal.write("ended", status=content["status"], error=content["error"], seconds=content["seconds"]["total"])
        folder.write_json("run.json", content)
    except OSError as failure:
        if content["error"] is None:
            content |= {"status": "failed", "error": outcome.failure(_system(failure, folder))}
    finally:
        journal.close()
        folder.unlock()


def _announce(journal: Journal, around: Surroundings, task: Task, plan: Plan, history: list[Attempt], how: str) -> None:
    steps = [step.model_dump() for step in plan.steps]
    facts = {
        "task": task.model_dump(),
        "planner": around.planner.name,
        "sandbox": around.sandbox_name,
        "device": around.device,
    }
    journal.write(how, **facts, steps=steps, finished=[attempt.id for attempt in history])
    if around.sandbox_note:
        journal.write("note", step="sandbox", message=around.sandbox_note)
    for observer in around.observers:
        observer.event({"event": "plan", "steps": steps})
        for number, attempt in enumerate(history, 1):
            done = {"step": attempt.id, "tool": attempt.tool, "number": number, "seconds": attempt.seconds}
            ended: dict[str, Any] = {"event": "finished", "_result": attempt.result}
            if attempt.error is not None:
                ended = {"event": "failed", "error": attempt.error}
            observer.event(ended | done)
        if around.sandbox_note:
            observer.event({"event": "note", "step": "sandbox", "message": around.sandbox_note})


def _attach(journal: Journal, around: Surroundings, folder: RunFolder) -> None:
    """Let a planner that keeps something know where, and write down what it says."""

    def tell(message: str, **facts: Any) -> None:
        journal.write("note", step="planner", message=message, **facts)
        for observer in around.observers:
            observer.event({"event": "note", "step": "planner", "message": message})

    if isinstance(around.planner, Keeper):
        around.planner.attach(folder.path, tell)


def workplace(folder: RunFolder, task: Task, around: Surroundings) -> Workplace:
    """What every step of this run shares."""
    around.places.cache.mkdir(parents=True, exist_ok=True)
    return Workplace(
        folder=folder,
        sandbox=around.sandbox,
        cache=around.places.cache,
        seed=int(task.constraints.get("seed", 0)),
        device=around.device,
        named=environment.named_addresses([*task.sources, task.paragraph, *environment.endpoints()]),
        offline=bool(task.constraints.get("offline")),
        environment=environment.for_steps(),
        network_environment=environment.for_network(),
        certificates=environment.certificates(),
    )


@contextmanager
def terminations() -> Iterator[None]:
    """SIGTERM and SIGHUP end a run as Ctrl-C does."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _system(failure: OSError, folder: RunFolder) -> StepFailed:
    """A full disk, a folder without permission: the machine's own word, and where."""
    place = failure.filename or folder.path
    return StepFailed(
        "system",
        f"{failure.strerror or failure} ({place}).",
        hint=f"Mend that, then `noglue resume {folder.name}` goes on after the last finished step.",
    )
