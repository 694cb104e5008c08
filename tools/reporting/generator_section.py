"""What the report says of a generator and of nothing else.

>>> moments(trained, 44)[0]
Moment(step='step 99', when='2 s', score='47.0', picture='steps/05-train/sample_history/0000099.png', kept=False)
"""

import re
import shlex
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from noglue.tools import metrics
from noglue.tools.evaluation.findings import Evaluation
from noglue.tools.evaluation.generation_findings import Generation, Picture
from noglue.tools.evaluation.wording import value_text
from noglue.tools.metrics import Metric
from noglue.tools.reporting.facts import Trained
from noglue.tools.reporting.quantities import duration
from noglue.tools.spec import catalogue
from noglue.tools.spec.profiles import ImageShape

FRAMES = 8
FEWEST = 4  # scorings of a training from which something is said of its course
MOST_WON = 0.9  # of what the score won in all
LATE = 2 / 3  # of the time
STILL = 0.05  # of what was won, in the last third of the time
OUTCOMES = {
    "better": "better than the simple model",
    "no-better": "no better than the simple model",
    "worse": "worse than the simple model",
    "mixed": "mixed: depends on the measure",
}


@dataclass(frozen=True)
class Moment:
    """The same latents at one moment of the training. kept: whether this is the snapshot that was kept."""

    step: str
    when: str
    score: str
    picture: str
    kept: bool


def facts(run: str, found: Evaluation | None, trained: Trained | None, classes: list[str] | None) -> dict[str, Any]:
    """The templates' variables."""
    generation = found.generation if found else None
    measure = None if trained is None else _measure(trained)
    return {
        "moments": moments(trained) if trained else [],
        "moments_by": measure.title if measure else "",
        "expected": expected(trained) if trained else [],
        "pages": by_kind(generation),
        "generate": commands(run, classes),
        "alarms": trained.alarms if trained else [],
    }


def by_kind(generation: Generation | None) -> dict[str, Picture]:
    return {} if generation is None else {picture.kind: picture for picture in generation.pictures}


def moments(trained: Trained) -> list[Moment]:
    """At most eight from the first to the last, evenly chosen, with the time and the score of the same step."""
    paths, measure = trained.sample_history, _measure(trained)
    kept = trained.settings.get("chosen_step")
    rows = {int(row["step"]): row for row in trained.history if "step" in row}
    chosen = _chosen([_step(path) == kept is not None for path in paths])
    found = []
    for place in chosen:
        step = _step(paths[place])
        row = rows.get(step, {}) if step is not None else {}
        score = row.get(measure.name) if measure is not None else None
        found.append(
            Moment(
                step=f"step {step:,}" if step is not None else f"{place + 1} of {len(paths)}",
                when=duration(row["seconds"]) if "seconds" in row else "",
                score=value_text(measure, score) if measure is not None and score is not None else "",
                picture=paths[place],
                kept=step is not None and step == kept,
            )
        )
    return found


def _chosen(kept: list[bool]) -> list[int]:
    """Evenly spaced places from the first to the last; where one was kept, it takes the place of its neighbour."""
    last = len(kept) - 1
    chosen = {round(place * last / (FRAMES - 1)) for place in range(FRAMES)} if last >= 0 else set()
    for place in (place for place, is_kept in enumerate(kept) if is_kept and place not in chosen):
        inner = sorted(chosen - {0, last}, key=lambda one: abs(one - place))
        chosen = (chosen - set(inner[:1])) | {place}
    return sorted(chosen)


def _step(path: str) -> int | None:
    """The step in the file's name, where it holds one number."""
    numbers = re.findall(r"\d+", PurePosixPath(path).stem)
    return int(numbers[0]) if len(numbers) == 1 else None


def _measure(trained: Trained) -> Metric | None:
    """That by which the training was watched, where its history has it."""
    known = trained.history and trained.metric in trained.history[-1]
    return metrics.load(trained.metric) if known and trained.metric in catalogue.names("noglue.tools.metrics") else None


def _costs(trained: Trained) -> list[tuple[float, float]]:
    """(seconds, the watched score turned so that lower is better), of every scoring."""
    measure = _measure(trained)
    if measure is None:
        return []
    sign = -1.0 if measure.higher else 1.0
    rows = [row for row in trained.history if "seconds" in row and measure.name in row]
    return [(row["seconds"], sign * row[measure.name]) for row in rows if row[measure.name] == row[measure.name]]


def kept_improving(trained: Trained) -> bool:
    """Whether the last third of the time still won something."""
    costs = _costs(trained)
    early = [cost for seconds, cost in costs if seconds <= LATE * costs[-1][0]]
    if len(costs) < FEWEST or not early:
        return False
    best = min(cost for _, cost in costs)
    return min(early) - best > STILL * (costs[0][1] - best)


def stopped_improving(trained: Trained) -> bool:
    """Whether its own scores say that more of the same would win nothing."""
    return len(_costs(trained)) >= FEWEST and not kept_improving(trained)


def expected(trained: Trained) -> list[str]:
    """What to expect after how many minutes, as this training went on this device."""
    costs, measure = _costs(trained), _measure(trained)
    if measure is None or len(costs) < FEWEST:
        return []
    first, total = costs[0][1], costs[-1][0]
    best = min(cost for _, cost in costs)
    if best >= first:
        return [f"The {measure.title} never got better than it was at first: more time alone will not help."]
    at = next(seconds for seconds, cost in costs if cost == best)
    most = next(seconds for seconds, cost in costs if first - cost >= MOST_WON * (first - best))
    early = min(cost for seconds, cost in costs if seconds <= max(costs[0][0], LATE * total))
    begun, before, after = (value_text(measure, abs(cost)) for cost in (first, early, best))
    said = [
        f"On this {'CPU' if trained.device == 'cpu' else 'GPU'}, {measure.title} had come nine tenths of the way from "
        f"{begun} to {after} after {duration(most)}; it was best after {duration(at)} of {duration(total)}."
    ]
    if kept_improving(trained):
        said.append(
            f"The last third of the time still took it from {before} to {after}: more time should improve it further."
        )
    else:
        same = f"left it at {after}" if before == after else f"took it from {before} to {after}"
        said.append(f"The last third of the time {same}: more time alone brings little.")
    return said


def first_row(shape: ImageShape | None) -> int:
    """The height in pixels of the first row of a page of samples, with the line above and below it."""
    from noglue.tools.pictures.contact_sheet import row_height

    return 0 if shape is None else row_height(shape.height, shape.width)


def commands(run: str, classes: list[str] | None) -> list[str]:
    plain = f"noglue generate {shlex.quote(run)} --count 64"
    return [plain, f"{plain} --label {shlex.quote(classes[0])}"] if classes else [plain]
