"""What the report says of a generator and of nothing else.

>>> sample_history(["steps/05-train/sample_history/000100.png", …])[0]
('1 of 40', 'steps/05-train/sample_history/000100.png')
"""

import re
import shlex
from pathlib import PurePosixPath
from typing import Any

from noglue.tools.evaluation.findings import Evaluation, Generation, Picture
from noglue.tools.reporting.facts import Trained

FRAMES = 8
OUTCOMES = {
    "better": "better than the simple model",
    "no-better": "no better than the simple model",
    "worse": "worse than the simple model",
    "mixed": "mixed: depends on the measure",
}


def facts(run: str, found: Evaluation | None, trained: Trained | None, classes: list[str] | None) -> dict[str, Any]:
    """The templates' variables."""
    generation = found.generation if found else None
    return {
        "sample_history": sample_history(trained.sample_history) if trained else [],
        "pages": by_kind(generation),
        "generate": commands(run, classes),
        "alarms": trained.alarms if trained else [],
    }


def by_kind(generation: Generation | None) -> dict[str, Picture]:
    return {} if generation is None else {picture.kind: picture for picture in generation.pictures}


def sample_history(paths: list[str]) -> list[tuple[str, str]]:
    """At most eight pictures from the first to the last, evenly chosen, each with what to call it."""
    last = len(paths) - 1
    chosen = sorted({round(place * last / (FRAMES - 1)) for place in range(FRAMES)}) if last >= 0 else []
    return [(_moment(paths[place], place, len(paths)), paths[place]) for place in chosen]


def _moment(path: str, place: int, count: int) -> str:
    """By the step in the file's name, where it holds one number; else by its place."""
    numbers = re.findall(r"\d+", PurePosixPath(path).stem)
    return f"step {int(numbers[0]):,}" if len(numbers) == 1 else f"{place + 1} of {count}"


def commands(run: str, classes: list[str] | None) -> list[str]:
    plain = f"noglue generate {shlex.quote(run)} --count 64"
    return [plain, f"{plain} --label {shlex.quote(classes[0])}"] if classes else [plain]
