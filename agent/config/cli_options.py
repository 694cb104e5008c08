"""The command line's arguments and flags beside those of `run_config.py`, each described once."""

from pathlib import Path
from typing import Annotated, Any

import typer

from noglue.agent.config.given_once import GivenOnce


def _say_version(asked: bool) -> None:
    if asked:
        from importlib import metadata

        typer.echo(f"noglue {metadata.version('noglue')}")
        raise typer.Exit


Version = Annotated[bool, typer.Option("--version", help="Print the version.", callback=_say_version, is_eager=True)]
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
    Path | None,
    typer.Option("--plan", metavar="FILE", help="Run this plan, as `noglue plan --json` printed it.  [default: none]"),
]
Keep = Annotated[
    list[str] | None,
    typer.Option(
        "--keep",
        metavar="COLUMN,…",
        help="Columns of the input to copy next to the answers. May be repeated.  [default: none]",
    ),
]
RunName = Annotated[str, typer.Argument(metavar="RUN", help="A run's folder, its name, or `latest`.")]

ComparedRuns = Annotated[
    list[str], typer.Argument(metavar="RUN", help="Two runs or more; each is compared with the first.")
]

# of `noglue predict` alone
Inputs = Annotated[list[str], typer.Argument(metavar="INPUT", help="Files, folders, archives, tables or URLs.")]
PredictionsFile = Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the predictions go.")]
Proba = Annotated[bool, typer.Option("--proba", help="Add a column with the probability of each class.")]
LEVEL = "0.9"
Intervals = Annotated[
    str | None,
    typer.Option(
        "--intervals",
        metavar="[LEVEL]",
        help=f"Add the interval, or the set of labels, that holds the truth this often.  [{LEVEL} without a level]",
        show_default=False,
    ),
]

Explain = Annotated[bool, typer.Option("--explain", help="Add a column with what speaks most for each answer.")]


class WithIntervals(GivenOnce):
    """A command whose `--intervals` may stand alone, before an input too: only a number behind it is its level."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        whole: list[str] = []
        for place, word in enumerate(args):
            alone = word == "--intervals" and "--" not in args[:place] and not _is_number(args[place + 1 : place + 2])
            whole += [word, LEVEL] if alone else [word]
        return super().parse_args(ctx, whole)


def _is_number(words: list[str]) -> bool:
    try:
        return bool(words) and bool(float(words[0].rstrip("%")) or True)
    except ValueError:
        return False


LEAST_PER_CENT = 50.0  # that a level may be without its sign


def level(text: str | None) -> float | None:
    """`0.95`, `95%` and `95` are the same level. Raises BadUsage `intervals` for none between 0 and 1, and for a number
    like `2` that no one means as a share of a hundred.
    """
    from noglue.tools.spec.errors import BadUsage, Kind

    if text is None:
        return None
    try:
        number = float(text.rstrip("%"))
        number = number / 100 if text.endswith("%") or number >= LEAST_PER_CENT else number
    except ValueError:
        number = 0.0
    if not 0 < number < 1:
        raise BadUsage(Kind.INTERVALS, f"--intervals {text} is no level.", hint="Write --intervals 0.9, or 95%.")
    return number


# of `noglue log` alone
VerifyJournal = Annotated[
    bool,
    typer.Option("--verify", help="Only say whether journal, model and outcome are as they were written, and by whom."),
]

# of `noglue generate` alone
GenerateNames = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="RUN|FILE",
        help="A run or a model's folder; with --verify: PNGs, or folders of them, after a RUN or alone.",
    ),
]
Count = Annotated[
    int | None, typer.Option("--count", metavar="NUMBER", help="How many images, at most 1000000.  [default: 64]")
]
Label = Annotated[
    str | None, typer.Option("--label", metavar="NAME", help="Of this class only.  [default: all classes]")
]
GenerateSeed = Annotated[
    int | None,
    typer.Option("--seed", metavar="NUMBER", min=0, max=2**32 - 1, help="The same images again.  [default: a new one]"),
]
SamplesFolder = Annotated[
    Path | None,
    typer.Option(
        "--out", metavar="DIR", help="A new or empty folder.  [default: ./samples, or the first free of ./samples-2, …]"
    ),
]
VerifyImages = Annotated[
    bool, typer.Option("--verify", help="Only say whether FILEs, or RUN's last images, are as they were signed.")
]

# of `noglue cache` alone
ClearCache = Annotated[bool, typer.Option("--clear", help="Remove all of it.")]
PruneCache = Annotated[
    str | None,
    typer.Option(
        "--prune",
        metavar="SIZE",
        help="Remove what was used least recently, until so much is left: 5GB.  [default: nothing]",
    ),
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
Tasks = Annotated[list[str] | None, typer.Argument(metavar="TASK...", help="Names from `--list`.  [default: all]")]
Layouts = Annotated[
    bool, typer.Option("--layouts", help="Small sets of real data in many formats and layouts: is each seen as it is?")
]
Only = Annotated[
    str | None,
    typer.Option("--only", metavar="WORD", help="With --layouts: those of this name or kind.  [default: all]"),
]
Scores = Annotated[
    bool, typer.Option("--scores", help="With --layouts: also full runs, beside the same data in its plainest form.")
]
Listing = Annotated[bool, typer.Option("--list", help="Only list the tasks.")]
Seeds = Annotated[int, typer.Option("--seeds", metavar="NUMBER", help="Repeat each task with seeds 0, 1, ….", min=1)]
ResultsFile = Annotated[
    Path | None, typer.Option("--out", metavar="FILE", help="Write the results as JSON to this file.  [default: none]")
]
