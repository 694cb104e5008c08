"""The command line's arguments and flags, each described once."""

from pathlib import Path
from typing import Annotated

import typer


def _say_version(asked: bool) -> None:
    if asked:
        from importlib import metadata

        typer.echo(f"noglue {metadata.version('noglue')}")
        raise typer.Exit


Version = Annotated[
    bool, typer.Option("--version", help="The version, and nothing else.", callback=_say_version, is_eager=True)
]
Paragraph = Annotated[str, typer.Argument(help="What you want, in your own words; may name a URL, a path, a data set.")]
ParagraphOrPlan = Annotated[
    str | None,
    typer.Argument(
        metavar="PARAGRAPH",
        help="What you want, in your own words; may name a URL, a path, a data set. Not needed with --plan.",
        show_default=False,
    ),
]
PlanFile = Annotated[
    Path | None, typer.Option("--plan", metavar="FILE", help="Run this plan, as `noglue plan --json` printed it.")
]
Data = Annotated[
    list[str] | None, typer.Option("--data", help="Where the data is: a URL, file or folder. May be repeated.")
]
# what the flags ask of the data: `agent/config/flags.py`
Target = Annotated[
    list[str] | None,
    typer.Option("--target", metavar="COLUMN", help="The column to predict. May be repeated.", show_default=False),
]
Metric = Annotated[
    str | None, typer.Option("--metric", metavar="NAME", help="The measure that decides, like macro_f1 or rmse.")
]
Exclude = Annotated[
    list[str] | None,
    typer.Option("--exclude", metavar="COLUMN", help="Not to be learned from. May be repeated.", show_default=False),
]
Only = Annotated[
    list[str] | None,
    typer.Option("--only", metavar="COLUMN", help="To learn from this and no other. May be repeated."),
]
Group = Annotated[
    str | None, typer.Option("--group", metavar="COLUMN", help="Rows that share its value are never torn apart.")
]
Time = Annotated[
    str | None, typer.Option("--time", metavar="COLUMN", help="The test rows are the last ones by this column.")
]
Test = Annotated[
    str | None,
    typer.Option("--test", metavar="FRACTION|FILE", help="Share of the rows for the test (0.25, 25%, 1/4), or a file."),
]
Positive = Annotated[
    str | None, typer.Option("--positive", metavar="CLASS", help="The class that is looked for, of two.")
]
FamilyName = Annotated[str | None, typer.Option("--family", metavar="NAME", help="The kind of model, like linear.")]
Keep = Annotated[
    list[str] | None,
    typer.Option(
        "--keep", metavar="COLUMN,…", help="Columns of the input to copy beside the answers. May be repeated."
    ),
]
Runs = Annotated[
    Path | None, typer.Option("--runs", help="Parent folder of the runs.  [default: $NOGLUE_RUNS or ./runs]")
]
Budget = Annotated[str | None, typer.Option("--budget", help="Time for everything, like 90s, 10m, 1h30m.")]
Device = Annotated[str | None, typer.Option("--device", help="auto, cpu, cuda, cuda:N or mps.  [default: auto]")]
PlannerName = Annotated[str, typer.Option("--planner", help="auto, rules or llm; auto asks a model if one is named.")]
Model = Annotated[
    str | None,
    typer.Option(
        "--model",
        metavar="PROVIDER:NAME",
        help="A language model that helps to plan, or the URL of a local server.  [default: $NOGLUE_MODEL]",
    ),
]
MaxCost = Annotated[float | None, typer.Option("--max-cost", min=0, help="Dollars that the model may cost.")]
MaxCalls = Annotated[int, typer.Option("--max-calls", min=0, help="Questions to the model, at most.")]
Private = Annotated[bool, typer.Option("--private", help="Send the model no value of the data, only names and kinds.")]
Seed = Annotated[
    int | None, typer.Option("--seed", min=0, max=2**32 - 1, help="For every random choice.  [default: 0]")
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing; large downloads are agreed to.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]
Verbose = Annotated[bool, typer.Option("-v", "--verbose", help="More words; the traceback when something breaks.")]
SandboxMode = Annotated[str, typer.Option("--sandbox", help="auto, bwrap, landlock, or off (nothing is confined).")]
RunName = Annotated[str, typer.Argument(metavar="RUN", help="A run's folder, its name, or `latest`.")]

# of `noglue generate` alone
GenerateNames = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="RUN|FILE",
        help="A run or a model's folder; with --verify: PNGs, or folders of them, after a RUN or alone.",
    ),
]
Count = Annotated[int | None, typer.Option("--count", help="How many images, at most 1000000.  [default: 64]")]
Label = Annotated[str | None, typer.Option("--label", metavar="NAME", help="Of this class only.")]
GenerateSeed = Annotated[
    int | None, typer.Option("--seed", min=0, max=2**32 - 1, help="The same images again.  [default: a new one]")
]
SamplesFolder = Annotated[
    Path | None,
    typer.Option("--out", help="A new or empty folder.  [default: ./samples, or the first free of ./samples-2, …]"),
]
VerifyImages = Annotated[
    bool, typer.Option("--verify", help="Only say whether FILEs, or RUN's last images, are as they were signed.")
]

# of `noglue bench` alone
Web = Annotated[bool, typer.Option("--web", help="Paragraphs without an address, on a small internet of this machine.")]
WebModel = Annotated[
    str | None,
    typer.Option(
        "--model",
        metavar="PROVIDER:NAME",
        help="With --web: a language model that helps; `recorded` has its answers in a file.  [default: none]",
    ),
]
