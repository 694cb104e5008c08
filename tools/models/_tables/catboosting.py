"""One CatBoost model, where the library is installed; kept in CatBoost's own .cbm format.

Prokhorenkova et al. 2018, https://arxiv.org/abs/1706.09516: ordered target statistics for categories, oblivious trees.
The counterpart of `boosting`, with the same `Rounds`.
"""

import time
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from noglue.tools.models._tables.boosting import ENOUGH, FEW_CELLS, LARGEST_RATE, LINEAR, Rounds
from noglue.tools.models._tables.encoding import Encoded
from noglue.tools.models._tables.train_val_data import threads

if TYPE_CHECKING:
    import catboost
    import pandas

PROBED = 8  # rounds, to see what one takes


def installed() -> bool:
    return find_spec("catboost") is not None


def failures() -> tuple[type[Exception], ...]:
    """What it may fail with, which rules it out."""
    if not installed():
        return ()
    from catboost import CatBoostError

    return (CatBoostError,)


@dataclass(frozen=True)
class CatBoosted:
    """curve: the held score (smaller is better) after every round. classes: 0 for a value."""

    model: "catboost.CatBoost"
    rounds: int
    classes: int
    rate: float = 0.0
    curve: tuple[float, ...] = ()

    @property
    def held_curve(self) -> np.ndarray:
        return np.array(self.curve)

    @property
    def parameters(self) -> int:
        """Leaf values."""
        return int(sum(self.model.get_tree_leaf_counts()[: self.rounds])) * (self.classes if self.classes > 2 else 1)

    def predict(self, rows: Encoded) -> np.ndarray:
        kind = "Probability" if self.classes else "RawFormulaVal"
        found = self.model.predict(_frame(rows), prediction_type=kind, ntree_end=self.rounds, thread_count=threads())
        return np.asarray(found, np.float64)


def objective(classes: int, metric: str) -> str:
    if classes == 0:
        return "MAE" if metric in LINEAR else "RMSE"
    return "Logloss" if classes == 2 else "MultiClass"


def fit(
    train: Encoded,
    wanted: np.ndarray,
    held: tuple[Encoded, np.ndarray] | None,
    loss: str,
    seed: int,
    rounds: Rounds,
    weights: np.ndarray | None = None,
    **options: Any,
) -> CatBoosted:
    """As `boosting.fit`; the learning rate is CatBoost's own choice unless `rounds.rate` is above 0, and higher where
    a few rounds show that there is no time for enough of them. options: of CatBoost.

    Every round's held score is in `curve`; the trees after the best are kept until the model is saved.
    """
    from catboost import CatBoost, Pool

    classes = {"Logloss": 2, "MultiClass": int(wanted.max()) + 1}.get(loss, 0)
    places = list(range(train.numbers.shape[1], train.numbers.shape[1] + train.codes.shape[1]))
    known = {
        "loss_function": loss,
        "random_seed": seed,
        "thread_count": threads() if len(train) > 2000 else 1,
        "allow_writing_files": False,
        "verbose": False,
        "use_best_model": False,
        **options,
    }
    pool = Pool(_frame(train), wanted, cat_features=places, weight=None if weights is None else weights[wanted])
    beside = None
    if held is not None:
        heavy = None if weights is None else weights[held[1]]
        beside = Pool(_frame(held[0]), held[1], cat_features=places, weight=heavy)
    rate = rounds.rate if held is None else _affordable(rounds, known, pool)
    own = {"learning_rate": rate} if rate > 0 else {}
    model, keeper = CatBoost({**known, **own, "iterations": rounds.most}), _Keeper(rounds, held is not None, loss)
    model.fit(pool, eval_set=beside, callbacks=[keeper])
    rate = float(model.get_all_params()["learning_rate"])
    return CatBoosted(model, keeper.best or model.tree_count_, classes, rate, tuple(keeper.curve))


def _affordable(rounds: Rounds, known: dict[str, Any], pool: "catboost.Pool") -> float:
    """The learning rate with which there is time to learn enough, as a few rounds show."""
    from catboost import CatBoost

    left = rounds.left()
    if left is None or rounds.fixed or rounds.rate <= 0 or pool.num_row() * pool.num_col() < FEW_CELLS:
        return rounds.rate
    begun = time.monotonic()
    CatBoost({**known, "learning_rate": rounds.rate, "iterations": PROBED}).fit(pool)
    each = (time.monotonic() - begun) / PROBED
    possible = max(1.0, (left - PROBED * each) / each)
    return max(rounds.rate, min(LARGEST_RATE, ENOUGH / possible))


def save(learned: CatBoosted, file: str) -> None:
    if learned.rounds < learned.model.tree_count_:
        learned.model.shrink(ntree_end=learned.rounds)
    learned.model.save_model(file)


def load(file: str) -> CatBoosted:
    from catboost import CatBoost

    model = CatBoost().load_model(file)
    loss = model.get_all_params()["loss_function"].split(":")[0]
    classes = {"Logloss": 2, "MultiClass": len(model.classes_)}.get(loss, 0)
    return CatBoosted(model, model.tree_count_, classes)


class _Keeper:
    """CatBoost's callback: False from `after_iteration` ends the training."""

    def __init__(self, rounds: Rounds, held: bool, loss: str) -> None:
        self.rounds, self.held, self.loss = rounds, held, loss
        self.best, self.curve = 0, list[float]()

    def after_iteration(self, info: Any) -> bool:
        left = self.rounds.left()
        going = left is None or left > 0
        if self.held:
            self.curve.append(float(info.metrics["validation"][self.loss][-1]))
            if self.best == 0 or self.curve[-1] < self.curve[self.best - 1]:
                self.best = len(self.curve)
            going = going and len(self.curve) - self.best < self.rounds.patience
        return going


def _frame(rows: Encoded) -> "pandas.DataFrame":
    import pandas as pd

    width = rows.numbers.shape[1]
    numbers = {str(i): rows.numbers[:, i] for i in range(width)}
    return pd.DataFrame({**numbers, **{str(width + i): column for i, column in enumerate(rows.codes.T)}}, copy=False)
