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
import tempfile
from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from time import monotonic
from typing import Annotated, Any, ParamSpec, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from noglue.agent.config import wiring
from noglue.agent.plan import Plan
from noglue.agent.protocols import Planner
from noglue.agent.request.wish import Wish
from noglue.agent.task import Task
from noglue.tools.spec.errors import BadUsage, from_dict
from noglue.tools.spec.ledgers import FileLedger, RowLedger

Parameters = ParamSpec("Parameters")
Given = TypeVar("Given")


def _path(place: str | Path) -> str | Path:
    if "\0" in str(place) or not str(place).strip():
        raise ValueError("no path has a NUL in it, and none is empty")
    return place


Place = Annotated[str | Path, AfterValidator(_path)]


class Arguments(BaseModel):
    """What `run` and `plan` take: the types and bounds of the command line's flags."""

    model_config = ConfigDict(strict=True, allow_inf_nan=False, arbitrary_types_allowed=True)

    paragraph: str | None = None
    data: Place | list[Place] = []
    target: str | list[str] | None = None
    metric: str | None = None
    exclude: str | list[str] = []
    only: str | list[str] = []
    group: str | None = None
    time: str | None = None
    test: str | float | Path | None = None
    positive: str | None = None
    family: str | None = None
    runs: Place | None = None
    budget: str | float | None = None
    device: str | None = None
    planner: str = "auto"
    model: str | None = None
    max_cost: float | None = Field(None, ge=0)
    max_calls: int = Field(40, ge=0)
    private: bool = False
    seed: int | None = Field(None, ge=0, lt=2**32)
    yes: bool = False
    sandbox: str = "auto"
    progress: bool = False
    inputs: list[Place] = Field([], min_length=1)
    proba: bool = False
    keep: str | list[str] = []


MANY = ("data", "inputs", "target", "exclude", "only", "keep")  # any iterable will do


def _checked(function: Callable[Parameters, Given]) -> Callable[Parameters, Given]:
    """The function, which raises BadUsage `argument`, in one sentence, for what is no such argument."""
    signature = inspect.signature(function)

    @wraps(function)
    def checking(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Given:
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        given = {name: value for name, value in bound.arguments.items() if name in Arguments.model_fields}
        for name, value in given.items():
            many = name in MANY and isinstance(value, Iterable) and not isinstance(value, str | bytes)
            given[name] = bound.arguments[name] = list(value) if many else value
        try:
            Arguments.model_validate(given)
        except ValidationError as error:
            first = error.errors()[0]
            name = str(first["loc"][0])
            raise BadUsage(
                "argument",
                f"{name}={str(given[name])[:100]!r} makes no sense: {first['msg']}.".replace("\0", "\\0"),
                hint="Types and bounds are those of the command line's flags: `noglue run --help`.",
            ) from None
        return function(*bound.args, **bound.kwargs)

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

    kept: column of the input → its cell, of those asked for. problem: why there is no prediction, where there is none.
    """

    input: str
    prediction: str
    confidence: float | None = None
    probabilities: dict[str, float] = {}
    kept: dict[str, str] = {}
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
        self, *inputs: str | Path, proba: bool = False, keep: str | Iterable[str] = (), device: str = "auto"
    ) -> list[Prediction]:
        """One prediction for each input row, in input order, as `noglue predict` gives them.

        inputs: files, folders, archives, tables or URLs of the kind that was trained on. keep: columns of the input
        that each `Prediction.kept` shall hold. Raises BadUsage, DataError.
        """
        from noglue.agent.commands import predict as predicting
        from noglue.agent.run_folder import RunFolder

        around = _surroundings(self.path.parent, wiring.rules(), "auto", device, progress=False)
        with tempfile.TemporaryDirectory() as place:
            out = Path(place) / "predictions.csv"
            predicting.predict(RunFolder(self.path), [str(one) for one in inputs], proba, around, out, _names(keep))
            with out.open(encoding="utf-8", newline="") as file:
                return [_prediction(row) for row in csv.DictReader(file)]


@_checked
def run(
    paragraph: str | None = None,
    *,
    plan: str | Path | Plan | Preview | None = None,
    data: str | Path | Iterable[str | Path] = (),
    target: str | Iterable[str] | None = None,
    metric: str | None = None,
    exclude: str | Iterable[str] = (),
    only: str | Iterable[str] = (),
    group: str | None = None,
    time: str | None = None,
    test: str | float | Path | None = None,
    positive: str | None = None,
    family: str | None = None,
    runs: str | Path | None = None,
    budget: str | float | None = None,
    device: str | None = None,
    planner: str = "auto",
    model: str | None = None,
    max_cost: float | None = None,
    max_calls: int = 40,
    private: bool = False,
    seed: int | None = None,
    yes: bool = False,
    sandbox: str = "auto",
    progress: bool = False,
) -> Outcome:
    """Plan, fetch the data, train and test. The arguments are the flags of `noglue run`.

    plan: what `plan` gave, edited or not, or a file that `noglue plan --json` printed, instead of a paragraph; steps
    alone (a Plan) go with one. target, exclude, only: a column's name, or several; group, time: a column. metric: a
    measure, family: a kind of model, by a name that noglue knows. test: a share of the rows (0.25, "25%", "1/4") or a
    file. positive: the class of two that is looked for. budget: seconds, or text such as "5m". yes: downloads over 1 GB
    are agreed to. progress: lines on standard error.
    Raises the ToolError that ended the run, with `data["path"]`, the run's folder, where there is one.
    """
    from noglue.agent import session
    from noglue.agent.request import understand

    started = monotonic()
    wanted = wiring.wanted(planner, model, max_cost, max_calls, private)
    asked = wiring.asked(
        target=target, metric=metric, exclude=exclude, only=only, group=group,
        time=time, test=test, positive=positive, family=family,
    )  # fmt: skip
    planning = _with_plan(wiring.planner(wanted, _text(budget)), paragraph, data, plan, asked)
    chosen = wiring.consenting(planning, yes, may_ask=False)
    flags = wiring.flags(_text(budget), device, seed, asked)
    task, planned = understand.understand(chosen, paragraph or "", _places(data), flags, False)
    planned = wiring.approved(chosen, planned)
    around = _surroundings(runs, chosen, sandbox, str(task.constraints.get("device", "auto")), progress)
    if progress:
        around.observers[0].event({"event": "understood", "text": understand.in_words(task)})
    content = session.begin(task, planned, around, monotonic() - started)
    if content["error"] is not None:
        raise from_dict(content["error"] | {"data": {"path": content["path"], "step": content["error"].get("step")}})
    return Outcome.model_validate(content)


@_checked
def plan(
    paragraph: str,
    *,
    data: str | Path | Iterable[str | Path] = (),
    target: str | Iterable[str] | None = None,
    metric: str | None = None,
    exclude: str | Iterable[str] = (),
    only: str | Iterable[str] = (),
    group: str | None = None,
    time: str | None = None,
    test: str | float | Path | None = None,
    positive: str | None = None,
    family: str | None = None,
    budget: str | float | None = None,
    device: str | None = None,
    planner: str = "auto",
    model: str | None = None,
    max_cost: float | None = None,
    max_calls: int = 40,
    private: bool = False,
    seed: int | None = None,
) -> Preview:
    """What would be done, without doing it; the arguments are those of `run`.

    Raises BadUsage, TaskUnclear and DataError as `noglue plan` does.
    """
    from noglue.agent.request import understand

    asked = wiring.asked(
        target=target, metric=metric, exclude=exclude, only=only, group=group,
        time=time, test=test, positive=positive, family=family,
    )  # fmt: skip
    chosen = wiring.planner(wiring.wanted(planner, model, max_cost, max_calls, private), _text(budget))
    flags = wiring.flags(_text(budget), device, seed, asked)
    task, planned = understand.understand(chosen, paragraph, _places(data), flags, False)
    return Preview(task=task, plan=planned, planner=chosen.name, notes=list(getattr(chosen, "said", [])))


@_checked
def load(run: str | Path, *, runs: str | Path | None = None) -> Outcome:
    """The outcome of a run that has a model, to predict with: a run's folder, its name, or `latest`.

    runs: the parent folder of the runs, as in `run`. Raises BadUsage where there is no such run, or it has no model.
    """
    from noglue.agent.commands.predict import with_model

    with with_model(str(run), wiring.places(None if runs is None else Path(runs)).runs) as folder:
        return Outcome.model_validate(folder.read_json("run.json"))


def _with_plan(chosen: Planner, paragraph: str | None, data: Any, plan: Any, asked: dict[str, Any]) -> Planner:
    """The planner, or the plan that was given with that planner to revise it. Raises BadUsage."""
    from noglue.agent.planners.given import Given as GivenPlan

    places = _places(data)
    if plan is not None:
        wiring.must_not_ask(asked)
    if isinstance(plan, Plan):
        if paragraph is None and not places:
            raise BadUsage("usage", "Steps alone don't say what is wanted.", hint="Give a paragraph, or a Preview.")
        return GivenPlan((chosen.understand(paragraph or "", places, {}), plan), chosen)
    if plan is not None and not isinstance(plan, str | Path | Preview):
        raise BadUsage("argument", f"plan={str(plan)[:100]!r} is no plan.", hint="Give a file, a Plan or a Preview.")
    if isinstance(plan, Preview):
        if paragraph is not None or places:
            raise BadUsage("usage", "A plan says itself what is wanted.", hint="Give a paragraph and data, or a plan.")
        return GivenPlan((plan.task, plan.plan), chosen)
    return wiring.given(None if plan is None else Path(plan), paragraph, places, chosen, asked)


def _names(columns: str | Iterable[str]) -> list[str]:
    return [columns] if isinstance(columns, str) else list(columns)


def _places(data: Any) -> list[str]:
    return [str(data)] if isinstance(data, str | Path) else [str(one) for one in data]


def _text(budget: str | float | None) -> str | None:
    return None if budget is None else str(budget)


def _surroundings(runs: str | Path | None, planner: Planner, sandbox: str, device: str, progress: bool) -> Any:
    from noglue.agent.ui.plain import PlainConsole

    place = None if runs is None else Path(runs)
    return wiring.surroundings(place, planner, sandbox, [PlainConsole(quiet=not progress)], device)


def _prediction(row: dict[str, str]) -> Prediction:
    """A row of the answers: what was kept stands between `input` and `prediction`."""
    names = list(row)
    kept = {name: row.pop(name) for name in names[1 : names.index("prediction")]}
    confidence = row.pop("confidence", "") or None
    known = {"input": row.pop("input"), "prediction": row.pop("prediction"), "problem": row.pop("problem", "")}
    return Prediction(
        **known,
        kept=kept,
        confidence=None if confidence is None else float(confidence),
        probabilities={name: float(share) for name, share in row.items() if share},
    )
