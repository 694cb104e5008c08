"""What matters: how much worse the model does when a column's values are shuffled among the test rows.

Permutation importance (Breiman 2001; Fisher, Rudin & Dominici 2019, https://jmlr.org/papers/v20/18-760.html), by the
measure that decides. Its 95 % interval is that of a paired difference on the same test rows, as between two models,
with the spread over several permutations added. Columns that say nearly the same are shuffled together.

    >>> importances(ask, table, judge, predicted, players, clock, seed)[0][0]
    Importance(columns=['bmi'], worse=11.2, low=6.8, high=15.6)
"""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from noglue.tools.evaluation.explained import Importance
from noglue.tools.evaluation.scores import Score
from noglue.tools.explanation.asking import Ask, Clock
from noglue.tools.metrics import Evidence, Metric

if TYPE_CHECKING:
    from noglue.tools.evaluation.verdict import Judge

ROUNDS = 5
MOST_ROWS, FEWEST_ROWS = 2_000, 200
AT_ONCE = 10_000  # rows that the model is asked about in one go
ASKED = 60_000  # rows in all: a second or two of most models of tables


def importances(
    ask: Ask,
    table: pa.Table,
    judge: "Judge",
    predicted: np.ndarray,
    players: list[list[str]],
    clock: Clock,
    seed: int,
) -> tuple[list[Importance], int, int]:
    """The weightiest first; of how many rows, in how many rounds. Players that there was no time for are left out.

    table: the test rows' features; predicted: what the model says of them.
    """
    rows = _rows(len(predicted), len(players), seed)
    some, table, before = _judge(judge, rows), table.take(pa.array(rows)), predicted[rows]
    metric, draw = judge.main, np.random.default_rng(seed)
    usual = some.seen(metric, _evidence(some, before), judge.threshold)
    found: list[list[Score]] = [[] for _ in players]
    rounds = 0
    together = max(1, AT_ONCE // len(rows))
    while usual is not None and rounds < ROUNDS and clock.left > 0:
        order = draw.permutation(len(rows))
        for first in range(0, len(players), together):
            if clock.left <= 0:
                break
            part = players[first : first + together]
            dealt = ask(pa.concat_tables([_dealt(table, names, order) for names in part]))
            for place, predicted in enumerate(np.split(dealt, len(part)), first):
                seen = some.seen(metric, _evidence(some, predicted), judge.threshold)
                lead = None if seen is None else some.resampling.difference(metric, some.truth, usual, seen)
                if lead is not None:
                    found[place].append(lead)
        rounds += 1
    told = [_told(names, scores, metric) for names, scores in zip(players, found, strict=True) if scores]
    return sorted(told, key=lambda one: -one.worse), len(rows), rounds


def _rows(count: int, players: int, seed: int) -> np.ndarray:
    """So many test rows that the model is asked about no more than `ASKED` in all, where that leaves enough."""
    most = min(MOST_ROWS, max(FEWEST_ROWS, ASKED // (players * ROUNDS)))
    return np.sort(np.random.default_rng(seed).permutation(count)[:most])


def _judge(judge: "Judge", rows: np.ndarray) -> "Judge":
    units = None if judge.units is None else replace(judge.units, codes=judge.units.codes[rows])
    return replace(judge, truth=judge.truth[rows], units=units)


def _evidence(judge: "Judge", predicted: np.ndarray) -> Evidence:
    """For measures of predictions alone; others are never asked here."""
    return Evidence(judge.schema, judge.truth, predicted, None)


def _dealt(table: pa.Table, names: list[str], order: np.ndarray) -> pa.Table:
    for name in names:
        table = table.set_column(table.column_names.index(name), name, table.column(name).take(pa.array(order)))
    return table


def _told(names: list[str], scores: list[Score], metric: Metric) -> Importance:
    """The mean over rounds; its interval with the spread of the rounds added."""
    sign = 1.0 if metric.higher else -1.0
    values = np.array([score.value for score in scores])
    below = float(np.mean([score.value - score.low for score in scores]))
    above = float(np.mean([score.high - score.value for score in scores]))
    spread = 1.96 * float(values.std(ddof=1)) / len(values) ** 0.5 if len(values) > 1 else 0.0
    low, high = float(values.mean() - np.hypot(below, spread)), float(values.mean() + np.hypot(above, spread))
    low, high = sorted((sign * low, sign * high))
    return Importance(columns=names, worse=sign * float(values.mean()) + 0.0, low=low + 0.0, high=high + 0.0)  # no -0
