"""The last line of defence of every command: one clear paragraph and the right exit code."""

import sys
from collections.abc import Callable

import typer


def guard(work: Callable[[], int], as_json: bool, verbose: bool) -> None:
    """One paragraph and the right exit code for every failure that has a name; tracebacks only with -v."""
    from tools.core.errors import ToolError

    try:
        code = work()
    except ToolError as error:
        from agent import outcome, show

        if verbose:
            import traceback

            traceback.print_exc()
        code = show.error(outcome.failure(error), as_json)
    except KeyboardInterrupt:
        typer.echo("Interrupted.", err=True)
        code = 130
    except BrokenPipeError:  # `noglue log | head`
        sys.stderr.close()
        code = 0
    except Exception as error:
        if verbose:
            raise
        from agent import show

        code = show.error(
            {
                "code": 5,
                "kind": "bug",
                "message": f"noglue itself broke: {type(error).__name__}: {error}",
                "step": None,
                "hint": "The same command with -v shows where; please report it.",
            },
            as_json,
        )
    raise typer.Exit(code)
