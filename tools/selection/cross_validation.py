"""A kind of model trained several times: on other rows each time (folds), or from other seeds (repeats).

    >>> cross_validated("forest", schema, Settings(metric="roc_auc"), 5, None, step)
    Folds(asked=5, count=5, measure='roc_auc', scores=[0.91, 0.93, …], mean=0.921, std=0.011)

Over the training and validation rows; the test rows stay sealed. Rows of one group stay in one fold; where rows follow
one another each fold is predicted from those before it, less the rows of groups that are in it; else every class is
dealt out evenly.
"""

import math
import shutil
import statistics
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel

from noglue.tools import metrics
from noglue.tools.evaluation import decision_threshold
from noglue.tools.spec import catalogue, goals
from noglue.tools.spec.errors import BudgetSpent, DataError
from noglue.tools.spec.protocols import Predictor, Settings, Trained
from noglue.tools.spec.requested import Decision
from noglue.tools.spec.schema import Schema, load_split
from noglue.tools.spec.step import Step

if TYPE_CHECKING:
    import datasets
    import numpy as np


class Spread(BaseModel):
    """asked: how many were. count: how many there was time for. std: the standard deviation of the scores. target: the
    one of several that they are of.
    """

    asked: int
    target: str = ""
    count: int
    measure: str
    scores: list[float]
    mean: float
    std: float


class Folds(Spread):
    """dealt: how rows came into folds."""

    dealt: Literal["by class", "at random", "by group", "by time"]


class Repeats(Spread):
    seeds: list[int]


def cross_validated(
    family: str, schema: Schema, settings: Settings, count: int, decision: Decision | None, step: Step
) -> tuple[Folds | None, str]:
    """None when there was no time for a single fold, or no second one to learn from; and why there are fewer folds
    than were asked for, in words. step: its deadline ends the last fold.
    """
    rows = _rows(schema, step)
    dealt = _dealt(rows, schema, count, step.seed)
    there = sorted({int(one) for one in dealt.fold if one >= 0})
    if len(there) < 2 and dealt.how == "by group":
        return None, f"the rows are all of one group of {schema.group}, so they can't be divided into folds"
    scores: list[float] = []
    without = alone = 0
    failed: list[str] = []
    for number, one in enumerate(there):
        learned, held = dealt.sides(one)
        if dealt.known[learned].sum() < dealt.fewest(one):
            alone += 1
            continue
        share = _share(step, len(there) - number)
        try:
            score = _fold(family, schema, settings, rows, learned, held, decision, share)
        except DataError as error:
            failed.append(error.message)
            continue
        if score is None:
            break
        if not math.isfinite(score):
            without += 1
            continue
        scores.append(score)
        step.progress("fold", number + 1, len(there), validation=score, measure=settings.metric)
    spread = _spread(scores, count, settings.metric or "")
    done = None if spread is None else Folds(**spread, dealt=dealt.how)
    of, fewer = f"of {len(there)} folds", list[str]()
    if alone:
        why = f"before {alone} {of} almost every row is of a {schema.group} that is in them"
        fewer.append(f"{why}, so there was nothing to learn from")
    if failed:
        fewer.append(f"without the rows of {len(failed)} {of} nothing can be learned: {failed[0]}")
    if without:
        fewer.append(f"{settings.metric} has no value for the rows of {without} {of}")
    if len(scores) + alone + len(failed) + without < len(there):
        fewer.append(f"there was time for {len(scores)} of {count} folds")
    if dealt.how == "by group" and len(there) < count:
        fewer.append(f"the rows are of {len(there)} groups of {schema.group}, so that there are no {count} folds")
    return done, "; ".join(fewer)


def repeated(
    family: str, first: float, schema: Schema, settings: Settings, count: int, decision: Decision | None, step: Step
) -> Repeats | None:
    """The validation scores of `count` seeds, `first` being that of the step's own."""
    scores, seeds = [first], [step.seed]
    for number in range(1, count):
        share = replace(_share(step, count - number), seed=step.seed + number)
        folder = _empty(step.folder / "repeat")
        trained = _trained(family, step.run / "data", folder / "model", schema, settings, share, folder)
        if trained is None:
            break
        score = judged(schema, settings, trained, decision)
        shutil.rmtree(folder)
        if score is None:
            break
        scores.append(score)
        seeds.append(share.seed)
        step.progress("repeat", number + 1, count, validation=score, measure=settings.metric)
    spread = _spread(scores, count, settings.metric or "")
    return None if spread is None else Repeats(**spread, seeds=seeds)


def judged(schema: Schema, settings: Settings, trained: Trained, decision: Decision | None) -> float | None:
    """The validation score by the measure asked for, with the threshold that was asked for."""
    name = settings.metric or ""
    if trained.held is None:
        return trained.validation.get(name)
    truth, predicted = trained.held
    return _score(schema, name, truth, predicted, decision_threshold.choose(schema, truth, predicted, decision, name))


# ---- folds -------------------------------------------------------------------------------------------------------


def _rows(schema: Schema, step: Step) -> "datasets.Dataset":
    """Training and validation rows together."""
    import datasets

    splits = [name for name in ("train", "validation") if (step.run / "data" / name).is_dir()]
    return datasets.concatenate_datasets([load_split(step.run / "data", name) for name in splits])


@dataclass(frozen=True)
class Dealt:
    """fold, group: the number of each row's, int64 (n,); of the fold -1 for rows that are never scored. known: whether
    a row has a value of the target, bool (n,).
    """

    fold: "np.ndarray"
    known: "np.ndarray"
    how: Literal["by class", "at random", "by group", "by time"]
    group: "np.ndarray | None" = None

    def sides(self, one: int) -> "tuple[np.ndarray, np.ndarray]":
        """The places, int64, of the rows to learn from and of those of the fold."""
        import numpy as np

        held = np.flatnonzero(self.fold == one)
        learned = np.flatnonzero(self._earlier(one))
        if self.group is not None:
            learned = learned[~np.isin(self.group[learned], self.group[held])]
        return learned, held

    def fewest(self, one: int) -> int:
        """Rows with a known target below which there is nothing to learn from: a tenth of those without groups."""
        return max(2, int((self._earlier(one) & self.known).sum()) // 10)

    def _earlier(self, one: int) -> "np.ndarray":
        return self.fold < one if self.how == "by time" else self.fold != one


def _dealt(rows: "datasets.Dataset", schema: Schema, count: int, seed: int) -> Dealt:
    import numpy as np

    from noglue.tools.data import folds
    from noglue.tools.data.arrays import arrow_column, label_array
    from noglue.tools.data.codes import codes
    from noglue.tools.preparation.time_order import moments

    truth = label_array(rows, str(schema.target))
    known = goals.load(schema.goal).has_truth(truth)
    places = np.flatnonzero(known)
    fold = np.full(len(rows), -1)
    times = moments(arrow_column(rows, schema.time)) if schema.time else None
    grouped = schema.group is not None and schema.group in rows.column_names
    group = codes(arrow_column(rows, str(schema.group))) if grouped else None
    if times is not None and np.isfinite(times).all():
        order = np.argsort(times[places], kind="stable")
        stretch = np.minimum(np.arange(len(places)) * (count + 1) // max(1, len(places)), count)
        fold[places[order]] = stretch - 1  # the first stretch is learned from alone
        return Dealt(fold, known, "by time", group)
    if group is not None:
        fold[places] = folds.grouped(group[places], count, seed)
        return Dealt(fold, known, "by group", group)
    if schema.predicts == "classes":
        fold[places] = folds.stratified(truth[places], count, seed)
        return Dealt(fold, known, "by class")
    fold[places] = folds.even(len(places), count, seed)
    return Dealt(fold, known, "at random")


def _fold(
    family: str,
    schema: Schema,
    settings: Settings,
    rows: "datasets.Dataset",
    learned: "np.ndarray",
    held: "np.ndarray",
    decision: Decision | None,
    step: Step,
) -> float | None:
    """The score of the rows `held` by a model that never saw them, NaN where the measure has no value for them; None
    when the time was up.
    """
    from noglue.tools.data.arrays import label_array

    folder = _empty(step.folder / "fold")
    data = folder / "data"
    rows.select(learned).save_to_disk(str(data / "train"))
    inside = schema.model_copy(update={"rows": {"train": len(learned)}})
    trained = _trained(family, data, folder / "model", inside, settings, step, folder)
    if trained is None:
        return None
    model: Predictor = catalogue.load("noglue.tools.models", family).load(folder / "model", step.device)
    test = rows.select(held)
    truth, predicted = label_array(test, str(schema.target)), model.predict(test)
    chosen = None
    if trained.held is not None:
        seen, fold_predicted = trained.held
        chosen = decision_threshold.choose(schema, seen, fold_predicted, decision, settings.metric)
    shutil.rmtree(folder)
    score = _score(schema, settings.metric or "", truth, predicted, chosen)
    return float("nan") if score is None else score


# ---- what both need ----------------------------------------------------------------------------------------------


def _trained(
    family: str, data: Path, model: Path, schema: Schema, settings: Settings, step: Step, folder: Path
) -> Trained | None:
    """None when there was no time for it."""
    model.mkdir(parents=True, exist_ok=True)
    if step.is_over():
        return None
    quiet = replace(step, folder=folder, emit=lambda event: None)
    try:
        trained: Trained = catalogue.load("noglue.tools.models", family).train(data, model, schema, settings, quiet)
    except BudgetSpent:
        return None
    return trained


def _score(
    schema: Schema, name: str, truth: "np.ndarray", predicted: "np.ndarray", chosen: decision_threshold.Threshold | None
) -> float | None:
    """None where the measure has no value on these rows."""
    import numpy as np

    measure = metrics.bound(name, schema.classes, schema.positive)
    answers = decision_threshold.as_certain(predicted, schema, chosen) if measure.answers else predicted
    value = float(measure.compute(truth, answers))
    return value if np.isfinite(value) else None


def _share(step: Step, left: int) -> Step:
    """A step with an equal part of the time that is left for so many trainings."""
    remaining = step.remaining()
    return step if remaining is None else replace(step, deadline=time.monotonic() + max(0.0, remaining) / left)


def _spread(scores: list[float], asked: int, measure: str) -> dict[str, Any] | None:
    if not scores:
        return None
    std = statistics.stdev(scores) if len(scores) > 1 else 0.0
    return {
        "asked": asked,
        "count": len(scores),
        "measure": measure,
        "scores": scores,
        "mean": statistics.fmean(scores),
        "std": std,
    }


def _empty(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
