"""Networks as one learner of a contest of tables: those of all folds, trained in one pass.

>>> network({"width": 64}, target).cross(problem, 20.0).facts
{'epochs': 96, 'stop': 61}
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from noglue.tools.models._tables import boosting
from noglue.tools.models._tables.learned import Learned
from noglue.tools.models._tables.table_cross_validation import (
    Crossed,
    Parameters,
    Problem,
    Try,
    Watch,
    clock_of,
    nothing_yet,
)
from noglue.tools.models._tables.target import Target
from noglue.tools.training import class_weights as balancing

NETWORK = "network"
LEAST_SECONDS = 5.0  # with the import of torch
SEVERAL = 4  # networks where there are no folds
FEW_ROWS = 1000  # up to which a fold has two networks


def network(params: Parameters, target: Target, name: str = NETWORK, epochs: int | None = None) -> Try:
    """Those of all folds, trained in one pass. params: of `networks.Plan`."""
    from noglue.tools.models._tables import networks

    def plan(problem: Problem) -> networks.Plan:
        most = {} if epochs is None else {"epochs": epochs}
        absolute = problem.metric in boosting.LINEAR
        return networks.Plan(classes=len(target.present), absolute=absolute, **{**most, **params})

    def across(problem: Problem, seconds: float, watch: Watch) -> Crossed:
        left = clock_of(seconds)
        each = SEVERAL if problem.count == 1 else 2 if len(problem.truth) <= FEW_ROWS else 1
        own = np.repeat(np.arange(problem.count), each)
        weights = np.stack([_row_weights(problem, problem.folds != fold, target) for fold in own])
        wanted = target.encode(problem.truth)
        found = networks.fit(problem.rows, wanted, weights, plan(problem), problem.seed, left)
        predicted = nothing_yet(problem, target)
        for fold in range(problem.count):
            held = problem.folds == fold
            said = found.held[own == fold][:, held].mean(axis=0)
            predicted[held] = said if target.classes else target.decode(said)
        watch(problem.count, predicted)
        return Crossed(predicted, [found.learned], {"epochs": found.epochs, "stop": found.best})

    def again(problem: Problem, facts: Mapping[str, Any]) -> Learned:
        everything = np.ones(len(problem.truth), bool)
        weights = np.repeat(_row_weights(problem, everything, target)[None], SEVERAL, axis=0)
        settled = replace(plan(problem), epochs=int(facts["epochs"]), stop=int(facts["stop"]))
        return networks.fit(problem.rows, target.encode(problem.truth), weights, settled, problem.seed).learned

    return Try(name, NETWORK, params, target, LEAST_SECONDS, True, True, across, again)


def _row_weights(problem: Problem, own: np.ndarray, target: Target) -> np.ndarray:
    """float64 (n,): what each row counts in what is learned from the rows `own`; 0 for the others."""
    wanted = target.encode(problem.truth)
    places = np.flatnonzero(own & (wanted >= 0 if target.classes else np.isfinite(wanted)))
    if problem.balance is None or not target.classes:
        return np.isin(np.arange(len(own)), places).astype(np.float64)
    drawn = places[balancing.drawn(wanted[places], problem.balance, problem.seed)]
    counts = np.bincount(drawn, minlength=len(own)).astype(np.float64)
    if problem.balance == "weights":
        counts *= balancing.class_weights(wanted[places])[np.maximum(wanted, 0)]
    return counts
