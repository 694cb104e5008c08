"""Small prepared tables, as `prepare` writes them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import datasets
import numpy as np

from noglue.tools.spec.profiles import Column, ColumnKind
from noglue.tools.spec.schema import Schema

KINDS: dict[str, ColumnKind] = {"f": "number", "i": "number", "b": "boolean", "M": "date", "O": "category"}
TYPES = {"f": "float64", "i": "int64", "b": "bool", "M": "timestamp[us]", "O": "string"}


def rows(
    columns: Mapping[str, np.ndarray], target: np.ndarray | None, classes: Sequence[str] | None
) -> datasets.Dataset:
    """NaN and None become nulls."""
    features: dict[str, Any] = {name: datasets.Value(TYPES[values.dtype.kind]) for name, values in columns.items()}
    content: dict[str, Any] = {name: _nulls(values) for name, values in columns.items()}
    if target is not None:
        features["target"] = datasets.ClassLabel(names=list(classes)) if classes else datasets.Value("float64")
        content["target"] = _nulls(target)
    return datasets.Dataset.from_dict(content, features=datasets.Features(features))


def prepared(
    run: Path,
    columns: Mapping[str, np.ndarray],
    target: np.ndarray,
    classes: Sequence[str] | None = None,
    kinds: Mapping[str, ColumnKind] | None = None,
    seed: int = 0,
    test: float = 0.2,
    validation: float = 0.2,
) -> Schema:
    """Write RUN/data and RUN/sealed, rows drawn at random; a target without class names is a value."""
    order = np.random.default_rng(seed).permutation(len(target))
    for_test, for_validation = round(test * len(order)), round(validation * (1 - test) * len(order))
    places = {
        "test": order[:for_test],
        "validation": order[for_test : for_test + for_validation],
        "train": order[for_test + for_validation :],
    }
    for split, chosen in places.items():
        part = rows({name: values[chosen] for name, values in columns.items()}, target[chosen], classes)
        part.save_to_disk(str(run / ("sealed" if split == "test" else "data") / split))
    known = dict(kinds or {})
    schema = Schema(
        goal="classify" if classes else "regress",
        modality="table",
        target="target",
        features=[
            Column(name=name, kind=known.get(name, KINDS[values.dtype.kind]), dtype=str(values.dtype))
            for name, values in columns.items()
        ],
        classes=list(classes) if classes else None,
        rows={split: len(chosen) for split, chosen in places.items()},
        split="random",
    )
    schema.save(run / "data")
    return schema


def builtin(run: Path, name: str, most: int | None = None, seed: int = 0) -> Schema:
    """A data set of scikit-learn: `iris`, `wine`, `breast_cancer`, `diabetes`."""
    from sklearn import datasets as builtins

    found = getattr(builtins, f"load_{name}")()
    chosen = np.random.default_rng(seed).permutation(len(found.target))[:most]
    columns = {str(column): found.data[chosen, place] for place, column in enumerate(found.feature_names)}
    classes = None if name == "diabetes" else [str(kind) for kind in found.target_names]
    return prepared(run, columns, found.target[chosen], classes, seed=seed)


def mixed(count: int, seed: int = 0) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Every kind of column, gaps in all of them, and a value that depends on each."""
    draw = np.random.default_rng(seed)
    number, flag = draw.normal(size=count), draw.random(count) < 0.5
    city = draw.choice(np.array([f"city {i}" for i in range(30)], object), count)
    day = np.datetime64("2019-01-01", "us") + draw.integers(0, 2000, count).astype("timedelta64[D]")
    word = draw.choice(np.array(["good", "bad"], object), count)
    text = np.array([f"a {w} thing of sort {i % 7}" for i, w in enumerate(word)], object)
    effect = np.array([hash_of(name) for name in city])
    value = number + 2.0 * flag + effect + (day - day.min()).astype(float) / 1e14 + 1.5 * (word == "good")
    number[draw.random(count) < 0.1] = np.nan
    city[draw.random(count) < 0.1] = None
    columns = {"number": number, "flag": flag, "city": city, "day": day, "text": text, "empty": np.full(count, np.nan)}
    return columns, value + draw.normal(0, 0.1, count)


def hash_of(name: str) -> float:
    """The same in every process: -1…1."""
    return (sum(ord(letter) * (place + 7) for place, letter in enumerate(name)) % 21 - 10) / 10


def _nulls(values: np.ndarray) -> list[Any]:
    return (
        [None if value != value else value for value in values.tolist()] if values.dtype.kind != "M" else list(values)
    )
