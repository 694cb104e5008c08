"""The command line: each command with its flags. What they are made into: `agent/config/wiring.py`.

Imports stay inside the commands, so that `noglue --help` answers at once.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from noglue.agent.commands.guard import guard
from noglue.agent.config import wiring
from noglue.agent.config.cli_options import (
    Budget,
    Count,
    Data,
    Device,
    Exclude,
    FamilyName,
    GenerateNames,
    GenerateSeed,
    Group,
    Json,
    Keep,
    Label,
    MaxCalls,
    MaxCost,
    Metric,
    Model,
    Only,
    Paragraph,
    ParagraphOrPlan,
    PlanFile,
    PlannerName,
    Positive,
    Private,
    RunName,
    Runs,
    SamplesFolder,
    SandboxMode,
    Seed,
    Target,
    Test,
    Time,
    Verbose,
    VerifyImages,
    Version,
    Web,
    WebModel,
    Yes,
)

app = typer.Typer(
    name="noglue",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def noglue(version: Version = False) -> None:
    """Describe a problem or point at data: get a trained, honestly tested model and its predictions."""


@app.command()
def run(
    paragraph: ParagraphOrPlan = None,
    data: Data = None,
    target: Target = None,
    metric: Metric = None,
    exclude: Exclude = None,
    only: Only = None,
    group: Group = None,
    time: Time = None,
    test: Test = None,
    positive: Positive = None,
    family: FamilyName = None,
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
        from noglue.agent import session
        from noglue.agent.request import understand
        from noglue.agent.ui import answers as show
        from noglue.agent.ui import terminal

        started = terminal.clock()
        may_ask = wiring.may_ask(yes, as_json)
        asked = wiring.asked(
            target=target, metric=metric, exclude=exclude, only=only, group=group,
            time=time, test=test, positive=positive, family=family,
        )  # fmt: skip
        flags = wiring.flags(budget, device, seed, asked)
        wanted = wiring.wanted(planner, model, max_cost, max_calls, private)
        planning = wiring.given(plan, paragraph, data, wiring.planner(wanted, budget), asked)
        chosen = wiring.consenting(planning, yes, may_ask)
        task, planned = understand.understand(chosen, paragraph or "", data or [], flags, may_ask)
        planned = wiring.approved(chosen, planned)
        with wiring.console(as_json) as console:
            console.event({"event": "understood", "text": understand.in_words(task, planned)})
            around = wiring.surroundings(runs, chosen, sandbox, [console], str(task.constraints.get("device", "auto")))
            content = session.begin(task, planned, around, terminal.clock() - started)
        return show.outcome(content, as_json, verbose)

    guard(work, as_json, verbose)


@app.command()
def plan(
    paragraph: Paragraph,
    data: Data = None,
    target: Target = None,
    metric: Metric = None,
    exclude: Exclude = None,
    only: Only = None,
    group: Group = None,
    time: Time = None,
    test: Test = None,
    positive: Positive = None,
    family: FamilyName = None,
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
        from noglue.agent.request import understand
        from noglue.agent.ui import answers as show

        asked = wiring.asked(
            target=target, metric=metric, exclude=exclude, only=only, group=group,
            time=time, test=test, positive=positive, family=family,
        )  # fmt: skip
        flags = wiring.flags(budget, device, seed, asked)
        chosen = wiring.planner(wiring.wanted(planner, model, max_cost, max_calls, private), budget)
        task, planned = understand.understand(chosen, paragraph, data or [], flags, wiring.may_ask(yes, as_json))
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
        from noglue.agent import session
        from noglue.agent.config import settings
        from noglue.agent.run_folder import RunFolder
        from noglue.agent.ui import answers as show

        folder = RunFolder.find(wiring.places(runs).runs, run)
        before = folder.read_json("task.json")["constraints"]
        wanted = wiring.wanted(planner, model, max_cost, max_calls, private)
        chosen = wiring.consenting(wiring.planner(wanted, budget, folder.path), yes, wiring.may_ask(yes, as_json))
        with wiring.console(as_json) as console:
            around = wiring.surroundings(runs, chosen, sandbox, [console], str(before.get("device", "auto")))
            content = session.go_on(folder, around, settings.seconds(budget) if budget else None)
        return show.outcome(content, as_json, verbose)

    guard(work, as_json, verbose)


@app.command()
def predict(
    run: RunName,
    inputs: Annotated[list[str], typer.Argument(metavar="INPUT...", help="Files, folders, archives, tables or URLs.")],
    out: Annotated[Path, typer.Option("--out", help="Where the predictions go.")] = Path("predictions.csv"),
    proba: Annotated[bool, typer.Option("--proba", help="A column of probability for each class.")] = False,
    keep: Keep = None,
    device: Device = None,
    runs: Runs = None,
    as_json: Json = False,
    verbose: Verbose = False,
    sandbox: SandboxMode = "auto",
) -> None:
    """Predict with a run's model: one row for each input, in input order."""

    def work() -> int:
        from noglue.agent.commands import predict as predicting
        from noglue.agent.ui import answers as show

        with predicting.with_model(run, wiring.places(runs).runs) as folder, wiring.console(as_json) as console:
            around = wiring.surroundings(runs, wiring.rules(), sandbox, [console], device or "auto")
            content = predicting.predict(folder, inputs, proba, around, out, keep or [])
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
        from noglue.agent.commands import generate as generating
        from noglue.agent.commands import generate_words
        from noglue.agent.commands import predict as predicting
        from noglue.agent.ui import answers as show

        given = names or []
        if verify:
            generate_words.must_stand_alone(count, label, seed, out, device)
            return show.verified(generate_words.verify(given, wiring.places(runs).runs), as_json)
        name = generate_words.run_alone(given)
        with predicting.with_model(name, wiring.places(runs).runs) as folder, wiring.console(as_json) as console:
            wanted = generating.Wanted(
                64 if count is None else count, label, seed, out, generate_words.known_as(name, folder)
            )
            around = wiring.surroundings(runs, wiring.rules(), sandbox, [console], device or "auto")
            content = generating.generate(folder, wanted, around)
        return show.generated(content, as_json)

    guard(work, as_json, verbose)


@app.command(name="runs")
def list_runs(runs: Runs = None, as_json: Json = False, verbose: Verbose = False) -> None:
    """Every run, oldest first."""

    def work() -> int:
        from noglue.agent.ui import answers as show

        return show.all_runs(wiring.places(runs).runs, as_json)

    guard(work, as_json, verbose)


@app.command()
def show(run: RunName = "latest", runs: Runs = None, as_json: Json = False, verbose: Verbose = False) -> None:
    """What came of a run."""

    def work() -> int:
        from noglue.agent.run_folder import RunFolder
        from noglue.agent.ui import answers as show

        return show.run(RunFolder.find(wiring.places(runs).runs, run), as_json, verbose)

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
        from noglue.agent.run_folder import RunFolder
        from noglue.agent.ui import answers as show

        return show.log(RunFolder.find(wiring.places(runs).runs, run), verify, as_json, verbose)

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
    web: Web = False,
    model: WebModel = None,
    out: Annotated[Path | None, typer.Option("--out", help="Write the results as JSON to this file.")] = None,
    as_json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Run the benchmark tasks and set the scores beside the published ones."""

    def work() -> int:
        import importlib

        # `tasks` imports `agent`; by name, so that no import points back.
        table = importlib.import_module("noglue.tasks.bench")
        code: int = table.main(
            tasks or [], listing, data or [], wiring.places(runs).runs, budget, device, seeds, out, as_json, web, model
        )
        return code

    guard(work, as_json, verbose)


@app.command()
def doctor(as_json: Json = False, verbose: Verbose = False) -> None:
    """What works on this machine, and what to do about what doesn't."""

    def work() -> int:
        from noglue.agent.commands import doctor

        return doctor.main(wiring.places(None), as_json)

    guard(work, as_json, verbose)


def main() -> None:
    """Entry point of the `noglue` command. With --json even what the parser refuses is one JSON object."""
    if "--json" not in sys.argv:
        app()
    try:
        code = app(standalone_mode=False)
    except Exception as error:
        refused = getattr(error, "format_message", None)  # typer keeps its parser's exceptions to itself
        if refused is None:
            raise
        from noglue.agent import outcome
        from noglue.agent.ui import answers as show
        from noglue.tools.spec.errors import BadUsage

        hint = "noglue COMMAND --help lists what there is."
        code = show.error(outcome.failure(BadUsage("usage", refused(), hint=hint)), as_json=True)
    sys.exit(code)


if __name__ == "__main__":
    main()
