"""The command line, and the one place that picks planner, sandbox and console.

Imports stay inside the commands, so that `noglue --help` answers at once.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from agent.guard import guard
from agent.options import (
    Budget,
    Count,
    Data,
    Device,
    GenerateNames,
    GenerateSeed,
    Json,
    Label,
    MaxCalls,
    MaxCost,
    Model,
    Paragraph,
    ParagraphOrPlan,
    PlanFile,
    PlannerName,
    Private,
    RunName,
    Runs,
    SamplesFolder,
    SandboxMode,
    Seed,
    Verbose,
    VerifyImages,
    Yes,
)

if TYPE_CHECKING:
    from agent.choosing import Wanted
    from agent.plan import Plan
    from agent.protocols import Planner
    from agent.session import Surroundings
    from agent.settings import Places

app = typer.Typer(
    name="noglue",
    help="Describe a problem or point at data: get a trained, honestly tested model and its predictions.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.command()
def run(
    paragraph: ParagraphOrPlan = None,
    data: Data = None,
    runs: Runs = None,
    budget: Budget = None,
    device: Device = None,
    planner: PlannerName = "auto",
    model: Model = None,
    max_cost: MaxCost = None,
    max_calls: MaxCalls = 40,
    private: Private = False,
    plan: PlanFile = None,
    seed: Seed = None,
    yes: Yes = False,
    as_json: Json = False,
    verbose: Verbose = False,
    sandbox: SandboxMode = "auto",
) -> None:
    """Plan, fetch the data, train, test, and hand back a model that predicts."""

    def work() -> int:
        import time

        from agent import session, show, understanding

        started = time.monotonic()
        may_ask = _may_ask(yes, as_json)
        flags = _flags(budget, device, seed)
        wanted = _wanted(planner, model, max_cost, max_calls, private)
        chosen = _consenting(_given(plan, paragraph, data, _planner(wanted, budget)), yes, may_ask)
        task, planned = understanding.understand(chosen, paragraph or "", data or [], flags, may_ask)
        planned = _approved(chosen, planned)
        with _console(as_json) as console:
            console.event({"event": "understood", "text": understanding.in_words(task)})
            around = _surroundings(runs, chosen, sandbox, [console], str(task.constraints.get("device", "auto")))
            content = session.begin(task, planned, around, time.monotonic() - started)
        return show.outcome(content, as_json)

    guard(work, as_json, verbose)


@app.command()
def plan(
    paragraph: Paragraph,
    data: Data = None,
    budget: Budget = None,
    device: Device = None,
    planner: PlannerName = "auto",
    model: Model = None,
    max_cost: MaxCost = None,
    max_calls: MaxCalls = 40,
    private: Private = False,
    seed: Seed = None,
    yes: Yes = False,
    as_json: Json = False,
    verbose: Verbose = False,
) -> None:
    """What was understood and what would be done, without doing it; with -v, what a model was sent."""

    def work() -> int:
        from agent import show, understanding

        chosen = _planner(_wanted(planner, model, max_cost, max_calls, private), budget)
        flags = _flags(budget, device, seed)
        task, planned = understanding.understand(chosen, paragraph, data or [], flags, _may_ask(yes, as_json))
        return show.plan(task, planned, chosen, as_json, verbose)

    guard(work, as_json, verbose)


@app.command()
def resume(
    run: RunName = "latest",
    runs: Runs = None,
    budget: Budget = None,
    planner: PlannerName = "auto",
    model: Model = None,
    max_cost: MaxCost = None,
    max_calls: MaxCalls = 40,
    private: Private = False,
    yes: Yes = False,
    as_json: Json = False,
    verbose: Verbose = False,
    sandbox: SandboxMode = "auto",
) -> None:
    """Go on with an interrupted or failed run, after its last finished step."""

    def work() -> int:
        from agent import session, settings, show
        from agent.folder import RunFolder

        folder = RunFolder.find(_places(runs).runs, run)
        before = folder.read_json("task.json")["constraints"]
        wanted = _wanted(planner, model, max_cost, max_calls, private)
        chosen = _consenting(_planner(wanted, budget, folder.path), yes, _may_ask(yes, as_json))
        with _console(as_json) as console:
            around = _surroundings(runs, chosen, sandbox, [console], str(before.get("device", "auto")))
            content = session.go_on(folder, around, settings.seconds(budget) if budget else None)
        return show.outcome(content, as_json)

    guard(work, as_json, verbose)


@app.command()
def predict(
    run: RunName,
    inputs: Annotated[list[str], typer.Argument(metavar="INPUT...", help="Files, folders, archives, tables or URLs.")],
    out: Annotated[Path, typer.Option("--out", help="Where the predictions go.")] = Path("predictions.csv"),
    proba: Annotated[bool, typer.Option("--proba", help="A column of probability for each class.")] = False,
    device: Device = None,
    runs: Runs = None,
    as_json: Json = False,
    verbose: Verbose = False,
    sandbox: SandboxMode = "auto",
) -> None:
    """Predict with a run's model: one row for each input, in input order."""

    def work() -> int:
        from agent import predicting, show

        with predicting.with_model(run, _places(runs).runs) as folder, _console(as_json) as console:
            around = _surroundings(runs, _rules(), sandbox, [console], device or "auto")
            content = predicting.predict(folder, inputs, proba, around, out)
        return show.predictions(content, as_json)

    guard(work, as_json, verbose)


@app.command()
def generate(
    names: GenerateNames = None,
    count: Count = None,
    label: Label = None,
    seed: GenerateSeed = None,
    out: SamplesFolder = None,
    verify: VerifyImages = False,
    device: Device = None,
    runs: Runs = None,
    as_json: Json = False,
    verbose: Verbose = False,
    sandbox: SandboxMode = "auto",
) -> None:
    """Make new images with a run's generator, signed; with --verify, whether images are as they were signed."""

    def work() -> int:
        from agent import asking, generating, predicting, show

        given = names or []
        if verify:
            asking.must_stand_alone(count, label, seed, out, device)
            return show.verified(asking.verify(given, _places(runs).runs), as_json)
        name = asking.run_alone(given)
        with predicting.with_model(name, _places(runs).runs) as folder, _console(as_json) as console:
            wanted = generating.Wanted(64 if count is None else count, label, seed, out, asking.known_as(name, folder))
            around = _surroundings(runs, _rules(), sandbox, [console], device or "auto")
            content = generating.generate(folder, wanted, around)
        return show.generated(content, as_json)

    guard(work, as_json, verbose)


@app.command(name="runs")
def list_runs(runs: Runs = None, as_json: Json = False, verbose: Verbose = False) -> None:
    """Every run, oldest first."""

    def work() -> int:
        from agent import show

        return show.all_runs(_places(runs).runs, as_json)

    guard(work, as_json, verbose)


@app.command()
def show(run: RunName = "latest", runs: Runs = None, as_json: Json = False, verbose: Verbose = False) -> None:
    """What came of a run."""

    def work() -> int:
        from agent import show
        from agent.folder import RunFolder

        return show.run(RunFolder.find(_places(runs).runs, run), as_json)

    guard(work, as_json, verbose)


@app.command()
def log(
    run: RunName = "latest",
    verify: Annotated[
        bool, typer.Option("--verify", help="Only say whether the journal is as it was written.")
    ] = False,
    runs: Runs = None,
    as_json: Json = False,
    verbose: Verbose = False,
) -> None:
    """A run's journal; with --verify, whether any line was edited, dropped or moved."""

    def work() -> int:
        from agent import show
        from agent.folder import RunFolder

        return show.log(RunFolder.find(_places(runs).runs, run), verify, as_json, verbose)

    guard(work, as_json, verbose)


@app.command()
def bench(
    tasks: Annotated[
        list[str] | None, typer.Argument(metavar="TASK...", help="Names from `--list`.  [default: all]")
    ] = None,
    listing: Annotated[bool, typer.Option("--list", help="Only list the tasks.")] = False,
    data: Data = None,
    runs: Runs = None,
    budget: Budget = None,
    device: Device = None,
    seeds: Annotated[int, typer.Option("--seeds", help="Repeat each task with seeds 0, 1, ….", min=1)] = 1,
    web: Annotated[
        bool, typer.Option("--web", help="Paragraphs without an address, on a small internet of this machine.")
    ] = False,
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            metavar="PROVIDER:NAME",
            help="With --web: a language model that helps; `recorded` has its answers in a file.  [default: none]",
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Write the results as JSON to this file.")] = None,
    as_json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Run the benchmark tasks and set the scores beside the published ones."""

    def work() -> int:
        import importlib

        # `tasks` imports `agent`; by name, so that no import points back.
        table = importlib.import_module("tasks.bench")
        code: int = table.main(
            tasks or [], listing, data or [], _places(runs).runs, budget, device, seeds, out, as_json, web, model
        )
        return code

    guard(work, as_json, verbose)


@app.command()
def doctor(as_json: Json = False, verbose: Verbose = False) -> None:
    """What works on this machine, and what to do about what doesn't."""

    def work() -> int:
        from agent import doctor

        return doctor.main(_places(None), as_json)

    guard(work, as_json, verbose)


def _places(runs: Path | None) -> "Places":
    from agent import settings

    settings.load_environment()
    return settings.places(runs)


def _flags(budget: str | None, device: str | None, seed: int | None) -> dict[str, Any]:
    """What the flags state, as a task's constraints."""
    from agent import settings

    stated = {"budget_seconds": settings.seconds(budget) if budget else None, "device": device, "seed": seed}
    return {name: value for name, value in stated.items() if value is not None}


def _wanted(planner: str, model: str | None, max_cost: float | None, max_calls: int, private: bool) -> "Wanted":
    from agent.choosing import Wanted

    return Wanted(planner, model, max_cost, max_calls, private)


def _planner(wanted: "Wanted", budget: str | None = None, run: Path | None = None) -> "Planner":
    """run: the folder of one that is gone on with."""
    from agent import choosing, settings

    places = _places(None)
    return choosing.choose(wanted, places.cache, settings.seconds(budget) if budget else None, run)


def _rules() -> "Planner":
    """For commands that plan nothing."""
    return _planner(_wanted("rules", None, None, 0, False))


def _given(file: Path | None, paragraph: str | None, data: list[str] | None, planner: "Planner") -> "Planner":
    """The planner, or the plan that the user gave with that planner to revise it. Raises BadUsage."""
    from tools.core.errors import BadUsage

    if file is None:
        if paragraph is None and not data:
            raise BadUsage("usage", "What shall be done?", hint='noglue run "PARAGRAPH", or noglue run --plan FILE')
        return planner
    if paragraph or data:
        raise BadUsage("usage", "A plan says itself what is wanted.", hint="Give a paragraph and --data, or --plan.")
    from agent.planners.given import Given

    return Given(file, planner)


def _consenting(planner: "Planner", yes: bool, may_ask: bool) -> "Planner":
    """A person chooses among what a search found and agrees to large downloads; with --yes there is no question."""
    if yes:
        return planner
    from agent import offering
    from agent.consent import Consent, at_the_terminal

    offered = offering.Offering(planner, offering.at_the_terminal) if may_ask else planner
    return Consent(offered, at_the_terminal if may_ask else None)


def _approved(planner: "Planner", planned: "Plan") -> "Plan":
    from agent.consent import Consent

    return planner.approve(planned) if isinstance(planner, Consent) else planned


def _surroundings(
    runs: Path | None, planner: "Planner", sandbox: str, observers: list[Any], device: str
) -> "Surroundings":
    import os

    from agent import settings
    from agent.redact import Redactor
    from agent.session import Surroundings
    from tools.sandbox import choose

    places = _places(runs)
    resolved = settings.device(device)
    chosen = choose(sandbox)
    return Surroundings(
        places, planner, chosen.sandbox, chosen.name, chosen.why, observers, resolved, Redactor(os.environ)
    )


def _console(quiet: bool) -> Any:
    if not quiet and sys.stderr.isatty():
        from agent.console import LiveConsole

        return LiveConsole()
    from agent.plain import PlainConsole

    return PlainConsole()


def _may_ask(yes: bool, as_json: bool) -> bool:
    return not yes and not as_json and sys.stdin.isatty() and sys.stderr.isatty()


def main() -> None:
    """Entry point of the `noglue` command."""
    app()


if __name__ == "__main__":
    main()
