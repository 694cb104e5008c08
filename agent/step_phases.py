"""What a step's seconds went into, for `phases` in run.json.

    >>> of(folder, began=100.0, ended=131.5)
    {'start': 0.6, 'work': 30.8, 'learning': 28.1, 'end': 0.1}

start: the sandbox, Python and the tool's own imports. work: from the tool's first line to its last. end: leaving, and
what the runner does with the result. Further names are parts of the work that the tool tells of (`Step.phase`). All
are a step's claim: they are shown, and nothing is decided by them.
"""

import math
from pathlib import Path

from pydantic import BaseModel, ValidationError

from noglue.tools.files.step_result import read_json
from noglue.tools.spec.errors import StepFailed

FILE = "clock.json"
LIMIT, MOST = 1 << 16, 20


class Clock(BaseModel):
    """What a step's process leaves in `clock.json`, by `time.monotonic()`, which all processes of a machine share."""

    ready: float
    done: float
    phases: dict[str, float] = {}


def of(folder: Path, began: float, ended: float) -> dict[str, float]:
    """Phase → seconds; empty where the step had no process or left nothing that can be true."""
    try:
        clock = Clock.model_validate(read_json(folder / FILE, LIMIT))
    except (OSError, ValueError, ValidationError, StepFailed):
        return {}
    if not began <= clock.ready <= clock.done <= ended:
        return {}
    work = clock.done - clock.ready
    parts = {name: seconds for name, seconds in clock.phases.items() if name.isidentifier() and 0 <= seconds <= work}
    found = {"start": clock.ready - began, "work": work, **dict(list(parts.items())[:MOST]), "end": ended - clock.done}
    return {name: round(seconds, 3) for name, seconds in found.items() if math.isfinite(seconds)}
