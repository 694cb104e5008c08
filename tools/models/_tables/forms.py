"""Fitted learners in their plainest form, as arrays: nothing of scikit-learn is needed to predict with them.

Each gives class probabilities (n, m), or standardised values (n,) when it was fitted to values (m = 1).
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tools.models._tables.dense import Dense
from tools.models._tables.encoding import Encoded
from tools.models._tables.target import softmax


@dataclass(frozen=True)
class Linear:
    """x·weights + intercept: weights float64 (width, m), intercept (m,). m = 1: values, else a softmax."""

    dense: Dense
    weights: np.ndarray
    intercept: np.ndarray

    @property
    def parameters(self) -> int:
        return int(self.weights.size + self.intercept.size)

    def predict(self, rows: Encoded) -> np.ndarray:
        found = self.dense.matrix(rows) @ self.weights + self.intercept
        return found[:, 0] if found.shape[1] == 1 else softmax(found)

    def save(self, folder: Path) -> None:
        from safetensors.numpy import save_file

        arrays = {"weights": np.ascontiguousarray(self.weights), "intercept": self.intercept, **self.dense.arrays()}
        save_file(arrays, folder / "linear.safetensors")

    @classmethod
    def load(cls, folder: Path) -> "Linear":
        from safetensors.numpy import load_file

        arrays = load_file(folder / "linear.safetensors")
        return cls(Dense.of(arrays), arrays["weights"], arrays["intercept"])
