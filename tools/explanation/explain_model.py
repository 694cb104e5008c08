"""How a model works, for the report: what matters, how, and why it was wrong where it was most wrong.

    explained = explain(model, judge, test, predicted, answers, worst, clock, step)

Within the seconds given: first what matters, then how, then single rows. What there is no time for is told.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from noglue.tools import metrics
from noglue.tools.evaluation.explained import Because, Explained
from noglue.tools.explanation import background as kept
from noglue.tools.explanation.asking import Ask, Clock, features_table
from noglue.tools.explanation.importance import importances
from noglue.tools.explanation.likeness import Likeness, some
from noglue.tools.explanation.partial_dependence import dependence
from noglue.tools.explanation.players import players
from noglue.tools.spec import goals, modalities
from noglue.tools.spec.protocols import Predictor
from noglue.tools.spec.step import Step

if TYPE_CHECKING:
    import datasets

    from noglue.tools.evaluation.verdict import Judge

DRAWN = 5  # features whose dependence is drawn
WORST = 8  # rows that are explained
PROBED = 32


def explain(
    model: Predictor,
    judge: "Judge",
    test: "datasets.Dataset",
    predicted: np.ndarray,
    answers: np.ndarray | None,
    worst: list[int],
    clock: Clock,
    step: Step,
) -> Explained:
    """model: predicts in the target's own unit. worst: test rows to be explained, the most wrong first."""
    schema = judge.schema
    kind = modalities.load(schema.modality)
    found = Explained()
    if kind.explaining is None:
        return found
    likeness = Likeness.load(step.run / "model")
    if likeness is not None:
        looked = some(test, schema, step.seed)
        found.unlike_of = len(looked)
        found.unlike = sum(1 for why in likeness.unlike(looked, schema) if why)
    if kind.tabular and len(schema.features) > 1:
        _columns(found, Ask(model, schema), judge, test, predicted, clock, step.seed)
    _rows(found, model, judge, test, answers, worst[:WORST], clock, step)
    return found


def _columns(
    found: Explained,
    ask: Ask,
    judge: "Judge",
    test: "datasets.Dataset",
    predicted: np.ndarray,
    clock: Clock,
    seed: int,
) -> None:
    """What matters, and how: over the columns of a table."""
    table = features_table(test, judge.schema)
    ask(table.slice(0, PROBED))  # what loads late is not counted among what a row takes
    ask.rows, ask.seconds = 0, 0.0
    ask(table.slice(0, 4 * PROBED))
    if judge.main.observe is not None:
        usual = metrics.load(goals.load(judge.schema.goal).measure)
        judge = _by(judge, usual)
    teams = players(table, judge.schema, seed)
    part = clock.part(0.5)
    told = importances(ask, table, judge, predicted, teams, part, seed)
    found.importances, found.rows, found.rounds = told
    found.measure = judge.main.name
    left_out = len(teams) - len(found.importances)
    if left_out and part.left <= 0:
        found.notes.append(f"there was no time to look at {left_out} of {len(teams)} columns")
    drawn_rows = table.take(pa.array(np.random.default_rng(seed).permutation(table.num_rows)[:500]))
    part = clock.part(0.5)
    for one in found.importances:
        if len(found.dependences) == DRAWN or part.left <= 0:
            break
        drawn = dependence(ask, drawn_rows, one.columns[0], part)
        if drawn is not None:
            found.dependences.append(drawn)


def _by(judge: "Judge", usual: metrics.Metric) -> "Judge":
    from dataclasses import replace

    return replace(judge, main=usual)


def _rows(
    found: Explained,
    model: Predictor,
    judge: "Judge",
    test: "datasets.Dataset",
    answers: np.ndarray | None,
    worst: list[int],
    clock: Clock,
    step: Step,
) -> None:
    """Why it said what it said of the rows where it was most wrong, as many as there is time for."""
    schema, how = judge.schema, modalities.load(judge.schema.modality).explaining
    assert how is not None, "looked at before"
    explaining = how()
    beside = kept.load(step.run / "model", schema) if explaining.BACKGROUND else None
    if explaining.BACKGROUND and beside is None:
        return
    folder = step.folder / "why"
    first, begun = worst[:1], clock.left
    for part in filter(None, (first, worst[1:])):
        took = (begun - clock.left) * len(part)  # by the first row
        part = part if took <= clock.left else part[: int(max(0.0, clock.left) / max(took / len(part), 1e-9))]
        if part and clock.left > 0:
            kinds = None if answers is None else answers[part]
            told = explaining.because(model, test.select(part), schema, beside, kinds, lambda done: None, folder)
            found.because += [_of_row(one, row, folder, step) for one, row in zip(told, part, strict=True)]
    if len(found.because) < len(worst):
        found.notes.append(f"there was time to explain {len(found.because)} of {len(worst)} errors")


def _of_row(one: Because, row: int, folder: Path, step: Step) -> Because:
    """Under the number that the row has among the test rows."""
    named = one.model_copy(update={"row": row})
    if one.picture is not None:
        named.picture = step.name((folder / one.picture).rename(folder / f"row-{row:07d}.png"))
    return named
