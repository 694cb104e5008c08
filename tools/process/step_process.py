"""One step's own process: `python -P -m noglue.tools.process.step_process FOLDER CONTEXT`, started inside the sandbox.

Reads FOLDER/args.json (`{"tool": "extract", "args": {…}, "seed": 0, "device": "cpu"}`), runs the tool, writes
FOLDER/result.json: `{"ok": true, "result": {…}}`, or `{"ok": false, "error": {…}}` for a ToolError, and
for a package that an extra would have brought. Anything else that is raised is a bug: the traceback goes to the log
and the exit status is 1.

CONTEXT is JSON: `run` and `cache` (paths), `deadline` (of `time.monotonic()`, or null), `reserve` (seconds that were
left to the steps after this one, as long as they take on an idle machine), `network` (a descriptor, or null),
`untrusted` (the exit status of what ran before it in a sandbox of its own, or null).
FOLDER/clock.json says when the tool began and ended and what its seconds went into (`agent/step_phases.py`).
Standard output carries events, one JSON object a line; what libraries print goes to the log.
"""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any, TextIO

from noglue.tools.spec import catalogue
from noglue.tools.spec.errors import Kind, StepFailed, ToolError
from noglue.tools.spec.packages import missing_package
from noglue.tools.spec.slowness import slowness
from noglue.tools.spec.step import Step

MOST_RESERVED = 0.4  # of the time left


def _events() -> TextIO:
    """The event stream; from here on `print` and C libraries write to the log (standard error)."""
    sys.stdout.flush()
    stream = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)
    return stream


def _network(descriptor: int | None) -> Any:
    if descriptor is None:
        return None
    from noglue.tools.sandbox.network import Channel

    return Channel(descriptor)


def _deadline(given: float | None, reserve: float) -> float | None:
    """Earlier on a busy machine, where the steps after this one will take longer too; never by more than a share."""
    if given is None:
        return None
    more = min(reserve * (slowness() - 1), MOST_RESERVED * max(0.0, given - time.monotonic()))
    return float(given) - more


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _write(folder: Path, name: str, content: dict[str, Any]) -> None:
    """Atomic, so that a result that exists is whole."""
    partial = folder / f"{name}.partial"
    with open(partial, "w", encoding="utf-8", opener=_private) as file:  # an error may hold what a server sent back
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(folder / name)


def run_step(folder: Path, context: dict[str, Any], events: TextIO, clock: dict[str, Any]) -> dict[str, Any]:
    """The content of result.json. Lets anything that is not a ToolError through. clock: takes when the tool began."""
    call = json.loads((folder / "args.json").read_text(encoding="utf-8"))
    cache = context.get("cache")
    step = Step(
        folder=folder,
        run=Path(context["run"]),
        cache=Path(cache) if cache else None,
        seed=int(call.get("seed", 0)),
        device=str(call.get("device", "cpu")),
        deadline=_deadline(context.get("deadline"), float(context.get("reserve", 0.0))),
        network=_network(context.get("network")),
        emit=lambda event: print(json.dumps(event.model_dump(), default=str), file=events),
        untrusted_status=context.get("untrusted"),
    )
    try:
        tool = catalogue.load("noglue.tools", call["tool"])
        clock |= {"ready": time.monotonic(), "phases": step.phases}
        result = tool.run(tool.Args.model_validate(call["args"]), step)
        return {"ok": True, "result": result.model_dump(mode="json")}
    except ToolError as error:
        return {"ok": False, "error": error.failure().model_dump(mode="json")}
    except MemoryError:
        failure = StepFailed(Kind.OUT_OF_MEMORY, f"{call['tool']} needs more memory than this machine has left.")
        return {"ok": False, "error": failure.failure().model_dump(mode="json")}
    except ImportError as error:
        missing = missing_package(error)
        if missing is None:
            raise
        return {"ok": False, "error": missing.failure().model_dump(mode="json")}


def main() -> None:
    folder, context = Path(sys.argv[1]), json.loads(sys.argv[2])
    with _events() as events:
        clock: dict[str, Any] = {}
        content = run_step(folder, context, events, clock)
        _write(folder, "clock.json", clock | {"done": time.monotonic()})
        _write(folder, "result.json", content)
    # A tool's idle worker threads must not hold a finished step.
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
