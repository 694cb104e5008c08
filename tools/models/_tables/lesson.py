"""The rows that a family for tables learns from, and the predictor that all of them leave.

>>> lesson = read(data, schema, seed=0)
>>> lesson.train.numbers.shape, lesson.held.numbers.shape       # breast cancer
((387, 30), (68, 30))
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from tools import metrics
from tools.core.arrays import label_array
from tools.core.errors import DataError
from tools.core.schema import Schema, load_split
from tools.models._tables.encoding import Encoded, Encoding, arrow
from tools.models._tables.target import Target

if TYPE_CHECKING:
    import datasets

CHUNK = 65_536  # rows predicted at a time


class Learned(Protocol):
    """A fitted learner: class probabilities (n, m) or standardised values (n,)."""

    def predict(self, rows: Encoded) -> np.ndarray: ...

    def save(self, folder: Path) -> None: ...


@dataclass(frozen=True)
class Lesson:
    """Encoded rows with their labels as the column has them: int64 class indices or float64 values."""

    encoding: Encoding
    train: Encoded
    truth: np.ndarray
    held: Encoded
    held_truth: np.ndarray


def read(data: Path, schema: Schema, seed: int, most_rows: int | None = None) -> Lesson:
    """Both splits, rows without a target left out, at most `most_rows` training rows (a random choice of them).

    Without validation rows, 15 % of the training rows take their place.
    Raises DataError `no-rows`, and those of `Encoding.fit`.
    """
    assert schema.target is not None
    train = _labelled(load_split(data, "train"), schema.target)
    draw = np.random.default_rng(seed)
    held = _labelled(load_split(data, "validation"), schema.target) if (data / "validation").is_dir() else None
    if len(train) < 2:
        raise DataError("no-rows", f"Only {len(train)} training rows have a value in {schema.target!r}.")
    if held is None or len(held) == 0:
        order = draw.permutation(len(train))
        count = max(1, round(0.15 * len(train)))
        held, train = train.select(np.sort(order[:count])), train.select(np.sort(order[count:]))
    if most_rows is not None and len(train) > most_rows:
        train = train.select(np.sort(draw.choice(len(train), most_rows, replace=False)))
    encoding, encoded = Encoding.fit(train, schema, seed)
    return Lesson(
        encoding, encoded, label_array(train, schema.target), encoding.encode(held), label_array(held, schema.target)
    )


def _labelled(rows: "datasets.Dataset", target: str) -> "datasets.Dataset":
    labels = label_array(rows, target)
    known = labels >= 0 if labels.dtype == np.int64 else np.isfinite(labels)
    return rows if known.all() else rows.select(np.flatnonzero(known))


def scores(schema: Schema, truth: np.ndarray, predicted: np.ndarray) -> dict[str, float]:
    """Every measure of the goal that is defined on these rows."""
    measures = metrics.for_goal(schema.goal, len(schema.classes or []) or None)
    found = {m.name: float(m.compute(truth, predicted)) for m in measures}
    return {name: value for name, value in found.items() if np.isfinite(value)}


def threads() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0))


class TablePredictor:
    """An encoding, a learner and a target's way out, together."""

    def __init__(self, encoding: Encoding, learned: Learned, target: Target) -> None:
        self._encoding, self._learned, self._target = encoding, learned, target

    def predict(self, rows: "datasets.Dataset", progress: Callable[[int, int], None] | None = None) -> np.ndarray:
        table = arrow(rows)
        parts: list[np.ndarray] = []
        for start in range(0, len(table), CHUNK):
            encoded = self._encoding.encode(table.slice(start, CHUNK))
            parts.append(self._target.outward(self._learned.predict(encoded)))
            if progress is not None:
                progress(min(start + CHUNK, len(table)), len(table))
        if parts:
            return np.concatenate(parts)
        return np.zeros((0, self._target.classes), np.float32) if self._target.classes else np.zeros(0)


def save(model: Path, encoding: Encoding, learned: Learned, target: Target) -> None:
    encoding.save(model)
    learned.save(model)
    (model / "target.json").write_text(target.model_dump_json(indent=1), encoding="utf-8")


def load_target(model: Path) -> Target:
    return Target.model_validate_json((model / "target.json").read_text(encoding="utf-8"))
