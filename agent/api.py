"""The Python interface: what `noglue run`, `plan`, `resume` and their like do, with types instead of text.

    import noglue

    preview = noglue.plan("Recognise handwritten digits.")
    [step.tool for step in preview.plan.steps]         # ['inspect', 'prepare', 'train', 'evaluate', 'report']
    model = noglue.run("Recognise handwritten digits.", budget="5m")
    model.metrics["test"]["accuracy"].value            # on rows that training could not have read
    model.predict("photos/")                           # see agent/model/model.py
    noglue.load("latest").predict(frame)               # the same model, another day

What goes wrong is raised as in `tools/spec/errors.py`: TaskUnclear, DataError, StepFailed, BudgetSpent, NoSandbox,
BadUsage, each with `kind`, `message` and `hint`. Any thread may call it; a coroutine through `asyncio.to_thread`.
"""

import warnings
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Unpack

from pydantic import BaseModel, Field, TypeAdapter, ValidationError, with_config
from typing_extensions import TypedDict

from noglue.agent import fail_under, run_status
from noglue.agent.arguments import STRICT, Names, Place, checked
from noglue.agent.commands.compare import Comparison
from noglue.agent.config import settings
from noglue.agent.config.run_config import RunConfig
from noglue.agent.model import frames
from noglue.agent.model.model import Model
from noglue.agent.plan import Plan
from noglue.agent.run_folder import RunFolder, all_runs
from noglue.agent.task import Task
from noglue.agent.ui.terminal import Terminal
from noglue.tools.spec.errors import BadUsage, DataError, Failure, Kind
from noglue.tools.spec.warning_order import MISSPELT


class RequestWarning(UserWarning):
    """A name in the request has a slip in it, and was taken for one that is near."""


@with_config(STRICT)
class PlanSettings(TypedDict, total=False):
    """The flags of `noglue plan`, by their names in `agent/config/run_config.py`, with their types and bounds.

    data: paths and URLs; or one data frame (pandas, polars or Arrow), which is kept as a file beside the runs.
    target, exclude, only: a column's name, or several; group, time: a column. metric: a measure, family: a kind of
    model, by a name that noglue knows. test: a share of the rows (0.25, "25%", "1/4") or a file. positive: of two
    classes, the one to look for. budget: seconds, or text such as "5m".
    """

    data: frames.FrameOrPlaces
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
    """Those of `noglue run`. yes: downloads over 1 GB are agreed to.

    fail_under: measure → the test score that must be reached, shares as 0…1. progress: lines on standard error, in a
    notebook a bar; None: the bar alone.
    """

    fail_under: Mapping[str, float]
    yes: bool
    sandbox: str
    progress: bool | None


def config(**given: Unpack[RunSettings]) -> RunConfig:
    """The arguments as the flags would have given them."""
    if "data" in given and frames.is_frame(given["data"]):
        runs = given.get("runs")
        given["data"] = frames.kept(given["data"], settings.places(None if runs is None else Path(runs)).runs)
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


class Preview(BaseModel):
    """What was understood and would be done. planner: who planned it. notes: what it had to say."""

    task: Task
    plan: Plan
    planner: str
    notes: list[str] = []


@checked
def run(
    paragraph: str | None = None,
    *,
    plan: str | Path | Plan | Preview | None = None,
    **settings: Unpack[RunSettings],
) -> Model:
    """Plan, fetch the data, train and test. The arguments are the flags of `noglue run`: see RunSettings.

    plan: what `plan` gave, edited or not, or a file that `noglue plan --json` printed, instead of a paragraph; steps
    alone (a Plan) go with one.
    Raises the ToolError that ended the run, with `data["path"]`, the run's folder, where there is one; ScoreTooLow for
    a run that is whole, and does not reach what `fail_under` asks.
    """
    from noglue.agent.commands import run as running

    console = _console(settings.pop("progress", None))
    given = (plan.task, plan.plan) if isinstance(plan, Preview) else Path(plan) if isinstance(plan, str) else plan
    asked = config(**settings)
    content = running.run(asked, paragraph, given, Terminal(may_ask=False), console)
    return _finished(content).on(asked.device or "auto", asked.sandbox)


@checked
def plan(paragraph: str, **settings: Unpack[PlanSettings]) -> Preview:
    """What would be done, without doing it. The arguments are the flags of `noglue plan`: see PlanSettings.

    Raises BadUsage, TaskUnclear and DataError as `noglue plan` does.
    """
    from noglue.agent.commands import run as running

    task, planned, planner = running.preview(config(**settings), paragraph, Terminal(may_ask=False))
    return Preview(task=task, plan=planned, planner=planner.name, notes=list(getattr(planner, "said", [])))


@checked
def load(run: Place = "latest", *, runs: Place | None = None, device: str = "auto", sandbox: str = "auto") -> Model:
    """A run's model: a run's folder, its name, or `latest`, the newest that has one.

    runs: the parent folder of the runs, as in `run`. device, sandbox: where it is loaded, at the first question.
    Raises BadUsage where there is no such run or it has no model, DataError where no run wrote its run.json.
    """
    from noglue.agent.commands.predict import newest_with_model

    place = settings.places(None if runs is None else Path(runs)).runs
    found = _outcome(newest_with_model(place, None) if str(run) == "latest" else _found(run, runs))
    if found.model is None:
        why = str((found.error or {}).get("message", "")).rstrip(".") or run_status.as_a_sentence(
            {"status": found.status}
        )
        raise BadUsage(
            Kind.NO_MODEL,
            f"The run {found.run} has no model: {why}.",
            hint=f"noglue.resume({found.run!r}) goes on with it.",
        )
    return found.on(device, sandbox)


@checked
def resume(run: Place = "latest", *, runs: Place | None = None, budget: str | float | None = None,
           progress: bool | None = None) -> Model:  # fmt: skip
    """Go on with an interrupted or failed run of this user, after its last finished step.

    budget: seconds, or text such as "5m", for all of it. Raises what ends it, as `run` does.
    """
    from noglue.agent.commands import run as running

    folder = _found(run, runs)
    asked = RunConfig(runs=folder.path.parent, budget=None if budget is None else _length(budget))
    content = running.resume(asked, str(folder.path), Terminal(may_ask=False), _console(progress))
    return _finished(content)


@checked
def runs(runs: Place | None = None) -> list[Model]:
    """Every run that was begun, oldest first, whatever became of it: `status`, `error`, `metrics`, `path`."""
    found = []
    for folder in all_runs(settings.places(None if runs is None else Path(runs)).runs):
        with suppress(DataError):  # one that was only begun, or is no run of ours
            found.append(_outcome(folder))
    return found


@checked
def compare(*runs: Place, metric: str | None = None, within: Place | None = None) -> Comparison:
    """Two and more runs on the test rows that they share, each set against the first: see `agent/commands/compare.py`.

    metric: a measure; None: the one that decided. within: the parent folder of the runs. Raises BadUsage, DataError.
    """
    from noglue.agent.commands import compare as comparing

    return comparing.compare([_found(run, within) for run in runs], metric)


@checked
def report(run: Place = "latest", *, runs: Place | None = None) -> Path:
    """The run's report.html. Raises DataError where it left none."""
    folder = _found(run, runs)
    page = folder.path / "report.html"
    if not page.is_file():
        raise DataError(
            Kind.NOT_FOUND, f"The run {folder.name} has no report.", hint="`noglue resume` finishes an interrupted run."
        )
    return page


def _console(progress: bool | None) -> Any:
    """A bar in a notebook, unless progress is False; elsewhere lines where it is True."""
    from noglue.agent.ui import notebook
    from noglue.agent.ui.plain import PlainConsole

    if progress is not False and (display := notebook.display()) is not None:
        return notebook.NotebookConsole(display)
    return PlainConsole(quiet=not progress)


def _found(run: str | Path, runs: str | Path | None) -> RunFolder:
    return RunFolder.find(settings.places(None if runs is None else Path(runs)).runs, str(run))


def _outcome(folder: RunFolder) -> Model:
    content = folder.read_json("run.json")
    try:
        return Model.model_validate(content | {"path": folder.path})  # where it lies now, whatever it says
    except (TypeError, ValidationError) as error:
        raise DataError(Kind.DAMAGED_RUN, f"{folder.path / 'run.json'} was not written by a run.") from error


def _finished(content: dict[str, Any]) -> Model:
    """With a RequestWarning for each name that was taken in spite of a slip. Raises the error that ended the run."""
    if content["error"] is not None:
        about = {"path": content["path"], "step": content["error"].get("step")}
        raise Failure.model_validate(content["error"] | {"data": about}).error()
    if fail_under.missed(content):
        raise fail_under.too_low(content)
    for warning in (content["data"] or {}).get("warnings") or []:
        if warning["kind"] == MISSPELT:
            warnings.warn(warning["message"], RequestWarning, stacklevel=6)  # where `run` or `resume` was called
    return Model.model_validate(content)
