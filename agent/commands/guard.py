"""The last line of defence of every command: one clear paragraph and the right exit code."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from noglue.tools.spec.errors import ToolError


def guard(work: Callable[[], int], as_json: bool, verbose: bool) -> None:
    """One paragraph and the right exit code for every failure that has a name; tracebacks only with -v."""
    from noglue.tools.spec.errors import ToolError

    try:
        code = work()
    except ToolError as error:
        from noglue.agent import outcome
        from noglue.agent.ui import answers

        if verbose:
            _trace()
        code = answers.error(outcome.failure(error), as_json)
    except KeyboardInterrupt:
        typer.echo("Interrupted.", err=True)
        code = 130
    except BrokenPipeError:  # `noglue log | head`
        sys.stderr.close()
        code = 0
    except Exception as error:
        if verbose:
            _trace()
        from noglue.agent import outcome
        from noglue.agent.ui import answers

        code = answers.error(outcome.failure(_named(error)), as_json)
    raise typer.Exit(code)


def _trace() -> None:
    """The traceback, in which a server's answer or an address may stand with a secret in it."""
    import traceback

    from noglue.agent.redact import shown
    from noglue.tools.showing import visible

    sys.stderr.write(visible.block(str(shown(traceback.format_exc()))))


def _named(error: Exception) -> "ToolError":
    """The machine's own word for a full disk, a missing permission or package; anything else is a bug of ours."""
    from noglue.tools.spec.errors import Kind, StepFailed
    from noglue.tools.spec.packages import missing_package

    if isinstance(error, ImportError) and (missing := missing_package(error)) is not None:
        return missing
    if isinstance(error, OSError) and error.strerror:
        place = f" ({error.filename})" if error.filename else ""
        return StepFailed(Kind.SYSTEM, f"{error.strerror}{place}.", hint="Fix that and try again.")
    message = f"noglue itself broke: {type(error).__name__}: {error}"
    return StepFailed(Kind.BUG, message, hint="The same command with -v shows where; please report it.")
