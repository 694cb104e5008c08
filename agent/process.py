"""One step: its folder, its process in the sandbox, its events, its result.

Knows nothing of planning or of machine learning. Must be called from the main thread: the sandbox ends a step
when the thread that started it ends.
"""

import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from pydantic import ValidationError

from noglue.agent.events import Note, Progress, read_events
from noglue.agent.plan import PlannedStep
from noglue.agent.protocols import Attempt
from noglue.agent.run_folder import RunFolder, write_atomic
from noglue.tools.files.step_result import publish, read_result
from noglue.tools.spec import catalogue
from noglue.tools.spec.errors import BudgetSpent, Failure, Kind, StepFailed, ToolError
from noglue.tools.spec.protocols import Child, Confinement, Ended, Limits, Sandbox
from noglue.tools.spec.step import Access

RESULT_LIMIT = 64 << 20
GRACE_SECONDS, GRACE_SHARE = 15.0, 0.5  # to a step that should have ended by itself, and of its time; the model that
# it is about to leave is worth more than the seconds, and never less than what is reserved for the later steps

Tell = Callable[[Progress | Note], None]


@dataclass(frozen=True)
class StepEnvironment:
    """What every step of a run shares.

    named: (host, port) pairs that the user wrote, which alone may be private addresses.
    environment: passed to steps (thread counts, certificate files); network_environment: to the download step only.
    """

    folder: RunFolder
    sandbox: Sandbox
    cache: Path
    seed: int
    device: str
    named: frozenset[tuple[str, int]] = frozenset()
    offline: bool = False
    environment: tuple[tuple[str, str], ...] = ()
    network_environment: tuple[tuple[str, str], ...] = ()
    certificates: tuple[Path, ...] = ()


def execute(
    env: StepEnvironment, number: int, step: PlannedStep, args: dict[str, Any], seconds: float | None, tell: Tell
) -> Attempt:
    """Run one step to its end. `seconds`: what it may take, or None. A typed failure comes back in the attempt."""
    started = time.monotonic()
    attempt = Attempt(id=step.id, tool=step.tool, args=args)
    folder = env.folder.step_folder(number, step.id)
    try:
        attempt.result = _run(env, folder, step, args, seconds, tell)
    except ToolError as error:
        attempt.error = error.failure(folder.name)
    attempt.seconds = round(time.monotonic() - started, 3)
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
    _make_room(env.folder.path, folder, access)
    write_atomic(
        folder / "args.json",
        json.dumps(
            {"tool": step.tool, "args": args, "seed": env.seed, "device": env.device}, indent=2, ensure_ascii=False
        ),
        private=True,
    )
    reads = [*access.reads, *arguments.reads()]
    with ExitStack() as stack:
        descriptor = stack.enter_context(_network(env)) if access.network else None
        inside = Confinement(
            folder=folder,
            reads=tuple(env.folder.path / name for name in reads) + (env.certificates if access.network else ()),
            writes=tuple(env.folder.path / name for name in access.writes) + ((env.cache,) if access.cache else ()),
            environment=dict(env.environment) | (dict(env.network_environment) if access.network else {}),
            descriptors=() if descriptor is None else (descriptor,),
            device=access.device and env.device != "cpu",
            limits=Limits(memory_bytes=_most_memory()),
        )
        log = stack.enter_context(_log(folder))
        child = env.sandbox.start(_command(env, folder, access, seconds, step.reserve_seconds, descriptor), inside, log)
        limit = None
        if seconds is not None and step.least_seconds is None:
            limit = seconds + max(GRACE_SECONDS, GRACE_SHARE * seconds, step.reserve_seconds)
        status, late = _watch(child, limit, tell)
    result = _collect(folder, tool, child, status, late)
    for name in access.publishes:
        if (folder / name).exists():
            publish(folder, name, env.folder.path / name)
    return result


def _make_room(run: Path, folder: Path, access: Access) -> None:
    """A step begins with empty output folders; its own folder keeps what a killed try left (checkpoints)."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "result.json").unlink(missing_ok=True)
    for name in access.writes:
        shutil.rmtree(run / name, ignore_errors=True)
        (run / name).mkdir()


def _log(folder: Path) -> IO[bytes]:
    """The step's log, for appending. A link or a pipe that an earlier try of the step put there is not followed."""
    path = folder / "log.txt"
    if path.is_symlink() or (path.exists() and not path.is_file()):
        path.unlink()
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK
    return os.fdopen(os.open(path, flags, 0o644), "ab")


def _command(
    env: StepEnvironment,
    folder: Path,
    access: Access,
    seconds: float | None,
    reserve: float,
    descriptor: int | None,
) -> list[str]:
    """The deadline is by the clock that all processes of a machine share, so that a slow start counts as well."""
    context = {
        "run": str(env.folder.path),
        "cache": str(env.cache) if access.cache else None,
        "deadline": None if seconds is None else time.monotonic() + seconds,
        "reserve": reserve,
        "network": descriptor,
    }
    return [sys.executable, "-P", "-m", "noglue.tools.process.step_process", str(folder), json.dumps(context)]


@contextmanager
def _network(env: StepEnvironment) -> Iterator[int]:
    """The step's end of a channel to the broker that applies the address policy."""
    from noglue.tools.sandbox.network import Broker

    with Broker(named=set(env.named), offline=env.offline) as broker:
        yield broker.descriptor


def _watch(child: Child, seconds: float | None, tell: Tell) -> tuple[int, bool]:
    """Pass the step's events on until it ends. A step that outlives its time is ended. → exit status, whether late."""
    limit = None if seconds is None else time.monotonic() + seconds
    try:
        for event in read_events(child.stdout):
            if event is not None:
                tell(event)
            if limit is not None and time.monotonic() > limit:
                child.kill()
                return child.wait(), True
        return child.wait(), False
    except BaseException:
        child.kill()
        child.wait()
        raise
    finally:
        child.stdout.close()


def _collect(folder: Path, tool: Any, child: Child, status: int, late: bool) -> dict[str, Any]:
    """The step's result, checked against the tool's own schema, or its error raised."""
    if late:
        raise BudgetSpent(
            Kind.TIMEOUT,
            f"{folder.name} did not end within its time and was stopped.",
            hint="Give it more time with --budget.",
        )
    if child.ended:
        raise _ended(folder, child.ended)
    if status in {-signal.SIGKILL, 128 + signal.SIGKILL} and not (folder / "result.json").exists():
        raise _ended(folder, Ended.MEMORY)  # the kernel's own killer
    try:
        content = json.loads(read_result(folder / "result.json", RESULT_LIMIT))
        if not content["ok"]:
            raise Failure.model_validate(content["error"]).error()
        checked: dict[str, Any] = tool.Result.model_validate(content["result"]).model_dump(mode="json")
        return checked
    except FileNotFoundError:
        raise StepFailed(
            Kind.BUG,
            f"{folder.name} ended without a result (exit status {status}): {_last_line(folder)}",
            hint=f"The log is in {folder / 'log.txt'}; `noglue resume` tries the step again.",
            log=str(folder / "log.txt"),
        ) from None
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise StepFailed(
            Kind.BAD_RESULT, f"{folder.name} left a result that can't be used: {str(error)[:300]}"
        ) from error


def _ended(folder: Path, reason: Ended) -> StepFailed:
    """A step that the sandbox stopped, as something a planner can act on."""
    if reason is Ended.MEMORY:
        return StepFailed(
            Kind.OUT_OF_MEMORY,
            f"{folder.name} was stopped, most likely because it took more memory than there is "
            f"({_most_memory() / 1e9:.1f} GB for one step).",
            hint="Fewer rows (say `at most 10000 rows`) or a machine with more memory would help.",
        )
    return StepFailed(Kind(reason), f"{folder.name} was stopped: it went over its {reason.replace('-', ' ')} limit.")


def _most_memory() -> int:
    """Nine tenths of the memory that the machine, or the container's control group, has; in bytes."""
    most = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for file in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        with suppress(OSError, ValueError):
            most = min(most, int(Path(file).read_text(encoding="ascii")))
    return most * 9 // 10


def _first(error: ValidationError) -> str:
    detail = error.errors()[0]
    return f"{'.'.join(map(str, detail['loc']))}: {detail['msg']}"


def _last_line(folder: Path) -> str:
    """The log's last line, where Python names the exception."""
    try:
        lines = read_result(folder / "log.txt", RESULT_LIMIT)[-4096:].decode(errors="replace").strip().splitlines()
    except (OSError, StepFailed):
        return "it left no log"
    return lines[-1][:300] if lines else "its log is empty"
