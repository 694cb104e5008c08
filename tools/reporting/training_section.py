"""What the report tells of the training: the models that were tried, folds, other seeds, the threshold, the size.

>>> facts(trained, schema)["tried"][0]
Row(title='forest', score='93.1 %', seconds='2.1 s', share='100 %', chosen=True)
"""

from dataclasses import dataclass
from typing import Any

from noglue.tools import metrics
from noglue.tools.evaluation.wording import value_text
from noglue.tools.metrics import Metric
from noglue.tools.reporting.facts import Trained
from noglue.tools.selection.cross_validation import Spread
from noglue.tools.spec import catalogue
from noglue.tools.spec.schema import Schema

MOST_SHOWN = 30
# Codes that some families give for why their training ended; others say it in words.
ENDED = {
    "clock": "its time was up",
    "early": "the validation score got no better",
    "rounds": "all rounds were done",
}


@dataclass(frozen=True)
class Row:
    """One model that was tried, as text."""

    title: str
    score: str
    seconds: str
    share: str
    chosen: bool


def facts(trained: Trained | None, schema: Schema) -> dict[str, Any]:
    """The templates' variables."""
    if trained is None or trained.metric not in catalogue.names("noglue.tools.metrics"):
        return {"tried": [], "spreads": [], "tried_by": "", "ended": _ended(trained)}
    metric = metrics.bound(trained.metric, schema.classes, schema.positive)
    return {
        "tried": _tried(trained, metric),
        "tried_by": "score" if schema.targets else metric.title,
        "spreads": _spreads(trained, metric),
        "ended": _ended(trained),
    }


def _ended(trained: Trained | None) -> str:
    return "" if trained is None else ENDED.get(trained.stopped, trained.stopped)


def _tried(trained: Trained, metric: Metric) -> list[Row]:
    """The best first; those without a score last. Of several targets one after the other, each by its own measure."""

    def place(measure: Metric, scores: dict[str, float]) -> tuple[bool, float]:
        score = scores.get(measure.name)
        return score is None, 0.0 if score is None else -score if measure.higher else score

    turns = list(dict.fromkeys(one.target for one in trained.candidates))
    by = {turn: _measure(trained, turn, metric) for turn in turns}
    ordered = sorted(
        trained.candidates, key=lambda one: (turns.index(one.target), place(by[one.target], one.validation))
    )
    return [
        Row(
            title=f"{one.target}: {one.title}" if one.target else one.title,
            score=value_text(by[one.target], one.validation[by[one.target].name])
            if by[one.target].name in one.validation
            else "–",
            seconds=f"{one.seconds:.1f} s" if one.begun else "not begun",
            share=f"{100 * one.share:.0f} %" if one.share else "–",
            chosen=one.chosen,
        )
        for one in ordered[:MOST_SHOWN]
    ]


def _measure(trained: Trained, target: str, metric: Metric) -> Metric:
    """What the candidates of a target were chosen by: the measure that was asked for, where it fits, else its own."""
    scores = [one.validation for one in trained.candidates if one.target == target and one.validation]
    if not target or any(metric.name in one for one in scores):
        return metric
    name = next((name for one in scores for name in one), metric.name)
    return metrics.load(name) if name in catalogue.names("noglue.tools.metrics") else metric


def _spreads(trained: Trained, metric: Metric) -> list[str]:
    """A sentence each for folds and for other seeds."""
    said = []
    if trained.folds is not None:
        said.append(f"{_counted(trained.folds, 'fold')} {trained.folds.dealt}: {_spread(trained.folds, metric)}.")
    if trained.repeats is not None:
        said.append(f"{_counted(trained.repeats, 'seed')}, on validation rows: {_spread(trained.repeats, metric)}.")
    return said


def _counted(spread: Spread, what: str) -> str:
    """`5 folds`, `3 folds (5 were asked for)`; why there are fewer stands in the notes."""
    of = f" of {spread.target}" if spread.target else ""
    some = f"{spread.count} {what}{'' if spread.count == 1 else 's'}{of}"
    return some if spread.count == spread.asked else f"{some} ({spread.asked} were asked for)"


def _spread(spread: Spread, metric: Metric) -> str:
    metric = metric if metric.name == spread.measure else metrics.load(spread.measure)
    scores = ", ".join(value_text(metric, score) for score in spread.scores)
    return f"{metric.title} {value_text(metric, spread.mean)} ± {value_text(metric, spread.std)} ({scores})"
