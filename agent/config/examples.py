"""What a command's `--help` ends with: examples to copy; and a near name for what was mistyped.

Standard library and typer alone, so that `noglue --help` answers at once.
"""

from typing import Any

import typer.core

WIDEST = 120  # columns; longer lines are hard to read on however wide a screen


def _examples(*lines: str, title: str = "Examples") -> str:
    """As the parser's help keeps it: a line a line."""
    return "\n".join(["\b", f"{title}:", *(f"  {line}" for line in lines)])


EXAMPLES = {
    "": _examples(
        'noglue run "Recognise handwritten digits."',
        'noglue run "Predict churn" --data customers.csv',
        "noglue predict latest new.csv",
        "noglue doctor",
        title="Start with",
    ),
    "run": _examples(
        'noglue run "Recognise handwritten digits."',
        'noglue run "Predict churn" --data customers.csv --metric f1 --budget 10m',
        'noglue run "Predict price" --data flats.csv --exclude id --fail-under r2=0.8',
    ),
    "plan": _examples(
        'noglue plan "Predict churn" --data customers.csv',
        'noglue plan "Predict churn" --data customers.csv --json > plan.json',
        "noglue run --plan plan.json                     # as it is, or edited",
    ),
    "resume": _examples(
        "noglue resume latest",
        "noglue resume 20261130-122151 --budget 30m",
    ),
    "predict": _examples(
        "noglue predict latest new.csv",
        "noglue predict latest new.csv --out answers.csv --keep id --proba",
        "noglue predict 20261130-122151 photos/ --intervals 95% --explain",
    ),
    "generate": _examples(
        "noglue generate latest --count 64",
        "noglue generate latest --label 7 --seed 1 --out sevens",
        "noglue generate latest --verify samples",
    ),
    "runs": _examples("noglue runs", "noglue runs --json --runs /data/runs"),
    "show": _examples("noglue show", "noglue show 20261130-122151 -v", "noglue show latest --json"),
    "compare": _examples(
        "noglue compare 20261130-122151 latest",
        "noglue compare linear-run forest-run blend-run --metric macro_f1 --json",
    ),
    "log": _examples("noglue log latest", "noglue log latest --verify"),
    "bench": _examples("noglue bench --list", "noglue bench digits iris --seeds 3 --out results.json"),
    "cache": _examples("noglue cache", "noglue cache --prune 5GB"),
    "doctor": _examples("noglue doctor", "noglue doctor --json"),
}


class Commands(typer.core.TyperGroup):
    """The commands; whoever begins with the request itself is told what stands before it."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args and " " in args[0].strip() and args[0] not in self.commands:
            ctx.fail(f'{args[0]!r} is no command. To run it: noglue run "{args[0].strip()}"')
        return super().resolve_command(ctx, args)
