"""One LightGBM model, stopped early on held rows or by the clock, kept in LightGBM's own text format.

Ke et al. 2017, https://papers.nips.cc/paper/6907. Categories are split natively by their codes. The same seed gives the
same trees, whatever the number of threads.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from noglue.tools.models._tables.encoding import Encoded
from noglue.tools.models._tables.train_val_data import threads

if TYPE_CHECKING:
    import lightgbm

ENOUGH = 20.0  # learning rate x rounds below which a model has not learned enough: the rate is raised to reach it
LARGEST_RATE = 0.3
FEW_CELLS = 100_000  # below, threads wait for each other longer than they work
LINEAR = ("mae", "medae", "pinball", "mape", "smape")  # measures in which an error counts by its size, not its square
RANKING = {"roc_auc": "auc", "average_precision": "average_precision"}  # LightGBM's names
MOST_WATCHED = 100_000  # train rows times outputs on which each round is scored too: of more that takes long
LEAST_GAIN = 1e-4  # of the held score at its best, for a round to count as better


@dataclass
class Rounds:
    """How long to go on.

    patience: rounds without a better held score. left: seconds left for rounds, or None for no limit.
    fixed: whether the rate stays, even where there is no time for enough rounds at it.
    watch(round, training loss or NaN, held score). spare: seconds of those left that are kept for what comes after.
    """

    most: int = 5000
    patience: int = 100
    rate: float = 0.05
    left: Callable[[], float | None] = field(default=lambda: None)
    spare: float = 0.5
    fixed: bool = False
    watch: Callable[[int, float, float], None] = field(default=lambda number, loss, score: None)


@dataclass(frozen=True)
class Boosted:
    """stopped: `early`, `rounds` or `clock`. curve: (round, training loss, NaN of many rows; held score)."""

    booster: "lightgbm.Booster"
    rounds: int
    stopped: str = ""
    curve: tuple[tuple[int, float, float], ...] = ()
    rate: float = 0.0

    @property
    def held_curve(self) -> np.ndarray:
        return np.array([score for _, _, score in self.curve])

    @property
    def parameters(self) -> int:
        """Splits and leaf values."""
        return sum(2 * int(leaves) - 1 for leaves in re.findall(r"^num_leaves=(\d+)", self._text, re.MULTILINE))

    @cached_property
    def _text(self) -> str:
        """The model as it is kept; of many large trees that takes seconds."""
        return str(self.booster.model_to_string(num_iteration=self.rounds))

    def predict(self, rows: Encoded) -> np.ndarray:
        own = threads() if len(rows) * self.rounds > FEW_CELLS else 1
        found = np.asarray(self.booster.predict(_matrix(rows), num_iteration=self.rounds, num_threads=own))
        return np.stack([1 - found, found], axis=1) if self.booster.params["objective"] == "binary" else found

    def save(self, file: Path) -> None:
        file.write_text(self._text, encoding="utf-8")

    @classmethod
    def load(cls, file: Path) -> "Boosted":
        import lightgbm

        booster = lightgbm.Booster(model_file=file)
        booster.params["objective"] = str(booster.params["objective"]).split()[0]
        return cls(booster, booster.current_iteration())


def objective(classes: int, metric: str) -> dict[str, Any]:
    """What is minimised, and the score that stops it. classes: 0 for a value.

    The held rows' log loss stops a classifier (its accuracy is too coarse to tell two rounds apart), unless a measure
    of their order alone is asked for; a regressor is stopped by what it minimises.
    """
    if classes == 0:
        if metric in LINEAR:
            return {"objective": "regression_l1", "metric": "l1"}
        return {"objective": "regression", "metric": "l2"}
    if classes == 2:
        return {"objective": "binary", "metric": RANKING.get(metric, "binary_logloss")}
    return {"objective": "multiclass", "metric": "multi_logloss", "num_class": classes}


def fit(
    train: Encoded,
    wanted: np.ndarray,
    held: tuple[Encoded, np.ndarray] | None,
    aim: dict[str, Any],
    seed: int,
    rounds: Rounds,
    weights: np.ndarray | None = None,
    **options: Any,
) -> Boosted:
    """wanted: int64 0…m-1 or float64, as `Target.encode` gives them; held rows of an unknown class (-1) are left out.

    Without `held`, exactly `rounds.most` rounds, or fewer when the clock ends them. weights: of the classes, float64
    (m,), in what is learned and in what stops it.
    """
    import lightgbm

    parameters = {**aim, **_parameters(len(train), train.numbers.shape[1] + train.codes.shape[1], seed), **options}
    parameters["learning_rate"] = rounds.rate
    categories = list(range(train.numbers.shape[1], train.numbers.shape[1] + train.codes.shape[1]))
    known: dict[str, Any] = {"params": parameters, "categorical_feature": categories, "free_raw_data": True}
    heavy = None if weights is None else weights[wanted]
    rows = lightgbm.Dataset(_matrix(train), wanted, weight=heavy, **known)
    watched = held is None or len(train) * max(1, aim.get("num_class", 1)) <= MOST_WATCHED
    sets, names = ([rows], ["training"]) if watched else ([], [])
    if held is not None:
        usable = held[1] >= 0 if aim["objective"] in ("binary", "multiclass") else np.isfinite(held[1])
        judges, labels = _matrix(held[0].take(usable)), held[1][usable]
        heavy = None if weights is None else weights[labels]
        sets.append(lightgbm.Dataset(judges, labels, weight=heavy, reference=rows, **known))
        names.append("held")
    keeper = _Keeper(rounds, len(held[1]) * max(1, aim.get("num_class", 1)) if held is not None else 0)
    booster = lightgbm.train(
        parameters, rows, rounds.most, valid_sets=sets, valid_names=names, callbacks=[keeper.after, keeper.pace]
    )
    best = keeper.best if held is not None else booster.current_iteration()
    booster.params["objective"] = aim["objective"]
    return Boosted(booster, best, keeper.stopped, tuple(keeper.curve), rounds.rate)


class _Keeper:
    """Remembers the best round; ends the training when no better one comes or when the time is up."""

    before_iteration = False

    def __init__(self, rounds: Rounds, held_outputs: int) -> None:
        self.rounds, self.held_outputs = rounds, held_outputs
        self.best, self.best_score, self.stopped = 0, -float("inf"), "rounds"
        self.curve: list[tuple[int, float, float]] = []
        self._at_start: float | None = None

    def after(self, env: Any) -> None:
        from lightgbm.callback import EarlyStopException

        number = env.iteration + 1
        results = {r[0]: (r[2], r[3]) for r in env.evaluation_result_list}
        value, higher = results["held" if "held" in results else "training"]
        loss = float(results["training"][0]) if "training" in results else float("nan")
        self.curve.append((number, loss, float(value)))
        self.rounds.watch(*self.curve[-1])
        score = value if higher else -value
        if self.best == 0 or score > self.best_score + LEAST_GAIN * max(0.1, min(1.0, abs(self.best_score))):
            self.best, self.best_score = number, score
        left = self.rounds.left()
        if "held" in results and number - self.best >= self.rounds.patience:
            self.stopped = "early"
        elif left is not None and left < self._afterwards(number):
            self.stopped = "clock"
        else:
            return
        raise EarlyStopException(self.best - 1, env.evaluation_result_list)

    def pace(self, env: Any) -> None:
        """After ten rounds: is there time for enough of them at this rate? If not, learn faster."""
        left = self.rounds.left()
        if env.iteration == 0:
            self._at_start = left
        if env.iteration != 10 or left is None or self._at_start is None or self.rounds.fixed:
            return
        possible = 10 * (left - self.rounds.spare) / max(1e-6, self._at_start - left)
        rate = min(LARGEST_RATE, ENOUGH / max(1.0, possible))
        if rate > self.rounds.rate:
            env.model.reset_parameter({"learning_rate": rate})

    def _afterwards(self, number: int) -> float:
        """Seconds to keep for predicting the held rows: about half a microsecond a tree and row on one core."""
        return self.rounds.spare + 0.5e-6 * number * self.held_outputs / threads()


def _parameters(rows: int, columns: int, seed: int) -> dict[str, Any]:
    small = max(1, min(20, rows // 25))
    return {
        "num_leaves": 31 if rows > 2000 else 15,
        "min_data_in_leaf": small,
        "min_data_in_bin": min(3, small),
        "feature_fraction": 0.8 if columns > 4 else 1.0,
        "bagging_fraction": 0.8,
        "bagging_freq": 1,
        "lambda_l2": 1.0,
        "max_cat_to_onehot": 4,
        "seed": seed,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": threads() if rows * columns > FEW_CELLS else 1,
        "verbosity": -1,
        "feature_pre_filter": False,
    }


def _matrix(rows: Encoded) -> np.ndarray:
    """float64 (n, d + c); categories last, NaN where missing or unseen."""
    codes = np.where(rows.codes < 0, np.nan, rows.codes)
    return np.concatenate([rows.numbers, codes], axis=1)
