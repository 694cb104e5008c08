"""The Python interface: what `noglue run`, `plan` and `predict` do, with types instead of text.

    from noglue import load, plan, run

    preview = plan("Recognise handwritten digits.")
    [step.tool for step in preview.plan.steps]         # ['inspect', 'prepare', 'train', 'evaluate', 'report']
    outcome = run("Recognise handwritten digits.", budget="5m")
    outcome.model.family, outcome.metrics["test"]["accuracy"].value
    outcome.predict("photos/", "more.zip", proba=True)[0].probabilities

What goes wrong is raised as in `tools/spec/errors.py`: TaskUnclear, DataError, StepFailed, BudgetSpent, NoSandbox,
BadUsage, each with `kind`, `message` and `hint`. Call it from the main thread: a step ends with the thread that
started it.
"""

import csv
import inspect
import re
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ParamSpec, TypeVar, Unpack

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    TypeAdapter,
    ValidationError,
    with_config,
)
from pydantic import validate_call as validated
from typing_extensions import TypedDict

from noglue.agent.config import settings
from noglue.agent.config.run_config import RunConfig
from noglue.agent.fail_under import Threshold
from noglue.agent.plan import Plan
from noglue.agent.request.wish import Wish
from noglue.agent.task import Task
from noglue.agent.ui.terminal import Terminal
from noglue.tools.spec.errors import BadUsage, DataError, Failure, Kind
from noglue.tools.spec.ledgers import FileLedger, RowLedger

if TYPE_CHECKING:
    from noglue.agent.commands.predict import Wanted

ENDS = ("lower", "upper")
Parameters = ParamSpec("Parameters")
Returned = TypeVar("Returned")
STRICT = ConfigDict(strict=True, allow_inf_nan=False, arbitrary_types_allowed=True, extra="forbid")


def _path(place: str | Path) -> str | Path:
    if "\0" in str(place) or not str(place).strip():
        raise ValueError("no path has a NUL in it, and none is empty")
    return place


def _many(one: Any) -> PlainValidator:
    """A list of these, from any iterable; one alone is a list of one."""
    form = TypeAdapter(list[one], config=STRICT)

    def listed(value: Any) -> list[Any]:
        if isinstance(value, str | Path):
            return form.validate_python([value])
        many = isinstance(value, Iterable) and not isinstance(value, bytes)
        return form.validate_python(list(value) if many else value)

    return PlainValidator(listed)


Place = Annotated[str | Path, AfterValidator(_path)]
Places = Annotated[str | Path | Iterable[str | Path], _many(Place)]
Names = Annotated[str | Iterable[str], _many(str)]


@with_config(STRICT)
class PlanSettings(TypedDict, total=False):
    """The flags of `noglue plan`, by their names in `agent/config/run_config.py`, with their types and bounds.

    target, exclude, only: a column's name, or several; group, time: a column. metric: a measure, family: a kind of
    model, by a name that noglue knows. test: a share of the rows (0.25, "25%", "1/4") or a file. positive: of two
    classes, the one to look for. budget: seconds, or text such as "5m".
    """

    data: Places
    target: Names | None
    metric: str | None
    exclude: Names
    only: Names
    group: str | None
    time: str | None
    test: str | float | Path | None
    positive: str | None
    family: str | None
    runs: Place | None
    budget: str | float | None
    device: str | None
    planner: str
    model: str | None
    max_cost: Annotated[float | None, Field(ge=0)]
    max_calls: Annotated[int, Field(ge=0)]
    private: bool
    seed: Annotated[int | None, Field(ge=0, lt=2**32)]


@with_config(STRICT)
class RunSettings(PlanSettings, total=False):
    """Those of `noglue run`. yes: downloads over 1 GB are agreed to. progress: lines on standard error.

    fail_under: measure → the test score that must be reached, shares as 0…1; the outcome's own says which were.
    """

    fail_under: Mapping[str, float]
    yes: bool
    sandbox: str
    progress: bool


def config(**given: Unpack[RunSettings]) -> RunConfig:
    """The arguments as the flags would have given them."""
    known: Any = TypeAdapter(RunSettings).validate_python(given)
    for name, form in (("test", str), ("budget", _length), ("runs", Path)):
        if known.get(name) is not None:
            known[name] = form(known[name])
    if "fail_under" in known:
        known["fail_under"] = [f"{name}={least!r}" for name, least in known["fail_under"].items()]
    return RunConfig(**known | {"data": [str(place) for place in known.get("data", [])]})


def _length(budget: str | float) -> str:
    """As `--budget` takes it; a number is of seconds."""
    return budget if isinstance(budget, str) else f"{budget:f}s"


def _checked(function: Callable[Parameters, Returned]) -> Callable[Parameters, Returned]:
    """The function, which raises BadUsage `argument`, in one sentence, for what is no such argument."""
    names = list(inspect.signature(function).parameters)
    valid = validated(config=STRICT)(function)

    @wraps(function)
    def checking(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Returned:
        try:
            return valid(*args, **kwargs)
        except ValidationError as error:
            first = error.errors()[0]
            place, value = first["loc"][0], str(first["input"])[:100]
            name = names[min(place, len(names) - 1)] if isinstance(place, int) else place
            if "argument" in first["type"] or first["type"] == "extra_forbidden":  # missing, unknown, given twice
                raise TypeError(f"{function.__name__}(): {name}: {first['msg']}") from None
            raise BadUsage(
                Kind.ARGUMENT,
                f"{name}={value!r} makes no sense: {first['msg']}.".replace("\0", "\\0"),
                hint="Types and bounds are those of the command line's flags: `noglue run --help`.",
            ) from None

    return checking


class Score(BaseModel):
    """A measure's value, its 95 % interval, and on how many rows."""

    model_config = ConfigDict(extra="allow")

    value: float
    low: float | None = None
    high: float | None = None
    n: int | None = None


class Model(BaseModel):
    """family: a module of `tools/models/`. path: relative to the run folder; bytes: of all that lies there."""

    family: str
    parameters: int | None = None
    bytes: int | None = None
    path: str


class Prediction(BaseModel):
    """One row. input: the file's path as given, or the row's number from 0. probabilities: class → share.

    kept: column of the input → its cell, of those asked for. lower, upper: the interval, labels: the set of labels, the
    likeliest first, where these were asked for. because: what speaks most for the answer; unlike: why the input is
    unlike the training rows, if it is; where either was asked for. problem: why there is no prediction, where there is
    none.
    targets: of several targets each one's answer, all of which `prediction` has as JSON; beside: what was asked for
    beside each, by its column (`yield: lower`).
    """

    input: str
    prediction: str
    confidence: float | None = None
    probabilities: dict[str, float] = {}
    kept: dict[str, str] = {}
    lower: float | None = None
    upper: float | None = None
    labels: list[str] = []
    because: str = ""
    unlike: str = ""
    targets: dict[str, str] = {}
    beside: dict[str, str] = {}
    problem: str = ""


class Preview(BaseModel):
    """What was understood and would be done. planner: who planned it. notes: what it had to say."""

    task: Task
    plan: Plan
    planner: str
    notes: list[str] = []


class Outcome(BaseModel):
    """`run.json` of a run that succeeded. metrics: `test`, `validation`, `baseline` → measure → score.

    wishes: each part of the request and what became of it. files, rows: what became of every file and every row of the
    data; None where no step counted them. candidates: the models that were tried, where there were several.
    fail_under: what was asked of the scores, and whether they reach it.
    """

    model_config = ConfigDict(extra="allow")

    run: str
    status: str
    task: Task
    wishes: list[Wish] = []
    files: FileLedger | None = None
    rows: RowLedger | None = None
    data: dict[str, Any] | None = None
    candidates: list[dict[str, Any]] = []
    model: Model | None = None
    metrics: dict[str, dict[str, Score]] = {}
    fail_under: list[Threshold] = []
    verdict: str | None = None
    generation: dict[str, Any] | None = None
    seconds: dict[str, float] = {}
    device: str
    planner: str
    sandbox: str
    seed: int
    path: Path
    error: dict[str, Any] | None = None

    @property
    def report(self) -> Path:
        return self.path / "report.html"

    @_checked
    def predict(
        self,
        *inputs: Place,
        proba: bool = False,
        keep: Names = (),
        intervals: Annotated[float, Field(gt=0, lt=1)] | None = None,
        explain: bool = False,
        device: str = "auto",
    ) -> list[Prediction]:
        """One prediction for each input row, in input order, as `noglue predict` gives them.

        inputs: files, folders, archives, tables or URLs of the kind that was trained on. keep: columns of the input
        that each `Prediction.kept` shall hold. intervals: how often the interval, or the set of labels, of each is to
        hold the truth. explain: say why, in `Prediction.because`. Raises BadUsage, DataError.
        """
        from noglue.agent import context
        from noglue.agent.commands import predict as predicting
        from noglue.agent.planners.rules import Rules
        from noglue.agent.ui.plain import PlainConsole
        from noglue.tools.modelstore import load_model, several_predictions

        if not inputs:
            raise BadUsage(Kind.ARGUMENT, "inputs=() makes no sense: there is nothing to predict.", hint="Name a file.")
        ctx = context.build(RunConfig(runs=self.path.parent, device=device), Rules(), [PlainConsole(quiet=True)])
        with tempfile.TemporaryDirectory() as place, predicting.with_model(str(self.path), ctx.places.runs) as folder:
            out = Path(place) / "predictions.csv"
            schema = load_model.learned(folder.path / "model")
            targets = several_predictions.target_columns(schema) if schema.labels is None else []
            wanted = predicting.Wanted(proba, tuple(keep), intervals, explain)
            predicting.predict(folder, [str(one) for one in inputs], wanted, ctx, out)
            with out.open(encoding="utf-8", newline="") as file:
                return [_prediction(row, wanted, targets) for row in csv.DictReader(file)]


@_checked
def run(
    paragraph: str | None = None,
    *,
    plan: str | Path | Plan | Preview | None = None,
    **settings: Unpack[RunSettings],
) -> Outcome:
    """Plan, fetch the data, train and test. The arguments are the flags of `noglue run`: see RunSettings.

    plan: what `plan` gave, edited or not, or a file that `noglue plan --json` printed, instead of a paragraph; steps
    alone (a Plan) go with one.
    Raises the ToolError that ended the run, with `data["path"]`, the run's folder, where there is one.
    """
    from noglue.agent.commands import run as running
    from noglue.agent.ui.plain import PlainConsole

    console = PlainConsole(quiet=not settings.pop("progress", False))
    given = (plan.task, plan.plan) if isinstance(plan, Preview) else Path(plan) if isinstance(plan, str) else plan
    content = running.run(config(**settings), paragraph, given, Terminal(may_ask=False), console)
    if content["error"] is not None:
        about = {"path": content["path"], "step": content["error"].get("step")}
        raise Failure.model_validate(content["error"] | {"data": about}).error()
    return Outcome.model_validate(content)


@_checked
def plan(paragraph: str, **settings: Unpack[PlanSettings]) -> Preview:
    """What would be done, without doing it. The arguments are the flags of `noglue plan`: see PlanSettings.

    Raises BadUsage, TaskUnclear and DataError as `noglue plan` does.
    """
    from noglue.agent.commands import run as running

    task, planned, planner = running.preview(config(**settings), paragraph, Terminal(may_ask=False))
    return Preview(task=task, plan=planned, planner=planner.name, notes=list(getattr(planner, "said", [])))


@_checked
def load(run: Place, *, runs: Place | None = None) -> Outcome:
    """The outcome of a run that has a model, to predict with: a run's folder, its name, or `latest`.

    runs: the parent folder of the runs, as in `run`. Raises BadUsage where there is no such run, DataError where its
    run.json was not written by a run.
    """
    from noglue.agent.run_folder import RunFolder

    folder = RunFolder.find(settings.places(None if runs is None else Path(runs)).runs, str(run))
    content = folder.read_json("run.json")
    try:
        return Outcome.model_validate(content | {"path": folder.path})  # where it lies now, whatever it says
    except (TypeError, ValidationError) as error:
        raise DataError(Kind.DAMAGED_RUN, f"{folder.path / 'run.json'} was not written by a run.") from error


def _prediction(row: dict[str, str], wanted: "Wanted", several: Sequence[str]) -> Prediction:
    """A row of the answers: what was kept stands between `input` and `prediction`. several: columns of targets."""
    names = list(row)
    kept = {name: row.pop(name) for name in names[1 : names.index("prediction")]}
    confidence = row.pop("confidence", "") or None
    known: dict[str, Any] = {name: row.pop(name) for name in ("input", "prediction")}
    known["problem"] = row.pop("problem", "")
    if not wanted.proba or wanted.intervals is not None:  # those of a forecast stand there unasked
        known |= {name: float(cell) if (cell := row.pop(name)) else None for name in ENDS if name in row}
    if wanted.intervals is not None:
        known |= {"labels": _labels(row.pop("set"))} if "set" in row else {}
    known |= {name: row.pop(name) for name in ("because", "unlike") if name in row and wanted.beside}
    targets = {name: row.pop(name) for name in several if name in row}
    asked = tuple(f"{name}: {part}" for name in several for part in (*ENDS, "set", "because"))
    beside = {name: row.pop(name) for name in asked if name in row and wanted.beside}
    return Prediction(
        **known,
        kept=kept,
        targets=targets,
        beside=beside,
        confidence=None if confidence is None else float(confidence),
        probabilities={name: float(share) for name, share in row.items() if share},
    )


def _labels(cell: str) -> list[str]:
    """`cat|dog`, a `|` or `\\` within a label behind a `\\`."""
    return [re.sub(r"\\(.)", r"\1", label) for label in re.findall(r"(?:[^|\\]|\\.)+", cell)]
