"""What a wish of the request was taken for, in words: for the report, and for `noglue plan`.

>>> taken_for("exclude", {"columns": ["plan", "id"]})
'leave out plan, id'
>>> taken_for("test", {"share": 0.25, "place": "last"})
'test rows: 25 %, the last'

A wish of a kind or with a value that is not known here is told as it stands.
"""

from collections.abc import Callable, Mapping
from typing import Any

_TITLES = {
    "goal": "goal", "target": "to be predicted", "data": "data", "exclude": "leave out", "only": "learn only from",
    "labels": "labels", "labels_per_class": "labels per class", "classes": "only the classes", "test": "test rows",
    "train": "train rows", "validation": "validation rows", "folds": "folds", "repeats": "repeats",
    "group": "keep together by", "metric": "measure", "metric_unknown": "measure", "positive": "class looked for",
    "family": "model", "compare": "compare models", "avoid": "no model of", "family_unknown": "model",
    "layers": "layers", "epochs": "epochs", "batch_size": "batch size", "learning_rate": "learning rate",
    "budget": "time", "device": "on",
    "seed": "seed", "count": "how many", "pixels": "pixels", "label": "class", "show": "show", "explain": "explain",
    "export": "export", "serve": "serve", "privacy": "privacy", "fairness": "fairness", "robustness": "robustness",
    "size": "size", "speed": "speed",
}  # fmt: skip
_COLON = {"target", "test", "train", "validation", "metric", "metric_unknown", "positive", "classes", "data", "goal"}
_PLACES = {1: "first", -1: "last", -2: "last but one"}


def taken_for(kind: str, value: Any) -> str:
    """One clause; without a value the kind alone."""
    if kind in _OWN and (text := _OWN[kind](value)):
        return text
    title = _TITLES.get(kind, kind.replace("_", " "))
    if value is None or value is True:
        return title
    if value is False:
        return f"no {title}"
    return f"{title}{':' if kind in _COLON else ''} {_value(value)}"


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(part for name, one in value.items() if (part := _part(name, one)))
    if isinstance(value, list | tuple):
        return ", ".join(_value(one) for one in value)
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def _part(name: str, value: Any) -> str:
    """One entry of a wish's value: `place: -1` → `the last column`, `share: 0.25` → `25 %`."""
    if name == "exact" or value is None or value is False or value == []:
        return ""
    ways: dict[str, Callable[[Any], str]] = {
        "share": lambda share: f"{100 * share:g} %",
        "rows": lambda rows: f"{rows} rows",
        "named": lambda _: "",
        "most": lambda most: f"at most {most}",
        "places": lambda places: ", ".join(_column(place) for place in places),
        "prefixes": lambda prefixes: ", ".join(f"{prefix}…" for prefix in prefixes),
        "place": lambda place: _column(place) if isinstance(place, int) else f"the {place}",
        "conditions": lambda found: " and ".join(map(_condition, found)),
        **dict.fromkeys(("words", "column", "columns", "class", "clause", "file", "count", "measure"), _value),
    }  # fmt: skip
    return ways[name](value) if name in ways else f"{name.replace('_', ' ')} {_value(value)}"


def _column(place: int) -> str:
    return f"the {_PLACES[place]} column" if place in _PLACES else f"column {place}"


def _rows(value: Any) -> str:
    """Conditions once they are settled, the clause before."""
    if isinstance(value, Mapping) and "clause" in value:
        return f"{'leave out rows' if value.get('keep') is False else 'only rows'}: {value['clause']}"
    conditions = value.get("conditions") if isinstance(value, Mapping) else value
    return f"only rows: {' and '.join(map(_condition, conditions))}" if isinstance(conditions, list | tuple) else ""


def _condition(value: Any) -> str:
    if not isinstance(value, Mapping):
        return str(value)
    text = f"{value.get('column', '')} {value.get('op', '')}"
    return text if value.get("value") is None else f"{text} {_value(value['value'])}"


def _costs(value: Any) -> str:
    if not isinstance(value, Mapping):
        return ""
    names = {"miss": "a miss", "alarm": "a false alarm"}
    return "costs: " + ", ".join(f"{names.get(name, name)} {_value(one)}" for name, one in value.items())


def _least(value: Any) -> str:
    if not isinstance(value, Mapping) or not {"measure", "value"} <= value.keys():
        return ""
    return f"{value['measure']} at least {_value(value['value'])}"


def _aim(value: Any) -> str:
    if not isinstance(value, Mapping) or not {"measure", "value"} <= value.keys():
        return ""
    return f"a {value['measure']} of {_value(value['value'])} or better"


def _missing(value: Any) -> str:
    if not isinstance(value, Mapping):
        return ""
    places = [*value.get("columns", []), *map(_column, value.get("places", []))]
    return f"{_value(value.get('words', []))} means missing{f' in {_value(places)}' if places else ''}"


def _derive(value: Any) -> str:
    if not isinstance(value, Mapping) or "op" not in value:
        return ""
    return "its logarithm" if value["op"] == "log" else f"whether it is {value['op']} {_value(value.get('value'))}"


def _time(value: Any) -> str:
    return f"test rows are the last in time{f', by {_value(value)}' if value is not True and value else ''}"


def _rows_at_most(value: Any) -> str:
    return f"rows to learn from: {_value(value)}" if value else ""


def _top(value: Any) -> str:
    return f"the {value['count']} most likely" if isinstance(value, Mapping) and "count" in value else ""


def _pretrained(value: Any) -> str:
    if isinstance(value, bool):
        return "a pretrained network" if value else "train from scratch, no pretrained network"
    return f"the pretrained network {value}" if value else ""


_OWN: dict[str, Callable[[Any], str]] = {
    "where": _rows, "rows": _rows_at_most, "costs": _costs, "at_least": _least, "aim": _aim, "missing": _missing,
    "derive": _derive, "time": _time, "top": _top, "pretrained": _pretrained,
    "budget": lambda seconds: _duration(seconds), "search": lambda _: "search for the data",
    "offline": lambda _: "without network", "stratify": lambda value: _stratified(value),
    "random": lambda _: "test rows drawn at random",
    "flips": lambda value: "" if value else "no mirrored images", "intervals": lambda _: "intervals for predictions",
    "folds": lambda value: f"{value} folds", "repeats": lambda value: f"{value} repeats",
    "calibrate": lambda _: "calibrated probabilities", "balance": lambda value: f"balance classes: {_value(value)}",
}  # fmt: skip


def _duration(seconds: Any) -> str:
    from noglue.tools.reporting.quantities import duration

    return f"time: {duration(float(seconds))}" if isinstance(seconds, int | float) else ""


def _stratified(value: Any) -> str:
    return f"splits stratified{f' by {_value(value)}' if value is not True and value else ''}"
