"""One XGBoost model, where the library is installed; kept in XGBoost's own JSON.

Chen & Guestrin 2016, https://arxiv.org/abs/1603.02754. The counterpart of `boosting`, with the same `Rounds`;
categories are split by sets of their codes.
"""

import time
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from noglue.tools.models._tables.boosting import ENOUGH, LARGEST_RATE, LEAST_GAIN, LINEAR, Rounds
from noglue.tools.models._tables.encoding import Encoded
from noglue.tools.models._tables.train_val_data import threads

if TYPE_CHECKING:
    import xgboost

PROBED = 8  # rounds, to see what one takes
FEW_CELLS = 100_000


def installed() -> bool:
    return find_spec("xgboost") is not None


@dataclass(frozen=True)
class XGBoosted:
    """curve: the held score (smaller is better) after every round. classes: 0 for a value."""

    booster: "xgboost.Booster"
    rounds: int
    classes: int
    rate: float = 0.0
    curve: tuple[float, ...] = ()

    @property
    def held_curve(self) -> np.ndarray:
        return np.array(self.curve)

    @property
    def parameters(self) -> int:
        """Splits and leaf values."""
        trees = self.booster[: self.rounds].get_dump()
        return sum(2 * tree.count("leaf=") - 1 for tree in trees)

    def predict(self, rows: Encoded) -> np.ndarray:
        found = self.booster.predict(_matrix(rows), iteration_range=(0, self.rounds)).astype(np.float64)
        return np.stack([1 - found, found], axis=1) if self.classes == 2 else found


def objective(classes: int, metric: str) -> dict[str, Any]:
    """classes: 0 for a value."""
    if classes == 0:
        absolute = metric in LINEAR
        kind = "reg:absoluteerror" if absolute else "reg:squarederror"
        return {"objective": kind, "eval_metric": "mae" if absolute else "rmse"}
    if classes == 2:
        return {"objective": "binary:logistic", "eval_metric": "logloss"}
    return {"objective": "multi:softprob", "eval_metric": "mlogloss", "num_class": classes}


def fit(
    train: Encoded,
    wanted: np.ndarray,
    held: tuple[Encoded, np.ndarray] | None,
    aim: dict[str, Any],
    seed: int,
    rounds: Rounds,
    weights: np.ndarray | None = None,
    **options: Any,
) -> XGBoosted:
    """As `boosting.fit`; the learning rate is raised where a few rounds show that there is no time for enough of them.

    options: of XGBoost.
    """
    import xgboost

    matrix = _matrix(train, wanted, weights)
    known: dict[str, Any] = {
        "max_depth": 6,
        "min_child_weight": 1.0,
        "subsample": 0.8,
        "colsample_bytree": 0.8,
        "tree_method": "hist",
        "seed": seed,
        "nthread": threads() if train.numbers.size + train.codes.size > FEW_CELLS else 1,
        "verbosity": 0,
        **aim,
        **options,
    }
    rate = rounds.rate if held is None else _affordable(rounds, known, matrix)
    known["learning_rate"] = rate
    if held is None:
        return XGBoosted(xgboost.train(known, matrix, rounds.most), rounds.most, aim.get("num_class", _two(aim)), rate)
    beside, curve, best = _matrix(held[0], held[1], weights), list[float](), 0

    class Keeper(xgboost.callback.TrainingCallback):  # type: ignore[misc,unused-ignore]
        """True from `after_iteration` ends the training."""

        def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
            nonlocal best
            curve.append(float(evals_log["held"][aim["eval_metric"]][-1]))
            least = LEAST_GAIN * max(0.1, min(1.0, abs(curve[best])))
            if epoch == 0 or curve[-1] < curve[best] - least:
                best = epoch
            left = rounds.left()
            return epoch - best >= rounds.patience or (left is not None and left <= 0)

    booster = xgboost.train(
        known, matrix, rounds.most, evals=[(beside, "held")], callbacks=[Keeper()], verbose_eval=False
    )
    return XGBoosted(booster, best + 1, aim.get("num_class", _two(aim)), rate, tuple(curve))


def save(learned: XGBoosted, file: str) -> None:
    booster = learned.booster[: learned.rounds]
    booster.set_attr(classes=str(learned.classes))
    booster.save_model(file)


def load(file: str) -> XGBoosted:
    import xgboost

    booster = xgboost.Booster(model_file=file)
    return XGBoosted(booster, booster.num_boosted_rounds(), int(booster.attr("classes") or 0))


def _two(aim: dict[str, Any]) -> int:
    return 2 if aim["objective"].startswith("binary") else 0


def _affordable(rounds: Rounds, known: dict[str, Any], matrix: "xgboost.DMatrix") -> float:
    import xgboost

    left = rounds.left()
    if left is None or rounds.fixed or matrix.num_row() * matrix.num_col() < FEW_CELLS:
        return rounds.rate
    begun = time.monotonic()
    xgboost.train({**known, "learning_rate": rounds.rate}, matrix, PROBED)
    each = (time.monotonic() - begun) / PROBED
    return max(rounds.rate, min(LARGEST_RATE, ENOUGH / max(1.0, left / each - PROBED)))


def _matrix(rows: Encoded, wanted: np.ndarray | None = None, weights: np.ndarray | None = None) -> "xgboost.DMatrix":
    import xgboost

    codes = np.where(rows.codes < 0, np.nan, rows.codes)
    kinds = ["q"] * rows.numbers.shape[1] + ["c"] * rows.codes.shape[1]
    heavy = None if weights is None or wanted is None else weights[wanted]
    cells = np.concatenate([rows.numbers, codes], axis=1)
    cells = np.clip(cells, -1e30, 1e30)  # XGBoost takes no infinity of float32
    return xgboost.DMatrix(cells, wanted, weight=heavy, feature_types=kinds, enable_categorical=True)
