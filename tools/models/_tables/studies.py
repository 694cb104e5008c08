"""Where a learner's next trial of settings comes from: Optuna (TPE), or chance where Optuna is not installed.

    >>> one = study(seed=0)
    >>> trial = one.ask()
    >>> trial.suggest_float("rate", 0.01, 0.15, log=True)
    0.0562…
    >>> one.tell(trial, 0.31)

TPE: Bergstra et al. 2011, https://papers.nips.cc/paper/4443. At random: Bergstra & Bengio 2012,
https://jmlr.org/papers/v13/bergstra12a.html. Both leave a trial that is behind after one, two or four folds
(successive halving, Li et al. 2018, https://jmlr.org/papers/v18/16-558.html).
"""

import math
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any, Protocol, cast

import numpy as np

STARTUP = 6  # trials of a learner before its own guide the next
HALVED = 2  # of the trials that have come so far, one of so many goes on


class Trial(Protocol):
    """One draw of settings; the part of Optuna's own interface that the spaces draw from."""

    def suggest_float(self, name: str, low: float, high: float, *, log: bool = False) -> float: ...

    def suggest_int(self, name: str, low: int, high: int, *, log: bool = False) -> int: ...

    def suggest_categorical(self, name: str, choices: Sequence[Any]) -> Any: ...

    def report(self, value: float, step: int) -> None:
        """The loss after `step` folds."""

    def should_prune(self) -> bool: ...


class Study(Protocol):
    """The trials of one learner."""

    def ask(self) -> Trial: ...

    def tell(self, trial: Trial, loss: float | None) -> None:
        """The loss of a trial, smaller is better; None for one that was left."""


def study(seed: int) -> Study:
    return ByOptuna(seed) if guided() else AtRandom(seed)


def guided() -> bool:
    """Whether earlier trials guide the next, for which Optuna is needed."""
    return find_spec("optuna") is not None


class ByOptuna:
    """Trials that those before them guide."""

    def __init__(self, seed: int) -> None:
        import optuna

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self._left = optuna.trial.TrialState.PRUNED
        self._study = optuna.create_study(
            sampler=optuna.samplers.TPESampler(seed=seed, n_startup_trials=STARTUP),
            pruner=optuna.pruners.SuccessiveHalvingPruner(min_resource=1, reduction_factor=HALVED),
        )

    def ask(self) -> Trial:
        return cast(Trial, self._study.ask())

    def tell(self, trial: Trial, loss: float | None) -> None:
        self._study.tell(cast(Any, trial), loss, state=self._left if loss is None else None)


class AtRandom:
    """Each setting drawn by itself."""

    def __init__(self, seed: int) -> None:
        self._draw = np.random.default_rng(seed)
        self._rungs: dict[int, list[float]] = {}  # folds → the losses of the trials that came so far

    def ask(self) -> Trial:
        return _Drawn(self._draw, self._rungs)

    def tell(self, trial: Trial, loss: float | None) -> None:
        """What was reported on the way is all that later trials are held to."""


class _Drawn:
    def __init__(self, draw: np.random.Generator, rungs: dict[int, list[float]]) -> None:
        self._draw, self._rungs = draw, rungs
        self._behind = False

    def suggest_float(self, name: str, low: float, high: float, *, log: bool = False) -> float:
        if log:
            return float(math.exp(self._draw.uniform(math.log(low), math.log(high))))
        return float(self._draw.uniform(low, high))

    def suggest_int(self, name: str, low: int, high: int, *, log: bool = False) -> int:
        if log:  # each whole number has the share of the logarithm that rounds to it
            drawn = self.suggest_float(name, low - 0.5, high + 0.5, log=True)
            return min(high, max(low, round(drawn)))
        return int(self._draw.integers(low, high, endpoint=True))

    def suggest_categorical(self, name: str, choices: Sequence[Any]) -> Any:
        return choices[int(self._draw.integers(len(choices)))]

    def report(self, value: float, step: int) -> None:
        if step & (step - 1):
            return  # rungs lie at 1, 2, 4, … folds
        rung = self._rungs.setdefault(step, [])
        rung.append(value)
        self._behind = not value <= sorted(rung)[max(0, len(rung) // HALVED - 1)]

    def should_prune(self) -> bool:
        return self._behind
