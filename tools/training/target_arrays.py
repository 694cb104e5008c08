"""What the network is taught and how that is judged: classes or a value.

>>> target = Target.of(labels, schema, Settings(metric="macro_f1"))
>>> target.measure(logits, labels)
0.81
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from noglue.tools import metrics
from noglue.tools.metrics import Metric
from noglue.tools.spec.protocols import Settings
from noglue.tools.spec.schema import Schema
from noglue.tools.training.confidence import softmax

if TYPE_CHECKING:
    import torch

BALANCED = ("balanced_accuracy", "macro_f1")  # measures in which every class counts the same
BALANCED_OF_MANY = ("recall", "f1", "f2", "f05", "jaccard")  # those that are means over more than two
UNEQUAL = 20.0  # largest class over smallest, from where small classes weigh more whatever the measure


@dataclass(frozen=True)
class Target:
    """outputs: classes, or 1. offset, scale: of the train split's values. weights: of the classes in the loss."""

    metric: Metric
    outputs: int
    classes: list[str] | None
    offset: float = 0.0
    scale: float = 1.0
    weights: np.ndarray | None = None
    notes: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, values: np.ndarray, schema: Schema, settings: Settings) -> "Target":
        """values: of the train split, int64 class indices or float64."""
        if schema.predicts == "values":
            metric = metrics.load(settings.metric or "rmse")
            return cls(metric, 1, None, float(values.mean()), float(values.std()) or 1.0)
        metric = metrics.bound(settings.metric or "accuracy", schema.classes, schema.positive)
        classes = schema.classes or [str(number) for number in range(int(values.max()) + 1)]
        counts = np.bincount(values, minlength=len(classes))
        if settings.options.get("balance") is not None:
            weights, notes = _weights(counts, "as asked" if settings.options["balance"] == "weights" else None)
            return cls(metric, len(classes), classes, weights=weights, notes=notes)
        even = metric.name in BALANCED or (metric.name in BALANCED_OF_MANY and len(classes) > 2)
        weights, notes = _weights(counts, "as the measure counts every class the same" if even else None)
        return cls(metric, len(classes), classes, weights=weights, notes=notes)

    def taught(self, values: np.ndarray) -> np.ndarray:
        """Class indices as they are, values standardised to float32."""
        return values if self.classes is not None else ((values - self.offset) / self.scale).astype(np.float32)

    def loss(self, outputs: "torch.Tensor", taught: "torch.Tensor", smoothing: float) -> "torch.Tensor":
        """Mean over the batch. outputs: (n, outputs), taught: (n,)."""
        import torch
        from torch.nn import functional

        if self.classes is None:
            return functional.smooth_l1_loss(outputs[:, 0].float(), taught)
        weights = None if self.weights is None else torch.from_numpy(self.weights).to(outputs.device)
        return functional.cross_entropy(outputs.float(), taught, weight=weights, label_smoothing=smoothing)

    def measure(self, outputs: np.ndarray, values: np.ndarray, temperature: float = 1.0) -> float:
        """The metric of the network's outputs (n, outputs) against true class indices or values."""
        if self.classes is None:
            return self.metric.compute(values, outputs[:, 0].astype(np.float64) * self.scale + self.offset)
        return self.metric.compute(values, softmax(outputs, temperature))


def _weights(counts: np.ndarray, balanced: str | None) -> tuple[np.ndarray | None, list[str]]:
    """1/count where something asks for balance (the reason in words), 1/√count where very unequal, else none."""
    there = counts[counts > 0]
    if len(there) < 2 or (balanced is None and there.max() / there.min() < UNEQUAL):
        return None, []
    power = 1.0 if balanced is not None else 0.5
    weights = np.where(counts > 0, np.maximum(counts, 1.0) ** -power, 0.0)
    weights = (weights * counts.sum() / (weights @ counts)).astype(np.float32)
    reason = balanced or "as the classes are very unequal"
    return weights, [f"classes weigh by 1/{'√count' if balanced is None else 'count'} in the loss, {reason}"]
