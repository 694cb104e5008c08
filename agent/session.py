"""One session: a run begun or gone on with, from the task to `run.json`, whatever happens on the way."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, Literal

from pydantic import ValidationError

from noglue.agent import cache_upkeep, environment, outcome, redact, resume, run_files, unfinished
from noglue.agent.context import RunContext
from noglue.agent.events import Begun, Ended, Note, Planned
from noglue.agent.journal import Journal
from noglue.agent.plan import Plan, PlannedStep
from noglue.agent.process import StepEnvironment
from noglue.agent.protocols import Attempt, Keeper
from noglue.agent.request.wish import Wish
from noglue.agent.run_folder import RunFolder, as_json
from noglue.agent.run_status import ProgressFile
from noglue.agent.runner import Clock, Runner, ended
from noglue.agent.settle import short_budget
from noglue.agent.strangers import Fence
from noglue.agent.suspending import suspensions
from noglue.agent.task import Constraints, Task
from noglue.tools.net import cache_store
from noglue.tools.sandbox._identity import step_uid
from noglue.tools.spec.errors import Kind, StepFailed, ToolError
from noglue.tools.spec.slowness import slowness


def begin(task: Task, plan: Plan, ctx: RunContext, elapsed: float = 0.0) -> dict[str, Any]:
    """A new run. `elapsed`: seconds that understanding took; they count. → run.json's content."""
    redact.learn(task.paragraph, *task.sources)
    wanted = redact.shown(task.paragraph or " ".join(task.sources))
    folder = RunFolder.create(ctx.places.runs, wanted, task.model_dump())
    folder.lock()
    folder.write_json("plan.json", plan.model_dump())
    book = Journal(folder.path, ctx.redact, ctx.key.key)
    clock = Clock(task.constraints.budget_seconds, elapsed, ctx.terminal.clock)
    return _session(folder, task, plan, [], ctx, clock, book)


def go_on(
    folder: RunFolder, ctx: RunContext, stated: Constraints | None = None, fence: Fence | None = None
) -> dict[str, Any]:
    """Take up an interrupted or failed run after its last finished step. → run.json's content.

    stated: what is asked anew, as the budget. fence: of a run that this user did not make, and consents to go on with.
    Raises BadUsage `plan` for a plan that may not run, DataError for a damaged run or one that asks for what is not its
    own, StepFailed `journal`, `busy`.
    """
    folder.lock()
    try:
        task, plan = resume.task_and_plan(folder)
        redact.learn(task.paragraph, *task.sources)
        history = resume.history(folder)
        while history and history[-1].error is not None:  # what failed gets its tries anew
            history.pop()
        if fence is not None:
            for attempt in history:
                fence(PlannedStep(id=attempt.id, tool=attempt.tool), attempt.args)
        book = Journal(folder.path, ctx.redact, ctx.key.key, foreign=fence is not None)
    except BaseException:
        folder.unlock()
        raise
    if stated is not None and stated.stated():
        task.constraints |= stated
        book.write_covered("task.json", as_json(task.model_dump()))
    clock = Clock(task.constraints.budget_seconds, resume.spent_seconds(folder), ctx.terminal.clock)
    return _session(folder, task, plan, history, ctx, clock, book, "resumed", fence)


def _session(
    folder: RunFolder,
    task: Task,
    plan: Plan,
    history: list[Attempt],
    ctx: RunContext,
    clock: Clock,
    book: Journal,
    how: Literal["begun", "resumed"] = "begun",
    fence: Fence | None = None,
) -> dict[str, Any]:
    content = outcome.compose(folder, task, history, ctx, "interrupted", None, clock.elapsed())
    folder.write_json("run.json", content)  # what stands there should this process be killed
    status, error, progress = "failed", None, ProgressFile(folder)
    try:
        with terminations(), suspensions(ctx.terminal.aside):
            _announce(book, ctx, task, plan, history, how)
            _attach(book, ctx, folder)
            env = step_environment(folder, task, ctx, private=fence is None)
            watching = (*ctx.observers, progress)
            Runner(env, ctx.planner, book, watching, clock, ctx.policies, permits=fence).run(task, plan, history)
            status = "succeeded"
    except ToolError as failure:
        error = outcome.failure(failure)
    except KeyboardInterrupt:
        status, error = "interrupted", outcome.interruption(folder)
    except OSError as failure:
        error = outcome.failure(_system(failure, folder))
    except Exception as bug:  # noglue's own, told by whoever called
        progress.remove()
        told = StepFailed(Kind.BUG, f"noglue itself broke: {type(bug).__name__}: {str(bug)[:300]}")
        _close(
            folder, book, outcome.compose(folder, task, history, ctx, status, outcome.failure(told), clock.elapsed())
        )
        raise
    progress.remove()
    content = outcome.compose(folder, task, history, ctx, status, error, clock.elapsed())
    if error is not None:
        _report_how_far(folder, task, history, ctx, content, private=fence is None)
    _close(folder, book, content)
    return content


def _report_how_far(
    folder: RunFolder, task: Task, history: list[Attempt], ctx: RunContext, content: dict[str, Any], private: bool
) -> None:
    """Of a run that did not come to its end. A second Ctrl-C ends this, too; what goes wrong here is no news."""
    with suppress(ToolError, OSError, KeyboardInterrupt, ValidationError), terminations():
        plan = Plan.model_validate(folder.read_json("plan.json"))
        final = task.model_copy(update={"wishes": [Wish.model_validate(one) for one in content["wishes"]]})
        env = step_environment(folder, task, ctx, private=private)
        unfinished.report(env, final, plan, history, content, ctx.redact)


def _close(folder: RunFolder, journal: Journal, content: dict[str, Any]) -> None:
    """Leave the outcome, and then the journal's last word, which holds its hash; on a full disk what was written before
    still stands, and a model folder with a link in it is no outcome."""
    try:
        folder.write_json("run.json", content)
        journal.write(_ended(content, run_files.digests(folder.path)))
    except (OSError, ToolError) as failure:
        if content["error"] is None:
            error = failure if isinstance(failure, ToolError) else _system(failure, folder)
            content |= {"status": "failed", "error": outcome.failure(error)}
            with suppress(OSError, ToolError):
                folder.write_json("run.json", content)
                journal.write(_ended(content, None))
    finally:
        journal.close()
        folder.unlock()


def _ended(content: dict[str, Any], files: dict[str, run_files.Digest] | None) -> Ended:
    known = None if files is None else {name: one.model_dump() for name, one in files.items()}
    return Ended(status=content["status"], error=content["error"], seconds=content["seconds"]["total"], files=known)


def _announce(
    journal: Journal, ctx: RunContext, task: Task, plan: Plan, history: list[Attempt], how: Literal["begun", "resumed"]
) -> None:
    begun = Begun(
        event=how,
        task=task.model_dump(),
        planner=ctx.planner.name,
        sandbox=ctx.sandbox_name,
        device=ctx.device,
        steps=plan.steps,
        finished=[attempt.id for attempt in history],
        key="" if ctx.key.key is None else ctx.key.key.id,
    )
    notes = [Note(step="sandbox", message=ctx.sandbox_note)] if ctx.sandbox_note else []
    notes += [Note(step="environment", message=note) for note in ctx.environment_notes]
    if hopeless := short_budget.doubt(task, plan, ctx.device, slowness()):
        notes.append(Note(step="budget", message=hopeless))
    if ctx.key.key is None:
        notes.append(
            Note(
                step="journal", message=f"This run is not signed, so nothing will show that it is yours: {ctx.key.why}"
            )
        )
    journal.write(begun)
    for note in notes:
        journal.write(note)
    before = [ended(attempt, number) for number, attempt in enumerate(history, 1)]
    for observer in ctx.observers:
        for event in (Planned(planner=ctx.planner.name, steps=plan.steps), *before, *notes):
            observer.event(event)


def _attach(journal: Journal, ctx: RunContext, folder: RunFolder) -> None:
    """Let a planner that keeps something know where, and write down what it says."""

    def tell(message: str, **facts: Any) -> None:
        note = Note(step="planner", message=message, **facts)
        journal.write(note)
        for observer in ctx.observers:
            observer.event(note)

    if isinstance(ctx.planner, Keeper):
        ctx.planner.attach(folder.path, tell)
        journal.cover()


def step_environment(folder: RunFolder, task: Task, ctx: RunContext, private: bool = True) -> StepEnvironment:
    """What every step of this run shares. private: whether private addresses that the task names may be reached."""
    named = [*task.sources, task.paragraph] if private else []
    ctx.places.cache.mkdir(parents=True, exist_ok=True)
    uid = step_uid()
    downloads = ctx.places.cache / cache_upkeep.DOWNLOADS
    others = () if uid is None else (uid,)
    cache_store.require_own(ctx.places.cache, others)
    downloads.mkdir(exist_ok=True)
    cache_store.require_own(downloads, others)
    return StepEnvironment(
        folder=folder,
        sandbox=ctx.sandbox,
        cache=ctx.places.cache,
        cache_limit=cache_upkeep.limit(os.environ),
        seed=task.constraints.seed or 0,
        device=ctx.device,
        named=environment.named_addresses(named),
        configured=environment.named_addresses(environment.endpoints()) if private else frozenset(),
        offline=bool(task.constraints.offline),
        environment=environment.for_steps(),
        network_environment=environment.for_network(),
        certificates=environment.certificates(),
    )


@contextmanager
def terminations() -> Iterator[None]:
    """SIGTERM and SIGHUP end a run as Ctrl-C does; in another thread than the main one signals are not ours to take."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    own = threading.current_thread() is threading.main_thread()
    numbers = (signal.SIGTERM, signal.SIGHUP) if own else ()
    before = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _system(failure: OSError, folder: RunFolder) -> StepFailed:
    """A full disk, a folder without permission: the machine's own word, and where."""
    place = failure.filename or folder.path
    return StepFailed(
        Kind.SYSTEM,
        f"{failure.strerror or failure} ({place}).",
        hint=f"Fix that, then `noglue resume {folder.name}` goes on after the last finished step.",
    )
