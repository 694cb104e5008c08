"""`noglue predict`: a run's model on new inputs, in the sandbox like every step, noted in the run's journal."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from noglue.agent import authorship, user_key
from noglue.agent.context import RunContext
from noglue.agent.events import Planned
from noglue.agent.journal import Journal
from noglue.agent.plan import Plan, PlannedStep
from noglue.agent.protocols import Attempt
from noglue.agent.redact import learn
from noglue.agent.request import database_addresses
from noglue.agent.run_folder import RunFolder, all_runs
from noglue.agent.runner import Clock, Runner, results
from noglue.agent.session import step_environment, terminations
from noglue.agent.suspending import suspensions
from noglue.agent.task import Constraints, Task
from noglue.tools.files import beneath
from noglue.tools.files import named_files as local
from noglue.tools.files.archives import packed
from noglue.tools.files.step_result import publish
from noglue.tools.modelstore import load_model
from noglue.tools.modelstore.model_folder import READER
from noglue.tools.spec import goals
from noglue.tools.spec.errors import BadUsage, DataError, Kind, StepFailed

LATEST = "latest"
READER_LIMIT = 1 << 20  # bytes
ARCHIVES = {".zip", ".7z", ".rar", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".zst", ".lz4", ".tbz2", ".txz"}


@dataclass(frozen=True)
class Wanted:
    """What is to stand beside the answers, by the names of `tools/predict.py`: one column a class, columns of the
    input, how often intervals (or sets of labels) are to hold the truth, and why each answer is what it is.
    """

    proba: bool = False
    keep: tuple[str, ...] = ()
    intervals: float | None = None
    explain: bool = False

    @property
    def beside(self) -> bool:
        """Whether anything is to stand behind the answers."""
        return self.explain or self.intervals is not None


def _is_packed(given: str) -> bool:
    """Whether an input has something to unpack, by its name, its parts or its first bytes."""
    path = Path(_absolute(given))
    named = Path(given).suffix.lower() in ARCHIVES
    return named or len(packed.beside(path)) > 1 or packed.holds_archives(path)


class Predicting:
    """A planner whose plan is known beforehand: fetch what is remote, unpack what is packed, predict.

    A model whose data were read by code written for them reads its inputs so too; what that code can't read is taken as
    it is, so that a table with the model's columns will do as well.
    """

    name = "predict"

    def __init__(self, inputs: list[str], wanted: Wanted, first: int, reader: str | None = None) -> None:
        """first: the number of the first step folder. reader: that code, see `tools/read_with.py`."""
        self._inputs, self._wanted, self._first, self._reader = inputs, wanted, first, reader

    def understand(self, paragraph: str, data: list[str], constraints: Constraints) -> Task:
        return Task(paragraph=paragraph, sources=self._inputs, constraints=constraints)

    def plan(self, task: Task) -> Plan:
        steps = []
        for place, given in enumerate(self._inputs):
            if is_url(given):
                steps.append(PlannedStep(id=self._id("fetch", place), tool="download", args={"sources": [given]}))
                fetched = self._id("fetch", place)
                files = {"files": f"{fetched}.files", "only": f"{fetched}.only"}
                steps.append(PlannedStep(id=self._id("unpack", place), tool="extract", needs=files))
            elif _is_packed(given):
                local = {"files": [str(part) for part in packed.beside(Path(_absolute(given)))]}
                steps.append(PlannedStep(id=self._id("unpack", place), tool="extract", args=local))
            if self._reader is not None:
                steps.append(self._read(place, given, bool(steps) and steps[-1].id == self._id("unpack", place)))
        return Plan(steps=[*steps, self._predict([])])

    def revise(self, task: Task, plan: Plan, history: list[Attempt]) -> Plan | None:
        last = history[-1]
        if last.error is not None and last.tool != "read_with":
            return None
        left = [step for step in plan.steps[:-1] if last.error is None or step.id != last.id]
        return Plan(steps=[*left, self._predict(history)])

    def _read(self, place: int, given: str, unpacked: bool) -> PlannedStep:
        args: dict[str, Any] = {"code": self._reader, "least": 1}
        return PlannedStep(
            id=self._id("read", place),
            tool="read_with",
            args=args if unpacked else args | {"roots": [_absolute(given)]},
            needs={"roots": f"{self._id('unpack', place)}.roots"} if unpacked else {},
            why="with the reader that was written for the training's files",
        )

    def _predict(self, history: list[Attempt]) -> PlannedStep:
        """The last step, with the inputs as far as earlier steps have brought them."""
        found, inputs = results(history), []
        for place, given in enumerate(self._inputs):
            brought = found.get(self._id("read", place)) or found.get(self._id("unpack", place))
            paths = brought["roots"] if brought else [_absolute(given)]
            inputs += [{"as_given": given, "path": path} for path in paths]
        args = {"inputs": inputs} | asdict(self._wanted) | {"keep": list(self._wanted.keep)}
        return PlannedStep(id=self._id("predict", 0), tool="predict", args=args, why="one row for each input")

    def _id(self, what: str, place: int) -> str:
        return f"{what}-{self._first + place}"


def predict(run: RunFolder, inputs: list[str], wanted: Wanted, ctx: RunContext, out: Path) -> dict[str, Any]:
    """Write `out`, a CSV with one row an input. → a summary: `rows`, `path`, `seconds`, and what is `said` of columns.

    run: of `with_model`.
    Raises BadUsage for a run without a model, for a generator, or for an `out` that is an input or a folder; DataError
    for inputs that can't be read.
    """
    learn(*inputs)
    database_addresses.refuse(*inputs)
    if not beneath.is_plain(run.path, "model/model.json"):
        raise BadUsage(
            Kind.NO_MODEL, f"The run {run.known_as} has no model.", hint="`noglue resume` finishes an interrupted run."
        )
    load_model.must_predict(load_model.learned(run.path / "model"))
    if any(not is_url(given) and local.located(given).resolve() == out.resolve() for given in inputs):
        raise BadUsage(Kind.OUTPUT, f"{out} is one of the inputs.", hint="Choose another place with --out.")
    _must_be_a_place(out)
    started = time.monotonic()
    run.lock()
    journal = Journal(run.path, ctx.redact, ctx.key.key)
    try:
        first = sum(1 for _ in (run.path / "steps").iterdir()) + 1
        reader = _reader(run)
        if reader is not None and ctx.sandbox_name == "off" and run.known_as != run.name:
            raise BadUsage(
                Kind.SANDBOX,
                f"The model of {run.known_as} reads its inputs with code of its own, which runs in a sandbox only.",
                hint="Leave --sandbox off out.",
            )
        planner = Predicting(inputs, wanted, first, reader)
        task = planner.understand("", [], Constraints(seed=_seed(run)))
        history: list[Attempt] = []
        with terminations(), suspensions(ctx.terminal.aside):
            env = step_environment(run, task, ctx)
            runner = Runner(env, planner, journal, ctx.observers, Clock(None), (), first, False)
            plan = planner.plan(task)
            for observer in ctx.observers:
                observer.event(Planned(planner=planner.name, steps=plan.steps))
            runner.run(task, plan, history)
        _hand_over(run.step_folder(first + len(history) - 1, history[-1].id), run.path, out)
    finally:
        journal.close()
        run.unlock()
    result, seconds = history[-1].result or {}, round(time.monotonic() - started, 3)
    said = {"said": result["said"]} if result.get("said") else {}
    return {"run": run.known_as, "rows": result["rows"], "path": str(out), "seconds": seconds, **said}


@contextmanager
def with_model(name: str, runs: Path, generating: bool = False) -> Iterator[RunFolder]:
    """The run that a person means, if this user's noglue made it. Any other run, or a model's folder alone (`model/`,
    copied anywhere), serves in a run of a moment, with a copy of its plain files: nothing is written beside a
    stranger's files, and nothing of them is read but what was copied.

    `latest` is the newest run whose model does what is wanted. generating: that is to generate, not to predict.

    Raises BadUsage `no-such-run`, `no-model`; DataError `unsafe-path` for a model of links, pipes, or without end.
    """
    alone = Path(name).expanduser()
    if beneath.is_plain(alone, "model.json"):
        with _for_a_moment(alone, alone.resolve().name, 0, runs) as folder:
            yield folder
        return
    found = newest_with_model(runs, generating) if name == LATEST else RunFolder.find(runs, name)
    if authorship.author(found.path, user_key.existing().key) == "you":
        yield found
        return
    facts = beneath.there(found.path, "model")
    if facts is None or not beneath.is_plain(found.path, "model/model.json"):
        raise BadUsage(
            Kind.NO_MODEL, f"The run {found.name} has no model.", hint="`noglue resume` finishes an interrupted run."
        )
    with _for_a_moment(found.path / "model", found.name, _seed(found), runs) as folder:
        yield folder


def newest_with_model(runs: Path, generating: bool | None) -> RunFolder:
    """generating: whether the model is to generate or to predict; None: either. Raises BadUsage `no-model`."""
    known, able = all_runs(runs), (True, False) if generating is None else (generating,)
    found = next((run for run in reversed(known) if _makes_new(run) in able and not run.busy()), None)
    if found is None:
        does = "" if generating is None else " that generates" if generating else " that predicts"
        raise BadUsage(
            Kind.NO_MODEL,
            f"None of the {len(known)} runs in {runs} has a model{does}.",
            hint='`noglue run "Make new handwritten digits."` makes one.'
            if generating
            else '`noglue run "Predict COLUMN" --data FILE` makes one; `noglue resume` finishes an interrupted run.',
        )
    return found


def _makes_new(run: RunFolder) -> bool | None:
    """Whether a run's model generates; None where there is no model that can be known."""
    try:
        if not beneath.is_plain(run.path, "model/model.json"):
            return None
        schema = run.read_json("model/schema.json")
    except DataError:
        return None
    goal = schema.get("goal") if isinstance(schema, dict) else None
    return goals.makes_new(goal) if goal in goals.names() else None


@contextmanager
def _for_a_moment(model: Path, known_as: str, seed: int, runs: Path) -> Iterator[RunFolder]:
    runs.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".predict-", dir=runs) as place:
        folder = RunFolder(Path(place), known_as)
        folder.write_json("task.json", {"constraints": {"seed": seed}})
        (folder.path / "steps").mkdir()
        beneath.copy(model, folder.path / "model", beneath.Bounds())
        folder.path.chmod(0o755)
        yield folder


def _reader(run: RunFolder) -> str | None:
    """The code that came with the model, if any did. Only the sandbox of `read_with` ever runs it."""
    try:
        return beneath.read(run.path, f"model/{READER}", READER_LIMIT).decode("utf-8")
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise DataError(Kind.UNREADABLE, f"The model's {READER} is no text: {error}.") from error


def is_url(text: str) -> bool:
    return text.lower().startswith(("http://", "https://"))


def _seed(folder: RunFolder) -> int:
    """The seed of the run; 0 where a stranger's says nothing that is one."""
    content = folder.read_json("task.json")
    stated = content.get("constraints") if isinstance(content, dict) else None
    seed = stated.get("seed") if isinstance(stated, dict) else None
    return seed if isinstance(seed, int) and 0 <= seed < 2**32 else 0


def _absolute(given: str) -> str:
    path = local.located(given)
    if not is_url(given):
        local.require(path)  # or the names that are near it
    return str(path)


def _must_be_a_place(out: Path) -> None:
    """Raises BadUsage for a folder, and for a link or a pipe that may lie here as a stranger left it: the file that it
    leads to would be overwritten. What lies in /dev (`/dev/stdout`, the shell's `>(…)`) is the user's own."""
    if out.is_dir():
        raise BadUsage(
            Kind.OUTPUT, f"{out} is a folder; --out takes a file.", hint="Name one, such as predictions.csv."
        )
    if not out.absolute().is_relative_to("/dev") and (out.is_symlink() or (out.exists() and not out.is_file())):
        what = f"a link to {out.readlink()}" if out.is_symlink() else "no plain file"
        raise BadUsage(
            Kind.OUTPUT, f"{out} is {what}, which noglue does not write to.", hint="Name another place with --out."
        )


def _hand_over(step: Path, run: Path, out: Path) -> None:
    """The step's file to where the user wants it: whole or not at all; through links, and into devices as they are."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        if not out.exists() or out.is_file():
            publish(step, "predictions.csv", out.resolve())
            return
        copy = run / ".predictions.csv"
        publish(step, "predictions.csv", copy)
        with copy.open("rb") as source, out.open("wb") as target:
            shutil.copyfileobj(source, target)
        copy.unlink()
    except OSError as error:
        raise StepFailed(
            Kind.OUTPUT,
            f"The predictions can't be written to {out}: {error.strerror}.",
            hint=f"They are in {step / 'predictions.csv'}; choose another place with --out.",
        ) from error
