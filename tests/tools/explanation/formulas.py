"""Models that are formulas, so that what explains them can be reckoned by hand; and rows for them."""

from collections.abc import Callable

import datasets
import numpy as np
import pyarrow as pa

from noglue.tools.evaluation.verdict import Judge
from noglue.tools.metrics import load
from noglue.tools.spec.profiles import Column
from noglue.tools.spec.schema import Schema
from noglue.tools.values import conform

Columns = dict[str, np.ndarray]


class Formula:
    """`predict` gives what the formula makes of the columns: values, or the probability of the second class."""

    def __init__(self, formula: Callable[[Columns], np.ndarray], classes: bool = False) -> None:
        self.formula, self.classes = formula, classes

    def predict(self, rows: datasets.Dataset, progress: Callable[[int, int], None] | None = None) -> np.ndarray:
        found = self.formula({name: np.asarray(rows[name]) for name in rows.column_names})
        return np.stack([1 - found, found], axis=1).astype(np.float32) if self.classes else found.astype(np.float64)


def schema(columns: Columns, classes: list[str] | None = None, **facts: object) -> Schema:
    kinds = {name: "number" if values.dtype.kind == "f" else "category" for name, values in columns.items()}
    features = [
        Column(name=name, kind=kind, dtype="float64" if kind == "number" else "string")  # type: ignore[arg-type]
        for name, kind in kinds.items()
    ]
    goal = "classify" if classes else "regress"
    return Schema(goal=goal, modality="table", target="y", features=features, classes=classes, rows={},
                  split="random", **facts)  # type: ignore[arg-type]  # fmt: skip


def rows(columns: Columns, facts: Schema) -> datasets.Dataset:
    table = pa.table({name: pa.array(values.tolist()) for name, values in columns.items()})
    return conform.dataset(table, conform.features_of(facts, target=False))


def judge(facts: Schema, truth: np.ndarray, measure: str) -> Judge:
    return Judge(facts, load(measure), truth, seed=0)
