"""What a run is told by flags or by Python arguments: each described once, here.

    @app.command()
    @configured("data", "runs", "as_json")
    def list_something(config: RunConfig, name: str) -> int: ...        # the command's own arguments, and these flags

Standard library and typer alone, so that `noglue --help` answers at once.
"""

import dataclasses
import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

from noglue.agent.commands.guard import guard

CALLS = 40


@dataclass(frozen=True)
class RunConfig:
    """Texts as they were given; None and False where nothing was said."""

    data: Annotated[
        list[str] | None,
        typer.Option(
            "--data",
            metavar="PLACE",
            help="Where the data is: a URL, file or folder. May be repeated.  [default: as the request says]",
            show_default=False,
        ),
    ] = None
    # what the flags ask of the data: `agent/config/flags.py`
    target: Annotated[
        list[str] | None,
        typer.Option(
            "--target",
            metavar="COLUMN",
            help="The column to predict. May be repeated.  [default: as the request says]",
            show_default=False,
        ),
    ] = None
    metric: Annotated[
        str | None,
        typer.Option(
            "--metric",
            metavar="NAME",
            help="The measure that decides, like macro_f1 or rmse.  [default: the usual one]",
        ),
    ] = None
    exclude: Annotated[
        list[str] | None,
        typer.Option(
            "--exclude",
            metavar="COLUMN",
            help="A column to leave out. May be repeated.  [default: none]",
            show_default=False,
        ),
    ] = None
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only",
            metavar="COLUMN",
            help="A column to learn from, all others being left out. May be repeated.  [default: all]",
        ),
    ] = None
    group: Annotated[
        str | None,
        typer.Option(
            "--group",
            metavar="COLUMN",
            help="Keep rows with the same value together: all in the test, or none.  [default: none]",
        ),
    ] = None
    time: Annotated[
        str | None,
        typer.Option(
            "--time", metavar="COLUMN", help="The test rows are the last ones by this column.  [default: none]"
        ),
    ] = None
    test: Annotated[
        str | None,
        typer.Option(
            "--test",
            metavar="FRACTION|FILE",
            help="Share of the rows for the test (0.25, 25%, 1/4), or a file.  [default: as the data has it]",
        ),
    ] = None
    positive: Annotated[
        str | None,
        typer.Option("--positive", metavar="CLASS", help="Of two classes, the one to look for.  [default: the second]"),
    ] = None
    family: Annotated[
        str | None,
        typer.Option(
            "--family", metavar="NAME", help="The kind of model, like linear.  [default: whichever does best]"
        ),
    ] = None
    fail_under: Annotated[
        list[str] | None,
        typer.Option(
            "--fail-under",
            metavar="MEASURE=SCORE",
            help="Exit code 8 where the test score is worse, as accuracy=0.9 or rmse=3. May be repeated.  "
            "[default: none]",
            show_default=False,
        ),
    ] = None
    runs: Annotated[
        Path | None,
        typer.Option("--runs", metavar="DIR", help="Parent folder of the runs.  [default: $NOGLUE_RUNS or ./runs]"),
    ] = None
    budget: Annotated[
        str | None,
        typer.Option(
            "--budget",
            metavar="TIME",
            help="Time for everything, like 90s, 10m, 1h30m.  [default: no limit; of tables 10 minutes]",
        ),
    ] = None
    device: Annotated[
        str | None, typer.Option("--device", metavar="DEVICE", help="auto, cpu, cuda, cuda:N or mps.  [default: auto]")
    ] = None
    planner: Annotated[
        str, typer.Option("--planner", metavar="NAME", help="auto, rules or llm; auto asks a model if one is named.")
    ] = "auto"
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            metavar="PROVIDER:NAME",
            help="A language model that helps to plan, or the URL of a local server, URL#NAME where it has several.  "
            "[default: $NOGLUE_MODEL]",
        ),
    ] = None
    max_cost: Annotated[
        float | None,
        typer.Option(
            "--max-cost", metavar="DOLLARS", min=0, help="Dollars that the model may cost.  [default: no limit]"
        ),
    ] = None
    max_calls: Annotated[
        int, typer.Option("--max-calls", metavar="NUMBER", min=0, help="Questions to the model, at most.")
    ] = CALLS
    private: Annotated[
        bool, typer.Option("--private", help="Send the model no value of the data, only names and kinds.")
    ] = False
    seed: Annotated[
        int | None,
        typer.Option("--seed", metavar="NUMBER", min=0, max=2**32 - 1, help="For every random choice.  [default: 0]"),
    ] = None
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing; large downloads are agreed to.")] = False
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")] = False
    verbose: Annotated[
        bool, typer.Option("-v", "--verbose", help="More words; the traceback when something breaks.")
    ] = False
    trust: Annotated[
        bool,
        typer.Option("--trust", help="Go on with a run that you did not make; it gets nothing outside its folder."),
    ] = False
    sandbox: Annotated[
        str, typer.Option("--sandbox", metavar="NAME", help="auto, bwrap, landlock, or off (nothing is confined).")
    ] = "auto"


DATA = ("data", "target", "metric", "exclude", "only", "group", "time", "test", "positive", "family")
PLANNING = ("budget", "planner", "model", "max_cost", "max_calls", "private")
SHOWING = ("as_json", "verbose")


def configured(*names: str) -> Callable[[Callable[..., int]], Callable[..., None]]:
    """The function as a command: its own arguments, then the flags of these fields, which it is given as a RunConfig.

    The number that it returns is the exit code; what it raises is told as `guard` does.
    """

    def command(function: Callable[..., int]) -> Callable[..., None]:
        hints = get_type_hints(function, include_extras=True)
        own = [one.replace(kind=one.KEYWORD_ONLY, annotation=hints[one.name])
               for one in list(inspect.signature(function).parameters.values())[1:]]  # fmt: skip
        fields = {field.name: field for field in dataclasses.fields(RunConfig)}
        flags = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=fields[name].default,
                                   annotation=fields[name].type) for name in fields if name in names]  # fmt: skip

        def called(**given: Any) -> None:
            config = RunConfig(**{name: given.pop(name) for name in names})
            guard(lambda: function(config, **given), config.as_json, config.verbose)

        called.__name__, called.__doc__ = function.__name__, function.__doc__
        called.__annotations__ = {one.name: one.annotation for one in [*own, *flags]}
        called.__dict__["__signature__"] = inspect.Signature([*own, *flags])
        return called

    return command


def may_ask(config: RunConfig) -> bool:
    """Whether a person is at the terminal, and wants to be asked."""
    return not config.yes and not config.as_json and sys.stdin.isatty() and sys.stderr.isatty()
