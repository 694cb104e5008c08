"""The rows that a family for tables learns from.

>>> splits = read(data, schema, seed=0)
>>> splits.train.numbers.shape, splits.val.numbers.shape       # breast cancer
((387, 30), (68, 30))
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from noglue.tools import metrics
from noglue.tools.data import held_back
from noglue.tools.data.arrays import label_array
from noglue.tools.data.labels import labelled
from noglue.tools.metrics import Metric
from noglue.tools.models._tables.encoding import Encoded, Encoding
from noglue.tools.spec.errors import DataError, Kind
from noglue.tools.spec.schema import Schema, load_split
from noglue.tools.spec.slowness import cores, slowness
from noglue.tools.training import class_weights as balancing

if TYPE_CHECKING:
    import datasets

    from noglue.tools.models._tables.target import Target

PROBED, FEWEST_READ = 100, 300  # rows whose texts are measured; rows that are learned from in any case
SECONDS_A_CHARACTER = 5e-7  # to count a text's words and bring them to components, on one core


@dataclass(frozen=True)
class TrainValData:
    """Encoded rows with their labels as the column has them: int64 class indices or float64 values.

    group, val_group: the number of each row's group, int64 (n,); None where there are none.
    """

    encoding: Encoding
    train: Encoded
    truth: np.ndarray
    val: Encoded
    val_truth: np.ndarray
    group: np.ndarray | None = None
    val_group: np.ndarray | None = None

    def weights(self, balance: str | None) -> np.ndarray | None:
        """What each class in the training rows counts, float64 (m,), where weights are to make up for rare ones."""
        if balance != "weights":
            return None
        _, places = np.unique(self.truth, return_inverse=True)
        return balancing.class_weights(places)

    def balanced(self, balance: str | None, seed: int) -> "TrainValData":
        """With the training rows drawn as `balance` says; the held rows stay as they are."""
        if balance not in ("oversample", "undersample"):
            return self
        rows = balancing.drawn(self.truth, balance, seed)
        group = None if self.group is None else self.group[rows]
        return replace(self, train=self.train.take(rows), truth=self.truth[rows], group=group)

    def judged_by(self, rows: np.ndarray) -> "TrainValData":
        """With these validation rows alone."""
        group = None if self.val_group is None else self.val_group[rows]
        return replace(self, val=self.val.take(rows), val_truth=self.val_truth[rows], val_group=group)

    def judged_by_fewer(self, rows: np.ndarray) -> "TrainValData":
        """Judged by these validation rows alone, while the others are learned from as well."""
        others = np.setdiff1d(np.arange(len(self.val)), rows)
        train, truth = self.train.beside(self.val.take(others)), np.concatenate([self.truth, self.val_truth[others]])
        group = None if self.group is None or self.val_group is None else np.r_[self.group, self.val_group[others]]
        return replace(self.judged_by(rows), train=train, truth=truth, group=group)

    @property
    def groups(self) -> np.ndarray | None:
        """Of the training rows, then of the others."""
        if self.group is None or self.val_group is None:
            return None
        return np.concatenate([self.group, self.val_group])

    def shares(self, target: "Target", balance: str | None) -> np.ndarray:
        """How frequent each class is to the learner: alike where rare ones were made up for."""
        found = target.shares(self.truth)
        return np.full_like(found, 1 / max(1, len(found))) if balance else found


def read(
    data: Path, schema: Schema, seed: int, most_rows: int | None = None, seconds: float | None = None
) -> TrainValData:
    """Both splits, rows without a target left out, at most `most_rows` training rows (a random choice of them), and
    no more than can be encoded in a third of `seconds` where there are long texts.

    Without validation rows, some of the training rows take their place.
    Raises DataError `no-rows`, and those of `Encoding.fit`.
    """
    assert schema.target is not None
    train = labelled(load_split(data, "train"), schema)
    draw = np.random.default_rng(seed)
    held = labelled(load_split(data, "validation"), schema) if (data / "validation").is_dir() else None
    if len(train) < 2:
        raise DataError(Kind.NO_ROWS, f"Only {len(train)} training rows have a value in {schema.target!r}.")
    if held is None or len(held) == 0:
        judging = held_back.held_back(train, schema, held_back.HELD, seed)
        held, train = train.select(np.flatnonzero(judging)), train.select(np.flatnonzero(~judging))
    if seconds is not None:
        most_rows = min(len(train) if most_rows is None else most_rows, _readable(train, schema, seconds))
    if most_rows is not None and len(train) > most_rows:
        train = train.select(np.sort(draw.choice(len(train), most_rows, replace=False)))
    encoding, encoded = Encoding.fit(train, schema, seed)
    group = held_back.numbered([train, held], schema.group)
    return TrainValData(
        encoding, encoded, label_array(train, schema.target), encoding.encode(held), label_array(held, schema.target),
        *(group or (None, None)),
    )  # fmt: skip


def _readable(rows: "datasets.Dataset", schema: Schema, seconds: float) -> int:
    """How many rows' texts can be counted and weighed in a third of the time, as busy as the machine is."""
    names = [column.name for column in schema.features if column.kind == "text"]
    if not names or not len(rows):
        return len(rows)
    some = rows.select(np.linspace(0, len(rows) - 1, min(PROBED, len(rows))).astype(int))
    length = sum(len(str(text or "")) for name in names for text in some[name]) / len(some)
    affordable = seconds / 3 / (SECONDS_A_CHARACTER * slowness())
    return max(FEWEST_READ, int(affordable / max(1.0, length)))


def measure(schema: Schema, metric: str) -> Metric:
    """The measure for these classes."""
    return metrics.bound(metric, schema.classes, schema.positive)


def scores(schema: Schema, truth: np.ndarray, predicted: np.ndarray, metric: str | None = None) -> dict[str, float]:
    """The usual measures of the goal and the one asked for, those that are defined on these rows."""
    classes = schema.classes
    measures = metrics.for_goal(schema.goal, len(classes or []) or None, [metric], classes, schema.positive)
    found = {m.name: float(m.compute(truth, predicted)) for m in measures}
    return {name: value for name, value in found.items() if np.isfinite(value)}


def balance_notes(balance: str | None) -> list[str]:
    """What was done about rare classes, in words."""
    return [f"rare classes are made up for by {balancing.DONE[balance]}"] if balance else []


def threads() -> int:
    """Cores this process may use."""
    return cores()
