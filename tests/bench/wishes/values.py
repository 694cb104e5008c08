"""Whether the value of a heard wish is the one that was meant: names without case, numbers within 1e-9, sets unordered.

>>> agrees("test", {"share": 0.2, "place": "last"}, [{"place": "last", "share": 0.2}])
True
>>> agrees("exclude", {"columns": ["@3"]}, [{"columns": ["column_3"]}])
True
"""

import re
from datetime import date, datetime, timedelta
from pathlib import PurePath
from typing import Any

ALIASES = [
    {"mae", "mean_absolute_error"},
    {"rmse", "root_mean_squared_error"},
    {"mape", "mean_absolute_percentage_error"},
    {"smape", "symmetric_mape"},
    {"rmsle", "root_mean_squared_log_error", "root_mean_squared_logarithmic_error"},
    {"median_absolute_error", "medae", "median_ae"},
    {"quantile_loss", "quantile", "pinball", "pinball_loss", "mean_pinball_loss"},
    {"poisson_deviance", "mean_poisson_deviance", "poisson"},
    {"roc_auc", "auc", "roc"},
    {"average_precision", "pr_auc", "ap", "auprc"},
    {"f1", "f1_macro", "macro_f1", "f1_score"},
    {"f2", "fbeta", "f_beta", "f2_score", "fbeta_2"},
    {"f05", "f0_5", "f0.5", "fbeta_05", "fhalf", "f_half"},
    {"mcc", "matthews", "matthews_corrcoef", "matthews_correlation"},
    {"kappa", "cohen_kappa", "cohens_kappa"},
    {"quadratic_kappa", "quadratic_weighted_kappa", "kappa_quadratic", "qwk", "weighted_kappa"},
    {"log_loss", "logloss", "cross_entropy"},
    {"brier", "brier_score", "brier_loss"},
    {"top_2_accuracy", "top2_accuracy", "top2", "top_k_accuracy", "top_k"},
    {"recall", "sensitivity"},
    {"forest", "random_forest"},
    {"boosting", "gradient_boosting", "boosted_trees"},
    {"linear", "logistic", "ridge", "logistic_regression", "linear_regression"},
    {"neural_net", "neural_network", "neural_nets", "mlp", "network", "neural"},
    {"neighbours", "neighbors", "knn", "nearest_neighbours"},
    {"svm", "support_vectors", "support_vector_machine"},
    {"naive_bayes", "bayes"},
    {"decision_tree", "tree"},
    {"gpu", "cuda"},
    {"memorization", "memorisation"},
]
SETS = frozenset({"columns", "names", "classes", "words"})
WORDING = frozenset({"clause", "words", "keep", "places", "prefixes", "text"})


def same(meant: Any, given: Any) -> bool:
    """Two names, numbers or truth values that are one; `@3` is any name that a nameless third column may bear."""
    if isinstance(meant, bool) or isinstance(given, bool):
        return meant is given
    if isinstance(meant, str) and re.fullmatch(r"@\d+", meant):
        return re.fullmatch(rf"@?(c|col|column|field|feature|spalte)?[ _]?{meant[1:]}", str(given), re.I) is not None
    first, second = _number(meant), _number(given)
    if first is not None and second is not None:
        return abs(first - second) <= 1e-9
    one, other = _name(meant), _name(given)
    return one == other or any(one in names and other in names for names in ALIASES)


def combined(kind: str, values: list[Any]) -> list[Any]:
    """The values of several wishes of one kind; lists of columns, names and conditions become one list of them all."""
    if kind in ("exclude", "only", "where", "avoid", "compare", "classes", "train", "test"):
        parts = [{"names": v} if isinstance(v, list) else v if isinstance(v, dict) else {"names": [v]} for v in values]
        whole: dict[str, Any] = {}
        for part in parts:
            for key, value in part.items():
                whole[key] = [*whole.get(key, []), *value] if isinstance(value, list) else value
        return [whole]
    return values


def agrees(kind: str, settled: dict[str, Any], values: list[Any]) -> bool:
    """Whether one of the values is the settled one."""
    return any(_agrees(kind, settled, value) for value in values)


def _agrees(kind: str, settled: dict[str, Any], value: Any) -> bool:
    if not settled:
        return True
    if kind == "costs":
        return isinstance(value, dict) and _same_ratio(settled, value)
    if kind == "missing":
        return isinstance(value, dict) and _missing_agrees(settled, value)
    if "conditions" in settled:
        return isinstance(value, dict) and _same_conditions(settled["conditions"], value.get("conditions") or [])
    for key in ("names", "classes"):
        if key in settled:
            given = (value.get(key) or value.get("names")) if isinstance(value, dict) else value
            return _same_set(settled[key], given)
    if isinstance(value, dict) and not set(value) & set(settled):
        value = next(iter(value.values())) if len(value) == 1 else value.get("name", value)
    if not isinstance(value, dict):
        value = value[0] if isinstance(value, list) and len(value) == 1 else value
        return len(settled) == 1 and any(same(choice, value) for choice in _choices(next(iter(settled.values()))))
    filled = {key for key, held in value.items() if held not in (None, False, [], {}) and key not in WORDING}
    keys = filled | (set(value) & set(settled))
    if kind not in ("test", "train", "validation"):
        keys &= set(settled)  # a measure may carry its beta or k beside its name, a derived target its column
    return keys == set(settled) and all(_same_part(key, settled[key], value[key]) for key in settled)


def _same_part(key: str, meant: Any, given: Any) -> bool:
    if key in SETS:
        return _same_set(meant, given)
    if key == "file":
        return PurePath(str(given)).name.casefold() == meant.casefold()
    return any(same(choice, given) for choice in _choices(meant))


def _choices(meant: Any) -> list[Any]:
    return meant if isinstance(meant, list) else [meant]


def _same_set(meant: list[Any], given: Any) -> bool:
    held = given if isinstance(given, list) else [given]
    return all(any(same(m, g) for g in held) for m in meant) and all(any(same(m, g) for m in meant) for g in held)


def _same_ratio(settled: dict[str, float], value: dict[str, Any]) -> bool:
    miss, alarm = _number(value.get("miss")), _number(value.get("alarm", 1))
    if not miss or not alarm:
        return False
    return abs(miss / alarm - settled["miss"] / settled["alarm"]) <= 1e-9


def _missing_agrees(settled: dict[str, Any], value: dict[str, Any]) -> bool:
    """All columns are as good as those named, unless the word is a plain number, which others may hold in earnest."""
    if not _same_set(settled["words"], value.get("words")):
        return False
    if "columns" not in settled:
        return True
    plain = all(str(word).isdigit() for word in settled["words"])
    return _same_set(settled["columns"], value["columns"]) if value.get("columns") else not plain


def _same_conditions(meant: list[dict[str, Any]], given: list[dict[str, Any]]) -> bool:
    first, second = [_plain(c) for c in meant], [_plain(c) for c in given]
    return all(any(_same_condition(m, g) for g in second) for m in first) and all(
        any(_same_condition(m, g) for m in first) for g in second
    )


def _same_condition(one: tuple[str, str, list[Any]], other: tuple[str, str, list[Any]]) -> bool:
    return same(one[0], other[0]) and one[1] == other[1] and _same_set(one[2], other[2])


def _plain(condition: dict[str, Any]) -> tuple[str, str, list[Any]]:
    """Column, op, values, in one way of writing: `in` one value is `=`, after a day is from the next day on."""
    op, values = condition["op"], _choices(condition.get("value"))
    days = [_day(value) for value in values]
    if days and all(days):
        shift = timedelta(days=op in (">", "<="))
        values = [(day + shift).isoformat() for day in days if day]
        op = {">": ">=", "<=": "<"}.get(op, op)
    if len(values) == 1:
        op = {"in": "=", "not in": "!=", "==": "="}.get(op, op)
    if op in ("missing", "present"):
        values = []
    return condition["column"], op, values


def _day(value: Any) -> date | None:
    for form, length in (("%Y-%m-%d", 10), ("%d.%m.%Y", 10), ("%d/%m/%Y", 10)):
        try:
            return datetime.strptime(str(value)[:length], form).date()
        except ValueError:
            continue
    return None


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _name(value: Any) -> str:
    return re.sub(r"[\s_-]+", "_", str(value).strip().casefold())
