"""Gradient-boosted trees (LightGBM) for tables of any size, stopped on the validation rows or by the clock.

Missing values and categories are split natively, dates by their parts, free text by its latent semantic components.
A skewed positive target is learned as its logarithm where a pilot says that this helps. How large the trees of a large
table are is told by short pilots; time that is left when the rounds bring no more goes to further models, averaged
where that validates better. On two cores 1,000,000 rows of 30 columns are learned whole in five minutes.
options: `num_leaves` (31), `rounds` (5000 at most; `settings.epochs` means the same), `patience` (100 rounds).
"""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noglue.tools.spec.protocols import Predictor, Settings, Trained
from noglue.tools.spec.schema import Schema
from noglue.tools.spec.slowness import slowness
from noglue.tools.spec.step import Step

if TYPE_CHECKING:
    import numpy as np

    from noglue.tools.models._tables.boosting import Boosted
    from noglue.tools.models._tables.learned import Learned
    from noglue.tools.models._tables.target import Target
    from noglue.tools.models._tables.train_val_data import TrainValData

BASELINE = False
ALIASES = (
    "gradient boosting",
    "gradient-boosting",
    "gradient boosted trees",
    "boosted trees",
    "boosting",
    "lightgbm",
    "light gbm",
    "lgbm",
    "gbm",
    "gbdt",
    "arbres boostés",
    "árboles potenciados",
)
KINDS = ("boosting", "trees", "ensembles")
MEMBERS = ("lightgbm",)
SETTINGS = ("learning_rate",)
OPTIONS = ("rounds", "patience")
CELLS_PER_SECOND = 2e6  # read, encoded and binned by one slow core
MOST_CELLS = 300_000_000  # 2.4 GB as float64
HELD_ROWS = 50_000  # enough to choose a round by
PILOT_ROWS, PILOT_ROUNDS = 20_000, 100
LARGE = 50_000  # rows from which on pilots choose among the sizes of trees
SIZED_ROWS, SIZED_ROUNDS, SIZED_SHARE = 200_000, 300, 0.06  # of a pilot: rows, rounds, share of the time left
SIZES: tuple[dict[str, Any], ...] = (
    {},
    {"num_leaves": 127, "min_data_in_leaf": 50},
    {"num_leaves": 255, "min_data_in_leaf": 200, "feature_fraction": 0.5, "lambda_l2": 5.0},
)
USUAL, SLOW = 0.05, 0.03  # learning rates; the slow one of large tables, where there is time
FEW_ROUNDS = 10  # of a pilot, whose pace says nothing
LEARNED, SLOW_SHARE = 27.0, 0.9  # rate x rounds that large tables take; of the time left that these may take
MOST_MODELS = 4
ENDS = {
    "early": "validation no longer improved",
    "rounds": "all rounds were trained",
    "clock": "the time budget was used",
}
LEAST = 1.0  # seconds of rounds, however long the libraries took to load
SPARE, SPARE_OF_LARGE = 0.5, 6.0  # seconds for averaging, calibrating and writing


def suits(schema: Schema) -> float:
    """Any table; the first choice for large ones."""
    return 0.6 if schema.modality in ("table", "text") and schema.goal in ("classify", "regress") else 0.0


def train(data: Path, model: Path, schema: Schema, settings: Settings, step: Step) -> Trained:
    from noglue.tools.models._tables import predictor, train_val_data
    from noglue.tools.models._tables.calibration import calibrate
    from noglue.tools.models._tables.target import Target

    begun = time.monotonic()
    metric = settings.metric or ("accuracy" if schema.goal == "classify" else "rmse")
    splits = train_val_data.read(data, schema, step.seed, _rows_in_time(schema, step.remaining()), step.remaining())
    rows = len(splits.train)
    splits = _fewer_held(splits, schema.rows_depend or rows < _labelled(schema), step.seed)
    whole = len(splits.train) > rows
    target = Target.fit(splits.truth, schema)
    if not target.classes and _log_is_worth_a_try(splits, metric) and _log_helps(splits, metric, step):
        target = Target.fit_values(splits.truth, log=True)
    balance = settings.options.get("balance") if target.classes else None
    weights = splits.weights(balance)
    splits = splits.balanced(balance, step.seed)
    first, learned, held = _boost_on(splits, target, metric, settings, step, weights)
    notes = ["learned the logarithm of the target"] if target.log else []
    notes += calibrate(target, held, splits.val_truth, splits.shares(target, balance), metric)
    notes += train_val_data.balance_notes(balance)
    if not balance and len(splits.train) < _labelled(schema):
        notes.append(f"learned from {len(splits.train):,} of {_labelled(schema):,} rows")
    predictor.save(model, splits.encoding, learned, target)
    every = max(1, len(first.curve) // 200)
    rate = {} if settings.learning_rate is None else {"learning_rate": settings.learning_rate}
    history = [
        {"round": n, **({} if math.isnan(loss) else {"loss": loss}), "validation": score}
        for n, loss, score in first.curve[::every]
    ]
    return Trained(
        family="boosted_trees",
        parameters=learned.parameters,
        seconds=time.monotonic() - begun,
        stopped=ENDS[first.stopped],
        by_clock=first.stopped == "clock",
        validation=train_val_data.scores(schema, splits.val_truth, target.decode(held), metric),
        history=history,
        learned_from=["train", "validation"] if whole else ["train"],
        settings={"rounds": first.rounds, "metric": metric, **rate, **settings.options},
        notes=notes,
        held=(splits.val_truth, target.decode(held)),
    )


def load(model: Path, device: str) -> Predictor:
    """The device is not used: tables are predicted on the processor."""
    from noglue.tools.models._tables import predictor

    return predictor.load(model)


def _rows_in_time(schema: Schema, seconds: float | None) -> int:
    """Reading and binning may take a sixth of the time left."""
    columns = max(1, len(schema.features))
    most = MOST_CELLS // columns
    return most if seconds is None else min(most, max(1000, int(seconds / 6 * CELLS_PER_SECOND / slowness() / columns)))


def _labelled(schema: Schema) -> int:
    return schema.rows["train"] - schema.unlabelled_train


def _fewer_held(splits: "TrainValData", apart: bool, seed: int) -> "TrainValData":
    """No more held rows than choices need; the others are learned from too unless they are to be kept `apart`."""
    if len(splits.val) <= HELD_ROWS:
        return splits
    import numpy as np

    rows = np.sort(np.random.default_rng(seed).choice(len(splits.val), HELD_ROWS, replace=False))
    return splits.judged_by(rows) if apart else splits.judged_by_fewer(rows)


def _boost_on(
    splits: "TrainValData",
    target: "Target",
    metric: str,
    settings: Settings,
    step: Step,
    weights: "np.ndarray | None",
) -> tuple["Boosted", "Learned", "np.ndarray"]:
    """The first model; what is kept: it, or several averaged, as long as time is left and each is better for it; and
    what that says of the held rows.
    """
    from noglue.tools.models._tables.learned import Blend, Member

    size, pace = _size(splits, target, metric, settings, step, weights)
    usual = _rate(pace, step.remaining())
    begun = time.monotonic()
    models = [_boost(splits, target, metric, settings, step, weights, size, usual)]
    said = [models[0].predict(splits.val)]
    took = time.monotonic() - begun
    while len(models) < MOST_MODELS and models[0].stopped == "early" and _is_left(step, took):
        seeded = replace(step, seed=step.seed + len(models))
        further = _boost(splits, target, metric, settings, seeded, weights, size, usual)
        with_further = [*said, further.predict(splits.val)]
        if _loss(_mean(with_further, target), splits, target) >= _loss(_mean(said, target), splits, target):
            break
        models, said = [*models, further], with_further
    if len(models) == 1:
        return models[0], models[0], said[0]
    members = tuple(Member("lightgbm", 1 / len(models), one, target) for one in models)
    return models[0], Blend(members, target), _mean(said, target)


def _is_left(step: Step, seconds: float) -> bool:
    """Whether there is time for another like one that took so long."""
    left = step.remaining()
    return left is not None and left > 1.4 * seconds + 5.0


def _rate(pace: float, left: float | None) -> float:
    """The slowest learning rate with which there is time to learn enough. pace: seconds a round of all rows; infinite
    where it was not measured. left: seconds.
    """
    if left is None or not 0 < pace < math.inf:
        return USUAL
    return min(USUAL, max(SLOW, LEARNED * pace / (SLOW_SHARE * max(1e-9, left))))


def _mean(said: "list[np.ndarray]", target: "Target") -> "np.ndarray":
    """As `Blend` averages them: probabilities, or values in the target's own terms."""
    import numpy as np

    if target.classes:
        return np.asarray(np.mean(said, axis=0))
    return target.encode(np.mean([target.decode(one) for one in said], axis=0))


def _loss(said: "np.ndarray", splits: "TrainValData", target: "Target") -> float:
    """The log loss or the squared error of the held rows."""
    import numpy as np

    from noglue.tools.models._tables import blending

    truth = target.encode(splits.val_truth)
    known = truth >= 0 if target.classes else np.isfinite(truth)
    loss = blending.log_loss if target.classes else blending.squared
    return float(loss(truth[known], said[known]).mean())


def _size(
    splits: "TrainValData",
    target: "Target",
    metric: str,
    settings: Settings,
    step: Step,
    weights: "np.ndarray | None",
) -> tuple[dict[str, Any], float]:
    """The size of trees that is best in short pilots on some rows, and how many seconds a round of all rows takes with
    it; the usual one where it was asked for, or the table is not large.
    """
    import numpy as np

    from noglue.tools.models._tables import boosting

    if len(splits.train) < LARGE or "num_leaves" in settings.options or settings.epochs:
        return {}, math.inf
    rows = np.sort(np.random.default_rng(step.seed).permutation(len(splits.train))[:SIZED_ROWS])
    some, wanted = splits.train.take(rows), target.encode(splits.truth)[rows]
    held = (splits.val, target.encode(splits.val_truth))
    aim = boosting.objective(len(target.present), metric)
    found: list[tuple[float, int, float]] = []
    for place, size in enumerate(SIZES):
        ends: list[float] = []
        rounds = boosting.Rounds(
            SIZED_ROUNDS,
            patience=30,
            rate=0.1,
            left=_part_of(step.remaining(), SIZED_SHARE),
            watch=_timed(ends),
        )
        curve = boosting.fit(some, wanted, held, aim, step.seed, rounds, weights, **size).held_curve
        pace = (ends[-1] - ends[0]) / max(1, len(ends) - 1) * len(splits.train) / len(rows)
        higher = aim["metric"] in boosting.RANKING.values()
        found.append(
            (float(-curve.max() if higher else curve.min()), place, pace if len(ends) > FEW_ROUNDS else math.inf)
        )
        step.progress("pilot", place + 1, len(SIZES), validation=abs(found[-1][0]), **size)
    _, place, pace = min(found)
    return SIZES[place], pace


def _timed(ends: list[float]) -> Callable[[int, float, float], None]:
    """Notes when each round ended."""
    return lambda number, loss, score: ends.append(time.monotonic())


def _part_of(seconds: float | None, share: float) -> Callable[[], float | None]:
    """What is left of this share of the seconds, from now on."""
    end = None if seconds is None else time.monotonic() + share * seconds
    return lambda: None if end is None else end - time.monotonic()


def _boost(
    splits: "TrainValData",
    target: "Target",
    metric: str,
    settings: Settings,
    step: Step,
    weights: "np.ndarray | None",
    size: Mapping[str, Any],
    usual: float,
) -> "Boosted":
    from noglue.tools.models._tables import boosting

    options = dict(settings.options)
    most = int(settings.epochs or options.pop("rounds", 5000))
    spare = _spare(len(splits.train), step.remaining())
    begun, last_progress = time.monotonic(), 0.0

    def watch(number: int, loss: float, score: float) -> None:
        nonlocal last_progress
        if number == 1 or time.monotonic() - last_progress > 0.2:
            last_progress = time.monotonic()
            known = {} if math.isnan(loss) else {"loss": loss}
            step.progress("round", number, most, **known, validation=score, seconds=last_progress - begun)

    rounds = boosting.Rounds(
        most=most,
        patience=int(options.pop("patience", 100)),
        rate=settings.learning_rate or usual,
        left=step.patience(LEAST + spare),
        spare=spare,
        watch=watch,
        fixed=settings.learning_rate is not None,
    )
    aim = boosting.objective(len(target.present), metric)
    held = (splits.val, target.encode(splits.val_truth))
    wanted = target.encode(splits.truth)
    return boosting.fit(splits.train, wanted, held, aim, step.seed, rounds, weights, **{**size, **_known(options)})


def _spare(rows: int, left: float | None) -> float:
    """Seconds that are kept for what comes after the rounds."""
    return SPARE if rows < LARGE or left is None else min(SPARE_OF_LARGE, max(SPARE, left / 10))


def _known(options: dict[str, object]) -> dict[str, object]:
    return {name: options[name] for name in ("num_leaves",) if name in options}


def _log_is_worth_a_try(splits: "TrainValData", metric: str) -> bool:
    from noglue.tools.models._tables.blending import BY_FACTOR
    from noglue.tools.models._tables.target import worth_a_log

    return worth_a_log(splits.truth) or (metric in BY_FACTOR and splits.truth.min() >= 0)


def _log_helps(splits: "TrainValData", metric: str, step: Step) -> bool:
    """A pilot of 100 rounds on at most 20,000 rows, with and without."""
    import numpy as np

    from noglue.tools import metrics
    from noglue.tools.models._tables import boosting
    from noglue.tools.models._tables.target import Target

    measure = metrics.load(metric)

    rows = np.random.default_rng(step.seed).permutation(len(splits.train))[:PILOT_ROWS]
    aim = boosting.objective(0, metric)
    scores = []
    for log in (False, True):
        target = Target.fit_values(splits.truth, log=log)
        rounds = boosting.Rounds(most=PILOT_ROUNDS, rate=0.1, left=lambda: _share(step.remaining()))
        wanted = target.encode(splits.truth[rows])
        learned = boosting.fit(splits.train.take(rows), wanted, None, aim, step.seed, rounds)
        scores.append(measure.compute(splits.val_truth, target.decode(learned.predict(splits.val))))
    return measure.better(scores[1], scores[0])


def _share(seconds: float | None) -> float | None:
    return None if seconds is None else seconds / 4
