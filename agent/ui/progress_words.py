"""How far a step is, in words.

>>> progress_text(Progress(stage="step", done=400, total=9000, loss_d=0.62, fd_own=9.3, seconds_left=190.0))
'step 400 of 9,000 · 3:10 left · FD-own 9.30 (lower is better) · loss D 0.62'

What a step says is a claim: figures that nobody here knows are not shown, and those that are shown are of their kind.
"""

import math
from typing import Any

from noglue.agent.events import Progress
from noglue.agent.ui.wording import title_of, value_of
from noglue.tools.reporting.quantities import clock, size
from noglue.tools.spec import catalogue

NAMES = ("name", "reader", "source")  # whose values say of themselves what they are
LOSSES = {"loss": "loss", "loss_d": "loss D", "loss_g": "loss G"}
LONGEST = 40  # letters of a name


def progress_text(event: Progress) -> str:
    """What is done of what, the time left, the scores, then the losses."""
    begins = f"{event.stage} {_amount(event)}".strip()
    named = [str(event.facts[name])[:LONGEST] for name in NAMES if event.facts.get(name)]
    return " · ".join([begins, *named, *_times(event), *_scores(event), *_losses(event)])


def _amount(event: Progress) -> str:
    """`400 of 9,000`, `120 of 300 inputs`, `3.1 MB of 170.5 MB`."""
    done, total = event.done, event.total
    if done is None or not math.isfinite(done):
        return ""
    if event.unit == "bytes":
        return f"{size(done)} of {size(total)}" if total else size(done)
    unit = f" {event.unit}" if event.unit else ""
    return f"{_count(done)} of {_count(max(total, done))}{unit}" if total else f"{_count(done)}{unit}"


def _count(value: float) -> str:
    """Whole, but for a part of the first few."""
    return f"{value:.1f}".removesuffix(".0") if value < 100 else f"{value:,.0f}"


def _times(event: Progress) -> list[str]:
    left, rate = _figure(event, "seconds_left"), _figure(event, "rate")
    told = [f"{size(rate)}/s"] if rate is not None and event.unit == "bytes" else []
    return told if left is None else [*told, f"{clock(max(0.0, left))} left"]


def _scores(event: Progress) -> list[str]:
    """What is measured, by the name that people know, as the end of the run writes it."""
    known = catalogue.names("noglue.tools.metrics")
    found = [(name, name, "") for name in event.facts if name in known]
    if "validation" in event.facts:
        found.insert(0, ("validation", event.measure if event.measure in known else "", "validation "))
    return [text for name, measure, kind in found if (text := _score(measure, _figure(event, name), kind))]


def _score(measure: str, value: float | None, kind: str) -> str:
    from noglue.tools import metrics

    if value is None:
        return ""
    hint = " (lower is better)" if measure and not kind and not metrics.load(measure).higher else ""
    return f"{kind}{title_of(measure) if measure else 'score'} {value_of(measure, value)}{hint}"


def _losses(event: Progress) -> list[str]:
    figures = ((name, _figure(event, fact)) for fact, name in LOSSES.items())
    return [f"{name} {value:.3g}" for name, value in figures if value is not None]


def _figure(event: Progress, name: str) -> float | None:
    """Finite, or None."""
    value: Any = event.facts.get(name)
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if is_number and math.isfinite(value) else None
