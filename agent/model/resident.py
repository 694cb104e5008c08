"""A model's own process: in the sandbox like every step, loaded once, asked over a socket until nobody holds it.

    >>> resident = Resident(outcome.path, device="auto")
    >>> head, arrays = resident.ask({"ask": "answers", "form": "table"}, [stream])

What it answers is a claim: it is read as JSON and flat arrays, never unpickled. Any thread may ask; one question is
answered at a time. A copy in another process (after a fork, or pickled) starts a process of its own.
"""

import os
import socket
import subprocess
import tempfile
import threading
import weakref
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from noglue.agent import context, environment, step_outcome
from noglue.agent.commands.predict import with_model
from noglue.agent.config.run_config import RunConfig
from noglue.agent.events import Note
from noglue.agent.journal import Journal
from noglue.agent.planners.rules import Rules
from noglue.agent.process import module_command
from noglue.agent.run_folder import RunFolder
from noglue.tools.files import beneath
from noglue.tools.modelstore import load_model
from noglue.tools.resident import messages
from noglue.tools.resident.messages import Blob
from noglue.tools.sandbox import trees
from noglue.tools.sandbox._identity import step_uid
from noglue.tools.spec.errors import BadUsage, Failure, Kind, StepFailed, ToolError
from noglue.tools.spec.sandboxes import Child, Confinement, Ended, Limits
from noglue.tools.spec.schema import Schema

MODULE = "noglue.tools.resident.model_process"
STARTING_SECONDS = 300.0  # for a large model on a busy machine
STEP = "in-memory"
PLACE = ".in-memory-"
Arrays = dict[str, Any]


class Resident:
    """run: the run's folder. device, sandbox: as the flags of these names."""

    def __init__(self, run: Path, device: str = "auto", sandbox: str = "auto") -> None:
        self._run, self._device, self._sandbox = run, device, sandbox
        self._lock, self._owner = threading.Lock(), os.getpid()
        self._running: _Running | None = None
        self._schema: Schema | None = None

    @property
    def schema(self) -> Schema:
        """What the model learned to do, and from what. Raises DataError `no-model`, BadUsage `no-model`."""
        if self._schema is None:
            if not beneath.is_plain(self._run, "model/model.json"):
                raise BadUsage(
                    Kind.NO_MODEL,
                    f"The run {self._run.name} has no model.",
                    hint="`noglue resume` finishes an interrupted run.",
                )
            self._schema = load_model.learned(self._run / "model")
        return self._schema

    def ask(self, head: Mapping[str, Any], blobs: Sequence[Blob] = ()) -> tuple[dict[str, Any], Arrays]:
        """The answer's head, and name → array. Raises what the model raises as a ToolError of its kind, StepFailed
        where its process ended, NoSandbox where none works here.
        """
        with self._held():
            if self._running is not None and not self._running.lives():
                self._end()  # while nothing was asked of it: another answers
            running = self._started()
            try:
                return _answered(running.exchange(head, blobs))
            except (messages.Ended, OSError) as gone:
                self._end()
                raise running.ended() from gone
            except ToolError:
                raise
            except BaseException:  # Ctrl-C in the middle of an answer: what comes next would be its rest
                self._end()
                raise

    def close(self) -> None:
        """End the process; the next question starts another."""
        with self._held():
            self._end()

    def _held(self) -> threading.Lock:
        """In a fork a lock of its own: another thread may have held the one of its parent."""
        if self._owner != os.getpid():
            self._lock, self._owner = threading.Lock(), os.getpid()
        return self._lock

    def _started(self) -> "_Running":
        if self._running is None or self._running.owner != os.getpid():
            self._running = _Running(self._run, self._device, self._sandbox)
            try:
                _answered(self._running.first())
            except (messages.Ended, OSError) as gone:
                running = self._running
                self._end()
                raise running.ended() from gone
            except BaseException:
                self._end()
                raise
        return self._running

    def _end(self) -> None:
        if self._running is not None and self._running.owner == os.getpid():
            self._running.close()
        self._running = None

    def __getstate__(self) -> dict[str, Any]:
        return {"run": self._run, "device": self._device, "sandbox": self._sandbox}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(state["run"], state["device"], state["sandbox"])  # type: ignore[misc]

    def __deepcopy__(self, _memo: dict[int, Any]) -> "Resident":
        return Resident(self._run, self._device, self._sandbox)


class _Running:
    """The process and what it holds: a folder of its own, the socket, the log."""

    def __init__(self, run: Path, device: str, sandbox: str) -> None:
        self.owner = os.getpid()
        self._stack = ExitStack()
        self.close = weakref.finalize(self, _closed, self._stack, self.owner)
        try:
            config = RunConfig(runs=run.parent, device=device, sandbox=sandbox)
            ctx = context.build(config, Rules(), [])
            folder = self._stack.enter_context(with_model(str(run), ctx.places.runs))
            place = Path(self._stack.enter_context(_place(ctx.places.runs)))
            ours, theirs = socket.socketpair()
            self._stack.callback(ours.close)
            with theirs, (place / "log.txt").open("ab") as log:
                theirs.set_inheritable(True)
                inside = Confinement(
                    folder=place / "own",
                    reads=(folder.path / "model",),
                    run=folder.path,
                    environment=dict(environment.for_steps()),
                    descriptors=(theirs.fileno(),),
                    device=ctx.device != "cpu",
                    limits=Limits(memory_bytes=step_outcome.most_memory()),
                )
                told = {"model": str(folder.path / "model"), "device": ctx.device, "socket": theirs.fileno()}
                command = module_command(MODULE, place / "own", told)
                self._child: Child = ctx.sandbox.start(command, inside, log)
                self._stack.callback(_ended, self._child)
            self._place, self._socket = place, ours
            _noted(folder, ctx)
        except BaseException:
            self.close()
            raise

    def lives(self) -> bool:
        try:
            self._child.wait(0)
        except subprocess.TimeoutExpired:
            return True
        return False

    def first(self) -> tuple[dict[str, Any], list[bytearray]]:
        """Its first word: that it is ready, or why not."""
        self._socket.settimeout(STARTING_SECONDS)
        try:
            return messages.receive(self._socket)
        finally:
            self._socket.settimeout(None)

    def exchange(self, head: Mapping[str, Any], blobs: Sequence[Blob]) -> tuple[dict[str, Any], list[bytearray]]:
        messages.send(self._socket, head, blobs)
        return messages.receive(self._socket)

    def ended(self) -> ToolError:
        """Why it is gone: the limit that it met, or what it said last."""
        log = self._place / "log.txt"
        lines: list[str] = []
        with suppress(OSError):
            lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        reason = self._child.ended
        if reason is not None and reason is not Ended.KILLED:
            return StepFailed(
                Kind.OUT_OF_MEMORY if reason is Ended.MEMORY else Kind(reason),
                f"The model's process was stopped: it went over its {reason.replace('-', ' ')} limit.",
                hint="Ask it about fewer inputs at once.",
            )
        said = f": {lines[-1][:300]}" if lines else "."
        return StepFailed(
            Kind.BUG, f"The model's process ended while it was answering{said}", hint="Ask again: a new one is started."
        )


def _place(runs: Path) -> "tempfile.TemporaryDirectory[str]":
    """A folder beside the runs, where the sandbox's own user can be given one; gone with the process."""
    runs.mkdir(parents=True, exist_ok=True)
    _sweep(runs)
    made = tempfile.TemporaryDirectory(prefix=f"{PLACE}{os.getpid()}-", dir=runs, ignore_cleanup_errors=True)
    place = Path(made.name)
    place.chmod(0o711 if step_uid() is not None else 0o700)
    (place / "own").mkdir()
    return made


def _sweep(runs: Path) -> None:
    """What programs left that were killed, or were forks, which end without a word."""
    for left in runs.glob(f"{PLACE}*"):
        owner = left.name.removeprefix(PLACE).partition("-")[0]
        if owner.isdecimal() and not Path(f"/proc/{owner}").exists() and Path("/proc/self").exists():
            trees.remove_quietly(left)


def _answered(reply: tuple[dict[str, Any], list[bytearray]]) -> tuple[dict[str, Any], Arrays]:
    head, blobs = reply
    if "error" in head:
        try:
            error = Failure.model_validate(head["error"]).error()
        except ValueError as wrong:
            raise messages.Ended("what was said is no error") from wrong
        raise error
    return head, messages.unpacked(head.pop("arrays", None), blobs)


def _ended(child: Child) -> None:
    child.kill()
    if child.stdout is not None:
        with suppress(OSError):
            child.stdout.close()


def _closed(stack: ExitStack, owner: int) -> None:
    """In a fork nothing is ended: the process is its parent's."""
    if os.getpid() == owner:
        stack.close()


def _noted(folder: RunFolder, ctx: context.RunContext) -> None:
    """In the run's journal, as every use of its model; not where another program writes it at this moment."""
    try:
        folder.lock()
    except ToolError:
        return
    try:
        journal = Journal(folder.path, ctx.redact, ctx.key.key)
        try:
            message = f"The model was loaded into memory ({ctx.sandbox_name}, {ctx.device})."
            journal.write(Note(step=STEP, message=message))
        finally:
            journal.close()
    finally:
        folder.unlock()
