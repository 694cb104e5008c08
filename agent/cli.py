"""The command line: each command with its own arguments. The flags they share: `agent/config/run_config.py`.

Imports stay inside the commands, so that `noglue --help` answers at once.
"""

import noglue.agent.import_path  # noqa: F401  first, or a `typer.py` of the working directory is run

# isort: split
import sys
from functools import partial
from pathlib import Path

import typer

from noglue.agent.config.cli_options import (
    ClearCache,
    ComparedRuns,
    Count,
    Explain,
    GenerateNames,
    GenerateSeed,
    Inputs,
    Intervals,
    Keep,
    Label,
    Layouts,
    Listing,
    Only,
    Paragraph,
    ParagraphOrPlan,
    PlanFile,
    PredictionsFile,
    Proba,
    PruneCache,
    ResultsFile,
    RunName,
    SamplesFolder,
    Scores,
    Seeds,
    Tasks,
    VerifyImages,
    VerifyJournal,
    Version,
    Web,
    WebModel,
    WithIntervals,
    level,
)
from noglue.agent.config.examples import EXAMPLES, WIDEST, Commands
from noglue.agent.config.given_once import GivenOnce
from noglue.agent.config.run_config import DATA, PLANNING, SHOWING, RunConfig, configured, may_ask

app = typer.Typer(
    name="noglue",
    cls=Commands,
    epilog=EXAMPLES[""],
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": WIDEST},
)
command = partial(app.command, cls=GivenOnce)


@app.callback()
def every_command(version: Version = False) -> None:
    """Describe a problem or point at data: get a trained, honestly tested model and its predictions."""


@command(epilog=EXAMPLES["run"])
@configured(*DATA, *PLANNING, *SHOWING, "fail_under", "runs", "device", "seed", "yes", "sandbox")
def run(config: RunConfig, paragraph: ParagraphOrPlan = None, plan: PlanFile = None) -> int:
    """Train and test a model for what you ask.

    Plans, fetches the data, trains, tests on rows that the training never saw, and hands back a model that predicts.
    """
    from noglue.agent import context
    from noglue.agent.commands import run as running
    from noglue.agent.ui import answers as show
    from noglue.agent.ui.terminal import Terminal
    from noglue.tools.spec.slowness import age

    terminal = Terminal(may_ask(config), before=age())
    content = running.run(config, paragraph, plan, terminal, context.console(config, terminal))
    return show.outcome(content, config.as_json, config.verbose)


@command(epilog=EXAMPLES["plan"])
@configured(*DATA, *PLANNING, *SHOWING, "device", "seed", "yes")
def plan(config: RunConfig, paragraph: Paragraph) -> int:
    """What would be done, without doing it.

    With -v also why the request was read so, and what a language model was sent.
    """
    from noglue.agent.commands import run as running
    from noglue.agent.ui import answers as show
    from noglue.agent.ui.terminal import Terminal

    task, planned, planner = running.preview(config, paragraph, Terminal(may_ask(config)))
    return show.plan(task, planned, planner, config.as_json, config.verbose)


@command(epilog=EXAMPLES["resume"])
@configured(*PLANNING, *SHOWING, "fail_under", "runs", "yes", "trust", "sandbox")
def resume(config: RunConfig, run: RunName = "latest") -> int:
    """Go on with an interrupted or failed run.

    It begins after the last step that finished.
    """
    from noglue.agent import context
    from noglue.agent.commands import run as running
    from noglue.agent.ui import answers as show
    from noglue.agent.ui.terminal import Terminal

    terminal = Terminal(may_ask(config))
    content = running.resume(config, run, terminal, context.console(config, terminal))
    return show.outcome(content, config.as_json, config.verbose)


@app.command(cls=WithIntervals, epilog=EXAMPLES["predict"])
@configured(*SHOWING, "runs", "device", "sandbox")
def predict(
    config: RunConfig,
    run: RunName,
    inputs: Inputs,
    out: PredictionsFile = Path("predictions.csv"),
    proba: Proba = False,
    keep: Keep = None,
    intervals: Intervals = None,
    explain: Explain = False,
) -> int:
    """Predict with a run's model.

    Writes one row for each input, in input order. `latest` is the newest run whose model predicts.
    """
    from noglue.agent import context
    from noglue.agent.commands import predict as predicting
    from noglue.agent.config import settings
    from noglue.agent.planners.rules import Rules
    from noglue.agent.ui import made
    from noglue.agent.ui.terminal import Terminal

    place = settings.places(config.runs).runs
    wanted = predicting.Wanted(proba, tuple(keep or ()), level(intervals), explain)
    terminal = Terminal(may_ask=False)
    with predicting.with_model(run, place) as folder, context.console(config, terminal) as console:
        ctx = context.build(config, Rules(), [console], terminal=terminal)
        content = predicting.predict(folder, inputs, wanted, ctx, out)
    return made.predictions(content, config.as_json)


@command(epilog=EXAMPLES["generate"])
@configured(*SHOWING, "runs", "device", "sandbox")
def generate(
    config: RunConfig,
    names: GenerateNames = None,
    count: Count = None,
    label: Label = None,
    seed: GenerateSeed = None,
    out: SamplesFolder = None,
    verify: VerifyImages = False,
) -> int:
    """Make new images or rows with a run's generator.

    They are signed; with --verify it tells whether images are as they were signed. `latest` is the newest run whose
    model generates.
    """
    from noglue.agent import context
    from noglue.agent.commands import generate as generating
    from noglue.agent.commands import generate_words
    from noglue.agent.commands import predict as predicting
    from noglue.agent.config import settings
    from noglue.agent.planners.rules import Rules
    from noglue.agent.ui import made
    from noglue.agent.ui.terminal import Terminal

    given, place = names or [], settings.places(config.runs).runs
    if verify:
        generate_words.must_stand_alone(count, label, seed, out, config.device)
        return made.verified(generate_words.verify(given, place), config.as_json)
    name = generate_words.run_alone(given)
    terminal = Terminal(may_ask=False)
    with predicting.with_model(name, place, generating=True) as folder, context.console(config, terminal) as console:
        wanted = generating.Wanted(64 if count is None else count, label, seed, out)
        ctx = context.build(config, Rules(), [console], terminal=terminal)
        content = generating.generate(folder, wanted, ctx)
    return made.generated(content, config.as_json)


@command(name="runs", epilog=EXAMPLES["runs"])
@configured(*SHOWING, "runs")
def list_runs(config: RunConfig) -> int:
    """Every run, the newest last.

    With its status, also while it runs, its score on the test rows, and the time that it took.
    """
    from noglue.agent.config import settings
    from noglue.agent.ui import run_list

    return run_list.all_runs(settings.places(config.runs).runs, config.as_json)


@command(epilog=EXAMPLES["show"])
@configured(*SHOWING, "runs")
def show(config: RunConfig, run: RunName = "latest") -> int:
    """What came of a run."""
    from noglue.agent.config import settings
    from noglue.agent.run_folder import RunFolder
    from noglue.agent.ui import answers as show

    return show.run(RunFolder.find(settings.places(config.runs).runs, run), config.as_json, config.verbose)


@command(epilog=EXAMPLES["compare"])
@configured(*SHOWING, "metric", "runs")
def compare(config: RunConfig, names: ComparedRuns) -> int:
    """Compare runs on the same test rows.

    Each run's score, and how much better or worse it is than the first, with a 95 % interval of the difference.
    """
    from noglue.agent.commands import compare as comparing
    from noglue.agent.config import settings
    from noglue.agent.run_folder import RunFolder
    from noglue.agent.ui import comparison as show

    place = settings.places(config.runs).runs
    found = comparing.compare([RunFolder.find(place, name) for name in names], config.metric)
    return show.comparison(found, config.as_json)


@command(epilog=EXAMPLES["log"])
@configured(*SHOWING, "runs")
def log(config: RunConfig, run: RunName = "latest", verify: VerifyJournal = False) -> int:
    """A run's journal, or whether it is genuine.

    With --verify: whether journal, model and outcome are as they were written, and by whom.
    """
    from noglue.agent.config import settings
    from noglue.agent.run_folder import RunFolder
    from noglue.agent.ui import journal_lines

    return journal_lines.log(
        RunFolder.find(settings.places(config.runs).runs, run), verify, config.as_json, config.verbose
    )


@command(epilog=EXAMPLES["bench"])
@configured(*SHOWING, "data", "runs", "budget", "device")
def bench(
    config: RunConfig,
    tasks: Tasks = None,
    listing: Listing = False,
    seeds: Seeds = 1,
    web: Web = False,
    model: WebModel = None,
    layouts: Layouts = False,
    only: Only = None,
    scores: Scores = False,
    out: ResultsFile = None,
) -> int:
    """Run benchmark tasks and compare with published scores."""
    import importlib

    from noglue.agent.config import settings

    if layouts:
        many = importlib.import_module("noglue.tasks.layouts.bench")
        found: int = many.main(only, listing, scores, settings.places(config.runs).runs, out, config.as_json)
        return found

    # `tasks` imports `agent`; by name, so that no import points back.
    table = importlib.import_module("noglue.tasks.bench")
    place = settings.places(config.runs).runs
    code: int = table.main(
        tasks or [], listing, config.data or [], place, config.budget, config.device, seeds, out, config.as_json,
        web, model,
    )  # fmt: skip
    return code


@command(epilog=EXAMPLES["cache"])
@configured(*SHOWING)
def cache(config: RunConfig, clear: ClearCache = False, prune: PruneCache = None) -> int:
    """What the cache holds; make room in it."""
    import os

    from noglue.agent import cache_upkeep
    from noglue.agent.commands import cache as caching
    from noglue.agent.config import settings
    from noglue.agent.ui import answers as show

    content = caching.upkeep(settings.places(None).cache, cache_upkeep.limit(os.environ), clear, prune)
    return show.cache(content, caching.lines(content), config.as_json)


@command(epilog=EXAMPLES["doctor"])
@configured(*SHOWING)
def doctor(config: RunConfig) -> int:
    """What works on this machine, and what doesn't."""
    from noglue.agent.commands import doctor
    from noglue.agent.config import settings

    return doctor.main(settings.places(None), config.as_json)


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
        from noglue.tools.spec.errors import BadUsage, Kind

        hint = "noglue COMMAND --help lists what there is."
        code = show.error(outcome.failure(BadUsage(Kind.USAGE, refused(), hint=hint)), as_json=True)
    sys.exit(code)


if __name__ == "__main__":
    main()
