"""What is tried for a table: a first round of settings that are good somewhere, then spaces to search.

    >>> [one.name for one in first_round(problem, target, task)]
    ['logistic 0.03', …, 'lightgbm', 'catboost', 'extra trees', 'random forest', …]
    >>> suggest(trial, "lightgbm", task)
    {'rate': 0.031, 'num_leaves': 44, 'min_data_in_leaf': 9, …}

The first round is there for its variety: each setting errs in its own way, which a blend profits from (Salinas and
Erickson 2024, https://arxiv.org/abs/2311.02971, learned such a portfolio from many tables; this one is set by hand).
"""

from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from noglue.tools.models._tables import candidates, catboosting, studies, table_cross_validation, xgboosting
from noglue.tools.models._tables.blending import BY_FACTOR
from noglue.tools.models._tables.candidates import Candidate, Task
from noglue.tools.models._tables.network_try import NETWORK, network
from noglue.tools.models._tables.table_cross_validation import Problem, Try
from noglue.tools.models._tables.target import Target, has_far_values, worth_a_log
from noglue.tools.models._tables.target_codes import columns_of_many

if TYPE_CHECKING:
    from noglue.tools.models._tables.studies import Trial

FEWEST_FOR_A_LOGARITHM = 20
FEWEST_FOR_CATBOOST = 100  # rows, unless there are categories: below, it only repeats what the others find
BOOSTERS = ("lightgbm", "catboost", "xgboost")
SETTINGS: dict[str, dict[str, dict[str, Any]]] = {
    "lightgbm": {
        "": {},
        " wide": {"rate": 0.03, "num_leaves": 63, "feature_fraction": 0.6, "min_data_in_leaf": 10, "lambda_l2": 3.0},
        " drawn": {"extra_trees": True, "feature_fraction": 0.7, "num_leaves": 31},
        " flat": {"num_leaves": 7, "feature_fraction": 0.6, "rate": 0.04, "min_data_in_leaf": 5},
    },
    "catboost": {
        "": {},
        " deep": {"depth": 8, "l2_leaf_reg": 4.0, "random_strength": 2.0, "rsm": 0.7},
        " flat": {"depth": 4, "l2_leaf_reg": 2.0, "rsm": 0.8},
    },
    "xgboost": {
        "": {},
        " deep": {"max_depth": 9, "rate": 0.03, "colsample_bytree": 0.6, "min_child_weight": 3.0, "reg_lambda": 3.0},
    },
}
CODED = ("lightgbm", "xgboost", "logistic 0.3", "ridge 1", "extra trees")  # also with categories as numbers
NETWORKS: dict[str, dict[str, Any]] = {
    "": {},
    " wide": {"width": 192, "layers": 3, "dropout": 0.35, "rate": 1e-3, "frequency": 0.3},
}
MOST_FOR_NETWORKS = 3e7  # rows x width of the matrix: above, there is no time for enough of them
Pool = Callable[[Task], list[Candidate]]


def targets(problem: Problem, target: Target) -> list[tuple[str, Target]]:
    """Ways to see what is to be learned, with what is added to a name: a value; its logarithm where that may help,
    else its quantile where a few values lie far from the others.
    """
    found = [("", target)]
    if not target.classes and (worth_a_log(problem.truth) or _by_logarithm(problem)):
        found.append((" of the logarithm", Target.fit_values(problem.truth[problem.folds != 0], log=True)))
    elif not target.classes and has_far_values(problem.truth):
        found.append((" of the quantile", Target.fit_quantiles(problem.truth[problem.folds != 0])))
    return found


def _by_logarithm(problem: Problem) -> bool:
    """Whether the measure asked for counts by what factor a value is off, and the values have logarithms."""
    return problem.metric in BY_FACTOR and problem.truth.min() >= 0 and len(problem.truth) >= FEWEST_FOR_A_LOGARITHM


def first_round(
    problem: Problem,
    target: Target,
    task: Task,
    only: Sequence[str] | None = None,
    avoid: Sequence[str] = (),
    pool: Pool = candidates.candidates,
    variants: bool = True,
) -> list[Try]:
    """What there is to try at once for these rows, the most telling first.

    only, avoid: names, or how they begin. pool: the candidates beside boosting.
    variants: of boosting more than the usual setting, and networks.
    """
    found: list[Try] = []
    many = len(columns_of_many(problem.rows)) > 0
    for suffix, seen in targets(problem, target):
        simple = pool(task)
        if many and variants:
            simple += [table_cross_validation.coded(one, problem.seed) for one in simple if one.name in CODED]
        found += [table_cross_validation.simple(one, problem, seen, suffix) for one in simple]
        for kind in boosters(problem, task, everything=only is not None):
            further = {" coded": {"coded": True}} if many and kind in CODED else {}
            for variant, params in {**SETTINGS[kind], **further}.items():
                if variants or not variant:
                    found.append(
                        table_cross_validation.boosted(kind, params, seen, kind + variant + suffix, task.asked)
                    )
        if networks_can_be(task) and only is None and variants:
            found += [
                network(params, seen, NETWORK + variant + suffix, task.asked.epochs)
                for variant, params in NETWORKS.items()
            ]
    chosen = [one for one in found if only is None or one.name.startswith(tuple(only))]
    chosen = [one for one in chosen if not one.name.startswith(tuple(avoid))]
    return sorted(chosen, key=_order)


def second_round(problem: Problem, target: Target, task: Task, avoid: Sequence[str] = ()) -> list[Try]:
    """What there is to try above a first layer: few, and those held back most. problem: with the further columns."""
    linear = "logistic" if target.classes else "ridge"
    strength = 0.01 if target.classes else 100.0
    found = [
        made(linear, {"strength": strength}, linear, problem, target, task),
        made("lightgbm", SETTINGS["lightgbm"][" flat"], "lightgbm", problem, target, task),
        made("extra trees", {"leaf": 5, "columns": 0.5}, "extra trees", problem, target, task),
    ]
    if "catboost" in boosters(problem, task):
        found.append(made("catboost", SETTINGS["catboost"][" flat"], "catboost", problem, target, task))
    return [one for one in found if not one.name.startswith(tuple(avoid))]


def _order(one: Try) -> tuple[int, int]:
    """Linear models, the usual boosting, what is quick, the further settings of boosting."""
    if one.name.startswith(("logistic", "ridge")):
        return 0, 0
    if one.learner == NETWORK:
        return (3 if one.params else 2), 9
    if one.bounded:
        return (3 if one.params else 1), BOOSTERS.index(one.learner) if one.learner in BOOSTERS else 0
    return 2, 0


def boosters(problem: Problem, task: Task, everything: bool = False) -> tuple[str, ...]:
    """everything: also the one that such rows have no need of. Those whose library is not installed are left out."""
    enough = task.rows >= FEWEST_FOR_CATBOOST or problem.rows.codes.shape[1] > 0 or everything
    catboost = ["catboost"] if enough and catboosting.installed() else []
    return ("lightgbm", *catboost, *(["xgboost"] if xgboosting.installed() else []))


def lacks() -> list[str]:
    """What a blend had to do without, and how to install it."""
    absent = ["CatBoost"] if not catboosting.installed() else []
    absent += ["Optuna, so that settings were drawn at random"] if not studies.guided() else []
    return [f"without {' and '.join(absent)}; pip install 'noglue[tables]' brings it"] if absent else []


def networks_can_be(task: Task) -> bool:
    """torch comes with extras; without it there are none."""
    return find_spec("torch") is not None and task.rows * task.width <= MOST_FOR_NETWORKS


# ---- the search --------------------------------------------------------------------------------------------------


def learners(problem: Problem, task: Task, avoid: Sequence[str] = ()) -> list[str]:
    """Those with a space to search, fit for so many rows, that are not ruled out."""
    found = [*boosters(problem, task), *candidates.able(task), *([NETWORK] if networks_can_be(task) else [])]
    return [name for name in found if not name.startswith(tuple(avoid))]


def made(learner: str, params: Mapping[str, Any], name: str, problem: Problem, target: Target, task: Task) -> Try:
    """What a search has chosen, to be tried."""
    if learner in BOOSTERS:
        return table_cross_validation.boosted(learner, params, target, name, task.asked)
    if learner == NETWORK:
        return network(params, target, name, task.asked.epochs)
    seconds, fit = candidates.made(learner, params, task)
    return table_cross_validation.simple(Candidate(name, seconds, fit, learner, params), problem, target)


def suggest(trial: "Trial", learner: str, task: Task) -> dict[str, Any]:
    """The parameters that `trial` draws for a learner. Raises KeyError for one without a space."""
    return SPACES[learner](trial, task)


def _lightgbm(trial: "Trial", task: Task) -> dict[str, Any]:
    most = max(8, min(255, task.rows // 10))
    coded = {"coded": trial.suggest_categorical("coded", [False, True])} if task.many_levels else {}
    return {
        **coded,
        "rate": trial.suggest_float("rate", 0.01, 0.15, log=True),
        "num_leaves": trial.suggest_int("num_leaves", 4, most, log=True),
        "min_data_in_leaf": trial.suggest_int("min_data_in_leaf", 1, max(2, min(100, task.rows // 20)), log=True),
        "feature_fraction": trial.suggest_float("feature_fraction", 0.3, 1.0),
        "bagging_fraction": trial.suggest_float("bagging_fraction", 0.5, 1.0),
        "lambda_l2": trial.suggest_float("lambda_l2", 1e-2, 30.0, log=True),
        "extra_trees": trial.suggest_categorical("extra_trees", [False, True]),
    }


def _catboost(trial: "Trial", task: Task) -> dict[str, Any]:
    return {
        "rate": trial.suggest_float("rate", 0.02, 0.2, log=True),
        "depth": trial.suggest_int("depth", 3, 9 if task.classes <= 5 else 7),
        "l2_leaf_reg": trial.suggest_float("l2_leaf_reg", 0.5, 20.0, log=True),
        "random_strength": trial.suggest_float("random_strength", 0.2, 5.0, log=True),
        "rsm": trial.suggest_float("rsm", 0.4, 1.0),
    }


def _xgboost(trial: "Trial", task: Task) -> dict[str, Any]:
    coded = {"coded": trial.suggest_categorical("coded", [False, True])} if task.many_levels else {}
    return {
        **coded,
        "rate": trial.suggest_float("rate", 0.01, 0.2, log=True),
        "max_depth": trial.suggest_int("max_depth", 2, 10),
        "min_child_weight": trial.suggest_float("min_child_weight", 0.3, 20.0, log=True),
        "subsample": trial.suggest_float("subsample", 0.5, 1.0),
        "colsample_bytree": trial.suggest_float("colsample_bytree", 0.3, 1.0),
        "reg_lambda": trial.suggest_float("reg_lambda", 1e-2, 30.0, log=True),
    }


def _forest(trial: "Trial", task: Task) -> dict[str, Any]:
    return {
        "leaf": trial.suggest_int("leaf", 1, 20, log=True),
        "columns": trial.suggest_float("columns", 0.1, 1.0),
    }


def _logistic(trial: "Trial", task: Task) -> dict[str, Any]:
    return {"strength": trial.suggest_float("strength", 1e-3, 30.0, log=True)}


def _ridge(trial: "Trial", task: Task) -> dict[str, Any]:
    return {"strength": trial.suggest_float("strength", 1e-2, 3000.0, log=True)}


def _neighbours(trial: "Trial", task: Task) -> dict[str, Any]:
    return {"count": trial.suggest_int("count", 2, max(3, min(100, task.rows // 5)), log=True)}


def _kernel(trial: "Trial", task: Task) -> dict[str, Any]:
    return {
        "strength": trial.suggest_float("strength", 0.03, 100.0, log=True),
        "width": trial.suggest_float("width", 0.05, 5.0, log=True),
    }


def _network(trial: "Trial", task: Task) -> dict[str, Any]:
    return {
        "width": trial.suggest_categorical("width", [64, 128, 192]),
        "layers": trial.suggest_int("layers", 1, 3),
        "rate": trial.suggest_float("rate", 5e-4, 1e-2, log=True),
        "dropout": trial.suggest_float("dropout", 0.0, 0.5),
        "decay": trial.suggest_float("decay", 1e-4, 0.3, log=True),
        "frequency": trial.suggest_float("frequency", 0.02, 1.0, log=True),
    }


SPACES: dict[str, Callable[["Trial", Task], dict[str, Any]]] = {
    "lightgbm": _lightgbm,
    "catboost": _catboost,
    "xgboost": _xgboost,
    "extra trees": _forest,
    "random forest": _forest,
    "logistic": _logistic,
    "ridge": _ridge,
    "neighbours": _neighbours,
    "kernel": _kernel,
    NETWORK: _network,
}
