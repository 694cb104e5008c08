"""One step: its folder, its process in the sandbox, its events, its result.

Knows nothing of planning or of machine learning. Any thread may call it.
"""

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from pydantic import ValidationError

from noglue.agent import cache_upkeep, claims, prepared_cache, step_log, step_outcome, step_phases, suspending
from noglue.agent.events import Note, Progress
from noglue.agent.plan import PlannedStep
from noglue.agent.protocols import Attempt
from noglue.agent.run_folder import RunFolder, write_atomic
from noglue.agent.step_outcome import Tell
from noglue.tools.files.step_result import publish
from noglue.tools.sandbox import trees
from noglue.tools.spec import catalogue
from noglue.tools.spec.errors import DataError, Kind, StepFailed, ToolError
from noglue.tools.spec.sandboxes import Child, Confinement, Limits, Sandbox
from noglue.tools.spec.step import UNTRUSTED, Access

UNTRUSTED_SECONDS = 600.0  # for code that nobody vouches for, where the budget says nothing else
GRACE_SECONDS, GRACE_SHARE = 15.0, 0.5  # to a step that should have ended by itself, and of its time; the model that
# it is about to leave is worth more than the seconds, and never less than what is reserved for the later steps


@dataclass(frozen=True)
class StepEnvironment:
    """What every step of a run shares.

    cache: shared by all runs of the user; of it steps that load from the network are shown `downloads` alone.
    cache_limit: bytes in it at most; 0: nothing that was prepared is kept or used again.
    named: (host, port) pairs that the user wrote; configured: those of services that the user set up. They alone may be
    private addresses.
    environment: passed to steps (thread counts, certificate files); network_environment: to the download step only.
    """

    folder: RunFolder
    sandbox: Sandbox
    cache: Path
    seed: int
    device: str
    cache_limit: int = cache_upkeep.USUAL_LIMIT
    named: frozenset[tuple[str, int]] = frozenset()
    configured: frozenset[tuple[str, int]] = frozenset()
    offline: bool = False
    environment: tuple[tuple[str, str], ...] = ()
    network_environment: tuple[tuple[str, str], ...] = ()
    certificates: tuple[Path, ...] = ()

    @property
    def reusing(self) -> bool:
        return self.cache_limit > 0


def execute(
    env: StepEnvironment, number: int, step: PlannedStep, args: dict[str, Any], seconds: float | None, tell: Tell
) -> Attempt:
    """Run one step to its end. `seconds`: what it may take, or None. A typed failure comes back in the attempt."""
    started, begun = time.monotonic(), suspending.clock()
    attempt = Attempt(id=step.id, tool=step.tool, args=args)
    folder = env.folder.step_folder(number, step.id)
    try:
        with suspending.step():
            attempt.result = _run(env, folder, step, args, seconds, tell)
    except ToolError as error:
        attempt.error = error.failure(folder.name)
    ended = time.monotonic()
    attempt.seconds = round(suspending.clock() - begun, 3)
    attempt.phases = step_phases.of(folder, started, ended)
    return attempt


def _run(
    env: StepEnvironment, folder: Path, step: PlannedStep, args: dict[str, Any], seconds: float | None, tell: Tell
) -> dict[str, Any]:
    tool = catalogue.load("noglue.tools", step.tool)
    access: Access = tool.ACCESS
    try:
        arguments = tool.Args.model_validate(args)
    except ValidationError as error:
        raise StepFailed(Kind.PLAN, f"The plan gives {step.tool} arguments it can't take: {_first(error)}.") from error
    given = arguments.reads()
    claims.hold_reads(given, env.folder.path)
    _make_room(env.folder.path, folder, access)
    call = {"tool": step.tool, "args": args, "seed": env.seed, "device": env.device}
    _leave(folder, call)
    begin = time.monotonic()
    reuse = _Reuse(env, call, given) if access.reusable and env.reusing else None
    before = None if reuse is None else reuse.result(folder, tool, access, tell)
    if before is not None:
        return before
    tell = tell if reuse is None else reuse.hearing(tell)
    untrusted = _run_untrusted(env, folder, access, given, call, seconds) if access.untrusted else None
    if seconds is not None:
        seconds = max(1.0, seconds - (time.monotonic() - begin))
    child, status, late = _run_tool(env, folder, step, access, given, seconds, untrusted, tell)
    result = step_outcome.collect(folder, tool, child, status, late, reads=bool(given))
    own = (f"steps/{folder.name}", *access.writes, *access.publishes)
    checked = step_outcome.accepted(result, env.folder.path, own, given)
    for name in access.publishes:
        if (folder / name).exists():
            publish(folder, name, env.folder.path / name)
    if reuse is not None:
        reuse.keep(checked, access, round(time.monotonic() - begin, 3))
    return checked


class _Reuse:
    """What a step wrote before for the same content and arguments, instead of its process."""

    def __init__(self, env: StepEnvironment, call: dict[str, Any], given: list[str]) -> None:
        self._env, self._given, self._run = env, given, env.folder.path
        self._seen = prepared_cache.look({name: call[name] for name in ("tool", "args", "seed")}, given, self._run)
        self._notes: list[Note] = []

    def result(self, folder: Path, tool: Any, access: Access, tell: Tell) -> dict[str, Any] | None:
        """The step's result, where it was kept and is whole. It is held to the same rules as that of a process."""
        if self._seen is None or (entry := prepared_cache.bring(self._env.cache, self._seen.key, self._run)) is None:
            return None
        result = tool.Result.model_validate(entry.result)
        checked = step_outcome.accepted(result, self._run, access.writes, self._given)
        write_atomic(folder / "result.json", json.dumps({"ok": True, "result": checked}), private=True)
        same = f"the same files, request and seed; {entry.seconds:.1f} s are saved"
        tell(Note(message=f"The data prepared in the run {entry.run} is used again ({same})."))
        for note in entry.notes:
            tell(note)
        return checked

    def hearing(self, tell: Tell) -> Tell:
        """Notes are kept too, so that they are told again."""

        def heard(event: Progress | Note) -> None:
            if isinstance(event, Note) and len(self._notes) < prepared_cache.MOST_NOTES:
                self._notes.append(event)
            tell(event)

        return heard

    def keep(self, checked: dict[str, Any], access: Access, seconds: float) -> None:
        if self._seen is None or not prepared_cache.unchanged(self._seen, self._given, self._run):
            return
        facts = {"seconds": seconds, "result": checked, "notes": self._notes}
        if prepared_cache.keep(self._env.cache, self._seen.key, self._run, access.writes, facts):
            cache_upkeep.prune(self._env.cache, self._env.cache_limit, cache_upkeep.RECENT_SECONDS)


def _run_tool(
    env: StepEnvironment,
    folder: Path,
    step: PlannedStep,
    access: Access,
    given: list[str],
    seconds: float | None,
    untrusted: int | None,
    tell: Tell,
) -> tuple[Child, int, bool]:
    """The tool's process in its sandbox, until it ends. → it, its exit status, whether it was late."""
    run = env.folder.path
    with ExitStack() as stack:
        descriptor = stack.enter_context(_network(env)) if access.network else None
        inside = Confinement(
            folder=folder,
            reads=tuple(run / name for name in (*access.reads, *given))
            + tuple(run / name for name in access.reads_if_there if (run / name).is_dir())
            + (env.certificates if access.network else ()),
            writes=tuple(run / name for name in access.writes)
            + ((env.cache / cache_upkeep.DOWNLOADS,) if access.cache else ()),
            environment=dict(env.environment) | (dict(env.network_environment) if access.network else {}),
            descriptors=() if descriptor is None else (descriptor,),
            device=access.device and env.device != "cpu",
            limits=Limits(memory_bytes=step_outcome.most_memory()),
        )
        context = {
            "run": str(run),
            "cache": str(env.cache / cache_upkeep.DOWNLOADS) if access.cache else None,
            "deadline": deadline_in(seconds),
            "reserve": step.reserve_seconds,
            "network": descriptor,
            "untrusted": untrusted,
        }
        stack.callback(step_log.clean, folder / "log.txt")  # when the log is closed, whatever ended the step
        log = stack.enter_context(_log(folder))
        child = env.sandbox.start(module_command("noglue.tools.process.step_process", folder, context), inside, log)
        limit = None
        if seconds is not None and step.least_seconds is None:
            limit = seconds + max(GRACE_SECONDS, GRACE_SHARE * seconds, step.reserve_seconds)
        status, late = step_outcome.watch(child, limit, tell)
    return child, status, late


def _run_untrusted(
    env: StepEnvironment, folder: Path, access: Access, given: list[str], call: dict[str, Any], seconds: float | None
) -> int:
    """Code that nobody vouches for, in a sandbox that does not hold the step's own folder. → its exit status.

    It can neither write the step's result nor signal the tool, which begins only when this has ended with all that it
    started. Raises BudgetSpent when the step's time is up, DataError `bad-reader` when its own is, StepFailed for its
    limits.
    """
    place = folder / UNTRUSTED
    trees.remove(place)
    place.mkdir()
    _leave(place, call)
    inside = Confinement(
        folder=place,
        reads=tuple(env.folder.path / name for name in given),
        run=env.folder.path,
        environment=dict(env.environment),
        limits=Limits(memory_bytes=step_outcome.most_memory()),
    )
    longest = UNTRUSTED_SECONDS if seconds is None else min(UNTRUSTED_SECONDS, seconds)
    with ExitStack() as stack:
        stack.callback(step_log.clean, place / "log.txt")
        log = stack.enter_context(_log(place))
        command = module_command(access.untrusted, place, {"run": str(env.folder.path)})
        child = env.sandbox.start(command, inside, log)
        status, late = step_outcome.watch(child, longest + GRACE_SECONDS, lambda event: None)
    if late and longest == UNTRUSTED_SECONDS:
        raise DataError(
            Kind.BAD_READER,
            f"The reader written for these files did not end within {longest:.0f} s.",
            hint="Give data in a usual format.",
        )
    step_outcome.refuse_ended(folder, child, status, late)
    return status


def _make_room(run: Path, folder: Path, access: Access) -> None:
    """A step begins with empty output folders; its own folder keeps what a killed try left (checkpoints).

    Where that is more than a folder may hold, it goes too.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        trees.measure([folder], trees.Bounds())
    except trees.OverBounds:
        trees.remove(folder)
        folder.mkdir()
    for left in ("result.json", step_phases.FILE):
        trees.remove(folder / left)
    for name in access.writes:
        trees.remove(run / name)
        (run / name).mkdir()


def _leave(folder: Path, call: dict[str, Any]) -> None:
    """What the process is to do, for it to read."""
    write_atomic(folder / "args.json", json.dumps(call, indent=2, ensure_ascii=False), private=True)


def _log(folder: Path) -> IO[bytes]:
    """The step's log, for appending. A link or a pipe that an earlier try of the step put there is not followed."""
    path = folder / "log.txt"
    if path.is_symlink() or (path.exists() and not path.is_file()):
        path.unlink()
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK
    return os.fdopen(os.open(path, flags, 0o600), "ab")  # what it holds is cleaned when the step has ended


def deadline_in(seconds: float | None) -> float | None:
    """By the clock that all processes of a machine share (`time.monotonic`), so that a step's slow start counts too."""
    return None if seconds is None else time.monotonic() + seconds


def module_command(module: str, folder: Path, context: dict[str, Any]) -> list[str]:
    """A module of the project as a process: its own folder, and what else it is to know, as JSON."""
    return [sys.executable, "-P", "-m", module, str(folder), json.dumps(context)]


@contextmanager
def _network(env: StepEnvironment) -> Iterator[int]:
    """The step's end of a channel to the broker that applies the address policy."""
    from noglue.tools.sandbox.network import Broker

    with Broker(named=set(env.named), offline=env.offline, configured=env.configured) as broker:
        yield broker.descriptor


def _first(error: ValidationError) -> str:
    detail = error.errors()[0]
    return f"{'.'.join(map(str, detail['loc']))}: {detail['msg']}"
