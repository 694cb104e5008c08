"""Scores that a run must reach, for whoever builds on it in CI: what `--fail-under accuracy=0.9` asks and what came.

    >>> asked(["accuracy=90%", "log_loss=0.4"])
    {'accuracy': 0.9, 'log_loss': 0.4}
    >>> judged({"accuracy": 0.9}, {"test": {"accuracy": {"value": 0.87, …}}})
    [Threshold(measure='accuracy', asked=0.9, reached=0.87, met=False)]

A measure knows its own direction: an RMSE of 3 meets `rmse=3.5`, an accuracy of 0.9 does not meet `accuracy=0.95`. The
score on the test rows counts, not its interval. The run itself ends as it does without: whole, with `error` null.
"""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from noglue.tools import metrics
from noglue.tools.spec.errors import BadUsage, Kind, ScoreTooLow

FORM = "Write --fail-under accuracy=0.9, or accuracy=90%."
SHARES = ("fraction", "relative")  # units that are printed in per cent
_PAIR = re.compile(r"\s*([^=<>]+?)\s*=\s*([-+]?\d*\.?\d+(?:e[-+]?\d+)?)\s*(%?)\s*", re.IGNORECASE)


class Threshold(BaseModel):
    """measure: a module of `tools/metrics/`. asked, reached: in the measure's own unit, shares as 0…1; reached: None
    where the run has no such score."""

    measure: str
    asked: float
    reached: float | None
    met: bool


def asked(given: Sequence[str]) -> dict[str, float]:
    """Measure → the score that must be reached. Raises BadUsage for what is no such pair, an unknown measure, and a
    number that the measure can't have."""
    found: dict[str, float] = {}
    for text in given:
        match = _PAIR.fullmatch(text)
        if match is None:
            raise BadUsage(Kind.FAIL_UNDER, f"--fail-under {text!r} is no measure with a number.", hint=FORM)
        name = _measure(match[1])
        number = _in_unit(name, float(match[2]), bool(match[3]))
        if found.get(name, number) != number:
            raise BadUsage(Kind.FAIL_UNDER, f"--fail-under names {name} twice.", hint="Leave one of them out.")
        found[name] = number
    return found


def judged(wanted: Mapping[str, float] | None, scores: Mapping[str, Any] | None) -> list[Threshold]:
    """scores: `metrics` of run.json, or None where the run has not come so far."""
    test = (scores or {}).get("test") or {}
    return [_judge(name, float(least), (test.get(name) or {}).get("value")) for name, least in (wanted or {}).items()]


def missed(content: Mapping[str, Any]) -> list[Threshold]:
    """Those that a run has not reached. content: of run.json."""
    found = [Threshold.model_validate(one) for one in content.get("fail_under") or []]
    return [one for one in found if not one.met]


def too_low(content: Mapping[str, Any]) -> ScoreTooLow:
    """The error of a run that is otherwise done. content: of run.json, some of whose thresholds were missed."""
    lines = "; ".join(in_words(one) for one in missed(content))
    return ScoreTooLow(
        Kind.FAIL_UNDER,
        f"The run is done, but {lines}.",
        hint="The model and the report are kept; more time or more data may raise the score.",
        path=content.get("path"),
        fail_under=content.get("fail_under"),
    )


def in_words(one: Threshold) -> str:
    """`accuracy 97.8 % is at least 90.0 %`; `RMSE 54.2 is more than the 50 asked for`."""
    from noglue.tools.evaluation.wording import value_text

    metric = metrics.load(one.measure)
    wanted = value_text(metric, one.asked)
    if one.reached is None:
        return f"{metric.title} was not measured, and {wanted} is asked for"
    reached = f"{metric.title} {value_text(metric, one.reached)}"
    if one.met:
        return f"{reached} is {'at least' if metric.higher else 'at most'} {wanted}"
    return f"{reached} is {'less' if metric.higher else 'more'} than the {wanted} asked for"


def _judge(name: str, least: float, value: Any) -> Threshold:
    reached = float(value) if isinstance(value, int | float) and math.isfinite(value) else None
    met = reached is not None and not metrics.load(name).better(least, reached)
    return Threshold(measure=name, asked=least, reached=reached, met=met)


def _measure(given: str) -> str:
    from noglue.agent.config import flags

    return flags.measure(given, "fail-under")


def _in_unit(name: str, number: float, per_cent: bool) -> float:
    metric = metrics.load(name)
    if per_cent and metric.unit not in SHARES:
        raise BadUsage(Kind.FAIL_UNDER, f"--fail-under {name}: {metric.title} is no share, and has no per cent.",
                       hint=f"Write a number alone: {name}={number:g}.")  # fmt: skip
    if not per_cent and metric.unit == "fraction" and number > 1:
        raise BadUsage(Kind.FAIL_UNDER, f"--fail-under {name}={number:g}: {metric.title} is at most 1.",
                       hint=f"Write {name}={number:g}% for so many per cent.")  # fmt: skip
    return number / 100 if per_cent else number
